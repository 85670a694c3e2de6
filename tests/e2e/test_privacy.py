"""Identities after refreshes, a refused delivery and a crash: nowhere but in the schemas that are there for them."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import date
from pathlib import Path

import pytest
from outside import REGSOSEK, Airflow, command, rows, until

import canary
from regsosek.local.installation import Installation
from regsosek.sample import generate, pilot_villages
from webhook import SECRET, Webhook

pytestmark = pytest.mark.timeout(1800)

NOT_SENT = "The notice was not taken by the service behind REGSOSEK_NOTIFY_URL: Regsosek: regsosek_refresh gagal"
VILLAGE, CRASHED = "3328130006", "3328130007"


def deliver(landing: Path, village: str, day: int) -> Path:
    """A delivery of one village with planted names, addresses and telephone numbers."""
    folder = generate(landing, desa=[village], keluarga=60, faults="tanpa", cut_off=date(2024, 7, day)).folders[0]
    canary.plant(folder)
    return folder


@pytest.fixture(scope="module")
def said(installation: Installation, airflow: Airflow, landing: Path, webhook: Webhook) -> list[str]:
    """What commands said in a refresh, at a refused delivery, and in a refresh that was killed while dbt ran.

    Nobody takes notices of the first two, which changes nothing about how they end.
    """
    with webhook.closed():
        good = deliver(landing, VILLAGE, 1)
        assert airflow.refresh(deliveries=[good.name]).state == "success"
        assert rows(installation, f"select 1 from marts.mart_profil_desa where kode_desa = '{VILLAGE}'") == [(1,)]
        broken = deliver(landing, VILLAGE, 2)
        with (broken / "k_art.csv").open("a", encoding="utf-8") as file:
            file.write(f'"{canary.NAME},9900000111090000,{canary.PHONE}\n')  # a quote that is not closed
        ended = airflow.refresh(deliveries=[broken.name], force=True)
        assert (ended.state, ended.states()["finish_refresh"]) == ("failed", {"success"})
        until(lambda: NOT_SENT in logs(installation))
    deliver(landing, CRASHED, 3)
    (newest,) = rows(installation, "select max(waktu) from ops.kejadian")[0]
    process = subprocess.Popen([REGSOSEK, "refresh"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    begun = f"select 1 from ops.kejadian where kejadian = 'agregat' and waktu > '{newest}'"
    until(lambda: process.poll() is not None or rows(installation, begun) != [])
    assert process.poll() is None, process.communicate()
    os.kill(process.pid, signal.SIGKILL)
    killed, _ = process.communicate()
    outputs = [killed]
    for words in (["status"], ["quarantine"], ["quarantine", "--json"], ["refresh"], ["profile", pilot_villages()[0]]):
        done = command(*words)
        outputs += [done.stdout, done.stderr]
    return outputs


def logs(installation: Installation) -> str:
    return "\n".join(path.read_text(errors="replace") for path in installation.logs.rglob("*.log"))


def test_a_dead_notifier_is_told_of_without_its_secret(installation: Installation, said: list[str]) -> None:
    assert NOT_SENT in logs(installation)
    assert SECRET not in logs(installation)


def test_commands_say_none(said: list[str]) -> None:
    assert len("".join(said)) > 1000
    assert canary.identities("\n".join(said)) == set()


def test_none_is_in_the_warehouse_outside_of_its_schemas(installation: Installation, said: list[str]) -> None:
    url = (installation.home / "warehouse.url").read_text().strip()
    assert canary.in_database(url) == {}
    planted = f"select count(*) from raw.k_rt_{rows(installation, 'select max(id_kiriman) from ops.berkas')[0][0]}"
    assert rows(installation, f"{planted} where no_hp = '{canary.PHONE}'")[0][0] > 0  # there was something to find


def test_none_is_in_airflow(installation: Installation, said: list[str]) -> None:
    """Neither in its database (XCom, rendered fields, events) nor in its logs."""
    assert canary.in_database(installation.server.airflow_url.replace("+psycopg2", "")) == {}
    assert len(list(installation.logs.rglob("*.log"))) > 20


def test_none_is_in_a_file_of_the_installation(installation: Installation, said: list[str]) -> None:
    """Gate pages, what dbt and Great Expectations left, profiles, documents, logs, the log of the server too."""
    files = [
        path
        for path in installation.home.rglob("*")
        if not path.is_relative_to(installation.server.data)
        and path.name != "sample.html"  # the page of the documentation that says what address the sample has
    ]
    assert {".pdf", ".xlsx", ".html", ".log"} <= {path.suffix for path in files}
    assert canary.in_files([*files, installation.server.log]) == {}
