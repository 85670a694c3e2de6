"""What others take to bring only the families file into PostgreSQL, without any figure: pandas and dlt."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import venv
from pathlib import Path

import pandas as pd
import sqlalchemy

FOLDER = Path(__file__).parent
ROWS = 20_000
"""Records pandas inserts at a time."""


class PeerUnavailableError(RuntimeError):
    """The peer could not be installed; the message says how to have it."""


def measure_pandas(url: str, folder: Path) -> float:
    """Seconds of ``read_csv`` and ``to_sql``, all cells as text as the loader has them."""
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    began = time.perf_counter()
    families = pd.read_csv(folder / "k_rt.csv", dtype=str)
    families.to_sql("k_rt", engine, index=False, chunksize=ROWS)
    seconds = time.perf_counter() - began
    engine.dispose()
    return seconds


def install_dlt(base: Path) -> Path:
    """An environment below ``base`` with what bench/requirements.txt pins; returns its Python.

    Raises:
        PeerUnavailableError: it could not be installed.
    """
    folder = base / "dlt"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    requirements = FOLDER / "requirements.txt"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--requirement", requirements],
        stdout=sys.stderr,
        check=False,
    )
    if installed.returncode != 0:
        raise PeerUnavailableError("dlt is skipped: pip could not install bench/requirements.txt.")
    return python


def measure_dlt(python: Path, url: str, folder: Path, work: Path) -> float:
    """Seconds of ``pipeline.run`` on its fastest way: Arrow tables in, COPY of CSV out; its import does not count."""
    answer = work / "seconds"
    environment = {
        "DESTINATION__POSTGRES__CREDENTIALS": url,
        "DLT_DATA_DIR": str(work / "data"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }
    work.mkdir(exist_ok=True)
    subprocess.run(
        [python, FOLDER / "peer_dlt.py", folder / "k_rt.csv", answer],
        env=os.environ | environment,
        cwd=work,  # dlt looks for settings in the folder it is started in
        stdout=sys.stderr,
        check=True,
    )
    return float(answer.read_text())
