"""The work: a whole refresh by the package, in a process of its own.

A process of its own because nothing may be cached from another refresh, and because the peak of memory belongs to a
process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.floor import Figures, as_figures


class RefreshFailedError(RuntimeError):
    """The refresh that was to be measured did not succeed; its own words are on the screen."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh took.

    Attributes:
        process: seconds from the first instruction of its process to the last, imports included.
        steps: seconds of each step, in order; together they are the work.
        loader_mb: peak memory of the process until everything is loaded.
    """

    process: float
    steps: dict[str, float]
    loader_mb: float

    @property
    def work(self) -> float:
        """Seconds from the first step to the end of the last."""
        return sum(self.steps.values())


def measure_refresh(url: str, home: Path, landing: Path, *, preloaded: bool) -> Refreshed:
    """Refresh the warehouse at ``url`` from the landing.

    ``preloaded``: with Great Expectations and dbt imported beforehand, as a task of Airflow finds them; otherwise from
    nothing, as the command line does.

    Raises:
        RefreshFailedError: it failed, or a delivery was refused.
    """
    answer = home / "refresh.json"
    environment = {
        "REGSOSEK_HOME": str(home),
        "AIRFLOW_CONN_REGSOSEK": url,
        "LANDING_URL": str(landing),
    }
    began = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-m", "bench.refresh_process", str(answer), *(["preloaded"] if preloaded else [])],
        env=os.environ | environment,
        stdout=sys.stderr,
        check=False,
    )
    process_seconds = time.perf_counter() - began
    if process.returncode != 0:
        raise RefreshFailedError(f"The refresh from {landing} failed.")
    told = json.loads(answer.read_text())
    return Refreshed(process_seconds, told["steps"], told["loader_mb"])


def published_figures(url: str) -> Figures:
    """What the marts say, in the form of the floor's figures."""
    with psycopg.connect(url) as connection:
        return as_figures(
            connection.execute(
                """
                select kode_desa, kode_indikator, pembilang, penyebut, tidak_tahu, semesta_tidak_tahu
                from marts.fct_indikator_desa
                """
            ).fetchall()
        )
