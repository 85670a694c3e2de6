"""``python -m regsosek.local``: the commands behind the Makefile and the containers."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import Console

from regsosek.local.airflow_api import AirflowUnavailableError
from regsosek.local.installation import Installation
from regsosek.local.processes import ProcessEndedError, Service, become
from regsosek.local.run import run
from regsosek.local.setup import SetupFailedError, clean, setup
from regsosek.local.up import down, up
from regsosek.settings import Settings
from regsosek.warehouse.connection import WarehouseUnavailableError
from regsosek.warehouse.embedded import EmbeddedServerError

REASONS = (
    AirflowUnavailableError,
    EmbeddedServerError,
    ProcessEndedError,
    SetupFailedError,
    WarehouseUnavailableError,
)
"""What may go wrong here for a reason that its message explains; anything else is a bug and shows its traceback."""

app = typer.Typer(help="An installation on one machine.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()


@app.command("setup")
def setup_command() -> None:
    """Make the database and Airflow's metadata, or bring them up to date."""
    setup(Installation(Settings()))


@app.command("run")
def run_command() -> None:
    """Refresh once from the landing, from synthetic deliveries if there is none."""
    if not run(Installation(Settings()), console):
        raise typer.Exit(1)


@app.command("up")
def up_command() -> None:
    """Database and Airflow in the foreground."""
    up(Installation(Settings()), console)


@app.command("down")
def down_command() -> None:
    """Stop everything of this installation."""
    down(Installation(Settings()), console)


@app.command("clean")
def clean_command() -> None:
    """Stop and delete this installation with its data."""
    for removed in clean(Installation(Settings())):
        console.print(f"Removed {removed}", soft_wrap=True, highlight=False)


@app.command()
def service(name: Service) -> None:
    """Be that process of Airflow, in this installation's settings: what a container runs."""
    become(Installation(Settings()), name)


def main(*arguments: Any) -> None:
    """Run a command; a reason that is known is printed in one line, without a traceback."""
    try:
        app(*arguments)
    except REASONS as reason:
        console.print(f"[red]{type(reason).__name__}[/]: {reason}", soft_wrap=True, highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
