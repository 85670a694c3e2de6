"""The synthetic district: repeatable, plausible, free of faults where none were planted, and nobody's data."""

from __future__ import annotations

import csv
import hashlib
import re
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from regsosek.codebook import TABLES, Table, Version, load_codebook
from regsosek.rules import all_rules, rule
from regsosek.sample import Dialect, Summary, generate, pilot_villages, read_faults, targets
from regsosek.sample.generate import Per, faults_folder, later_folder
from regsosek.sample.recipes import recipes
from regsosek.sample.villages import choose_villages, read_villages, share_out, standings

CODEBOOK = load_codebook()
VILLAGES = pilot_villages()


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read(summary: Summary, tabel: Table) -> pd.DataFrame:
    """All deliveries' rows of that file, as text."""
    frames = [
        pd.read_csv(folder / f"{tabel}.csv", dtype=str, keep_default_na=False).assign(kiriman=folder.name)
        for folder in summary.folders
    ]
    return pd.concat(frames, ignore_index=True)


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Typed items as integers, empty as NaN."""
    typed = {item.kode for item in CODEBOOK.items if item.bertipe}
    return table.assign(**{name: pd.to_numeric(table[name]) for name in table.columns if name in typed})


@pytest.fixture(scope="module", params=["final", "draft"])
def versi(request: pytest.FixtureRequest) -> Version:
    return request.param


@pytest.fixture(scope="module")
def clean(versi: Version, tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(
        tmp_path_factory.mktemp("bersih") / "landing", desa=VILLAGES, keluarga=4_000, faults="tanpa", versi=versi
    )


@pytest.fixture(scope="module")
def plausible(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interviewed families, and residents with the decile of their family, of a sample without faults."""
    summary = generate(tmp_path_factory.mktemp("wajar") / "landing", desa=VILLAGES, keluarga=16_000, faults="tanpa")
    k_rt, k_art = numbers(read(summary, "k_rt")), numbers(read(summary, "k_art"))
    key = k_rt[["kiriman", "id", "desil"]].rename(columns={"id": "id_rt"})
    return k_rt[k_rt.r205 <= 2], k_art.merge(key, on=["kiriman", "id_rt"], validate="many_to_one")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(tmp_path_factory.mktemp("cacat") / "landing", desa=VILLAGES, keluarga=4_000)


# Repeatable -------------------------------------------------------------------------------------------------------


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("satu", 7), ("dua", 7), ("lain", 8)):
        generate(tmp_path / name / "landing", desa=VILLAGES, keluarga=4_000, faults="semua", seed=seed)
    one, two, other = (contents(tmp_path / name) for name in ("satu", "dua", "lain"))
    assert one == two
    assert one.keys() == other.keys()
    assert all(one[path] != other[path] for path in one if path.endswith(("k_rt.csv", "k_art.csv")))


def test_what_a_village_gets_does_not_depend_on_the_order_of_its_codes(tmp_path: Path) -> None:
    generate(tmp_path / "maju", desa=VILLAGES[:5], keluarga=300, faults="tanpa")
    generate(tmp_path / "mundur", desa=VILLAGES[4::-1], keluarga=300, faults="tanpa")
    assert contents(tmp_path / "maju") == contents(tmp_path / "mundur")


def test_families_are_shared_out_exactly() -> None:
    villages = read_villages()
    counts = share_out(villages, 600_000, seed=1)
    assert counts.sum() == 600_000
    assert counts.min() >= 1
    assert share_out(villages, len(villages), seed=1).tolist() == [1] * len(villages)


def test_deciles_are_exact_tenths_of_the_interviewed() -> None:
    villages = choose_villages(VILLAGES)
    standing = standings(villages, share_out(villages, 20_000, seed=1), seed=1)
    interviewed = standing[standing >= 0]
    sizes = np.bincount(np.floor(interviewed * 10).astype(int), minlength=10)
    assert len(sizes) == 10
    assert sizes.max() - sizes.min() <= 1


# Free of faults ---------------------------------------------------------------------------------------------------


def test_every_answer_is_in_the_domain_of_the_codebook(clean: Summary, versi: Version) -> None:
    for tabel in TABLES:
        table = read(clean, tabel).rename(columns={"r420": "r420a"})
        items = [item for item in CODEBOOK.table(tabel) if versi in item.versi]
        assert list(table.columns.drop("kiriman")) == [item.kode for item in items]
        for item in items:
            if item.bertipe:
                answers = {int(text) for text in table[item.kode].unique() if text}
                assert answers <= set(item.domain(versi)), item.kode


def test_no_row_breaks_a_rule_of_a_row(clean: Summary, versi: Version) -> None:
    """The rules' own predicates, skip pattern in both directions included, in a database that is not the product's."""
    database = sqlite3.connect(":memory:")
    database.create_function("num_nonnulls", -1, lambda *values: sum(value is not None for value in values))
    for tabel in TABLES:
        table = numbers(read(clean, tabel).rename(columns={"r420": "r420a"}))
        lacking = {item.kode: np.nan for item in CODEBOOK.typed(tabel) if item.kode not in table.columns}
        if tabel == "k_art":
            lacking["penduduk"] = table.r404.isin(CODEBOOK.penduduk[versi])
        table.assign(**lacking).to_sql(tabel, database, index=False)
    judged = 0
    for each in all_rules(CODEBOOK):
        if each.predikat is None or (each.item and versi not in CODEBOOK.item(each.item, each.berkas).versi):
            continue
        predicate = re.sub(r"\((r\d+ > \d+)\)::integer", r"(\1)", each.predikat)
        predicate = predicate.replace("least(", "min(").replace("greatest(", "max(")
        broken = database.execute(f"select count(*) from {each.berkas} where {predicate}").fetchone()[0]
        assert (each.aturan, broken) == (each.aturan, 0)
        judged += 1
    assert judged > 150


def test_non_residents_answer_nothing(clean: Summary, versi: Version) -> None:
    persons = read(clean, "k_art")
    away = persons[~pd.to_numeric(persons.r404).isin(CODEBOOK.penduduk[versi])]
    assert len(away) > 100
    assert (away.loc[:, "r405":"r431f"] == "").all(axis=None)


def test_families_are_complete(clean: Summary, versi: Version) -> None:
    families, persons = numbers(read(clean, "k_rt")), numbers(read(clean, "k_art"))
    residents = persons[persons.r404.isin(CODEBOOK.penduduk[versi])]
    by_family = residents.groupby(["kiriman", "id_rt"])
    relations = residents.groupby(["kiriman", "id_rt", "r409"]).size().unstack(fill_value=0)
    assert (relations[1] == 1).all()
    assert relations[2].max() == 1
    interviewed = families[families.r205 <= 2].set_index(["kiriman", "id"])
    assert by_family.size().sort_index().tolist() == interviewed.r112.sort_index().tolist()
    assert not families.duplicated(["kiriman", "id"]).any()
    assert families.r205.between(3, 5).sum() == families.r112.isna().sum() > 10
    both = persons.merge(families, left_on=["kiriman", "id_rt"], right_on=["kiriman", "id"], suffixes=("", "_k"))
    assert len(both) == len(persons)
    for code in ("r101", "r102", "r103", "r104", "r105"):
        assert both[code].equals(both[f"{code}_k"].rename(code))


# Nobody's data ----------------------------------------------------------------------------------------------------


def test_identities_say_that_they_are_synthetic(clean: Summary) -> None:
    families, persons = read(clean, "k_rt"), read(clean, "k_art")
    assert families.r114.str.fullmatch("99[0-9]{14}").all()
    assert persons.r403.str.fullmatch("99[0-9]{14}").all()
    assert families.r107.eq("ALAMAT SINTETIS").all()
    assert families.r108.str.fullmatch("SINTETIS KEPALA [A-Z]{5}").all()
    assert persons.r402.str.fullmatch("SINTETIS ANGGOTA [A-Z]{5}").all()
    for folder in clean.folders:
        assert yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))["catatan"].startswith(
            "DATA SINTETIS"
        )


def test_identities_are_unique_and_end_in_any_digit(clean: Summary) -> None:
    families, persons = read(clean, "k_rt"), read(clean, "k_art")
    assert persons.r403.is_unique
    assert families.r114[families.r115 == "0"].is_unique
    shared = Counter(families.r114[families.r115 != "0"])
    assert set(shared.values()) == {2}
    for number in (families.r114, persons.r403):
        assert number.str[-1].value_counts(normalize=True).between(0.08, 0.12).all()


def test_a_nik_holds_birth_date_and_sex(clean: Summary) -> None:
    persons = numbers(read(clean, "k_art"))
    persons = persons[persons.r405.notna()]
    date_parts = persons[["r406tgl", "r406bln", "r406thn", "r405"]].astype(int).itertuples(index=False)
    born = [f"{day + 40 * (sex == 2):02d}{month:02d}{year % 100:02d}" for day, month, year, sex in date_parts]
    assert persons.r403.str[6:12].tolist() == born


# Plausible: the targets of docs/sample.md --------------------------------------------------------------------------


def test_age_structure(plausible: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    residents = plausible[1].dropna(subset="r407")
    for (youngest, oldest), target in targets.AGE_STRUCTURE.items():
        assert 100 * residents.r407.between(youngest, oldest).mean() == pytest.approx(target, abs=2), youngest
    assert (residents.r407 % 5 == 0).mean() == pytest.approx(0.2, abs=0.02)


def test_families_and_residents(plausible: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    families, persons = plausible
    assert len(persons) / len(families) == pytest.approx(targets.PERSONS_PER_FAMILY, abs=0.15)
    assert 100 * persons.r405.isna().mean() == pytest.approx(targets.NON_RESIDENTS, abs=0.7)
    assert 100 * (persons[persons.r409 == 1].r405 == 2).mean() == pytest.approx(targets.FEMALE_HEADS, abs=2)


def test_school_attendance(plausible: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    residents = plausible[1]
    for (youngest, oldest), target in targets.ATTENDANCE.items():
        of_age = residents[residents.r407.between(youngest, oldest)]
        assert 100 * (of_age.r412 == 2).mean() == pytest.approx(target, abs=2), youngest


def test_disability_rises_with_age(plausible: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    residents = plausible[1]
    serious = residents.loc[:, "r428a":"r428i"].isin([1, 2]).any(axis=1)
    for (youngest, oldest), target in targets.DISABILITY.items():
        assert 100 * serious[residents.r407.between(youngest, oldest)].mean() == pytest.approx(target, abs=2), youngest


def test_decile_gradients(plausible: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    families, persons = plausible
    metered, cooking = families[families.r307a == 1], families[families.r308 != 0]
    youth, told = persons[persons.r407.between(16, 18)], persons[persons.r431a.notna() & (persons.r431a != 99)]
    shares = {
        "lantai tidak layak": (families, families.r303.isin([7, 8, 9])),
        "jamban sendiri": (families, families.r309a == 1),
        "daya 450": (metered, metered.r307b1 == 1),
        "bahan bakar bersih": (cooking, cooking.r308.between(1, 6)),
        "penerima PKH": (families, families.r501b == 1),
        "penerima BPNT": (families, families.r501a == 1),
        "mobil": (families, families.r502k == 1),
        "tanpa rekening": (families, families.r506 == 4),
        "sekolah 16-18": (youth, youth.r412 == 2),
        "PBI-JKN": (told, told.r431a.astype(int) % 2 == 1),
    }
    assert shares.keys() == targets.DECILE_GRADIENTS.keys()
    for name, (poorest, richest) in targets.DECILE_GRADIENTS.items():
        units, holds = shares[name]
        by_decile = 100 * holds.groupby(units.desil).mean()
        tolerance = 8 if name == "sekolah 16-18" else 4
        assert by_decile[1] == pytest.approx(poorest, abs=tolerance), name
        assert by_decile[10] == pytest.approx(richest, abs=tolerance), name
        thirds = [by_decile[1:3].mean(), by_decile[4:7].mean(), by_decile[8:10].mean()]
        assert thirds == sorted(thirds, reverse=poorest > richest), name


# Deliveries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("per", "deliveries"), [("kecamatan", 3), ("desa", 59), ("kabupaten", 1)])
def test_deliveries_describe_themselves(tmp_path: Path, per: Per, deliveries: int) -> None:
    day, landing = date(2023, 1, 5), tmp_path / "landing"
    summary = generate(landing, desa=VILLAGES, keluarga=3_000, faults="tanpa", per=per, cut_off=day)
    assert len(summary.folders) == deliveries
    assert sorted(landing.iterdir()) == sorted(summary.folders)
    villages: list[str] = []
    for folder in summary.folders:
        assert folder.name.startswith("2023-01-05_")
        described = yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))
        assert described["cut_off"] == described["peringkat"]["cut_off"] == day
        for name, file in described["berkas"].items():
            data = (folder / name).read_bytes()
            assert (file["sha256"], file["baris"]) == (hashlib.sha256(data).hexdigest(), data.count(b"\n") - 1)
        k_rt = pd.read_csv(folder / "k_rt.csv", dtype=str)
        counts = (k_rt.r101 + k_rt.r102 + k_rt.r103 + k_rt.r104).value_counts().to_dict()
        assert described["desa"] == counts
        villages += counts
    assert sorted(villages) == VILLAGES
    assert summary.rows["k_rt"] == 3_000


@pytest.mark.parametrize(
    "dialect",
    [
        Dialect(delimiter=";", encoding="utf-8-sig", line_end="\r\n"),
        Dialect(delimiter="\t", quoted=True),
        Dialect(lost_zeros=True, headers="opensid"),
        Dialect(headers="tanpa r"),
    ],
)
def test_dialects_say_the_same(faulty: Summary, tmp_path: Path, dialect: Dialect) -> None:
    other = generate(tmp_path / "landing", desa=VILLAGES, keluarga=4_000, dialect=dialect)
    for one, two in zip(faulty.folders, other.folders, strict=True):
        assert faulty.faults[one] == other.faults[two]
        for tabel in TABLES:
            data = (two / f"{tabel}.csv").read_bytes()
            assert data.startswith(b"\xef\xbb\xbf") == (dialect.encoding == "utf-8-sig")
            assert (b"\r\n" in data) == (dialect.line_end == "\r\n")
            assert (b'"' in data) == dialect.quoted
            with (one / f"{tabel}.csv").open(encoding="utf-8", newline="") as file:
                expected = list(csv.reader(file))
            with (two / f"{tabel}.csv").open(encoding=dialect.encoding, newline="") as file:
                rows = list(csv.reader(file, delimiter=dialect.delimiter))
            names = CODEBOOK.headers(tabel)
            assert [names[re.sub(r"[^0-9a-z]+", "_", name.lower())][0] for name in rows[0]] == expected[0]
            if dialect.lost_zeros:
                place = [
                    index for index, name in enumerate(expected[0]) if name in ("r101", "r102", "r103", "r104", "r105")
                ]
                for row in expected[1:]:
                    for index in place:
                        row[index] = row[index].lstrip("0")
            assert rows[1:] == expected[1:]


def test_family_ids_mean_nothing_outside_their_delivery(clean: Summary, tmp_path: Path) -> None:
    families = read(clean, "k_rt")
    assert families.id.nunique() < len(families)
    whole = generate(tmp_path / "landing", desa=VILLAGES, keluarga=3_000, faults="tanpa", per="kabupaten")
    assert read(whole, "k_rt").id.is_unique


def test_a_delivery_is_never_overwritten(tmp_path: Path) -> None:
    generate(tmp_path / "landing", desa=VILLAGES[:2], keluarga=50, faults="tanpa")
    with pytest.raises(FileExistsError):
        generate(tmp_path / "landing", desa=VILLAGES[:2], keluarga=50, faults="tanpa")


@pytest.mark.parametrize(
    ("desa", "keluarga", "message"),
    [
        (["3328999001"], 100, "Kode desa tidak ada"),
        (VILLAGES, 10, "tidak cukup untuk 59 desa"),
        (VILLAGES[:3], 200, "terlalu kecil"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path: Path, desa: list[str], keluarga: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        generate(tmp_path / "landing", desa=desa, keluarga=keluarga)


# Faults -----------------------------------------------------------------------------------------------------------


def test_every_rule_of_a_row_or_family_has_a_recipe() -> None:
    planted = [aturan for aturan, _ in recipes(CODEBOOK, "final")]
    assert len(planted) == len(set(planted))
    assert set(planted) == {rule.aturan for rule in all_rules(CODEBOOK) if rule.lingkup in ("sel", "baris", "keluarga")}


def test_faults_lie_beside_the_landing_with_the_severity_of_their_rule(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    summary = generate(landing, desa=VILLAGES, keluarga=4_000, faults="semua")
    severity = {each.aturan: each.keparahan for each in all_rules(CODEBOOK)}
    assert not list(landing.rglob("*temuan*"))
    assert [path.parent for path in summary.later] == [later_folder(landing)] * 2
    listed = {path.stem: read_faults(path) for path in faults_folder(landing).iterdir()}
    assert listed.keys() == {path.name for path in [*summary.folders, *summary.later]}
    for faults in listed.values():
        for fault in faults:
            assert fault.keparahan == severity[fault.aturan]
    assert {fault.aturan for faults in listed.values() for fault in faults} == severity.keys()


def test_planted_cells_are_where_the_list_says(faulty: Summary) -> None:
    seen = Counter[str]()
    for folder, faults in faulty.faults.items():
        tables = {tabel: pd.read_csv(folder / f"{tabel}.csv", dtype=str, keep_default_na=False) for tabel in TABLES}
        for fault in faults:
            item = rule(fault.aturan).item or ""
            kind = fault.aturan.removeprefix(f"{item}_")
            if fault.baris is None or kind not in ("bukan_bilangan", "di_luar_domain", "kosong", "terisi"):
                continue
            cell = tables[fault.berkas].at[fault.baris - 2, item]
            domain = CODEBOOK.item(item, fault.berkas).domain("final")
            match kind:
                case "bukan_bilangan":
                    assert not cell.isdigit()
                    assert cell
                case "di_luar_domain":
                    assert int(cell) not in domain
                case "kosong":
                    assert cell == ""
                case "terisi":
                    assert int(cell) in domain
            seen[kind] += 1
    assert min(seen.values()) > 40
