"""The DAG of the public figures: off until somebody switches it on, and a person between preparing and publishing."""

from __future__ import annotations

from airflow.sdk import DAG

from regsosek.airflow.tasks import RELEASE


def test_it_follows_releases_and_is_off(dags: dict[str, DAG]) -> None:
    dag = dags["regsosek_publik"]
    assert dag.is_paused_upon_creation is True
    assert dag.max_active_runs == 1 and dag.catchup is False
    assert dag.timetable.asset_condition == RELEASE
    assert dag.doc_md and "Required Actions" in dag.doc_md


def test_a_person_stands_between_preparing_and_publishing(dags: dict[str, DAG]) -> None:
    dag = dags["regsosek_publik"]
    assert dag.get_task("publish_public").upstream_task_ids == {"approve_public"}
    assert dag.get_task("approve_public").upstream_task_ids == {"prepare_public"}
    for task in dag.tasks:
        assert task.doc_md and task.owner == "regsosek" and task.retry_policy is not None, task.task_id
