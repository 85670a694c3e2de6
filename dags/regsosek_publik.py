"""
### From a release to figures that may leave the office

Off until somebody switches it on. Then every new release is prepared for schema `publik`: what points at single
families is hidden, and whatever would give it away. Nothing is published before a person agrees: **Required Actions**
on the task `approve_public`. Whoever refuses leaves the public figures as they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from regsosek.airflow import publik
from regsosek.airflow.notice import report_failure
from regsosek.airflow.retries import CONNECTION_LOST_ONLY
from regsosek.airflow.tasks import RELEASE


@dag(
    schedule=RELEASE,
    start_date=datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta")),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    tags=["regsosek", "publik"],
    on_failure_callback=report_failure,
    default_args={
        "owner": "regsosek",
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_policy": CONNECTION_LOST_ONLY,
    },
)
def regsosek_publik() -> None:
    """Wire the tasks."""
    approve = ApprovalOperator(
        task_id="approve_public",
        subject="Terbitkan angka publik?",
        body=publik.QUESTION,
        doc_md="Waits for a person; refusing skips the publication.",
    )
    task(publik.prepare_public)() >> approve >> task(outlets=[publik.PUBLICATION])(publik.publish_public)()


regsosek_publik()
