"""The profiles after ``make run``: made by their own DAG, waited for, and never a reason for the run to fail."""

from __future__ import annotations

import time

import httpx
from rich.console import Console

from regsosek.airflow.profiles import DAG_ID, TASK_ID
from regsosek.local.airflow_api import FINAL, AirflowApi, AirflowUnavailableError
from regsosek.local.installation import Installation
from regsosek.local.processes import Processes

PATIENCE = 600
"""Seconds that three villages may take on a slow machine."""


def make_profiles(
    installation: Installation, api: AirflowApi, refresh_id: str, processes: Processes, console: Console
) -> bool:
    """Start the DAG of the profiles if the refresh released something, or there are none, and wait; False if it failed.

    Airflow's processes of ``make run`` start no runs of their own accord, so the release alone starts none.
    """
    released = any(task.task_id == "publish_release" and task.state == "success" for task in api.tasks(refresh_id))
    if not released and any(installation.settings.profiles.glob("profil_*.pdf")):
        return True
    with console.status(TASK_ID):
        began = time.monotonic()
        try:
            state = _followed(api, processes)
        except (httpx.HTTPStatusError, AirflowUnavailableError):
            state = "failed"
    mark = "[green]✔[/]" if state == "success" else "[red]✘[/]"
    console.print(f"{mark} {TASK_ID:<28} [dim]{time.monotonic() - began:.1f} s[/]")
    return state == "success"


def print_profiles(installation: Installation, console: Console, *, made: bool) -> None:
    """Where the profiles lie, or how to make them if they failed."""
    if made:
        console.print(f"[bold]Profil desa[/]\n  {installation.settings.profiles}", soft_wrap=True, highlight=False)
    else:
        console.print(
            "[yellow]Profil desa tidak lengkap[/]; rilisnya tetap terbit. Sebabnya: .venv/bin/regsosek profile",
            soft_wrap=True,
            highlight=False,
        )


def _followed(api: AirflowApi, processes: Processes) -> str:
    path = f"/api/v2/dags/{DAG_ID}/dagRuns"
    run_id = api.post(path, {"logical_date": None, "conf": {}})["dag_run_id"]
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        processes.check()
        state = str(api.get(f"{path}/{run_id}")["state"])
        if state in FINAL:
            return state
        time.sleep(0.3)
    return "failed"
