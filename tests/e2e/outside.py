"""A real installation seen from outside: its commands, its Airflow, its warehouse."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from regsosek.local.airflow_api import FINAL, AirflowApi, TaskState
from regsosek.local.installation import Installation

REGSOSEK = Path(sys.executable).with_name("regsosek")
SECONDS = 900
"""How long a run may take on a busy machine before the test gives up."""


@dataclass(frozen=True)
class Ended:
    """A run of the DAG that is over."""

    run_id: str
    state: str
    tasks: dict[str, list[TaskState]]

    def states(self) -> dict[str, set[str]]:
        """Task -> states of its instances."""
        return {name: {each.state for each in instances} for name, instances in self.tasks.items()}


@dataclass(frozen=True)
class Airflow:
    """Airflow as ``make up`` started it."""

    installation: Installation
    api: AirflowApi
    process: subprocess.Popen[str]

    def refresh(self, **form: Any) -> Ended:
        """Start a run with these values of the form and wait for its end."""
        return self.wait(self.api.trigger(form))

    def wait(self, run_id: str) -> Ended:
        """Wait for the end of a run."""
        until(lambda: self.api.state(run_id) in FINAL)
        tasks: dict[str, list[TaskState]] = {}
        for each in self.api.tasks(run_id):
            tasks.setdefault(each.task_id, []).append(each)
            if each.state == "failed":
                print(each.task_id, each.map_index, *self.api.errors(run_id, each), sep="\n  ")
        return Ended(run_id, self.api.state(run_id), tasks)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``regsosek`` as a user does, without a terminal."""
    return subprocess.run(
        [REGSOSEK, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * SECONDS,
    )


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.5)


def rows(installation: Installation, statement: str) -> list[tuple[Any, ...]]:
    """What the owner of the warehouse reads."""
    with psycopg.connect((installation.home / "warehouse.url").read_text().strip()) as connection:
        return connection.execute(statement.encode()).fetchall()
