"""A refresh asks nobody: every name and address that Python asks for, in both its processes, is recorded.

Python is where dbt and Great Expectations would call from; libpq, which asks in C, gets the warehouse's address only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from regsosek.sample import generate
from regsosek.settings import PROJECT, Settings

RECORDER = """
import os, socket
def told(what, address):
    with open(os.environ["CALLS"], "a") as file:
        file.write(f"{what} {address[0] if isinstance(address, tuple) else address}\\n")
look_up, connect = socket.getaddrinfo, socket.socket.connect
def getaddrinfo(host, *rest, **named):
    told("name", str(host))
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise socket.gaierror("names are blocked")
    return look_up(host, *rest, **named)
def recorded(how):
    def asked(self, address):
        told("address", address)
        return how(self, address)
    return asked
socket.getaddrinfo = getaddrinfo
socket.socket.connect, socket.socket.connect_ex = recorded(connect), recorded(socket.socket.connect_ex)
"""


def test_a_refresh_calls_nobody(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(RECORDER, encoding="utf-8")
    calls = tmp_path / "calls"
    calls.touch()
    environment = {
        **os.environ,
        "CALLS": str(calls),
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT / "include")]),
        "REGSOSEK_HOME": str(settings.home),
        "REGSOSEK_SECRET_FILE": str(settings.secret_file),
        "REGSOSEK_SETTLE_SECONDS": "0",
        "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url,
        "LANDING_URL": settings.landing,
    }
    # The recorder sees what is asked for: of another process, before it is believed.
    probe = "import socket, contextlib\nwith contextlib.suppress(OSError): socket.create_connection(('a.example', 80))"
    subprocess.run([sys.executable, "-c", probe], env=environment, check=True)
    assert calls.read_text(encoding="utf-8") == "name a.example\n"
    calls.write_text("", encoding="utf-8")

    generate(Path(settings.landing), desa=["3328130005"], keluarga=60, faults="tanpa")
    command = [sys.executable, "-c", "from regsosek.cli import app; app()", "refresh"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rilis" in done.stdout.lower()
    asked = set(calls.read_text(encoding="utf-8").split("\n")) - {""}
    assert asked <= {"name 127.0.0.1", "name localhost", "address 127.0.0.1"}, asked
