"""The transform on a real warehouse: figures, aggregates that are computed once, errors, secrets."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest

from oracle import grouped, recompute
from oracle.poverty import poverty
from oracle.random_delivery import write_random_delivery
from oracle.tables import tables
from regsosek.codebook import load_codebook
from regsosek.gates.expectations import mart_models
from regsosek.gates.villages import judge_villages
from regsosek.landing.discover import discover
from regsosek.landing.load import load_delivery
from regsosek.normalise.run import normalise
from regsosek.release.manifest import choose_candidate
from regsosek.settings import PROJECT, Settings
from regsosek.transform import TransformError, build_aggregates, build_candidate, definition_version, run_dbt, seed
from regsosek.transform.generate import indicators
from regsosek.warehouse.connection import transaction

FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]
KEY = ["kode_desa", "kode_indikator"]
CLASSES = {"3328040010": 2, "3328040011": 1, "3328120016": 2}
"""Villages whose class is known; of the others it is not."""
RANK = {"kolom": "desil", "skala": "kabupaten", "model": "uji", "cut_off": "2022-11-30"}


@pytest.fixture(scope="module")
def installation(module_settings: Settings) -> tuple[Settings, Path]:
    """A warehouse with random deliveries of four villages in two versions, transformed, and its landing."""
    settings, landing = module_settings, Path(module_settings.landing)
    with transaction(settings) as cursor:
        for kode, klas in CLASSES.items():
            cursor.execute("update acuan.ref_desa set klas = %s where kode_desa = %s", (klas, kode))
    write_random_delivery(
        landing / "final", villages=["3328040010", "3328040011", "3328040012"], families=700, versi="final", seed=1,
        cut_off="2022-11-30", peringkat=RANK,
    )  # fmt: skip
    write_random_delivery(
        landing / "draft", villages=["3328120016"], families=700, versi="draft", seed=2,
        peringkat=RANK | {"skala": "nasional"},
    )  # fmt: skip
    take(settings, ["final", "draft"])
    transform(settings)
    return settings, landing


def take(settings: Settings, folders: list[str]) -> list[int]:
    """Load, normalise and judge deliveries, and choose them."""
    found = [each for each in discover(settings)[0] if each.folder in folders]
    ids = [load_delivery(settings, each, id_jalan="uji", guard=anyone) for each in found]
    normalise(settings, ids, guard=anyone)
    with transaction(settings) as cursor:
        judge_villages(cursor, settings, load_codebook(), ids)
        cursor.execute("update ops.kiriman set keadaan = 'diterima gerbang 1' where id_kiriman = any(%s)", (ids,))
        choose_candidate(cursor, versi_definisi=definition_version())
    return ids


def transform(settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    return build_aggregates(settings), build_candidate(settings)


def anyone(cursor: psycopg.Cursor) -> None:
    """The guard of a test: nobody else writes."""


def query(settings: Settings, statement: str) -> pd.DataFrame:
    with psycopg.connect(settings.warehouse_url) as connection:
        cursor = connection.execute(statement.encode())
        assert cursor.description is not None
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def classes() -> dict[str, int | None]:
    with (PROJECT / "dbt_project" / "seeds" / "ref_desa.csv").open(encoding="utf-8") as file:
        return {row["kode_desa"]: CLASSES.get(row["kode_desa"]) for row in csv.DictReader(file)}


def integers(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(KEY)[FOUR].astype("Int64").sort_index()


def test_the_multidimensional_index_equals_the_recomputation_for_every_k(
    installation: tuple[Settings, Path],
) -> None:
    settings, landing = installation
    parts = [poverty(landing / name, classes()) for name in ("final", "draft")]
    for position, (mart, key) in enumerate(
        (("mart_kemiskinan_multidimensi", "varian"), ("mart_kekurangan_multidimensi", "nomor"))
    ):
        expected = pd.concat([part[position] for part in parts]).set_index(["kode_desa", key]).sort_index()
        got = query(settings, f"select *, kode_wilayah as kode_desa from kandidat.{mart} where tingkat = 'desa'")
        got = got.set_index(["kode_desa", key]).sort_index()[expected.columns]
        differing = got.astype("int64").compare(expected.astype("int64"), result_names=("dbt", "oracle"))
        assert differing.empty, differing.to_string()


GROUPS = {
    "mart_demografi_desa": ("penduduk", ["kelompok_umur", "jenis_kelamin"]),
    "mart_pendidikan_desa": ("penduduk", ["kelompok_umur", "jenis_kelamin", "partisipasi", "ijazah"]),
    "mart_rtlh_desa": (
        "keluarga", ["hunian_sempit", "bangunan_tidak_layak", "sanitasi_tidak_layak", "air_tidak_layak"],
    ),
    "mart_desil_desa": ("keluarga", ["desil"]),
}  # fmt: skip
"""Mart -> what it counts, and by which columns besides the village."""


def counts(rows: pd.DataFrame, number: str, columns: list[str]) -> dict[tuple[Any, ...], int]:
    return {tuple(row[:-1]): int(row[-1]) for row in rows[[*columns, number]].itertuples(index=False) if row[-1]}


def test_the_tables_by_group_equal_the_recomputation(installation: tuple[Settings, Path]) -> None:
    settings, landing = installation
    parts = [tables(landing / name, classes()) for name in ("final", "draft")]
    expected = {name: pd.concat([part[name] for part in parts]).to_dict() for name in parts[0]}
    for mart, (number, columns) in GROUPS.items():
        got = counts(query(settings, f"select * from kandidat.{mart}"), number, ["kode_desa", *columns])
        assert got == expected[mart], mart
    status = "coalesce((select kode::int from acuan.ref_kode where item = 'r418' and versi = 'final' and label = " \
             "status_pekerjaan), case status_pekerjaan when 'tidak berlaku' then -1 else 0 end) as status"  # fmt: skip
    work = query(settings, f"select *, {status} from kandidat.mart_ketenagakerjaan_desa")
    columns = ["kode_desa", "jenis_kelamin", "kegiatan", "status"]
    work = work.groupby(columns, as_index=False)["penduduk"].sum()
    assert counts(work, "penduduk", columns) == expected["mart_ketenagakerjaan_desa"]


def test_targeting_equals_the_recomputation_and_the_indicators(installation: tuple[Settings, Path]) -> None:
    settings, landing = installation
    parts = [tables(landing / name, classes()) for name in ("final", "draft")]
    rows = query(settings, "select * from kandidat.mart_ketepatan_sasaran where tingkat = 'desa'")
    expected = pd.concat([part["mart_ketepatan_sasaran"] for part in parts]).to_dict()
    long = rows[rows["desil"] != "semua"].melt(
        ["kode_wilayah", "program", "desil"], ["penerima", "bukan_penerima", "tidak_tahu"], "jawaban", "n"
    )
    assert counts(long, "n", ["kode_wilayah", "program", "desil", "jawaban"]) == expected
    expected = pd.concat([part["mart_komplementaritas_bantuan"] for part in parts]).to_dict()
    families = query(settings, "select * from kandidat.mart_komplementaritas_bantuan where tingkat = 'desa'")
    assert counts(families, "keluarga", ["kode_wilayah", "desil", "banyak_bantuan"]) == expected
    indicators_of = query(settings, "select * from kandidat.fct_indikator_wilayah").set_index(
        ["kode_wilayah", "kode_indikator"]
    )["nilai"]
    everyone = query(settings, "select * from kandidat.mart_ketepatan_sasaran where desil = 'semua'")
    for row in everyone.itertuples():
        for name in ("pkh", "bpnt"):
            if row.program.lower() == name:
                for error in ("exclusion_error", "inclusion_error"):
                    figure = indicators_of[(row.kode_wilayah, f"{error}_{name}")]
                    assert getattr(row, error) == pytest.approx(figure, nan_ok=True), row
        if not pd.isna(row.cakupan_terbaik):
            assert row.cakupan_terbaik == pytest.approx(min(100, 100 * row.penerima / row.sasaran))
    assert everyone["cakupan_terbaik"].notna().sum() >= 4 * 4


def test_vulnerable_groups_are_those_of_the_indicators_and_ages(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    rows = query(settings, "select * from kandidat.mart_kerentanan_desa").set_index("kode_desa")
    facts = query(settings, "select * from kandidat.fct_indikator_desa").set_index(["kode_desa", "kode_indikator"])
    ages = query(
        settings,
        """
        select kode_desa, sum(penduduk) filter (where umur in (0, 1)) as baduta, sum(hamil) as hamil
        from agregat.agg_demografi_desa group by 1
        """,
    ).set_index("kode_desa")
    assert len(rows) == 4 and rows["ibu_hamil"].sum() > 0
    for kode, row in rows.iterrows():
        assert row["anak_tidak_sekolah"] == facts.loc[(kode, "pct_ats_7_18"), "pembilang"]
        assert row["balita_tidak_tahu"] == facts.loc[(kode, "pct_balita"), "tidak_tahu"]
        assert (row["baduta"], row["ibu_hamil"]) == (ages.loc[kode, "baduta"], ages.loc[kode, "hamil"])


def test_official_figures_stand_beside_the_registry_and_are_not_mixed(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    rows = query(settings, "select * from kandidat.mart_konteks_resmi order by tahun").set_index("tahun")
    with (PROJECT / "dbt_project" / "seeds" / "ref_konteks_resmi.csv").open(encoding="utf-8") as file:
        published = {int(row["tahun"]): row["p0"] for row in csv.DictReader(file)}
    assert {year: row["p0"] for year, row in rows.iterrows()} == {year: float(p0) for year, p0 in published.items()}
    persons = query(
        settings,
        "select pembilang from kandidat.fct_indikator_wilayah where tingkat = 'kabupaten' "
        "and kode_indikator = 'jumlah_penduduk'",
    )["pembilang"].item()
    assert rows["penduduk_registri"].dropna().to_dict() == {2022: persons}
    row = rows.loc[2022]
    assert row["pct_registri_terhadap_bps"] == pytest.approx(100 * persons / row["penduduk_bps"])


def test_a_rank_is_claimed_only_as_far_as_the_bounds_allow(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    rows = query(settings, "select * from kandidat.mart_prioritas_desa")
    assert set(rows["lingkup"]) == {"kecamatan", "kabupaten"} and {"pct_rtlh", "ikm_h"} <= set(rows["kode_indikator"])
    for _, group in rows.groupby(["lingkup", "kode_lingkup", "kode_indikator"]):
        sign = 1 if group["arah"].iloc[0] == "buruk" else -1
        for row in group.itertuples():
            ends = sorted((sign * row.batas_bawah, sign * row.batas_atas))
            others = [sorted((sign * o.batas_bawah, sign * o.batas_atas)) for o in group.itertuples()]
            before = sum(low > ends[1] for low, _ in others)
            after = sum(high < ends[0] for _, high in others)
            ranked = row.pct_tidak_tahu <= 25 and pd.isna(row.alasan_tanpa_peringkat)
            expected = (1 + before, len(group) - after) if ranked else (None, None)
            got = tuple(None if pd.isna(x) else int(x) for x in (row.peringkat_terbaik, row.peringkat_terburuk))
            assert got == expected, row
            assert pd.isna(row.peringkat) == (not ranked or got[0] != got[1])
    # The random deliveries have their deciles on two scales: within the kabupaten nobody is ranked by them.
    by_decile = rows[(rows["lingkup"] == "kabupaten") & (rows["kode_indikator"] == "pct_desil_1")]
    assert by_decile["alasan_tanpa_peringkat"].notna().all() and len(by_decile) == 4


def test_the_index_of_an_area_follows_from_its_villages(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    rows = query(settings, "select * from kandidat.mart_kemiskinan_multidimensi where penduduk_ditentukan > 0")
    for row in rows.itertuples():
        h, m0 = Fraction(row.penduduk_miskin, row.penduduk_ditentukan), Fraction(row.skor_penduduk_miskin, row.bobot)
        assert row.h == pytest.approx(float(100 * h))
        assert row.m0 == pytest.approx(float(m0 / row.penduduk_ditentukan))
        assert row.m0 == pytest.approx(row.h * row.a / 10_000 if row.penduduk_miskin else 0)
        assert row.h_bawah <= row.h <= row.h_atas and row.m0_bawah <= row.m0 <= row.m0_atas
    shares = query(settings, "select kode_wilayah, sum(bagian_m0) as jumlah from kandidat.mart_kekurangan_multidimensi "
                             "group by kode_wilayah having sum(penduduk_miskin_kekurangan) > 0")  # fmt: skip
    assert len(shares) >= 4
    assert shares["jumlah"].to_list() == pytest.approx([1] * len(shares))


def test_every_integer_of_every_village_equals_the_recomputation(installation: tuple[Settings, Path]) -> None:
    settings, landing = installation
    expected = integers(pd.concat([recompute(landing / name, classes()) for name in ("final", "draft")]))
    got = integers(query(settings, "select * from kandidat.fct_indikator_desa"))
    differing = got.compare(expected.loc[got.index], result_names=("dbt", "oracle"))
    assert differing.empty, differing.to_string()
    assert len(got) == len(expected) == 4 * 75
    # Every indicator is put to the test: something is counted, and something unknown where it can be.
    total = got.groupby("kode_indikator").sum()
    assert (total["pembilang"] > 0).all()
    for row in indicators():
        unknown = total.loc[row["kode_indikator"]]
        assert (unknown["tidak_tahu"] > 0) == bool(row["tidak_tahu"]), row["kode_indikator"]
        assert (unknown["semesta_tidak_tahu"] > 0) == bool(row["semesta_tidak_tahu"]), row["kode_indikator"]


@pytest.mark.parametrize("by", ["desil", "jenis_kelamin_kepala", "kelompok_umur"])
def test_every_group_equals_the_recomputation(installation: tuple[Settings, Path], by: str) -> None:
    settings, landing = installation
    with (PROJECT / "dbt_project" / "seeds" / "ref_indikator_kelompok.csv").open(encoding="utf-8") as file:
        published = {row["kode_indikator"] for row in csv.DictReader(file) if row["pengelompokan"] == by}
    expected = pd.concat([grouped(landing / name, classes(), by) for name in ("final", "draft")])
    expected = expected[expected["kode_indikator"].isin(published)]
    rows = query(settings, f"select * from kandidat.fct_indikator_desa_kelompok where pengelompokan = '{by}'")
    same_integers(rows, expected, [*KEY, "kelompok"])
    assert set(rows["kode_indikator"]) == published and "tidak diketahui" in set(rows["kelompok"])


def test_every_sls_equals_the_recomputation(installation: tuple[Settings, Path]) -> None:
    settings, landing = installation
    expected = pd.concat([grouped(landing / name, classes(), "sls") for name in ("final", "draft")])
    rows = query(
        settings,
        f"select *, coalesce(kode_sls || kode_sub_sls, '') as kelompok from agregat.agg_indikator_sls "
        f"where versi_definisi = '{definition_version()}'",
    )
    some = rows[FOUR].fillna(0).astype("int64").sum(axis=1) > 0
    same_integers(rows[some], expected, [*KEY, "kelompok"])
    assert len(set(rows["kelompok"])) == 5


def same_integers(got: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> None:
    ours, theirs = (frame.set_index(key)[FOUR].astype("Int64").sort_index() for frame in (got, expected))
    assert ours.index.is_unique
    assert ours.index.equals(theirs.index), ours.index.symmetric_difference(theirs.index)[:20]
    differing = ours.compare(theirs, result_names=("dbt", "oracle"))
    assert differing.empty, differing.to_string()


def test_areas_are_the_sums_of_their_villages(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    areas = query(settings, "select * from kandidat.fct_indikator_wilayah").set_index(["tingkat", "kode_wilayah"])
    villages = query(settings, "select * from kandidat.fct_indikator_desa")
    whole = areas.loc[("kabupaten", "3328")].set_index("kode_indikator")[FOUR].astype("Int64").sort_index()
    assert whole.equals(villages.groupby("kode_indikator")[FOUR].sum(min_count=1).astype("Int64").sort_index())
    balapulang = areas.loc[("kecamatan", "3328040")].iloc[0]
    assert (balapulang["desa_masuk"], balapulang["desa_seluruh"], balapulang["lengkap"]) == (3, 20, False)
    assert set(areas.loc[("kabupaten", "3328")]["versi"]) == {"campuran"}
    assert set(areas.loc[("kabupaten", "3328")]["desa_tanpa_tanggal"]) == {1}
    mixed = areas.loc[("kabupaten", "3328")].set_index("kode_indikator").loc["pct_desil_1"]
    assert pd.isna(mixed["nilai"]) and "skala" in mixed["alasan_kosong"]


def test_the_profile_repeats_the_facts(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    profile = query(settings, "select * from kandidat.mart_profil_desa").set_index("kode_desa")
    facts = query(settings, "select * from kandidat.fct_indikator_desa").pivot(
        index="kode_desa", columns="kode_indikator", values="nilai"
    )
    names = [row["kode_indikator"] for row in indicators()]
    assert profile[names].astype(float).sort_index().equals(facts[names].astype(float).sort_index())


def test_quality_reconciles_with_the_registry(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    quality = query(settings, "select * from kandidat.mart_kualitas_data_desa").set_index("kode_desa")
    assert len(quality) == 287
    used = quality[quality["keadaan"] == "dipakai"]
    received = query(settings, "select kode_desa, count(*) from registri.keluarga group by 1").set_index("kode_desa")
    assert used["keluarga_dikirim"].astype(int).to_dict() == received["count"].to_dict()
    assert (used["keluarga_ditolak"] == 2).all()
    blanked = query(
        settings,
        "select count(*) from ops.temuan join ops.aturan using (aturan) where keparahan = 'kosongkan'",
    ).iloc[0, 0]
    assert used["isian_dikosongkan"].sum() == blanked > 0
    assert set(quality[quality["keadaan"] != "dipakai"]["keadaan"]) == {"belum ada kiriman"}


def test_every_published_table_and_column_is_described(installation: tuple[Settings, Path]) -> None:
    """In the contract, whose words publishing turns into comments."""
    settings, _ = installation
    there = query(
        settings,
        """
        select c.relname || '.' || a.attname as kolom
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'kandidat'::regnamespace and c.relkind = 'r'
        """,
    )
    described = {
        f"{model['name']}.{column['name']}"
        for model in mart_models()
        if model["description"].strip()
        for column in model["columns"]
        if column["description"].strip()
    }
    assert set(there["kolom"]) == described


def test_unit_tests_of_every_rule_pass(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    nodes = run_dbt(
        settings, "test", select=["test_type:unit"], variables={"versi_definisi": definition_version()}
    )  # fmt: skip
    assert len(nodes) > 30
    assert {node.status for node in nodes} == {"pass"}


def test_a_later_delivery_adds_its_villages_and_changes_nothing(installation: tuple[Settings, Path]) -> None:
    settings, landing = installation
    everything = "select * from agregat.agg_indikator_desa order by 1, 2, 3, 4"
    before = query(settings, everything)
    assert build_aggregates(settings)["baris"] == 0  # nothing is lacking, and dbt does not even start

    write_random_delivery(
        landing / "baru", villages=["3328040012"], families=100, versi="final", seed=3, cut_off="2023-01-31",
        paksa=True,
    )  # fmt: skip
    (new,) = take(settings, ["baru"])
    aggregates, candidate = transform(settings)

    assert aggregates["baris"] == 75
    after = query(settings, everything)
    assert after[after["id_kiriman"] != new].reset_index(drop=True).equals(before)
    assert set(after[after["id_kiriman"] == new]["kode_desa"]) == {"3328040012"}
    assert candidate["baris"]["fct_indikator_desa"] == 4 * 75
    expected = integers(recompute(landing / "baru", classes()))
    got = integers(query(settings, "select * from kandidat.fct_indikator_desa where kode_desa = '3328040012'"))
    assert got.equals(expected)
    assert query(settings, "select distinct id_kiriman from antara.int_anggota__indikator")["id_kiriman"].tolist() == [
        new
    ]


def test_seeds_are_loaded_once(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    assert seed(settings) is False
    with transaction(settings) as cursor:
        cursor.execute("comment on schema acuan is 'lain'")
    assert seed(settings) is True
    with transaction(settings) as cursor:
        for kode, klas in CLASSES.items():
            cursor.execute("update acuan.ref_desa set klas = %s where kode_desa = %s", (klas, kode))


def test_views_are_made_where_they_lack_and_when_the_definitions_change(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    views = "select relname, oid::bigint from pg_class where relkind = 'v' and relnamespace in" \
            " ('staging'::regnamespace, 'antara'::regnamespace) and relname <> 'int_keluarga' order by 1"  # fmt: skip
    build_candidate(settings)  # the seeds were loaded again by now, and took views along
    before = query(settings, views).set_index("relname")["oid"]
    assert {"stg_regsosek__anggota", "int_anggota", "int_kandidat__wilayah"} <= set(before.index)
    build_candidate(settings)
    assert query(settings, views).set_index("relname")["oid"].equals(before)
    with transaction(settings) as cursor:
        cursor.execute("drop view antara.int_desa__wilayah cascade")
        cursor.execute("comment on view staging.stg_regsosek__rilis_terbit is 'versi_definisi 000000000000'")
    build_candidate(settings)
    after = query(settings, views).set_index("relname")["oid"]
    assert set(after.index) == set(before.index)
    anew = ["int_desa__wilayah", "int_kandidat__wilayah", "int_wilayah__kandidat", "stg_regsosek__rilis_terbit"]
    assert after[after != before].index.to_list() == anew


def test_an_error_names_models_and_quotes_nobody(
    installation: tuple[Settings, Path], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    settings, _ = installation
    secret = "3328000000000001"
    table = "select 'kandidat.mart_kualitas_data_desa'::regclass::oid, count(*) from kandidat.mart_kualitas_data_desa"
    before = query(settings, table)
    with transaction(settings) as cursor:
        cursor.execute(
            f"""
            alter table ops.aturan rename to aturan_asli;
            create view ops.aturan as
            select aturan, ('{secret}' || keparahan)::bigint::text as keparahan from ops.aturan_asli
            """.encode()
        )
    try:
        with pytest.raises(TransformError) as caught:
            build_candidate(settings)
    finally:
        with transaction(settings) as cursor:
            cursor.execute("drop view ops.aturan; alter table ops.aturan_asli rename to aturan")
    assert caught.value.nodes == ("mart_kualitas_data_desa",)
    captured = capfd.readouterr()
    said = str(caught.value) + captured.out + captured.err + caplog.text
    assert "mart_kualitas_data_desa (Database Error)" in said and secret not in said
    assert not (settings.artefacts / "dbt" / "run_results.json").exists()
    assert query(settings, table).equals(before)  # the model that failed has not taken its predecessor along


def test_artefacts_hold_no_password(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    password = psycopg.conninfo.conninfo_to_dict(settings.warehouse_url)["password"]
    files = [path for path in (settings.artefacts / "dbt").rglob("*") if path.is_file()]
    assert any(path.name == "partial_parse.msgpack" for path in files)
    for path in files:
        assert str(password).encode() not in path.read_bytes(), path


def test_sources_are_fresh(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    nodes = run_dbt(settings, "source freshness", variables={"versi_definisi": definition_version()})
    assert [(node.name, node.status) for node in nodes] == [("kiriman", "pass")]


def test_candidate_models_say_that_they_are_published(installation: tuple[Settings, Path]) -> None:
    settings, _ = installation
    run_dbt(settings, "parse", variables={"versi_definisi": definition_version()})
    manifest = json.loads((settings.artefacts / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    published = {
        node["name"]: (node["schema"], node["config"]["contract"]["enforced"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["meta"].get("terbit")
    }
    assert published.keys() == {str(model["name"]) for model in mart_models()}
    assert set(published.values()) == {("kandidat", True)}
