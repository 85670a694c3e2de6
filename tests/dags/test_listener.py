"""What a process of Airflow has imported when it starts its work: seconds for each task that need not do it again."""

from __future__ import annotations

import subprocess
import sys

import pytest

STARTING = """
import sys
from airflow.jobs.job import Job
from airflow.listeners.listener import get_listener_manager
job = Job()
job.job_type = sys.argv[1]
get_listener_manager().hook.on_starting(component=job)
heavy = ("great_expectations", "dbt.cli.main", "dbt.adapters.postgres", "regsosek.refresh")
print([name in sys.modules for name in heavy])
"""


@pytest.mark.parametrize(("job_type", "imported"), [("SchedulerJob", True), ("TriggererJob", False)])
def test_the_scheduler_imports_before_it_forks_and_nobody_else_does(job_type: str, imported: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTING, job_type], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == str([imported] * 4)
