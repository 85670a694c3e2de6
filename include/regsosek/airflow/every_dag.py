"""What every DAG of this project has in common: one run at a time, retries of lost connections only, a notice.

What operators read about a task in Airflow (what it does, what can go wrong, what to do) is in ``guide.yml``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from regsosek.airflow.notice import note_reason, report_failure
from regsosek.airflow.retries import CONNECTION_LOST_ONLY
from regsosek.settings import TIMEZONE
from regsosek.yaml_file import read_yaml

EVERY_DAG: dict[str, Any] = {
    "start_date": datetime(2026, 1, 1, tzinfo=TIMEZONE),
    "catchup": False,
    "max_active_runs": 1,
    "on_failure_callback": report_failure,
    "default_args": {
        "owner": "regsosek",
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": CONNECTION_LOST_ONLY,
        "on_failure_callback": note_reason,
    },
}
"""Arguments of ``@dag``."""

GUIDE = Path(__file__).with_name("guide.yml")


def guide(task_id: str) -> str:
    """``doc_md`` of a task, from ``guide.yml``.

    Raises:
        KeyError: nobody has written about that task.
    """
    told = _guides()[task_id]
    rows = [f"| **{title}** | {action} |" for title, action in told.get("masalah", {}).items()]
    trouble = ["", "| Yang dapat terjadi | Yang dilakukan |", "|---|---|", *rows] if rows else []
    return "\n".join([told["kerja"].strip(), *trouble])


@cache
def _guides() -> dict[str, dict[str, Any]]:
    guides: dict[str, dict[str, Any]] = read_yaml(GUIDE)
    return guides
