"""``make up``: database and Airflow in the foreground, until Ctrl-C or ``make down``."""

from __future__ import annotations

import signal
import time

from rich.console import Console

from regsosek.local.airflow_api import AirflowApi
from regsosek.local.installation import Installation
from regsosek.local.processes import Processes
from regsosek.local.setup import setup


def up(installation: Installation, console: Console) -> None:
    """Start everything, say where and as whom to log in, and stay until told to stop; then stop Airflow.

    The database goes on: BI tools and ``regsosek`` read from it. ``make down`` stops it too.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with console.status("Database and Airflow's metadata"):
        setup(installation, again=False)
    processes = Processes(installation)
    if processes.running():
        console.print(f"Already up: {installation.url} (user admin). `make down` stops it.")
        return
    try:
        processes.start()
        with console.status("Airflow is starting"):
            AirflowApi(installation.url, "admin", installation.admin_password).wait(processes.check)
        _print_addresses(installation, console)
        while processes.running():
            processes.check()
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("Stopping Airflow; the database goes on (`make down` stops it).")
    finally:
        processes.stop()


def _print_addresses(installation: Installation, console: Console) -> None:
    console.print(
        f"[bold]Airflow[/]   {installation.url}\n"
        f"          user admin, password {installation.admin_password}\n"
        "[bold]Marts[/]     .venv/bin/regsosek dsn --role planner   (any PostgreSQL client; schema marts)\n"
        "Ctrl-C stops Airflow.",
        soft_wrap=True,
        highlight=False,
    )
