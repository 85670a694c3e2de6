"""The DAG of the watch: every hour, apart from the refresh, and its task says what it found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk import DAG

from regsosek.airflow.watch import DAG_ID, watch_installation
from regsosek.warehouse.embedded import free_port
from webhook import listening


def test_it_looks_every_hour(dags: dict[str, DAG]) -> None:
    dag = dags[DAG_ID]
    assert dag.is_paused_upon_creation is False
    assert dag.max_active_runs == 1 and dag.catchup is False
    (minute, *rest) = dag.timetable.expression.split()
    assert 0 < int(minute) < 60 and rest == ["*"] * 4
    (task,) = dag.tasks
    assert task.doc_md and task.owner == "regsosek" and task.retries * task.retry_delay < timedelta(hours=1)


def test_a_warehouse_that_is_gone_is_told_once_and_its_return_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("REGSOSEK_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", f"postgresql://owner:rahasia@127.0.0.1:{free_port()}/regsosek")
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", f"json://127.0.0.1:{free_port()}/nobody")
    assert [each["kode"] for each in watch_installation()] == ["gudang"]
    failed = [each for each in caplog.records if each.levelname == "ERROR" and each.name == "regsosek.airflow.notice"]
    assert len(failed) == 1 and "1 hal perlu perhatian" in failed[0].getMessage()
    assert any("Basis data tidak menjawab" in each.getMessage() for each in caplog.records)
    with listening() as webhook:
        monkeypatch.setenv("REGSOSEK_NOTIFY_URL", webhook.url)
        for _ in range(3):  # what nobody took is sent again, what somebody took is not
            watch_installation()
        (notice,) = webhook.received
    assert notice["type"] == "failure" and "Basis data tidak menjawab" in notice["message"]
    assert "rahasia" not in caplog.text + str(notice)
