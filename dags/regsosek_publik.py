"""
### From a release to figures that may leave the office

Off until somebody switches it on. Then every new release is prepared for schema `publik`: what points at single
families is hidden, and whatever would give it away. Nothing is published before a person agrees: **Required Actions**
on the task `approve_public`. Whoever refuses leaves the public figures as they are.
"""

from __future__ import annotations

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import dag, task

from regsosek.airflow import publik
from regsosek.airflow.every_dag import EVERY_DAG
from regsosek.airflow.tasks import RELEASE


@dag(
    schedule=RELEASE,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    tags=["regsosek", "publik"],
    **EVERY_DAG,
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
