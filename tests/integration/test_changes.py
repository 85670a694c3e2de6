"""What a later delivery changed, and why figures are other ones than in the release before: real refreshes."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import yaml

from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

VILLAGE, OTHER = "3328130005", "3328130004"
CAUSES = ["karena_kiriman_baru", "karena_koreksi", "karena_definisi", "karena_parameter"]

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


@pytest.fixture(scope="module")
def first(settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two villages, published; returns the rows of one of them."""
    folder = generate(Path(settings.landing), desa=[VILLAGE, OTHER], keluarga=300, faults="tanpa").folders[0]
    go(settings)
    families, persons = files(folder)
    return families[families["r104"] == VILLAGE[7:]].copy(), persons[persons["r104"] == VILLAGE[7:]].copy()


def go(settings: Settings) -> None:
    refresh(settings, f"uji-{next(_numbers)}")


def query(settings: Settings, statement: str) -> pd.DataFrame:
    with psycopg.connect(settings.warehouse_url) as connection:
        cursor = connection.execute(statement.encode())
        assert cursor.description is not None
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def files(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    families, persons = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("k_rt", "k_art")
    )
    return families, persons


def deliver(landing: Path, name: str, families: pd.DataFrame, persons: pd.DataFrame, **described: object) -> None:
    """A whole delivery of these rows; ``described`` goes over what the first one said of itself."""
    (landing / name).mkdir()
    families.to_csv(landing / name / "k_rt.csv", index=False)
    persons.to_csv(landing / name / "k_art.csv", index=False)
    told = yaml.safe_load((next(landing.glob("2022-11-30_*")) / "kiriman.yml").read_text(encoding="utf-8"))
    told = {key: told[key] for key in ("sumber", "instrumen", "versi", "cut_off", "peringkat")} | described
    (landing / name / "kiriman.yml").write_text(yaml.safe_dump(told), encoding="utf-8")


def causes(settings: Settings) -> pd.DataFrame:
    rows = query(settings, "select * from marts.mart_penyebab_perubahan").set_index(["kode_wilayah", "kode_indikator"])
    known = rows[rows["perubahan"].notna()]
    assert known[CAUSES].sum(axis=1).to_list() == pytest.approx(known["perubahan"].to_list(), abs=1e-9)
    return rows


def figures(settings: Settings) -> pd.Series:
    rows = query(settings, "select kode_wilayah, kode_indikator, nilai from marts.fct_indikator_wilayah")
    return rows.set_index(["kode_wilayah", "kode_indikator"])["nilai"].sort_index()


def test_a_first_release_has_changed_nothing(settings: Settings, first: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    for mart in ("mart_perubahan_desa", "mart_perubahan_perumahan_desa", "mart_penyebab_perubahan"):
        assert query(settings, f"select * from marts.{mart}").empty


def test_a_correction_is_the_cause_of_what_it_changes(
    settings: Settings, first: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    families, persons = first
    before = figures(settings)
    deliver(Path(settings.landing), "2022-11-30_koreksi", families.assign(r303="8"), persons)
    go(settings)
    rows, after = causes(settings), figures(settings)
    changed = before.index[(before != after) & ~(before.isna() & after.isna())]
    assert set(rows.index) == set(changed) and (VILLAGE, "pct_lantai_tidak_layak") in rows.index
    assert ("3328", "pct_lantai_tidak_layak") in rows.index and not any(code == OTHER for code, _ in rows.index)
    assert (rows["karena_koreksi"] == rows["perubahan"]).all() and set(rows["desa_dikoreksi"]) == {1}
    assert rows["nilai"].to_list() == after[rows.index].to_list()
    assert rows["nilai_sebelumnya"].to_list() == before[rows.index].to_list()


def test_families_are_recognised_new_or_gone(settings: Settings, first: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    families, persons = first[0].assign(r303="8"), first[1]
    asked = families[~families["r205"].isin(["3", "4", "5"])]
    size, single = len(asked), asked[~asked["r114"].duplicated(keep=False)]["id"].to_list()
    gone, moved, renumbered, blank, lost = single[:3], single[3:5], single[5:9], single[9:11], single[11]
    later = families[~families["id"].isin(gone)].copy()
    at = later["id"].isin
    later.loc[at(moved), "r114"] = ["9900001234567891", "9900001234567892"]  # another KK, at another number: new
    later.loc[at(moved), "r110"] = ["901", "902"]
    later.loc[at(renumbered), "r114"] = ""  # no KK any more: recognised by where it lives, and its head
    later.loc[at(blank), ["r114", "r109"]] = ["", ""]  # neither
    later.loc[at([lost]), "r114"] = "123"  # not valid; the same place
    changed = single[20:27]
    later.loc[at(changed), "r303"] = "1"
    later.loc[at(changed[:2]), "r303"] = ""
    raised = later["desil"].isin(["3"]) & ~at(blank) & ~at(moved) & at(asked["id"])
    later.loc[raised, "desil"] = "7"
    kept = persons[~persons["id_rt"].isin(gone)]
    deliver(Path(settings.landing), "2023-06-30_lagi", later, kept, cut_off="2023-06-30")
    go(settings)

    (row,) = query(settings, "select * from marts.mart_perubahan_desa").to_dict("records")
    assert (row["kode_desa"], str(row["tanggal_acuan_sebelumnya"])) == (VILLAGE, "2022-11-30")
    assert (row["keluarga_sebelumnya"], row["keluarga"]) == (size, size - 3)
    sharing = size - len(single)  # families that share a KK are recognised by their place
    assert row["cocok_alamat"] == len(renumbered) + 1 + sharing
    assert row["cocok_kk"] == len(single) - len(gone + moved + renumbered + blank) - 1
    assert (row["baru"], row["hilang"]) == (len(moved), len(gone + moved + blank))
    assert (row["tanpa_kunci"], row["tanpa_kunci_sebelumnya"]) == (len(blank), 0)
    assert (row["desil_naik"], row["desil_turun"]) == (int(raised.sum()), 0)
    deciles = row["desil_naik"] + row["desil_tetap"] + row["desil_tidak_sebanding"]
    assert deciles == row["cocok_kk"] + row["cocok_alamat"]
    housing = query(settings, "select * from marts.mart_perubahan_perumahan_desa").set_index("item")
    assert housing.loc["r303", ["berubah", "dikosongkan", "terisi"]].to_list() == [5, 2, 0]
    others = housing.drop("r303")[["berubah", "dikosongkan", "terisi"]]
    assert (others == 0).all(axis=None) and len(others) == 13
    rows = causes(settings)
    assert (rows["karena_kiriman_baru"] == rows["perubahan"]).all() and set(rows["desa_baru"]) == {1}


def test_families_are_matched_without_comparing_all_with_all(settings: Settings) -> None:
    """As the pipeline plans it; a nested loop over a district never ends."""
    (compiled,) = (settings.artefacts / "dbt" / "compiled").rglob("int_keluarga__padanan.sql")
    with transaction(settings) as cursor:
        plan = [line for (line,) in cursor.execute(b"explain " + compiled.read_bytes())]
    assert any("Hash" in line for line in plan)
    assert not [line for line in plan if "Nested Loop" in line]


def test_parameters_are_told_from_new_data_and_scales_from_each_other(
    settings: Settings, first: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    """The published release is made to come from other parameters, by which one family more was a RTLH."""
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        for table in ("ops.rilis", "agregat.agg_indikator_desa"):
            connection.execute(f"update {table} set versi_definisi = left(versi_definisi, 6) || '000000'".encode())
        connection.execute(
            "update agregat.agg_indikator_desa set pembilang = pembilang + 1 "
            "where kode_indikator = 'pct_rtlh' and kode_desa = %s", (VILLAGE,)
        )  # fmt: skip
    rank = {"kolom": "desil", "skala": "nasional", "model": "lain", "cut_off": "2023-06-30"}
    families, persons = first
    deliver(Path(settings.landing), "2023-12-31_baru", families, persons, cut_off="2023-12-31", peringkat=rank)
    go(settings)
    rows = causes(settings)
    size = query(settings, "select penyebut from marts.fct_indikator_desa where kode_indikator = 'pct_rtlh' "
                           f"and kode_desa = '{VILLAGE}'")["penyebut"].item()  # fmt: skip
    for code in (VILLAGE, "3328"):
        rtlh = rows.loc[(code, "pct_rtlh")]
        assert rtlh["karena_parameter"] < 0 and (rtlh["karena_definisi"], rtlh["karena_koreksi"]) == (0, 0)
        floor = rows.loc[(code, "pct_lantai_tidak_layak")]
        assert floor["karena_kiriman_baru"] == floor["perubahan"] < 0
    assert rows.loc[(VILLAGE, "pct_rtlh"), "karena_parameter"] == pytest.approx(-100 / (size - 3), rel=0.05)
    (row,) = query(settings, "select * from marts.mart_perubahan_desa").to_dict("records")
    assert (row["desil_naik"], row["desil_turun"], row["desil_tetap"]) == (0, 0, 0)
    assert row["desil_tidak_sebanding"] == row["cocok_kk"] + row["cocok_alamat"] > 0


def test_what_is_no_longer_kept_is_not_explained(settings: Settings, first: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        for table in ("ops.rilis", "agregat.agg_indikator_desa"):
            connection.execute(f"update {table} set versi_definisi = '000000' || right(versi_definisi, 6)".encode())
        # The delivery of the village is gone, as if its time had come; the other village's is kept.
        (lost,) = connection.execute("select max(id_kiriman) from ops.kiriman").fetchall()[0]
        for entity in ("keluarga", "anggota"):
            connection.execute(f"delete from registri.{entity} where id_kiriman = {int(lost)}".encode())
    families, persons = first
    deliver(Path(settings.landing), "2024-06-30_baru", families.assign(r303="8"), persons, cut_off="2024-06-30")
    go(settings)
    rows = query(settings, "select * from marts.mart_penyebab_perubahan").set_index(["kode_wilayah", "kode_indikator"])
    for code in (VILLAGE, "3328"):
        row = rows.loc[(code, "pct_lantai_tidak_layak")]
        assert row["perubahan"] > 0 and row[CAUSES].isna().all()
        assert row["keterangan"].startswith("Kiriman lama tidak lagi tersimpan")
