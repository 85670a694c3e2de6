"""What a process of Airflow has imported when it starts its work: seconds for each task that need not do it again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STARTING = """
import importlib, sys, threading
from airflow.jobs.job import Job
command, module, runner = sys.argv[1:]
sys.argv = ["airflow", command]
getattr(importlib.import_module(f"airflow.jobs.{module}"), runner)(job=Job())  # as Airflow's own command does
heavy = ("great_expectations", "dbt.cli.main", "dbt.adapters.postgres", "regsosek.refresh")
print([name in sys.modules for name in heavy], threading.active_count())
"""
SCHEDULER = ("scheduler", "scheduler_job_runner", "SchedulerJobRunner")
TRIGGERER = ("triggerer", "triggerer_job_runner", "TriggererJobRunner")


@pytest.mark.parametrize(("command", "imported"), [(SCHEDULER, True), (TRIGGERER, False)])
def test_the_scheduler_imports_before_it_forks_and_nobody_else_does(
    command: tuple[str, str, str], imported: bool, tmp_path: Path
) -> None:
    """It lets dbt parse the project as well, needs no warehouse for that, and leaves no thread to be lost in a fork."""
    home = {"REGSOSEK_HOME": str(tmp_path), "AIRFLOW_CONN_REGSOSEK": "postgresql://regsosek_owner@127.0.0.1:1/regsosek"}
    done = subprocess.run(
        [sys.executable, "-c", STARTING, *command],
        capture_output=True, text=True, check=True, timeout=120, env=os.environ | home,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == f"{[imported] * 4} 1"
    assert bool(list(tmp_path.rglob("partial_parse.msgpack"))) is imported


def test_without_a_warehouse_the_scheduler_says_so_and_starts(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "AIRFLOW_CONN_REGSOSEK"}
    done = subprocess.run(
        [sys.executable, "-c", STARTING, *SCHEDULER],
        capture_output=True, text=True, check=True, timeout=120, env=environment | {"REGSOSEK_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == f"{[True] * 4} 1"
    assert "Belum ada gudang data" in done.stdout + done.stderr
