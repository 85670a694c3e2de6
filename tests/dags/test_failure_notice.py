"""The failure notice reaches whoever is named, nobody else, and never breaks anything."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from regsosek.airflow.notice import report_failure
from regsosek.warehouse.embedded import free_port
from webhook import Webhook, listening

RUN_ID = "manual__2026-01-01T00:00:00+00:00"


def context(dag_id: str = "regsosek_refresh") -> Any:
    return {"run_id": RUN_ID, "dag": SimpleNamespace(dag_id=dag_id)}


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as server:
        yield server


@pytest.mark.parametrize("dag_id", ["regsosek_refresh", "regsosek_publik", "regsosek_profil"])
def test_the_notice_names_the_run_and_its_page(dag_id: str, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", webhook.url)
    report_failure(context(dag_id))
    (notice,) = webhook.received
    assert notice["title"] == f"Regsosek: {dag_id} gagal"
    assert notice["type"] == "failure"
    assert RUN_ID in notice["message"]
    assert f"/dags/{dag_id}/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00" in notice["message"]


def test_without_a_url_nobody_is_told(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", "")
    report_failure(context())
    assert webhook.received == []


@pytest.mark.parametrize(
    "url", [f"json://127.0.0.1:{free_port()}/nobody", "no such service"], ids=["closed", "unknown"]
)
def test_a_dead_notifier_breaks_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", url)
    report_failure(context())
    assert any(record.levelname == "ERROR" for record in caplog.records if record.name == "regsosek.airflow.notice")
