"""What every DAG of this project has in common: one run at a time, retries of lost connections only, a notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from regsosek.airflow.notice import report_failure
from regsosek.airflow.retries import CONNECTION_LOST_ONLY
from regsosek.settings import TIMEZONE

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
    },
}
"""Arguments of ``@dag``."""
