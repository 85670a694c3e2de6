"""The failure notice reaches whoever is named, nobody else, and never breaks anything."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from apprise import Apprise

from regsosek.airflow.notice import compose, note_reason, report_failure
from regsosek.gates.failure import GateFailed
from regsosek.settings import PROJECT
from regsosek.warehouse.embedded import free_port
from webhook import Webhook, listening

RUN_ID = "manual__2026-01-01T00:00:00+00:00"


def context(dag_id: str = "regsosek_refresh") -> Any:
    return {"run_id": RUN_ID, "dag": SimpleNamespace(dag_id=dag_id)}


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with listening() as server:
        yield server


@pytest.mark.parametrize("dag_id", sorted(path.stem for path in (PROJECT / "dags").glob("regsosek_*.py")))
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


class Mailbox:
    """A mail server's handler that keeps what it receives."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.received.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        return "250 OK"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    url = f"mailto://127.0.0.1:{controller.port}/?from=regsosek@kantor.invalid&to=operator@kantor.invalid&mode=insecure"
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", url)
    yield mailbox
    controller.stop()


def test_a_mail_says_what_failed_and_where_to_look(mail: Mailbox) -> None:
    report_failure(context())
    (message,) = mail.received
    assert message["Subject"] == "Regsosek: regsosek_refresh gagal"
    assert message["To"] == "operator@kantor.invalid"
    body = message.get_content()
    assert RUN_ID in body and "/dags/regsosek_refresh/runs/manual__" in body


REFUSED = "Kiriman 2022_rusak DITOLAK. k_rt.csv: kolom r301a tidak ada. Tindakan: kirim ulang."


def test_the_notice_has_tasks_and_first_reasons_once() -> None:
    reasons = {"validate_deliveries": [REFUSED], "summarise_refresh": [REFUSED, *(f"sebab {n}" for n in range(20))]}
    title, body = compose("regsosek_refresh", RUN_ID, reasons)
    assert title == "Regsosek: regsosek_refresh gagal pada validate_deliveries dan 1 tugas lain"
    lines = body.splitlines()
    assert lines[1] == "Tugas yang gagal: validate_deliveries, summarise_refresh"
    assert lines.count(f"- {REFUSED}") == 1
    assert "... dan 15 lagi." in lines and "sebab 19" not in body
    assert lines[-1].startswith("http") and "/dags/regsosek_refresh/runs/" in lines[-1]
    long = compose("regsosek_refresh", RUN_ID, {f"tugas_{n}": ["x" * 5000] * 9 for n in range(12)})[1]
    assert len(long) < 4096  # what Telegram takes


def test_an_identity_in_a_reason_is_not_passed_on() -> None:
    body = compose("regsosek_refresh", RUN_ID, {"load_deliveries": ["Kiriman 3328040101900001 DITOLAK."]})[1]
    assert "3328040101900001" not in body and "Kiriman (disembunyikan) DITOLAK." in body


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GateFailed(["satu", "dua"]), ["satu", "dua"]),
        (psycopg.errors.InvalidTextRepresentation('syntax for integer: "3328040101900001"'), ["InvalidTextRepres"]),
        (KeyError("SINTETIS ANGGOTA"), ["KeyError; log tugas itu"]),
    ],
)
def test_a_failed_task_leaves_its_reason_and_quotes_nothing(error: Exception, said: list[str]) -> None:
    left: dict[str, list[str]] = {}
    task = SimpleNamespace(xcom_push=lambda key, value: left.update({key: value}))
    note_reason({"ti": task, "exception": error})  # type: ignore[typeddict-item]
    (lines,) = left.values()
    assert len(lines) == len(said) and all(want in line for want, line in zip(said, lines, strict=True))
    assert "3328040101900001" not in str(left) and "SINTETIS" not in str(left)


@pytest.mark.parametrize(
    "url",
    ["tgram://123456789:abcdefg_hijklmnop/-100123456", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#umum"],
)
def test_the_services_of_the_manual_are_known(url: str) -> None:
    assert Apprise().add(url)


@pytest.mark.parametrize(
    "url", [f"json://127.0.0.1:{free_port()}/nobody", "no such service"], ids=["closed", "unknown"]
)
def test_a_dead_notifier_breaks_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("REGSOSEK_NOTIFY_URL", url)
    report_failure(context())
    assert any(record.levelname == "ERROR" for record in caplog.records if record.name == "regsosek.airflow.notice")
