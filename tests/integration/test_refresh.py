"""The story of a warehouse over several refreshes, without Airflow: real files, PostgreSQL, dbt, Great Expectations."""

from __future__ import annotations

import csv
import itertools
import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest

import canary
from oracle import recompute
from regsosek.gates.failure import GateFailed
from regsosek.refresh import RefreshIncomplete, refresh, steps
from regsosek.refresh.run import DefinitionsChangedError
from regsosek.release.rollback import aktifkan, rollback
from regsosek.sample import Fault, Summary, generate, pilot_villages, read_faults
from regsosek.settings import PROJECT, Settings
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction

FAMILIES = 6_000
FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]
KEY = ["kode_desa", "kode_indikator"]
PILOT, OTHER = "3328040010", "3328120016"

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


@pytest.fixture(scope="module")
def sample(settings: Settings) -> Summary:
    """The pilots' kecamatan with every fault of cells, rows, families and villages."""
    return generate(Path(settings.landing), desa=pilot_villages(), keluarga=FAMILIES, faults="baris")


def go(settings: Settings, **options: Any) -> dict[str, Any]:
    return refresh(settings, f"uji-{next(_numbers)}", **options)


def query(settings: Settings, statement: str, *parameters: Any) -> pd.DataFrame:
    with psycopg.connect(settings.warehouse_url) as connection:
        cursor = connection.execute(statement.encode(), parameters)
        assert cursor.description is not None
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def ledger(settings: Settings) -> dict[str, list[Any]]:
    """Everything a dry run must leave as it was."""
    tables = (
        "kiriman",
        "berkas",
        "kiriman_desa",
        "temuan",
        "landing",
        "rilis",
        "rilis_desa",
        "rilis_terbit",
        "kejadian",
    )
    with psycopg.connect(settings.warehouse_url) as connection:
        found: dict[str, list[Any]] = {
            table: sorted(connection.execute(f"select * from ops.{table}".encode()).fetchall(), key=repr)
            for table in tables
        }
        found["relasi"] = connection.execute(
            "select relnamespace::regnamespace::text, relname from pg_class "
            "where relnamespace::regnamespace::text in ('raw', 'registri', 'terbit', 'marts') order by 1, 2"
        ).fetchall()
    return found


def villages() -> dict[str, int | None]:
    with (PROJECT / "dbt_project" / "seeds" / "ref_desa.csv").open(encoding="utf-8") as file:
        return {row["kode_desa"]: int(row["klas"]) if row["klas"] else None for row in csv.DictReader(file)}


def integers(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(KEY)[FOUR].astype("Int64").sort_index()


def assert_equal_figures(settings: Settings, folders: dict[str, list[str] | None]) -> None:
    """The published integers equal a recomputation from the files; folder -> its villages (None: all)."""
    parts = []
    for folder, chosen in folders.items():
        part = recompute(Path(settings.landing) / folder, villages())
        parts.append(part if chosen is None else part[part["kode_desa"].isin(chosen)])
    expected = integers(pd.concat(parts))
    got = integers(query(settings, "select * from marts.fct_indikator_desa"))
    assert got.index.equals(expected.index)
    differing = got.compare(expected, result_names=("warehouse", "oracle"))
    assert differing.empty, differing.to_string()


def test_a_dry_run_does_everything_and_changes_nothing(settings: Settings, sample: Summary) -> None:
    before = ledger(settings)
    report = go(settings, dry_run=True)
    assert report["kiriman"] == 3
    assert report["rilis"] is None
    assert ledger(settings) == before
    page = settings.artefacts / "gates"
    assert {each.name for each in page.rglob("*.html")} == {"gerbang-1.html", "gerbang-2.html"}


def test_what_a_killed_dry_run_left_goes_when_the_next_run_begins(settings: Settings, sample: Summary) -> None:
    before = ledger(settings)
    killed = steps.start(settings, "uji-mati", dry_run=True)
    for batch in steps.discover(settings, killed):
        steps.normalise(settings, killed, steps.load(settings, killed, batch))
    lease.release(settings, killed.epoch)  # nobody finished it
    assert ledger(settings) != before
    following = steps.start(settings, "uji-lanjut", dry_run=True)
    try:
        assert ledger(settings) == before
    finally:
        steps.finish(settings, following)


def test_the_first_refresh_publishes_what_the_files_say(settings: Settings, sample: Summary) -> None:
    report = go(settings)
    assert report["kiriman"] == 3
    assert report["desa_terbit"] == 59
    assert_equal_figures(settings, {folder.name: None for folder in sample.folders})
    names = query(settings, "select relname from pg_class where relnamespace = 'kandidat'::regnamespace "
                  "and relkind = 'r'")  # fmt: skip
    assert len(names) > 20
    for name in names["relname"]:
        (shown,) = query(settings, f"select count(*), min(id_rilis), max(id_rilis) from marts.{name}").to_numpy()
        candidate = query(settings, f"select count(*) from kandidat.{name}").iloc[0, 0]
        assert tuple(shown) == ((candidate, 1, 1) if candidate else (0, None, None)), name


def test_the_gate_lists_exactly_the_planted_faults(settings: Settings, sample: Summary) -> None:
    for folder in sample.folders:
        found = query(
            settings,
            "select t.berkas, t.baris, t.aturan, a.keparahan, t.kode_desa from ops.temuan as t"
            " join ops.aturan as a using (aturan) join ops.kiriman as k using (id_kiriman) where k.folder = %s",
            folder.name,
        )
        listed = Path(settings.landing).with_name("landing_temuan") / f"{folder.name}.csv"
        planted = read_faults(listed)
        rows = {
            Fault(berkas, None if pd.isna(baris) else int(baris), aturan, keparahan, None if pd.isna(desa) else desa)
            for berkas, baris, aturan, keparahan, desa in found.itertuples(index=False)
        }
        assert rows == set(planted)
        assert len(found) == len(planted)


def test_totals_reconcile_at_every_layer(settings: Settings, sample: Summary) -> None:
    received = query(settings, "select berkas, sum(jumlah_baris)::bigint as baris from ops.berkas group by 1")
    rows = dict(received.itertuples(index=False))
    assert rows == sample.rows
    sums = query(
        settings,
        """
        select sum(keluarga_diterima + keluarga_ditolak)::bigint as keluarga,
            sum(anggota_diterima + anggota_ditolak)::bigint as anggota,
            (select count(*) from registri.keluarga where kode_desa is null) as keluarga_tanpa_desa,
            (select count(*) from registri.anggota where kode_desa is null) as anggota_tanpa_desa,
            (select sum(pembilang)::bigint from marts.fct_indikator_desa
                where kode_indikator = 'jumlah_keluarga') as terbit,
            sum(keluarga_tanpa_penduduk)::bigint as tanpa_penduduk,
            sum(keluarga_diterima)::bigint as diterima
        from ops.kiriman_desa
        """,
    ).iloc[0]
    assert sums["keluarga"] + sums["keluarga_tanpa_desa"] == rows["k_rt"]
    assert sums["anggota"] + sums["anggota_tanpa_desa"] == rows["k_art"]
    assert sums["terbit"] + sums["tanpa_penduduk"] == sums["diterima"]


def test_a_second_refresh_finds_nothing_to_do(settings: Settings) -> None:
    before = query(settings, "select count(*) from ops.kejadian where kejadian in ('agregat', 'kandidat', 'terbit')")
    report = go(settings)
    assert (report["kiriman"], report["rilis"]) == (0, None)
    after = query(settings, "select count(*) from ops.kejadian where kejadian in ('agregat', 'kandidat', 'terbit')")
    assert after.equals(before)


def test_half_a_load_is_gone_when_a_run_has_begun_and_when_it_has_ended(settings: Settings) -> None:
    def leave_half_a_load() -> None:
        with transaction(settings) as cursor:
            cursor.execute("create table raw.k_rt_999 (baris integer)")

    def is_there() -> bool:
        return bool(query(settings, "select to_regclass('raw.k_rt_999') is not null as ada")["ada"].item())

    loaded = query(settings, "select tabel from ops.berkas where to_regclass('raw.' || tabel) is not null order by 1")
    leave_half_a_load()
    run = steps.start(settings, "uji-sisa")
    try:
        assert not is_there()
        leave_half_a_load()
    finally:
        steps.finish(settings, run)
    assert not is_there()
    kept = query(settings, "select tabel from ops.berkas where to_regclass('raw.' || tabel) is not null order by 1")
    assert kept.equals(loaded)
    assert len(kept)


def test_a_project_that_changes_under_a_run_publishes_nothing(settings: Settings) -> None:
    releases = query(settings, "select id_rilis, keadaan, dibuat_pada from ops.rilis order by 1")
    run = steps.start(settings, "uji-definisi")
    changed = run.model_copy(update={"versi_definisi": "0" * 12})
    try:
        for step in (steps.choose, steps.aggregate, steps.publish):
            with pytest.raises(DefinitionsChangedError):
                step(settings, changed)
    finally:
        steps.finish(settings, run)
    assert query(settings, "select id_rilis, keadaan, dibuat_pada from ops.rilis order by 1").equals(releases)


def test_a_corrected_village_replaces_itself_alone(settings: Settings, sample: Summary) -> None:
    size = int(
        query(
            settings,
            "select keluarga_diterima from ops.kiriman_desa where kode_desa = %s order by id_kiriman limit 1", PILOT,
        ).iloc[0, 0]
    )  # fmt: skip
    generate(
        Path(settings.landing), desa=[PILOT], keluarga=size, seed=7, faults="tanpa", per="desa",
        cut_off=date(2022, 12, 31),
    )  # fmt: skip
    computed = query(settings, "select count(*) from agregat.agg_indikator_desa").iloc[0, 0]
    report = go(settings)
    assert (report["kiriman"], report["desa_terbit"]) == (1, 59)
    assert query(settings, "select count(*) from agregat.agg_indikator_desa").iloc[0, 0] == computed + 75
    (corrected,) = [each for each in Path(settings.landing).iterdir() if each.name.startswith("2022-12-31")]
    others = [code for code in pilot_villages() if code != PILOT]
    assert_equal_figures(settings, {**{folder.name: others for folder in sample.folders}, corrected.name: None})


def test_an_older_delivery_does_not_supersede(settings: Settings, sample: Summary) -> None:
    generate(
        Path(settings.landing),
        desa=[PILOT],
        keluarga=60,
        seed=8,
        faults="tanpa",
        per="desa",
        cut_off=date(2022, 10, 31),
    )
    before = query(settings, "select id_kiriman from ops.rilis_desa join ops.rilis_terbit using (id_rilis) order by 1")
    with suppress(RefreshIncomplete):  # if it is far smaller than in the release, it is refused as well
        go(settings)
    after = query(settings, "select id_kiriman from ops.rilis_desa join ops.rilis_terbit using (id_rilis) order by 1")
    assert after.equals(before)


def test_a_village_that_lost_a_fifth_keeps_its_last_good_data(settings: Settings) -> None:
    folder = generate(
        Path(settings.landing), desa=[OTHER], keluarga=20, seed=9, faults="tanpa", per="desa", cut_off=date(2023, 1, 31)
    ).folders[0]
    declared = folder / "kiriman.yml"
    declared.write_text("cut_off: 2023-01-31\nversi: final\n", encoding="utf-8")
    before = query(settings, "select * from marts.fct_indikator_desa order by kode_desa, kode_indikator")
    with pytest.raises(RefreshIncomplete) as refused:
        go(settings)
    assert any("keluarga_turun_tajam" in line for line in refused.value.lines)
    assert any(OTHER in line and "Tindakan" in line for line in refused.value.lines)
    assert query(settings, "select * from marts.fct_indikator_desa order by kode_desa, kode_indikator").equals(before)
    refused_rows = (
        "select count(*) as baris from {} join ops.kiriman_desa as d using (id_kiriman, kode_desa) "
        "where d.keadaan = 'ditolak'"
    )
    for entity in ("keluarga", "anggota"):
        assert query(settings, refused_rows.format(f"registri.{entity}"))["baris"].item() > 0
        assert query(settings, refused_rows.format(f"staging.stg_regsosek__{entity}"))["baris"].item() == 0


def test_an_unreadable_delivery_is_refused_and_the_rest_goes_on(settings: Settings, sample: Summary) -> None:
    broken = Path(settings.landing) / "rusak"
    shutil.copytree(sample.folders[0], broken)
    lines = (broken / "k_rt.csv").read_text(encoding="utf-8").splitlines()
    (broken / "k_rt.csv").write_text("\n".join([*lines[:5], "tidak,lengkap", *lines[5:]]), encoding="utf-8")
    (broken / "kiriman.yml").write_text("versi: final\n", encoding="utf-8")
    generate(Path(settings.landing), desa=[OTHER], keluarga=80, seed=10, faults="tanpa", per="desa",
             cut_off=date(2023, 2, 28))  # fmt: skip
    with pytest.raises(RefreshIncomplete) as refused:
        go(settings)
    assert "rusak" in refused.value.lines[0]
    assert "6" in refused.value.lines[0]  # the record
    assert not any("tidak,lengkap" in line for line in refused.value.lines)
    newest = query(settings, "select max(tanggal_acuan_max) from marts.fct_indikator_desa where kode_desa = %s", OTHER)
    assert newest.iloc[0, 0] == date(2023, 2, 28)


def test_a_candidate_that_does_not_add_up_changes_nothing_that_is_shown(settings: Settings) -> None:
    """A count that is written wrongly, and that only the second gate can see."""
    generate(Path(settings.landing), desa=[OTHER], keluarga=80, seed=12, faults="tanpa", per="desa",
             cut_off=date(2023, 3, 1))  # fmt: skip
    with transaction(settings) as cursor:
        cursor.execute(
            """
            create function ops.salah_hitung() returns trigger language plpgsql as
                $$begin new.keluarga_tanpa_penduduk := new.keluarga_tanpa_penduduk + 1; return new; end$$;
            create trigger salah_hitung before insert or update on ops.kiriman_desa
                for each row execute function ops.salah_hitung()
            """
        )
    shown = "select * from marts.fct_indikator_desa order by kode_desa, kode_indikator"
    releases = "select id_rilis, keadaan, id_rilis = (select id_rilis from ops.rilis_terbit) from ops.rilis order by 1"
    before = query(settings, shown), query(settings, releases)
    with pytest.raises(GateFailed, match=f"keluarga_tidak_seimbang.*{OTHER}"):
        go(settings)
    with transaction(settings) as cursor:
        cursor.execute("drop function ops.salah_hitung() cascade")
    refused = query(settings, "select keadaan, alasan from ops.kiriman order by id_kiriman desc limit 1")
    assert refused["keadaan"].item() == "ditolak gerbang 2" and "gerbang 2" in refused["alasan"].item()
    for _ in range(2):
        assert query(settings, shown).equals(before[0])
        assert query(settings, releases).equals(before[1])
        assert go(settings)["rilis"] is None  # it does not come back by itself


def test_after_a_rollback_the_withdrawn_delivery_stays_out(settings: Settings) -> None:
    with transaction(settings) as cursor:
        rollback(cursor, None)
    assert query(settings, "select max(tanggal_acuan_max) from marts.fct_indikator_desa").iloc[0, 0] < date(2023, 2, 28)
    generate(Path(settings.landing), desa=["3328130005"], keluarga=60, seed=11, faults="tanpa", per="desa",
             cut_off=date(2023, 3, 31))  # fmt: skip
    (folder,) = [each for each in Path(settings.landing).iterdir() if each.name.startswith("2023-03-31")]
    declared = (folder / "kiriman.yml").read_text(encoding="utf-8")
    assert "3328130005" in declared  # declares its families, so the smaller number is accepted
    go(settings)
    dates = query(
        settings, "select kode_desa, max(tanggal_acuan_max) as sampai from marts.fct_indikator_desa group by 1"
    )
    by_village = dict(dates.itertuples(index=False))
    assert by_village["3328130005"] == date(2023, 3, 31)
    assert by_village[OTHER] < date(2023, 2, 28)
    withdrawn = int(query(settings, "select id_kiriman from ops.kiriman where keadaan = 'ditarik'").iloc[0, 0])
    with transaction(settings) as cursor:
        aktifkan(cursor, withdrawn)
    go(settings)
    newest = query(settings, "select max(tanggal_acuan_max) from marts.fct_indikator_desa where kode_desa = %s", OTHER)
    assert newest.iloc[0, 0] == date(2023, 2, 28)


def test_no_identity_left_the_raw_schema(settings: Settings) -> None:
    """Every row of every other schema, and every artefact."""
    assert canary.in_database(settings.warehouse_url) == {}
    assert canary.in_files(settings.artefacts.rglob("*")) == {}
