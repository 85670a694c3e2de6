"""What happens when a process of Airflow starts. Every process imports this, so nothing heavy is imported here."""

from __future__ import annotations

from airflow.listeners import hookimpl


@hookimpl
def on_starting(component: object) -> None:
    """Before the scheduler forks its workers, which fork the tasks, it imports what those would import one by one."""
    if getattr(component, "job_type", None) == "SchedulerJob":
        from regsosek.refresh.preload import preload  # noqa: PLC0415 - seconds
        from regsosek.settings import Settings  # noqa: PLC0415

        preload(Settings())
