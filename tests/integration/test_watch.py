"""What needs somebody is seen, told once, and told again when it is over; Airflow's metadata are real ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest
from typer.testing import CliRunner

from regsosek.airflow.notice import send_notice
from regsosek.backup import make_backup
from regsosek.cli import app
from regsosek.local.installation import Installation
from regsosek.refresh import steps
from regsosek.settings import Settings
from regsosek.warehouse import lease
from regsosek.warehouse.embedded import EmbeddedServer
from regsosek.watch import look
from regsosek.watch.airflow_state import airflow_state
from regsosek.watch.news import tell_changes
from webhook import listening

LONG_AGO = "now() - interval '100 days'"


@pytest.fixture(autouse=True)
def room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=50e9))


def codes(settings: Settings) -> list[str]:
    return [each.kode for each in look(settings)]


def refreshed(warehouse: psycopg.Connection, run: str, end: str | None = "selesai", refused: int = 0) -> None:
    """A refresh a minute ago, and how it ended."""
    warehouse.execute("insert into ops.kejadian values (now() - interval '1 minute', %s, 'mulai', '{}')", (run,))
    if end is not None:
        details = f'{{"kiriman_ditolak": {refused}}}'
        warehouse.execute(
            "insert into ops.kejadian (id_jalan, kejadian, rincian) values (%s, %s, %s)", (run, end, details)
        )


def delivered(warehouse: psycopg.Connection, when: str) -> None:
    warehouse.execute(
        "insert into ops.kiriman (folder, sidik, keadaan, diterima_pada) "
        f"values ('uji', 'x', 'terbit', {when})".encode()
    )


def test_all_is_well_with_a_warehouse_that_is_new_or_in_use(settings: Settings, warehouse: psycopg.Connection) -> None:
    assert look(settings) == []
    delivered(warehouse, "now()")
    refreshed(warehouse, "scheduled__1")
    assert look(settings) == []


def test_a_refresh_that_failed_says_so_until_another_succeeds(
    settings: Settings, warehouse: psycopg.Connection
) -> None:
    for run, end, refused, told in (
        ("scheduled__2", "selesai", 1, True), ("scheduled__3", "ditolak gerbang 2", 0, True),
        ("scheduled__4", None, 0, True), ("cli__5", None, 0, False),
    ):  # fmt: skip
        refreshed(warehouse, run, end, refused)
        (found,) = look(settings)
        assert (found.kode, found.dikabarkan) == ("gagal", told) and run in found.pesan
        warehouse.execute("update ops.kejadian set waktu = waktu - interval '1 hour'")
    refreshed(warehouse, "scheduled__6")
    assert look(settings) == []


def test_what_runs_now_or_is_no_refresh_has_not_failed(settings: Settings) -> None:
    run = steps.start(settings, "scheduled__7")
    assert look(settings) == []
    steps.summarise(settings, run)
    steps.finish(settings, run)
    public = steps.start(settings, "publik", event="publik mulai")
    steps.finish(settings, public)
    tried = steps.start(settings, "coba", dry_run=True)
    steps.finish(settings, tried)
    with lease.holding(settings, "rollback"):
        assert look(settings) == []


def test_what_did_not_happen_for_long_is_told(settings: Settings, warehouse: psycopg.Connection) -> None:
    delivered(warehouse, LONG_AGO)
    refreshed(warehouse, "scheduled__8")
    warehouse.execute("update ops.kejadian set waktu = waktu - interval '27 hours'")
    assert codes(settings) == ["terlewat", "cadangan", "kiriman"]
    make_backup(settings)
    assert codes(settings) == ["terlewat", "kiriman"]
    warehouse.execute("update ops.kejadian set waktu = waktu - interval '8 days' where kejadian = 'cadangan'")
    assert codes(settings) == ["terlewat", "cadangan", "kiriman"]
    never = {"missed_hours": 0, "backup_days": 0, "delivery_days": 0}
    assert codes(settings.model_copy(update=never)) == []


def test_a_disk_that_fills_is_told_and_the_command_ends_with_1(
    settings: Settings, warehouse: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"REGSOSEK_HOME": settings.home, "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url}.items():
        monkeypatch.setenv(name, str(value))
    runner = CliRunner()
    assert runner.invoke(app, ["status", "--periksa"]).exit_code == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4.2e9))
    shown = runner.invoke(app, ["status"])
    assert shown.exit_code == 0
    assert "tinggal 4.2 GB" in shown.output.splitlines()[-1] and "Hapus log lama" in shown.output
    assert runner.invoke(app, ["status", "--periksa"]).exit_code == 1
    assert runner.invoke(app, ["status", "--periksa", "--json"]).exit_code == 1


def test_somebody_is_told_of_every_change_once(
    settings: Settings, warehouse: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as webhook:
        monkeypatch.setenv("REGSOSEK_NOTIFY_URL", webhook.url)

        def watch() -> bool:
            return tell_changes(settings, look(settings), send_notice)

        assert not watch()
        refreshed(warehouse, "scheduled__9", None)  # Airflow's own notice told of that
        assert not watch()
        delivered(warehouse, LONG_AGO)
        assert [watch(), watch()] == [True, False]
        make_backup(settings)
        assert [watch(), watch()] == [True, False]
        warehouse.execute("update ops.kiriman set diterima_pada = now()")
        assert [watch(), watch()] == [True, False]
    assert [(each["type"], each["title"].removeprefix("Regsosek: ")) for each in webhook.received] == [
        ("failure", "2 hal perlu perhatian"), ("failure", "1 hal perlu perhatian"),
        ("success", "semuanya baik kembali"),
    ]  # fmt: skip
    assert "scheduled__9" not in str(webhook.received)


@pytest.fixture(scope="module")
def airflow(server: EmbeddedServer) -> Iterator[Installation]:
    """Real metadata of Airflow on the session's server, with our DAGs in it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("AIRFLOW", "REGSOSEK", "LANDING"))]:
            patch.delenv(name)
        installation = Installation(Settings(home=server.home, warehouse_url=server.owner_url))
        environment = installation.environment()
        for words in (["regsosek.airflow.metadata"], ["airflow", "dags", "reserialize"]):
            subprocess.run([sys.executable, "-m", *words], env=environment, check=True, capture_output=True)
        yield installation


def test_a_dag_that_is_paused_and_a_run_that_failed_are_seen_in_airflows_own_metadata(
    airflow: Installation, settings: Settings, warehouse: psycopg.Connection
) -> None:
    here = settings.model_copy(update={"home": airflow.home})
    url = airflow.database_url.replace("+psycopg2", "")
    with psycopg.connect(url, autocommit=True) as metadata:
        metadata.execute("update dag set is_paused = dag_id = 'regsosek_publik'")  # which is off until wanted
        assert look(here) == []
        metadata.execute("update dag set is_paused = true where dag_id = 'regsosek_refresh'")
        assert codes(here) == ["mati:regsosek_refresh"]
        metadata.execute("update dag set is_paused = false where dag_id = 'regsosek_refresh'")
        metadata.execute(
            "insert into dag_run (dag_id, run_id, run_type, state, end_date, logical_date, clear_number, run_after) "
            "values ('regsosek_refresh', 'scheduled__10', 'scheduled', 'failed', now(), now(), 0, now())"
        )
        (found,) = look(here)
        assert found.kode == "gagal" and found.dikabarkan and "scheduled__10" in found.pesan
        refreshed(warehouse, "scheduled__11")
        warehouse.execute("update ops.kejadian set waktu = now() + interval '1 second' where kejadian = 'mulai'")
        assert look(here) == []
        metadata.execute("delete from dag_run")
    assert airflow_state(settings).paused == ()  # another home has no Airflow
