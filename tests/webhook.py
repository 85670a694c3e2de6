"""A service on this machine that takes failure notices, as somebody's chat or mail gateway would."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

SECRET = "token-of-the-channel"


class Webhook:
    """Keeps what it receives."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.port = 0

    @property
    def url(self) -> str:
        """What REGSOSEK_NOTIFY_URL is set to; whoever knows its path may send."""
        return f"json://127.0.0.1:{self.port}/{SECRET}"

    def start(self) -> None:
        """Listen, on the same port every time."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self.port, self._server.received = self._server.server_port, self.received
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Leave the port closed."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nobody listens for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()


class _Server(HTTPServer):
    received: list[dict[str, Any]]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def listening() -> Iterator[Webhook]:
    """A webhook on a free port."""
    webhook = Webhook()
    webhook.start()
    try:
        yield webhook
    finally:
        webhook.stop()
