"""The same refresh by the real DAG, in an installation of its own, with every process of Airflow it needs."""

from __future__ import annotations

import os
import time
from pathlib import Path

from regsosek.local.airflow_api import FINAL, AirflowApi
from regsosek.local.installation import Installation
from regsosek.local.processes import Processes
from regsosek.local.run import REFRESHERS
from regsosek.local.setup import clean, setup
from regsosek.settings import Settings

POLL = 0.2
"""Seconds between two questions whether the run is over."""


class RunFailedError(RuntimeError):
    """The DAG run that was to be measured did not succeed; the message holds the error lines of its tasks."""


def measure_airflow(home: Path, landing: Path) -> float:
    """Seconds from triggering the DAG to its success; set-up and start of Airflow do not count.

    Raises:
        RunFailedError: it did not succeed.
    """
    installation = Installation(Settings(home=home, landing_url=str(landing), warehouse_url=""))
    processes = Processes(installation)
    try:
        setup(installation)
        processes.start(REFRESHERS, scheduled=False)
        api = AirflowApi(installation.url, "admin", installation.admin_password)
        api.wait(processes.check)
        os.sync()  # what set-up wrote is not for the run to wait for
        return _run(api, processes)
    finally:
        clean(installation)


def _run(api: AirflowApi, processes: Processes) -> float:
    began = time.perf_counter()
    run_id = api.trigger()
    while (state := api.state(run_id)) not in FINAL:
        processes.check()
        time.sleep(POLL)
    seconds = time.perf_counter() - began
    if state != "success":
        failed = [task for task in api.tasks(run_id) if task.state == "failed"]
        raise RunFailedError(
            "\n".join(f"{task.task_id}: {line}" for task in failed for line in api.errors(run_id, task))
        )
    return seconds
