"""The DAG of housekeeping: weekly, on from the beginning, one thin task."""

from __future__ import annotations

import re

from airflow.sdk import DAG
from airflow.serialization.encoders import coerce_to_core_timetable

from regsosek.airflow import housekeeping
from regsosek.settings import PROJECT, Settings


def test_it_runs_weekly_and_says_what_it_drops(dags: dict[str, DAG]) -> None:
    dag = dags["regsosek_housekeeping"]
    assert dag.is_paused_upon_creation is False
    assert dag.max_active_runs == 1 and dag.catchup is False
    assert "0 4 * * 0" in coerce_to_core_timetable(dag.timetable).summary
    assert dag.doc_md and "REGSOSEK_KEEP_" in dag.doc_md and "bersihkan --uji-coba" in dag.doc_md
    (task,) = dag.tasks
    assert task.task_id == housekeeping.drop_what_is_old.__name__
    assert task.retry_policy is not None and not task.outlets


def test_the_settings_are_those_of_the_runbook() -> None:
    kept = {f"REGSOSEK_{name.upper()}" for name in Settings.model_fields if name.startswith("keep_")}
    runbook = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert kept == set(re.findall(r"REGSOSEK_KEEP_[A-Z_]+", runbook))
