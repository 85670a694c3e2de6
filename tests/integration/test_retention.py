"""What nobody needs any more goes; what counts, or can be gone back to, stays."""

from __future__ import annotations

import itertools
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.refresh import refresh
from regsosek.release.rollback import NothingToDoError, aktifkan, rollback
from regsosek.retention import clean
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

VILLAGE, OTHER = "3328130005", "3328130004"

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings.model_copy(update={"keep_releases": 1, "keep_days": 30})


@pytest.fixture(scope="module")
def history(settings: Settings) -> None:
    """Two villages, one of which was delivered three times more, and everything a year old: deliveries 1 to 4."""
    landing = Path(settings.landing)
    generate(landing, desa=[VILLAGE, OTHER], keluarga=120, seed=3, faults="tanpa")
    for month in (1, 3, 5):
        generate(landing, desa=[VILLAGE], keluarga=60, seed=3, faults="tanpa", cut_off=date(2023, month, 31))
        go(settings)  # the first one finds two
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("update ops.kiriman set diterima_pada = diterima_pada - interval '1 year'")


def go(settings: Settings) -> None:
    refresh(settings, f"uji-{next(_numbers)}")


def query(settings: Settings, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(settings.warehouse_url) as connection:
        return connection.execute(statement.encode(), parameters).fetchall()


def kept(settings: Settings) -> tuple[set[int], set[int], set[int]]:
    """Deliveries in raw, in registri, and in the ledger."""
    tables = query(settings, "select relname from pg_class where relnamespace = 'raw'::regnamespace and relkind = 'r'")
    raw = {int(name.rpartition("_")[2]) for (name,) in tables}
    registry = query(
        settings, "select id_kiriman from registri.keluarga union select id_kiriman from registri.anggota order by 1"
    )
    ledger = query(settings, "select id_kiriman from ops.kiriman order by 1")
    return raw, {n for (n,) in registry}, {n for (n,) in ledger}


def test_a_trial_names_what_would_go_and_drops_nothing(settings: Settings, history: None) -> None:
    assert clean(settings, dry_run=True).kiriman == [2]
    assert kept(settings) == ({1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4})
    assert clean(settings.model_copy(update={"keep_releases": 3}), dry_run=True).kiriman == []  # a rollback needs it
    assert clean(settings.model_copy(update={"keep_days": 400}), dry_run=True).kiriman == []


def test_only_what_nobody_needs_goes(settings: Settings, history: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 speaks for the other village, 4 is published, 3 is what 4 is compared with."""
    figures = query(settings, "select * from marts.fct_indikator_desa order by 1, 2, 3")
    for name, value in {
        "REGSOSEK_HOME": settings.home, "LANDING_URL": settings.landing, "REGSOSEK_KEEP_RELEASES": "1",
        "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url, "REGSOSEK_KEEP_DAYS": "30",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    told = CliRunner().invoke(app, ["bersihkan"])
    assert told.exit_code == 0 and "Dibersihkan: isi kiriman 2." in told.output, told.output
    assert kept(settings) == ({1, 3, 4}, {1, 3, 4}, {1, 2, 3, 4})
    events = query(settings, "select rincian from ops.kejadian where kejadian = 'kiriman dibersihkan'")
    assert events == [({"id_kiriman": 2},)]
    assert query(settings, "select * from marts.fct_indikator_desa order by 1, 2, 3") == figures
    assert clean(settings).kiriman == []
    go(settings)  # its folder still lies in the landing: that alone does not bring it back
    assert kept(settings) == ({1, 3, 4}, {1, 3, 4}, {1, 2, 3, 4})


def test_a_release_within_reach_can_be_gone_back_to(settings: Settings, history: None) -> None:
    wide = settings.model_copy(update={"keep_releases": 2})
    assert clean(wide).kiriman == []
    with transaction(settings) as cursor:
        rollback(cursor)
    ((shown,),) = query(settings, "select count(*) from marts.mart_profil_desa")
    assert shown == 2
    with transaction(settings) as cursor:
        aktifkan(cursor, 4)
        cursor.execute("update ops.kiriman set keadaan = 'ditarik' where id_kiriman = 2")
        with pytest.raises(NothingToDoError, match="sudah dibersihkan"):
            aktifkan(cursor, 2)
    go(settings)


def test_what_was_dropped_comes_back_when_it_is_delivered_again(settings: Settings, history: None) -> None:
    (folder,) = Path(settings.landing).glob("2023-01-31*")
    shutil.copytree(folder, folder.with_name("lagi"))
    go(settings)
    assert kept(settings) == ({1, 3, 4, 5}, {1, 3, 4, 5}, {1, 2, 3, 4, 5})
    ((state,),) = query(settings, "select keadaan from ops.kiriman where id_kiriman = 5")
    assert state == "diterima gerbang 1"  # accepted, and not published: its cut-off is older


def test_a_shared_partition_is_left_by_one_delivery_alone(settings: Settings, history: None) -> None:
    landing = Path(settings.landing)
    for seed, village in ((11, VILLAGE), (12, OTHER)):
        generate(landing, desa=[village], keluarga=60, seed=seed, faults="tanpa", per="desa", cut_off=date(2023, 7, 31))
    go(settings)  # both in one batch: one partition
    for seed, cut_off in ((13, date(2023, 8, 31)), (14, date(2023, 9, 30))):
        generate(landing, desa=[VILLAGE], keluarga=60, seed=seed, faults="tanpa", cut_off=cut_off)
    go(settings)
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("update ops.kiriman set diterima_pada = diterima_pada - interval '1 year'")
    ((mine,),) = query(settings, "select id_kiriman from ops.kiriman_desa where kode_desa = %s and id_kiriman > 5 "
                                 "order by 1 limit 1", VILLAGE)  # fmt: skip
    ((others,),) = query(
        settings, "select id_kiriman from ops.kiriman_desa where kode_desa = %s and id_kiriman > 5", OTHER
    )
    before = query(settings, "select count(*) from registri.anggota where id_kiriman = %s", others)
    assert mine in clean(settings).kiriman
    raw, registry, _ = kept(settings)
    assert mine not in raw | registry and others in raw & registry
    assert query(settings, "select count(*) from registri.anggota where id_kiriman = %s", others) == before


def test_old_files_go_and_those_of_the_published_release_stay(settings: Settings, history: None) -> None:
    def old(path: Path, days: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        for each in (path, path.parent):
            os.utime(each, (each.stat().st_mtime - days * 86_400,) * 2)
        return path

    log = old(settings.home / "logs" / "airflow" / "dag" / "tua.log", 100)
    fresh = old(settings.home / "logs" / "airflow" / "dag2" / "baru.log", 10)
    book = old(settings.corrections / "perbaikan_x.xlsx", 40)
    left = old(Path(settings.landing) / ".perbaikan-abcd" / "k_rt.csv", 2)
    pages = settings.artefacts / "gates"
    for folder in pages.iterdir():
        for page in folder.iterdir():
            old(page, 200)
    ((run,),) = query(settings, "select id_jalan from ops.rilis join ops.rilis_terbit using (id_rilis)")
    done = clean(settings)
    assert (done.log, done.buku_perbaikan, done.sisa_landing) == (1, 1, 1)
    assert not log.parent.exists() and fresh.exists() and not book.exists() and not left.parent.exists()
    assert [folder.name for folder in pages.iterdir()] == [run]
