"""An installation from its first ``make run``; the tests carry on with it in the order they stand, and of the files."""

from __future__ import annotations

import csv
import re
import shutil
import time
from contextlib import suppress
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import psutil
import pytest
from outside import Airflow, Ended, command, rows, until

from oracle import recompute
from regsosek.gates.page import page_path
from regsosek.local.installation import Installation
from regsosek.local.processes import COMMANDS, Processes
from regsosek.sample import Summary, generate, pilot_villages
from regsosek.settings import PROJECT
from webhook import Webhook

pytestmark = pytest.mark.timeout(1800)

FAMILIES = 3_000
PILOT, OTHER = "3328040010", "3328120016"
FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]
KEY = ["kode_desa", "kode_indikator"]

RECEIVE = {"load_deliveries", "normalise_deliveries", "validate_deliveries"}
PUBLISH = {"compute_aggregates", "build_candidate", "validate_candidate", "publish_release"}


@pytest.fixture(scope="module")
def sample(landing: Path) -> Summary:
    """The pilots' kecamatan, small, with every fault of cells, rows and families."""
    return generate(landing, desa=pilot_villages(), keluarga=FAMILIES, faults="baris")


def footprint(installation: Installation) -> dict[str, Any]:
    """What a COPY (a raw table, a ledger row), a dbt build (new tables) and a release would change."""
    return {
        "tables": rows(
            installation,
            "select relnamespace::regnamespace::text, relname, oid, relfilenode from pg_class where relkind = 'r' and"
            " relnamespace::regnamespace::text in ('raw', 'registri', 'antara', 'agregat', 'kandidat') order by 1, 2",
        ),
        "rows": rows(
            installation,
            "select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables where schemaname in"
            " ('raw', 'registri', 'agregat', 'kandidat', 'terbit', 'acuan') order by schemaname, relname",
        ),
        "ledger": rows(installation, "select * from ops.kiriman order by 1"),
        "releases": rows(installation, "select id_rilis, keadaan from ops.rilis order by 1"),
    }


def published(installation: Installation) -> int:
    return int(rows(installation, "select id_rilis from ops.rilis_terbit")[0][0])


def events(airflow: Airflow) -> list[Any]:
    """Releases that something waiting for the asset was told of."""
    answer = airflow.api.get("/api/v2/assets/events?limit=100&order_by=timestamp")
    return [event["extra"]["id_rilis"] for event in answer["asset_events"]]


def assert_nothing_new(ended: Ended) -> None:
    assert ended.state == "success"
    states = ended.states()
    assert all(states[task] == {"skipped"} for task in RECEIVE | PUBLISH), states
    assert all(states[task] == {"success"} for task in states.keys() - RECEIVE - PUBLISH), states


def test_the_first_run_publishes(installation: Installation, sample: Summary) -> None:
    result = command("run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Rilis 1 terbit dari 3 kiriman" in result.stdout
    for task in (*RECEIVE, *PUBLISH, "finish_refresh"):
        assert task in result.stdout
    assert "Traceback" not in result.stderr
    assert Processes(installation).running() == {}
    folder = installation.settings.profiles
    assert str(folder) in result.stdout
    profiles = {f"profil_{PILOT}{copy}" for copy in ("", "_internal")}
    assert profiles <= {path.stem for path in folder.glob("*.pdf")} & {path.stem for path in folder.glob("*.html")}
    assert rows(installation, "select count(distinct kode_desa) from marts.mart_profil_desa") == [(59,)]


def test_its_figures_are_those_of_an_independent_recomputation(installation: Installation, sample: Summary) -> None:
    """Every village and indicator, from the raw files, in pandas."""
    with (PROJECT / "dbt_project" / "seeds" / "ref_desa.csv").open(encoding="utf-8") as file:
        villages = {row["kode_desa"]: int(row["klas"]) if row["klas"] else None for row in csv.DictReader(file)}
    parts = [recompute(folder, villages) for folder in sample.folders]
    expected = pd.concat(parts).set_index(KEY)[FOUR].astype("Int64").sort_index()
    columns = ", ".join([*KEY, *FOUR])
    got = pd.DataFrame(rows(installation, f"select {columns} from marts.fct_indikator_desa"), columns=[*KEY, *FOUR])
    got = got.set_index(KEY).astype("Int64").sort_index()
    assert len(got) == 59 * 75
    assert got.index.equals(expected.index)
    assert got.compare(expected).empty


def test_a_night_missed_is_caught_up_when_airflow_comes_up(installation: Installation, airflow: Airflow) -> None:
    """And there is nothing new: a green run without COPY, dbt build or release."""
    before = footprint(installation)

    def scheduled() -> list[str]:
        runs = airflow.api.get("/api/v2/dags/regsosek_refresh/dagRuns?run_type=scheduled")["dag_runs"]
        return [run["dag_run_id"] for run in runs]

    until(lambda: bool(scheduled()))
    (run_id,) = scheduled()
    assert_nothing_new(airflow.wait(run_id))
    assert footprint(installation) == before


def test_workers_are_forked_from_what_tasks_need(installation: Installation, airflow: Airflow) -> None:
    said = Processes(installation).log("scheduler").read_text(encoding="utf-8")
    assert 0 < said.find("tasks need not do it again") < said.find("Worker starting up")


def test_nobody_else_on_the_network_can_connect(installation: Installation, airflow: Airflow) -> None:
    postgres = psutil.Process(int((installation.server.data / "postmaster.pid").read_text().split()[0]))
    addresses = set()
    for parent in [postgres, *Processes(installation).running().values()]:
        for process in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # backends and tasks come and go
                addresses |= {each.laddr for each in process.net_connections("inet") if each.status == "LISTEN"}
    assert {address.ip for address in addresses} == {"127.0.0.1"}
    assert {address.port for address in addresses} >= {installation.port, installation.server.port}


def test_a_second_run_says_that_nothing_is_new(installation: Installation, airflow: Airflow) -> None:
    before = footprint(installation)
    result = command("run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Tidak ada yang baru" in result.stdout
    assert footprint(installation) == before
    assert set(Processes(installation).running()) == set(COMMANDS)  # `make up` goes on


def test_a_dry_run_ends_before_publishing_and_leaves_no_trace(
    installation: Installation, airflow: Airflow, landing: Path
) -> None:
    generate(landing, desa=[PILOT], keluarga=60, seed=7, faults="tanpa", per="desa", cut_off=date(2022, 12, 31))
    before = {key: footprint(installation)[key] for key in ("ledger", "releases")}
    told = events(airflow)
    ended = airflow.refresh(dry_run=True)
    assert ended.state == "success"
    states = ended.states()
    assert states["validate_candidate"] == {"success"}
    assert states["publish_release"] == {"skipped"}
    assert {key: footprint(installation)[key] for key in ("ledger", "releases")} == before
    assert rows(installation, "select count(*) from ops.kiriman where uji_coba") == [(0,)]
    assert events(airflow) == told


def test_a_refused_delivery_fails_the_run_and_stops_no_other(
    installation: Installation, airflow: Airflow, landing: Path, sample: Summary, webhook: Webhook
) -> None:
    broken = landing / "rusak"
    shutil.copytree(sample.folders[0], broken)
    (broken / "k_rt.csv").write_text("ini bukan\nberkas keluarga\n", encoding="utf-8")
    before = published(installation)
    webhook.received.clear()
    ended = airflow.refresh()
    assert ended.state == "failed"
    states = ended.states()
    assert states["publish_release"] == {"success"}
    assert states["summarise_refresh"] == {"failed"}
    assert states["finish_refresh"] == {"success"}
    assert published(installation) == before + 1
    newest = rows(
        installation, f"select max(tanggal_acuan_max) from marts.fct_indikator_desa where kode_desa = '{PILOT}'"
    )
    assert newest == [(date(2022, 12, 31),)]
    (task,) = ended.tasks["summarise_refresh"]
    assert task.try_number == 1  # bad data is not tried again
    lines = airflow.api.errors(ended.run_id, task)
    assert "rusak" in lines[0] and "Tindakan" in " ".join(lines)
    until(lambda: bool(webhook.received))
    (notice,) = webhook.received
    assert notice["title"] == "Regsosek: regsosek_refresh gagal pada validate_deliveries dan 1 tugas lain"
    assert ended.run_id in notice["message"] and "Kiriman rusak DITOLAK" in notice["message"]


def test_everything_that_waits_for_a_release_was_told_once(installation: Installation, airflow: Airflow) -> None:
    assert events(airflow) == [number for (number,) in rows(installation, "select id_rilis from ops.rilis order by 1")]


class Form(HTMLParser):
    """The hidden token of the login form."""

    token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "csrf_token":
            self.token = given["value"] or ""


def browser(airflow: Airflow, user: str, password: str, page: str) -> httpx.Response:
    """Ask for a page as a browser does: be sent to the login, fill in the form, arrive."""
    with httpx.Client(base_url=airflow.installation.url, follow_redirects=True, trust_env=False, timeout=60) as client:
        login = client.get(page)
        assert "/auth/login" in str(login.url)
        form = Form()
        form.feed(login.text)
        entered = {"username": user, "password": password, "csrf_token": form.token}
        client.post(str(login.url), data=entered)
        return client.get(page)


def gate_pages(airflow: Airflow) -> list[str]:
    """URLs of the gate pages of a run, as the buttons on its tasks have them."""
    run_id = next(
        run["dag_run_id"]
        for run in airflow.api.get("/api/v2/dags/regsosek_refresh/dagRuns?order_by=run_after")["dag_runs"]
        if page_path(airflow.installation.settings, run["dag_run_id"], 2).exists()
    )
    tasks = f"/api/v2/dags/regsosek_refresh/dagRuns/{run_id}/taskInstances"
    return [
        airflow.api.get(f"{tasks}/{task}/links?map_index={index}")["extra_links"]["Halaman gerbang"]
        for task, index in (("validate_deliveries", 0), ("validate_candidate", -1))
    ]


def test_other_tasks_have_no_gate_page(airflow: Airflow) -> None:
    run_id = airflow.api.get("/api/v2/dags/regsosek_refresh/dagRuns?limit=1")["dag_runs"][0]["dag_run_id"]
    links = airflow.api.get(f"/api/v2/dags/regsosek_refresh/dagRuns/{run_id}/taskInstances/start_refresh/links")
    assert links["extra_links"] == dict.fromkeys(["Halaman gerbang", "Halaman rilis", "Model dbt"])


def test_pages_are_behind_the_login(airflow: Airflow) -> None:
    shown = dict.fromkeys(gate_pages(airflow), "Gerbang") | {
        "/regsosek/dokumen/index.html": "Dokumen Regsosek",
        "/regsosek/dokumen/dbt.html": "mart_profil_desa",
    }
    for page, text in shown.items():
        anonymous = httpx.get(airflow.installation.url + page, trust_env=False)
        assert anonymous.status_code == 303
        assert "/auth/login" in anonymous.headers["location"]
        forged = httpx.get(airflow.installation.url + page, cookies={"_token": "made.up.token"}, trust_env=False)
        assert forged.status_code in (303, 403) and text not in forged.text
        read = browser(airflow, "admin", airflow.installation.admin_password, page)
        assert read.status_code == 200 and text in read.text
        assert "default-src 'none'" in read.headers["content-security-policy"]
        if "/gerbang/" in page:
            assert not re.search(r"""<script|(src|href)=["']?(https?:)?//""", read.text)


def test_a_user_who_may_not_see_runs_sees_no_gate_page(airflow: Airflow) -> None:
    (page, _) = gate_pages(airflow)
    airflow.api.post(
        "/auth/fab/v1/users",
        {
            "username": "tamu", "password": "tamu-tamu-tamu", "email": "tamu@regsosek.invalid", "first_name": "Tamu",
            "last_name": "Tamu", "roles": [{"name": "Public"}],
        },
    )  # fmt: skip
    assert browser(airflow, "tamu", "tamu-tamu-tamu", page).status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "/regsosek/gerbang/1?jalan=../../secrets",
        "/regsosek/gerbang/1?jalan=..%2F..%2F..%2Fetc",
        "/regsosek/gerbang/1?jalan=%2Fetc",
        "/regsosek/gerbang/1?jalan=..",
        "/regsosek/gerbang/1?jalan=",
        "/regsosek/gerbang/9?jalan=x",
        "/regsosek/gerbang/..%2F..%2Fsecrets?jalan=x",
        "/regsosek/docs",
        "/regsosek/dokumen/..%2F..%2Fsecrets%2Fairflow-admin",
        "/regsosek/dokumen/tiada.html",
        "/regsosek/openapi.json",
    ],
)
def test_nothing_but_gate_pages_is_served(installation: Installation, airflow: Airflow, target: str) -> None:
    decoy = installation.settings.artefacts / "gerbang-1.html"
    decoy.write_text("not a page of a run", encoding="utf-8")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        airflow.api.get(target)
    assert refused.value.response.status_code in (404, 422)
    assert "not a page of a run" not in refused.value.response.text


def answer_when_asked(airflow: Airflow, option: str) -> str:
    """Run the public DAG until it asks, answer as a person does in the UI, and return the id of the run at its end."""
    base = "/api/v2/dags/regsosek_publik"
    run_id = airflow.api.post(f"{base}/dagRuns", {"logical_date": None})["dag_run_id"]
    task = f"{base}/dagRuns/{run_id}/taskInstances/approve_public"
    until(lambda: airflow.api.get(task)["state"] == "awaiting_input")
    question = airflow.api.get(f"{task}/-1/hitlDetails")
    assert "siap menjadi angka publik" in question["body"] and "{{" not in question["body"]
    # A person reads first. An answer in the very instant of the question meets the task while it still lies down, and
    # Airflow asks again after the retry delay.
    time.sleep(10)
    airflow.api.patch(f"{task}/-1/hitlDetails", {"chosen_options": [option], "params_input": {}})
    until(lambda: airflow.api.get(f"{base}/dagRuns/{run_id}")["state"] in ("success", "failed"))
    assert airflow.api.get(f"{base}/dagRuns/{run_id}")["state"] == "success"
    return str(run_id)


def test_public_figures_wait_for_a_person(installation: Installation, airflow: Airflow) -> None:
    assert airflow.api.get("/api/v2/dags/regsosek_publik")["is_paused"]
    airflow.api.patch("/api/v2/dags/regsosek_publik", {"is_paused": False})
    refused = answer_when_asked(airflow, "Reject")
    tasks = f"/api/v2/dags/regsosek_publik/dagRuns/{refused}/taskInstances"
    assert airflow.api.get(f"{tasks}/publish_public")["state"] == "skipped"
    assert rows(installation, "select count(*) from ops.rilis_publik") == [(0,)]
    answer_when_asked(airflow, "Approve")
    ((release, person),) = rows(installation, "select id_rilis, disetujui_oleh from ops.rilis_publik")
    assert (release, person) == (published(installation), "admin")
    figures = "from publik.fct_indikator_desa where alasan_kosong = 'Disembunyikan untuk melindungi keluarga.'"
    assert rows(installation, f"select count(*) > 0, count(pembilang), count(nilai) {figures}") == [(True, 0, 0)]
    airflow.api.patch("/api/v2/dags/regsosek_publik", {"is_paused": True})
