"""Gate 1 by Great Expectations on a real server: what it accepts, what shuts it, and what it never says."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import psycopg
import pytest

from regsosek.codebook import load_codebook
from regsosek.gates.delivery import judge_deliveries
from regsosek.gates.failure import GateFailed
from regsosek.gates.page import write_page
from regsosek.gates.result import GateResult
from regsosek.gates.validation import validate_delivery
from regsosek.gates.villages import judge_villages
from regsosek.landing.discover import discover
from regsosek.landing.load import load_delivery
from regsosek.normalise.run import normalise
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

FINAL, OTHER, DRAFT = "3328010001", "3328010002", "3328010003"


@pytest.fixture
def ids(settings: Settings) -> dict[str, int]:
    """Three clean deliveries of one village each, two final and one draft, normalised; village -> id."""
    landing = Path(settings.landing)
    generate(landing, keluarga=80, desa=[FINAL, OTHER], faults="tanpa", per="desa")
    generate(landing, keluarga=40, desa=[DRAFT], faults="tanpa", per="desa", versi="draft", cut_off=date(2022, 9, 30))
    found = [load_delivery(settings, each, id_jalan="uji", guard=anyone) for each in discover(settings)[0]]
    normalise(settings, found, guard=anyone)
    with transaction(settings) as cursor:
        judge_villages(cursor, settings, load_codebook(), found)
        return dict(cursor.execute("select kode_desa, id_kiriman from ops.kiriman_desa").fetchall())


def anyone(cursor: psycopg.Cursor) -> None:
    """The guard of a test: nobody else writes."""


def gate(settings: Settings, ids: dict[str, int]) -> dict[str, GateResult]:
    results = {result.id_kiriman: result for result in validate_delivery(settings, sorted(ids.values()), "uji")}
    write_page(settings, "uji", 1)
    return {village: results[each] for village, each in ids.items()}


def broken(result: GateResult) -> set[tuple[str, tuple[str, ...]]]:
    return {(failure.aturan, failure.desa) for failure in result.failures if failure.blocks}


def test_clean_deliveries_pass_and_the_page_shows_no_identity(settings: Settings, ids: dict[str, int]) -> None:
    results = gate(settings, ids)
    assert all(result.success and not broken(result) for result in results.values())
    (page,) = {result.page for result in results.values()}
    text = page.read_text(encoding="utf-8")
    assert "Lulus." in text
    secrets = set()
    for file in Path(settings.landing).rglob("k_*.csv"):
        for row in csv.DictReader(file.open(encoding="utf-8")):
            secrets |= {row[column] for column in ("r107", "r108", "r114", "r402", "r403") if row.get(column)}
    assert len(secrets) > 200
    assert not {secret for secret in secrets if len(secret) > 3 and secret in text}


def test_each_failure_is_laid_to_its_delivery_and_village(
    settings: Settings, ids: dict[str, int], warehouse: psycopg.Connection
) -> None:
    final, draft = ids[FINAL], ids[DRAFT]
    for statement in (
        f"update registri.keluarga set r303 = 77 where id_kiriman = {final} and baris = 2",
        f"update registri.keluarga set r306b = 5 where id_kiriman = {final} and baris = 3",
        f"update registri.anggota set r407 = -1 where id_kiriman = {final} and baris = 2",
        f"update registri.anggota set baris_keluarga = null where id_kiriman = {final} and baris = 3",
        f"insert into registri.keluarga select * from registri.keluarga where id_kiriman = {final} and baris = 4",
        f"update registri.keluarga set kode_desa = '9999999999' where id_kiriman = {final} and baris = 5",
        f"update registri.anggota set r404 = 6 where id_kiriman = {draft} and baris = 2",
        f"delete from registri.anggota where id_kiriman = {draft} and baris = 3",
    ):
        assert warehouse.execute(statement.encode()).rowcount == 1
    results = gate(settings, ids)
    assert results[OTHER].success
    assert not results[FINAL].success
    assert not results[DRAFT].success
    names = {name for name, _ in broken(results[FINAL])}
    assert names == {
        "delivery/keluarga.r303",
        "delivery/keluarga.r306b",
        "delivery/keluarga.baris_kembar",
        "delivery/keluarga.selisih_baris",
        "delivery/keluarga.diterima_tanpa_desa",
        "delivery/anggota.r407",
        "delivery/anggota.diterima_tanpa_keluarga",
    }
    assert ("delivery/keluarga.r303", (FINAL,)) in broken(results[FINAL])
    assert ("delivery/keluarga.diterima_tanpa_desa", ("9999999999",)) in broken(results[FINAL])
    assert broken(results[DRAFT]) == {
        ("delivery/anggota.r404", (DRAFT,)),
        ("delivery/anggota.selisih_baris", ()),
    }


def test_a_registry_without_a_column_is_refused(
    settings: Settings, ids: dict[str, int], warehouse: psycopg.Connection
) -> None:
    warehouse.execute("alter table registri.keluarga rename column kk_mutu to kk_kualitas")
    results = gate(settings, ids)
    assert {name for name, _ in broken(results[FINAL])} == {"delivery/keluarga.table_columns_to_match_set"}


def test_a_delivery_that_is_not_as_expected_is_refused_and_no_other(
    settings: Settings, ids: dict[str, int], warehouse: psycopg.Connection
) -> None:
    warehouse.execute("update registri.keluarga set r303 = 77 where id_kiriman = %s and baris = 2", (ids[FINAL],))
    with pytest.raises(GateFailed, match=rf"Kiriman {ids[FINAL]}: .*delivery/keluarga\.r303"):
        judge_deliveries(settings, list(ids.values()), id_jalan="uji", guard=anyone, purpose="uji")
    told = warehouse.execute("select id_kiriman, keadaan, coalesce(alasan, '') from ops.kiriman").fetchall()
    assert {id_kiriman: keadaan for id_kiriman, keadaan, _ in told} == {
        ids[FINAL]: "ditolak gerbang 1", ids[OTHER]: "diterima gerbang 1", ids[DRAFT]: "diterima gerbang 1",
    }  # fmt: skip
    assert ["Great Expectations" in alasan for id_kiriman, _, alasan in told if id_kiriman == ids[FINAL]] == [True]


def test_rules_shut_the_gate_by_their_severity(
    settings: Settings, ids: dict[str, int], warehouse: psycopg.Connection
) -> None:
    fault = "insert into ops.temuan (id_kiriman, berkas, baris, kode_desa, aturan) values (%s, 'k_rt', 2, %s, %s)"
    warehouse.execute(fault, (ids[FINAL], FINAL, "r303_di_luar_domain"))
    warehouse.execute(fault, (ids[FINAL], FINAL, "keluarga_turun_tajam"))
    warehouse.execute(fault, (ids[OTHER], None, "desa_bukan_kabupaten"))
    warehouse.execute("update ops.kiriman_desa set keadaan = 'ditolak' where id_kiriman = %s", (ids[DRAFT],))
    results = gate(settings, ids)
    assert results[FINAL].success
    assert [(each.aturan, each.jumlah, each.desa) for each in results[FINAL].failures] == [
        ("keluarga_turun_tajam", 1, (FINAL,)),
        ("r303_di_luar_domain", 1, (FINAL,)),
    ]
    assert not results[OTHER].success
    assert results[OTHER].lines[0].startswith("[tolak_kiriman] desa_bukan_kabupaten: 1.")
    assert broken(results[DRAFT]) == {("desa_diterima", ())}
    recorded = warehouse.execute("select id_kiriman, lulus from ops.gerbang where id_jalan = 'uji'").fetchall()
    assert dict(recorded) == {ids[FINAL]: True, ids[OTHER]: False, ids[DRAFT]: False}
    page = results[FINAL].page.read_text(encoding="utf-8")
    assert "2 dari 3 kiriman ditolak" in page
    assert "keluarga_turun_tajam" in page


def test_judging_again_replaces_the_verdict(
    settings: Settings, ids: dict[str, int], warehouse: psycopg.Connection
) -> None:
    warehouse.execute("update registri.keluarga set r303 = 77 where id_kiriman = %s and baris = 2", (ids[FINAL],))
    assert not gate(settings, ids)[FINAL].success
    warehouse.execute("update registri.keluarga set r303 = null where id_kiriman = %s and baris = 2", (ids[FINAL],))
    assert gate(settings, ids)[FINAL].success
    assert warehouse.execute("select count(*), bool_and(lulus) from ops.gerbang").fetchone() == (3, True)
