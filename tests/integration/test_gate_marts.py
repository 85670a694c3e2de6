"""Gate 2 on a candidate that dbt built: it passes as it is, and every check finds what it is there for."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from regsosek.gates.expectations import BALANCE_CHECKS
from regsosek.gates.marts import balance_relation, drift, validate_candidate
from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

VILLAGE = "3328010001"
VILLAGES = [VILLAGE, "3328010002", "3328130005"]
KECAMATAN = "3328010"

CORRUPTIONS = {
    "desa_tanpa_indikator": f"delete from kandidat.fct_indikator_desa where kode_desa = '{VILLAGE}' "
    "and kode_indikator = 'pct_lansia'",
    "desa_tanpa_profil": f"delete from kandidat.mart_profil_desa where kode_desa = '{VILLAGE}'",
    "desa_di_luar_manifes": f"delete from ops.kandidat_desa where kode_desa = '{VILLAGE}'",
    "bilangan_tidak_sah": f"update kandidat.fct_indikator_desa set tidak_tahu = -1 where kode_desa = '{VILLAGE}'",
    "pembilang_melebihi_penyebut": "update kandidat.fct_indikator_desa set pembilang = penyebut + 1 "
    f"where kode_desa = '{VILLAGE}' and kode_indikator = 'pct_babs'",
    "nilai_tidak_sah": "update kandidat.fct_indikator_desa set nilai = nilai + 0.001 "
    f"where kode_desa = '{VILLAGE}' and kode_indikator = 'pct_babs'",
    "batas_tidak_mengapit": "update kandidat.fct_indikator_desa set batas_bawah = batas_atas + 1 "
    f"where kode_desa = '{VILLAGE}' and kode_indikator = 'pct_babs'",
    "keluarga_tidak_seimbang": "update ops.kiriman_desa set keluarga_tanpa_penduduk = keluarga_tanpa_penduduk + 1 "
    f"where kode_desa = '{VILLAGE}'",
    "keluarga_registri_beda": "update registri.keluarga set alasan_tolak = 'id_keluarga_kosong' where ctid = "
    f"(select ctid from registri.keluarga where kode_desa = '{VILLAGE}' limit 1) and kode_desa = '{VILLAGE}'",
    "anggota_registri_beda": "update ops.kiriman_desa set anggota_ditolak = anggota_ditolak + 1 "
    f"where kode_desa = '{VILLAGE}'",
    "penduduk_tidak_seimbang": "update kandidat.fct_indikator_desa set pembilang = pembilang + 1, nilai = nilai + 1 "
    f"where kode_desa = '{VILLAGE}' and kode_indikator = 'jumlah_penduduk'",
    "profil_beda": f"update kandidat.mart_profil_desa set pct_babs = 99 where kode_desa = '{VILLAGE}'",
    "jumlah_wilayah_beda": f"update kandidat.fct_indikator_wilayah set tidak_tahu = tidak_tahu + 1 "
    f"where kode_wilayah = '{KECAMATAN}'",
    "kelengkapan_beda": f"update kandidat.fct_indikator_wilayah set lengkap = true where kode_wilayah = '{KECAMATAN}'",
}


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation after one refresh of three villages; what a test corrupts it rolls back."""
    generate(Path(module_settings.landing), keluarga=400, desa=VILLAGES, faults="tanpa")
    refresh(module_settings, "pertama")
    return module_settings


def found(cursor: psycopg.Cursor) -> dict[str, set[str]]:
    """Checks with a count above 0, and the areas concerned; every delivery counts as new."""
    ids = [number for (number,) in cursor.execute("select distinct id_kiriman from ops.kandidat_desa")]
    relation = balance_relation(cursor, ids)
    return {
        check: areas
        for check in BALANCE_CHECKS
        if (areas := {row[1] for row, count in relation.values(check) if count > 0})
    }


def test_the_first_refresh_passed_gate_2(settings: Settings) -> None:
    with transaction(settings) as cursor:
        assert found(cursor) == {}
        assert cursor.execute("select lulus from ops.gerbang where gerbang = 2").fetchall() == [(True,)]
        assert cursor.execute("select count(*) from marts.mart_profil_desa").fetchone() == (len(VILLAGES),)


def test_every_check_has_a_corruption() -> None:
    assert CORRUPTIONS.keys() == BALANCE_CHECKS.keys()


@pytest.mark.parametrize("check", sorted(CORRUPTIONS))
def test_a_check_finds_its_corruption(settings: Settings, check: str) -> None:
    with psycopg.connect(settings.warehouse_url) as connection, connection.cursor() as cursor:
        assert cursor.execute(CORRUPTIONS[check].encode()).rowcount > 0
        areas = found(cursor)[check]
        assert areas & {VILLAGE, KECAMATAN}
        assert "3328130005" not in areas
        connection.rollback()


def test_a_broken_candidate_is_refused_with_rule_and_village(settings: Settings) -> None:
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        connection.execute(CORRUPTIONS["nilai_tidak_sah"].encode())
        connection.execute(
            "insert into kandidat.dim_indikator select * from kandidat.dim_indikator where kode_indikator = 'pct_babs'"
        )
        result = validate_candidate(settings, "rusak")
        names = {failure.aturan: failure.desa for failure in result.failures}
        assert not result.success
        assert VILLAGE in names["marts/neraca.nilai_tidak_sah"]
        assert "marts/dim_indikator.kode_indikator" in names
        assert any("nilai_tidak_sah" in line and VILLAGE in line for line in result.lines)
        assert "Kandidat ditolak" in result.page.read_text(encoding="utf-8")
        connection.execute(
            "delete from kandidat.dim_indikator as a using kandidat.dim_indikator as b "
            "where a.kode_indikator = b.kode_indikator and a.ctid > b.ctid"
        )
        connection.execute(
            "update kandidat.fct_indikator_desa as f set nilai = l.nilai from marts.fct_indikator_desa as l "
            "where l.kode_desa = f.kode_desa and l.kode_indikator = f.kode_indikator"
        )
        assert validate_candidate(settings, "pulih").success


def test_figures_that_moved_a_lot_are_warned_of(settings: Settings) -> None:
    with psycopg.connect(settings.warehouse_url) as connection, connection.cursor() as cursor:
        assert drift(cursor) == []
        move = (
            "update kandidat.fct_indikator_desa set nilai = nilai + %s "
            "where kode_indikator = %s and kode_desa = any(%s)"
        )
        cursor.execute(move, (5.1, "pct_babs", [VILLAGE]))  # beyond 5 points, the median is 0
        cursor.execute(move, (4.9, "pct_listrik", [VILLAGE]))
        cursor.execute(move, (6.0, "pct_internet", VILLAGES))  # all alike: within 3 times the median of 6
        cursor.execute(move, (13.0, "pct_internet", [VILLAGE]))  # 19 against a median of 6
        cursor.execute(
            "update kandidat.fct_indikator_desa set nilai = nilai * 1.06 "
            "where kode_indikator = 'jumlah_penduduk' and kode_desa = %s",
            (VILLAGE,),
        )
        warned = {each.aturan: each for each in drift(cursor)}
        assert warned.keys() == {"pct_babs", "pct_internet", "jumlah_penduduk"}
        assert all(each.desa == (VILLAGE,) for each in warned.values())
        assert not any(each.blocks for each in warned.values())
        connection.rollback()
