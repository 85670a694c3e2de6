"""The DAG of the profiles: it follows releases and publications, apart from both."""

from __future__ import annotations

from airflow.sdk import DAG

from regsosek.airflow.profiles import DAG_ID, TASK_ID
from regsosek.airflow.publik import PUBLICATION
from regsosek.airflow.tasks import RELEASE


def test_it_follows_releases_and_publications(dags: dict[str, DAG]) -> None:
    dag = dags[DAG_ID]
    assert dag.is_paused_upon_creation is False
    assert dag.max_active_runs == 1 and dag.catchup is False
    assert dag.timetable.asset_condition == (RELEASE | PUBLICATION)
    assert dag.doc_md and "rilisnya" in dag.doc_md and "regsosek profile" in dag.doc_md
    assert PUBLICATION in dags["regsosek_publik"].get_task("publish_public").outlets


def test_a_failure_is_its_own(dags: dict[str, DAG]) -> None:
    assert DAG_ID != "regsosek_refresh" and TASK_ID not in dags["regsosek_refresh"].task_ids
    (task,) = dags[DAG_ID].tasks
    assert task.task_id == TASK_ID
    assert task.doc_md and task.owner == "regsosek" and task.retry_policy is not None
    assert not task.outlets
