"""Public figures from a real release: what is hidden, what stays hidden, who agreed; and the attack on all of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from regsosek.publik import Prepared, PublicationRefusedError, prepare_public, publish_public
from regsosek.refresh import refresh, steps
from regsosek.sample import generate
from regsosek.settings import Settings

VILLAGES = ["3328130004", "3328130005", "3328130006", "3328130007", "3328120016", "3328120015", "3328120014"]
NUMBERS = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu", "nilai", "batas_bawah", "batas_atas"]


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


def query(settings: Settings, statement: str) -> pd.DataFrame:
    with psycopg.connect(settings.warehouse_url) as connection:
        cursor = connection.execute(statement.encode())
        assert cursor.description is not None
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def prepare(settings: Settings, name: str) -> Prepared:
    run = steps.start(settings, name)
    try:
        return prepare_public(settings, run)
    finally:
        steps.finish(settings, run)


def publish(settings: Settings, name: str, prepared_by: str) -> int:
    run = steps.start(settings, name)
    try:
        return publish_public(settings, run, prepared_by=prepared_by, approved_by="Kepala Bidang")
    finally:
        steps.finish(settings, run)


def shown(settings: Settings) -> pd.DataFrame:
    rows = query(settings, "select * from publik.fct_indikator_wilayah")
    return rows.set_index(["kode_wilayah", "kode_indikator"]).sort_index()


def test_nothing_is_public_before_a_release(settings: Settings) -> None:
    with pytest.raises(PublicationRefusedError, match="Belum ada rilis"):
        prepare(settings, "publik-0")


def test_hidden_figures_are_hidden_whole_and_the_others_are_those_of_the_marts(settings: Settings) -> None:
    generate(Path(settings.landing), desa=VILLAGES, keluarga=2_500, faults="tanpa")
    refresh(settings, "segar-1")
    prepared = prepare(settings, "publik-1")
    assert (prepared.desa, prepared.desa_tertahan, prepared.indikator_tertahan) == (7, 0, 0)
    assert prepared.angka == 75 * (7 + 2 + 1)
    assert query(settings, "select * from pg_tables where schemaname = 'publik'").empty  # nobody has agreed yet
    publish(settings, "setuju-1", "publik-1")

    figures = shown(settings)
    marts = query(settings, "select * from marts.fct_indikator_wilayah").set_index(["kode_wilayah", "kode_indikator"])
    assert set(figures.index) == {key for key in marts.index if key[0] in set(figures.index.get_level_values(0))}
    hidden = figures["alasan_kosong"] == "Disembunyikan untuk melindungi keluarga."
    assert hidden.sum() == prepared.disembunyikan
    assert 0.05 < hidden.mean() < 0.6
    assert figures.loc[hidden, NUMBERS].isna().all(axis=None)
    rest = figures[~hidden]
    assert rest[NUMBERS].astype(float).equals(marts.loc[rest.index, NUMBERS].astype(float))
    assert set(figures.loc[hidden, "id_rilis_sumber"]) == {1}
    villages = query(settings, "select * from publik.fct_indikator_desa")
    assert len(villages) == 7 * 75 and set(villages["kode_desa"]) == set(VILLAGES)
    assert query(settings, "select disetujui_oleh from ops.rilis_publik")["disetujui_oleh"].to_list() == [
        "Kepala Bidang"
    ]


def test_too_few_families_stand_behind_no_figure(settings: Settings) -> None:
    """Counted once more from the registry, for one indicator of persons and one of families."""
    families = query(
        settings,
        """
        select kode_desa,
            count(distinct baris_keluarga) filter (where r431a <> 99 and r431a::int & 1 > 0) as ya,
            count(distinct baris_keluarga) filter (where r431a <> 99 and r431a::int & 1 = 0) as tidak
        from registri.anggota where penduduk and alasan_tolak is null group by 1
        """,
    ).set_index("kode_desa")
    figures = shown(settings)["nilai"].unstack()
    for village, row in families.iterrows():
        if min(row["ya"], row["tidak"]) < 10:
            assert pd.isna(figures.loc[village, "pct_pbi_jkn"]), village
    contributors = query(
        settings, "select kode_desa, keluarga_pembilang from agregat.agg_kontributor_desa "
        "where kode_indikator = 'pct_pbi_jkn'"
    ).set_index("kode_desa")["keluarga_pembilang"]  # fmt: skip
    assert contributors.sort_index().to_list() == families["ya"].sort_index().to_list()


def deliver(settings: Settings, name: str, village: str, change: int) -> None:
    """One village again, later, in which so many families have another floor."""
    landing = Path(settings.landing)
    source = next(folder for folder in landing.glob("2022-11-30_*") if not folder.name.endswith("_temuan")
                  and village[4:7] in (folder / "k_rt.csv").read_text()[:4000])  # fmt: skip
    folder = landing / name
    folder.mkdir()
    for file in ("k_rt", "k_art"):
        rows = pd.read_csv(source / f"{file}.csv", dtype=str, keep_default_na=False)
        rows = rows[rows["r104"] == village[7:]].copy()
        if file == "k_rt":
            first = rows.index[rows["r205"].isin(["1", "2"])][:change]
            rows.loc[first, "r303"] = rows.loc[first, "r303"].map(lambda code: "1" if code == "8" else "8")
        rows.to_csv(folder / f"{file}.csv", index=False)
    (folder / "kiriman.yml").write_text(
        "sumber: regsosek\ninstrumen: REGSOSEK22-K\nversi: final\ncut_off: 2023-06-30\n"
        "peringkat: {kolom: desil, skala: kabupaten, model: peringkat sintetis, cut_off: 2022-11-30}\n",
        encoding="utf-8",
    )


def test_a_village_of_which_few_families_changed_stays_as_it_was(settings: Settings) -> None:
    before = shown(settings)
    deliver(settings, "2023-06-30_sedikit", VILLAGES[1], change=9)
    refresh(settings, "segar-2")
    assert prepare(settings, "publik-2").desa_tertahan == 1
    publish(settings, "setuju-2", "publik-2")
    after = shown(settings)
    assert after[NUMBERS].astype(float).equals(before[NUMBERS].astype(float))
    assert set(after["id_rilis_sumber"]) == {2}

    shutil.rmtree(Path(settings.landing) / "2023-06-30_sedikit")
    deliver(settings, "2023-06-30_banyak", VILLAGES[1], change=40)
    refresh(settings, "segar-3")
    assert prepare(settings, "publik-3").desa_tertahan == 0
    publish(settings, "setuju-3", "publik-3")
    again = shown(settings)
    # The same is hidden; what was renewed is of the new delivery, and what could not be is as it was, totals too.
    assert (again["pembilang"].isna() == after["pembilang"].isna()).all()
    village = again.loc[VILLAGES[1]].dropna(subset="pembilang")
    renewed = set(village.index[village["tanggal_acuan_max"].astype(str) == "2023-06-30"])
    assert {"jumlah_keluarga", "jumlah_penduduk"} <= renewed
    held = again[~again.index.get_level_values(1).isin(renewed)]
    assert len(held) > 0
    assert held[NUMBERS].astype(float).equals(after.loc[held.index, NUMBERS].astype(float))


def test_only_what_was_agreed_to_is_published(settings: Settings) -> None:
    before = shown(settings)
    prepare(settings, "publik-4")
    prepare(settings, "publik-5")
    with pytest.raises(PublicationRefusedError, match="bukan lagi yang disiapkan"):
        publish(settings, "setuju-4", "publik-4")
    assert shown(settings).equals(before)
    publish(settings, "setuju-5", "publik-5")
    with pytest.raises(PublicationRefusedError, match="bukan lagi yang disiapkan"):
        publish(settings, "setuju-6", "publik-5")


def test_a_table_grows_with_its_mart_and_keeps_its_readers(settings: Settings) -> None:
    with psycopg.connect(settings.warehouse_url, autocommit=True) as owner:
        owner.execute("create role pembaca_publik")
        owner.execute("grant select on publik.dim_indikator to pembaca_publik")
        owner.execute("alter table terbit.dim_indikator add column baru text default 'x'")
        owner.execute("alter table publik.dim_indikator add column usang text not null default 'y'")
        try:
            prepare(settings, "publik-7")
            publish(settings, "setuju-7", "publik-7")
            assert owner.execute("select distinct baru, usang from publik.dim_indikator").fetchall() == [("x", "y")]
            assert owner.execute(
                "select has_table_privilege('pembaca_publik', 'publik.dim_indikator', 'select')"
            ).fetchone() == (True,)
        finally:
            owner.execute("revoke all on publik.dim_indikator from pembaca_publik")
            owner.execute("drop role pembaca_publik")
