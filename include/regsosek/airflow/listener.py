"""What happens when a process of Airflow starts."""

from __future__ import annotations

from airflow.jobs.job import Job
from airflow.listeners import hookimpl

from regsosek.refresh.preload import preload


@hookimpl
def on_starting(component: object) -> None:
    """Before the scheduler forks its workers, which fork the tasks, it imports what those would import one by one."""
    if isinstance(component, Job) and component.job_type == "SchedulerJob":
        preload()
