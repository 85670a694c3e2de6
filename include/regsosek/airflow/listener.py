"""What happens when a process of Airflow starts. Every process imports this, so nothing heavy is imported here."""

from __future__ import annotations

import sys

from airflow.listeners import hookimpl


@hookimpl
def on_starting(component: object) -> None:
    """Before the scheduler forks its workers, which fork the tasks, it imports what those would import one by one.

    Airflow says this when it makes a ``Job``, which does not know yet of what type it will be; the command does. Tasks
    say it too, of something else, with the command of the scheduler they are forks of.
    """
    if type(component).__name__ == "Job" and sys.argv[1:2] == ["scheduler"]:
        from regsosek.refresh.preload import preload  # noqa: PLC0415 - seconds
        from regsosek.settings import Settings  # noqa: PLC0415

        preload(Settings())
