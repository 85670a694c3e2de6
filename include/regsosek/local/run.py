"""``make run``: set-up, deliveries to try it with, one refresh of the real DAG, and what came of it."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from regsosek.local.airflow_api import FINAL, AirflowApi, TaskState
from regsosek.local.installation import Installation
from regsosek.local.processes import Processes
from regsosek.local.profiles import make_profiles, print_profiles
from regsosek.local.report import print_failure, print_result
from regsosek.local.setup import SetupFailedError, setup
from regsosek.sample import generate, pilot_villages
from regsosek.warehouse.connection import transaction

SAMPLE_FAMILIES = 30_000
"""Families of the sample: the kecamatan of the three pilot villages, in seconds."""

REFRESHERS = ("api-server", "scheduler", "dag-processor")
"""What one refresh needs; the triggerer is for DAGs that wait."""

MARKS = {"success": "[green]✔[/]", "failed": "[red]✘[/]", "upstream_failed": "[red]–[/]", "skipped": "[dim]–[/]"}
WORDS = {"upstream_failed": "not run", "skipped": "nothing to do"}


def run(installation: Installation, console: Console) -> bool:
    """Refresh once, with an Airflow that lives as long as this takes unless one is up already; True on success.

    Raises:
        EmbeddedServerError, SetupFailedError, ProcessEndedError, AirflowUnavailableError: what did not work.
    """
    began = time.monotonic()
    with console.status("Database and Airflow's metadata"):
        setup(installation, again=False)
    console.print(f"[green]✔[/] database ready ({time.monotonic() - began:.0f} s)")
    processes = Processes(installation)
    ours = not processes.running()
    try:
        if ours:
            processes.start(REFRESHERS, scheduled=False)
        provide_sample(installation, console)
        api = AirflowApi(installation.url, "admin", installation.admin_password)
        with console.status("Airflow is starting"):
            api.wait(processes.check)
        console.print(f"[green]✔[/] Airflow ready ({time.monotonic() - began:.0f} s)")
        run_id = api.trigger()
        state = _follow(api, run_id, processes, console)
        if state != "success":
            print_failure(installation, api, run_id, console)
            return False
        profiled = make_profiles(installation, api, run_id, processes, console)
    finally:
        if ours:
            processes.stop()
    print_result(installation, run_id, console, seconds=time.monotonic() - began)
    print_profiles(installation, console, made=profiled)
    return True


def provide_sample(installation: Installation, console: Console) -> None:
    """Put synthetic deliveries into the installation's own landing if there is nothing in it."""
    if installation.settings.landing_url:
        return
    landing = Path(installation.settings.landing)
    if landing.exists() and any(landing.iterdir()):
        return
    _refuse_beside_other_deliveries(installation)
    with console.status(f"Synthetic deliveries of {SAMPLE_FAMILIES:,} families"):
        made = generate(landing, desa=pilot_villages(), keluarga=SAMPLE_FAMILIES)
        _finish_writing(made.folders)
    console.print(f"[green]✔[/] {len(made.folders)} synthetic deliveries in {landing}")


def _refuse_beside_other_deliveries(installation: Installation) -> None:
    """Synthetic families must never be published over real ones."""
    with transaction(installation.settings) as cursor:
        others = cursor.execute("select count(*) from ops.kiriman").fetchone()
    if others != (0,):
        raise SetupFailedError(
            "This warehouse holds deliveries from another landing, and LANDING_URL is not set. Name the landing: "
            "LANDING_URL=/its/folder make run. (For the synthetic sample use another checkout, or `make clean` first.)"
        )


def _finish_writing(folders: list[Path]) -> None:
    """Date the files a day back: they are complete, and need not wait as one that is still being copied does."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    for path in (file for folder in folders for file in folder.iterdir()):
        os.utime(path, (yesterday, yesterday))


def _follow(api: AirflowApi, run_id: str, processes: Processes, console: Console) -> str:
    """Print every task as it ends until the run does; returns the run's state."""
    printed: set[tuple[str, int]] = set()
    with console.status("Refresh") as status:
        while True:
            processes.check()
            state = api.state(run_id)
            tasks = api.tasks(run_id)
            for each in tasks:
                if each.state in MARKS and (each.task_id, each.map_index) not in printed:
                    printed.add((each.task_id, each.map_index))
                    console.print(_line(each))
            if state in FINAL:
                return state
            status.update(", ".join(sorted({each.task_id for each in tasks if each.state == "running"})) or "Refresh")
            time.sleep(0.3)


def _line(task: TaskState) -> str:
    name = task.task_id if task.map_index < 0 else f"{task.task_id} ({task.map_index + 1})"
    note = WORDS.get(task.state) or f"{task.seconds or 0:.1f} s"
    return f"{MARKS[task.state]} {name:<28} [dim]{note}[/]"
