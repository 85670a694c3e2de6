"""The failure notice reaches whoever is named, nobody else, and never breaks anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from regsosek.airflow.notice import report_failure
from regsosek.warehouse.embedded import free_port
from webhook import Webhook, listening

CONTEXT: Any = {"run_id": "manual__2026-01-01T00:00:00+00:00"}


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as server:
        yield server


def test_the_notice_names_the_run_and_its_page(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", webhook.url)
    report_failure(CONTEXT)
    (notice,) = webhook.received
    assert notice["title"] == "Penyegaran Regsosek gagal"
    assert notice["type"] == "failure"
    assert CONTEXT["run_id"] in notice["message"]
    assert "/dags/regsosek_refresh/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00" in notice["message"]


def test_without_a_url_nobody_is_told(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", "")
    report_failure(CONTEXT)
    assert webhook.received == []


@pytest.mark.parametrize(
    "url", [f"json://127.0.0.1:{free_port()}/nobody", "no such service"], ids=["closed", "unknown"]
)
def test_a_dead_notifier_breaks_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", url)
    report_failure(CONTEXT)
    assert any(record.levelname == "ERROR" for record in caplog.records if record.name == "regsosek.airflow.notice")
