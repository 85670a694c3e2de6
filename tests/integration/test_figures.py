"""Figures of many deliveries at once against the recomputation: seeds, sizes, versions, unknowns, villages at the edge.

And what a figure must not depend on: the order of rows, and how villages are parcelled out to deliveries.
"""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from oracle import recompute
from oracle.poverty import poverty
from oracle.random_delivery import write_edge_villages, write_random_delivery
from regsosek.codebook import load_codebook
from regsosek.gates.villages import judge_villages
from regsosek.landing.discover import discover
from regsosek.landing.load import load_delivery
from regsosek.normalise.run import normalise
from regsosek.settings import PROJECT, Settings
from regsosek.transform import build_aggregates
from regsosek.warehouse.connection import transaction

FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]
KEY = ["kode_desa", "kode_indikator"]
MANY = [
    # villages, families in each, version, seed, share of answers that are missing
    (["3328010001"], 300, "final", 11, 0.0),
    (["3328010002", "3328010003"], 250, "final", 12, 0.01),
    (["3328010004"], 300, "draft", 13, 0.01),
    (["3328010005"], 900, "final", 14, 0.2),
    (["3328010006", "3328010007", "3328010008"], 200, "draft", 15, 0.2),
    (["3328010009"], 250, "final", 16, 0.1),
]
EDGE = {
    "alone": "3328020001", "silent": "3328020002", "alike": "3328020003", "deserted": "3328020004",
    "empty": "3328020005",
}  # fmt: skip


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    return module_settings


@pytest.fixture(scope="module")
def deliveries(settings: Settings) -> dict[str, int]:
    """Folder -> id of every delivery, all of them transformed in one go."""
    landing = Path(settings.landing)
    for number, (villages, families, versi, seed, unknown) in enumerate(MANY):
        write_random_delivery(
            landing / f"acak-{number}", villages=villages, families=families, versi=versi, seed=seed, unknown=unknown
        )
    write_edge_villages(landing / "tepi", **EDGE)
    for seed in (1, 2, 3):
        shuffle(landing / "acak-1", landing / f"kocok-{seed}", seed)
    for village in MANY[4][0]:
        split(landing / "acak-4", landing / f"pecah-{village}", village)
    found = discover(settings)[0]
    ids = {each.folder: load_delivery(settings, each, id_jalan="uji", guard=anyone) for each in found}
    normalise(settings, list(ids.values()), guard=anyone)
    with transaction(settings) as cursor:
        judge_villages(cursor, settings, load_codebook(), list(ids.values()))
    build_aggregates(settings, list(ids.values()))
    return ids


def anyone(cursor: psycopg.Cursor) -> None:
    """The guard of a test: nobody else writes."""


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def write(folder: Path, source: Path, tables: dict[str, list[list[str]]]) -> None:
    folder.mkdir()
    for name, lines in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(lines)
    told = (source / "kiriman.yml").read_text(encoding="utf-8")
    (folder / "kiriman.yml").write_text(f"{told}catatan: {folder.name}\n", encoding="utf-8")


def shuffle(source: Path, folder: Path, seed: int) -> None:
    """The same rows in another order, in both files."""
    tables = {}
    for name in ("k_rt.csv", "k_art.csv"):
        header, *lines = table(source / name)
        random.Random(seed).shuffle(lines)
        tables[name] = [header, *lines]
    write(folder, source, tables)


def split(source: Path, folder: Path, village: str) -> None:
    """The rows of one village only. A person who is nobody's in the whole is nobody's here."""
    tables = {}
    for name in ("k_rt.csv", "k_art.csv"):
        header, *lines = table(source / name)
        at = header.index("r104")
        tables[name] = [header, *(line for line in lines if line[at].strip().zfill(3) == village[7:])]
    write(folder, source, tables)


def classes() -> dict[str, int | None]:
    with (PROJECT / "dbt_project" / "seeds" / "ref_desa.csv").open(encoding="utf-8") as file:
        return {row["kode_desa"]: None for row in csv.DictReader(file)}


def figures(settings: Settings, delivery: int, aggregate: str = "agg_indikator_desa") -> pd.DataFrame:
    with psycopg.connect(settings.warehouse_url) as connection:
        cursor = connection.execute(f"select * from agregat.{aggregate} where id_kiriman = {delivery}".encode())
        assert cursor.description is not None
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def integers(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(KEY)[FOUR].astype("Int64").sort_index()


@pytest.mark.parametrize("folder", [*(f"acak-{number}" for number in range(len(MANY))), "tepi"])
def test_every_village_equals_the_recomputation(settings: Settings, deliveries: dict[str, int], folder: str) -> None:
    source = Path(settings.landing) / folder
    expected, got = integers(recompute(source, classes())), integers(figures(settings, deliveries[folder]))
    assert got.index.equals(expected.index)
    assert got.compare(expected, result_names=("dbt", "oracle")).empty
    variants, lacks = poverty(source, classes())
    for theirs, aggregate, key in (
        (variants, "agg_kemiskinan_desa", "varian"),
        (lacks, "agg_kekurangan_desa", "nomor"),
    ):
        ours = figures(settings, deliveries[folder], aggregate).set_index(["kode_desa", key]).sort_index()
        want = theirs.set_index(["kode_desa", key]).sort_index()
        assert ours[want.columns].astype("int64").equals(want.astype("int64")), aggregate


def test_villages_at_the_edge_are_what_they_are_meant_to_be(settings: Settings, deliveries: dict[str, int]) -> None:
    rows = integers(figures(settings, deliveries["tepi"]))
    assert rows.loc[(EDGE["alone"], "jumlah_penduduk"), "pembilang"] == 1
    assert rows.loc[(EDGE["deserted"], "jumlah_keluarga"), "pembilang"] == 1
    assert rows.loc[(EDGE["silent"], "pct_rtlh"), FOUR].to_list() == [0, 0, 40, 0]
    assert rows.loc[(EDGE["silent"], "ikm_h"), FOUR].to_list() == [0, 0, 80, 0]
    alike = rows.loc[(EDGE["alike"], "pct_lantai_tidak_layak"), FOUR].to_list()
    assert alike in ([40, 40, 0, 0], [0, 40, 0, 0])
    assert rows.loc[(EDGE["empty"], "jumlah_keluarga"), "pembilang"] == 0


def test_the_order_of_rows_does_not_matter(settings: Settings, deliveries: dict[str, int]) -> None:
    for aggregate in ("agg_indikator_desa", "agg_indikator_sls", "agg_indikator_desa_kelompok", "agg_kemiskinan_desa"):
        whole = comparable(figures(settings, deliveries["acak-1"], aggregate))
        assert len(whole) > 0
        for seed in (1, 2, 3):
            assert comparable(figures(settings, deliveries[f"kocok-{seed}"], aggregate)).equals(whole), aggregate


def test_how_villages_come_in_deliveries_does_not_matter(settings: Settings, deliveries: dict[str, int]) -> None:
    for aggregate in ("agg_indikator_desa", "agg_indikator_sls", "agg_indikator_desa_kelompok", "agg_kemiskinan_desa"):
        whole = comparable(figures(settings, deliveries["acak-4"], aggregate))
        parts = pd.concat([figures(settings, deliveries[f"pecah-{village}"], aggregate) for village in MANY[4][0]])
        assert comparable(parts).equals(whole), aggregate


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    keys = [column for column in frame if frame[column].dtype == object]
    text = frame.drop(columns="id_kiriman").astype(str)
    return text.sort_values([*keys, *(column for column in text if column not in keys)]).reset_index(drop=True)


def test_a_delivery_that_comes_twice_is_taken_once(settings: Settings, deliveries: dict[str, int]) -> None:
    landing = Path(settings.landing)
    shutil.copytree(landing / "acak-0", landing / "lagi")
    again = [each for each in discover(settings)[0] if each.folder in ("acak-0", "lagi")]
    assert len(again) == 2
    taken = {load_delivery(settings, each, id_jalan="uji", guard=anyone) for each in again}
    assert taken == {deliveries["acak-0"]}
    with transaction(settings) as cursor:
        (count,) = cursor.execute("select count(*) from ops.kiriman").fetchall()[0]
    assert count == len(deliveries)
