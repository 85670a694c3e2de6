"""Folders, secrets and environment of an installation."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from regsosek.local.installation import AirflowSettings, Installation
from regsosek.local.processes import COMMANDS, Processes
from regsosek.local.setup import clean
from regsosek.settings import Settings

WAREHOUSE = "postgresql://owner:secret@db.example/regsosek"
METADATA = "postgresql+psycopg2://airflow:secret@db.example/airflow"


def make(home: Path, **airflow: object) -> Installation:
    return Installation(Settings(home=home, warehouse_url=WAREHOUSE), AirflowSettings(database_url=METADATA, **airflow))


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    first, again = make(tmp_path).environment(), make(tmp_path).environment()
    other = make(tmp_path / "other").environment()
    for name in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET"):
        assert first[name] == again[name] != other[name]
        assert len(first[name]) >= 44
    assert make(tmp_path).admin_password == make(tmp_path).admin_password != make(tmp_path / "other").admin_password
    kept = list((tmp_path / "secrets").iterdir())
    assert len(kept) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_secrets_given_by_the_environment_are_not_written_down(tmp_path: Path) -> None:
    given = make(tmp_path, fernet_key="f", jwt_secret="j", secret_key="s", admin_password="a")
    environment = given.environment()
    assert environment["AIRFLOW__CORE__FERNET_KEY"] == "f"
    assert environment["AIRFLOW__API_AUTH__JWT_SECRET"] == "j"
    assert environment["AIRFLOW__API__SECRET_KEY"] == "s"
    assert given.admin_password == "a"
    assert not (tmp_path / "secrets").exists()


def test_nothing_phones_home_and_everything_binds_to_this_machine(tmp_path: Path) -> None:
    environment = make(tmp_path).environment()
    assert environment["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "False"
    assert environment["GX_ANALYTICS_ENABLED"] == "False"
    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"] == "False"
    for name in ("scheduler", "triggerer"):  # their log servers listen on every address
        assert "--skip-serve-logs" in COMMANDS[name]


def test_a_session_behind_a_proxy_with_tls_never_travels_without(tmp_path: Path) -> None:
    assert make(tmp_path).environment()["AIRFLOW__FAB__COOKIE_SECURE"] == "False"
    proxied = make(tmp_path, base_url="https://gudang.kantor").environment()
    assert proxied["AIRFLOW__FAB__COOKIE_SECURE"] == "True"


def test_another_airflow_of_this_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", "/somebody/elses/airflow")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://somebody/else")
    environment = make(tmp_path).environment()
    assert environment["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == METADATA
    assert environment["AIRFLOW_CONN_REGSOSEK"] == WAREHOUSE


def test_the_port_stays_unless_somebody_took_it(tmp_path: Path) -> None:
    installation = make(tmp_path)
    port = installation.port
    assert make(tmp_path).port == port
    assert f":{port}" in installation.url
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        taken = somebody.getsockname()[1]
        assert installation.keep_port(taken) != taken
    assert make(tmp_path).port == installation.port != taken


def test_only_what_is_not_given_lives_in_the_embedded_server(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, warehouse_url=WAREHOUSE)
    assert not make(tmp_path).needs_server
    assert Installation(settings, AirflowSettings(database_url="")).needs_server
    assert Installation(Settings(home=tmp_path, warehouse_url=""), AirflowSettings(database_url=METADATA)).needs_server


def test_a_process_id_that_is_somebody_elses_by_now_is_not_ours(tmp_path: Path) -> None:
    processes = Processes(make(tmp_path))
    processes.file.parent.mkdir(parents=True)
    processes.file.write_text(f'{{"scheduler": {{"pid": {os.getpid()}, "started": 1.0}}}}')
    assert processes.running() == {}
    assert processes.stop() == []


def test_clean_leaves_backups_and_nothing_else(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    (home / "lock").touch()
    assert clean(make(home)) == [str(home)]
    assert not home.exists()
    (home / "cadangan" / "satu").mkdir(parents=True)
    (home / "logs").mkdir()
    clean(make(home))
    assert [path.name for path in home.iterdir()] == ["cadangan"]
    assert (home / "cadangan" / "satu").exists()
