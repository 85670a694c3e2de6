"""A service on this machine that takes failure notices, as somebody's chat or mail gateway would."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Webhook(HTTPServer):
    """Keeps what it receives."""

    received: list[dict[str, Any]]

    @property
    def url(self) -> str:
        """What REGSOSEK_NOTIFY_URL is set to."""
        return f"json://127.0.0.1:{self.server_port}/notice"


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def listening() -> Iterator[Webhook]:
    """A webhook on a free port."""
    server = Webhook(("127.0.0.1", 0), _Handler)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
