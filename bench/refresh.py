"""The work: a whole refresh by the package, in a process of its own, as ``regsosek refresh`` does it.

A process of its own because a refresh starts with nothing imported and nothing cached, and because the peak of memory
belongs to a process.
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
        seconds: from the start of its process to the end.
        steps: seconds of each step, in order; the first is what Python and its imports take.
        loader_mb: peak memory of the process until everything is loaded.
    """

    seconds: float
    steps: dict[str, float]
    loader_mb: float


def measure_refresh(url: str, home: Path, landing: Path) -> Refreshed:
    """Refresh the warehouse at ``url`` from the landing.

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
        [sys.executable, "-m", "bench.refresh_process", str(answer)],
        env=os.environ | environment,
        stdout=sys.stderr,
        check=False,
    )
    seconds = time.perf_counter() - began
    if process.returncode != 0:
        raise RefreshFailedError(f"The refresh from {landing} failed.")
    told = json.loads(answer.read_text())
    steps = {"python": seconds - sum(told["steps"].values())} | told["steps"]
    return Refreshed(seconds, steps, told["loader_mb"])


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
