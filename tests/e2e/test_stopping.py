"""``make down``, last of all: what the other files of this folder worked with is gone afterwards."""

from __future__ import annotations

import psutil
from outside import Airflow, command

from regsosek.local.installation import Installation
from regsosek.local.processes import COMMANDS, Processes
from regsosek.warehouse.embedded import port_is_free


def test_down_stops_exactly_this_installation(installation: Installation, airflow: Airflow) -> None:
    mine = list(Processes(installation).running().values())
    children = [child for process in mine for child in process.children(recursive=True)]
    bystander = psutil.Popen(["sleep", "600"])
    try:
        result = command("down")
        assert result.returncode == 0, result.stderr
        assert all(name in result.stdout for name in (*COMMANDS, "PostgreSQL"))
        assert not any(process.is_running() for process in (*mine, *children))
        assert port_is_free(installation.port) and port_is_free(installation.server.port)
        assert bystander.is_running()
        airflow.process.wait(60)  # `make up` in the foreground ends with them
    finally:
        bystander.terminate()
        bystander.wait()
