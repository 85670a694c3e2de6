"""A landing full of what nobody wants: each is loaded, quarantined, refused or left alone, and nothing else happens."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import witness
import yaml
from hostile import (
    ANSWERS,
    BORN,
    HARMLESS,
    LIMITS,
    MARK,
    REFUSED,
    WAITING,
    Kind,
    Make,
    also_declared,
    both,
    rows_of,
    write_rows,
)
from openpyxl import load_workbook

from oracle import recompute
from regsosek.rules import rule
from regsosek.sample import generate
from regsosek.settings import PROJECT, Settings
from regsosek.spreadsheet import FORMULA_STARTS
from regsosek.warehouse.embedded import EmbeddedServer

FAMILIES = 10
FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]
IDENTITY = re.compile(rf"{MARK}|SINTETIS [A-Z]|ALAMAT|(?<![0-9a-f.])[0-9]{{16}}(?![0-9a-f])")
"""What the clean deliveries and the spoiled ones hold of persons."""


def reference() -> dict[str, int | None]:
    """Code -> class of every village of the district."""
    with (PROJECT / "dbt_project" / "seeds" / "ref_desa.csv").open(encoding="utf-8") as file:
        return {row["kode_desa"]: int(row["klas"]) if row["klas"] else None for row in csv.DictReader(file)}


@dataclass
class Landing:
    """The landing and, beside it, a clean delivery of every village that takes part.

    Attributes:
        settings: the installation.
        published: folders of the villages that were published before anything hostile came.
        spare: clean deliveries of other villages, by kind.
    """

    settings: Settings
    published: list[Path]
    spare: dict[str, Path]

    @property
    def path(self) -> Path:
        return Path(self.settings.landing)

    def spoil(self, name: str, kind: Kind, clean: Path) -> str:
        """Put a spoiled copy of a clean delivery into the landing; returns its folder there."""
        if isinstance(kind.folder, bytes):
            folder = self.path / kind.folder.decode(errors="surrogateescape")
        else:
            folder = self.path / (kind.folder or name)
        shutil.copytree(clean, folder)
        kind.make(folder)
        return str(folder.relative_to(self.path))

    def query(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.settings.warehouse_url) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()


@pytest.fixture(scope="module")
def landing(module_settings: Settings) -> Iterator[Landing]:
    """Two villages are published, clean deliveries of others lie ready."""
    names = [*HARMLESS, *ANSWERS]
    desa = list(reference())[: 2 + len(names)]
    made = generate(
        Path(module_settings.landing).with_name("bersih"), desa=desa, keluarga=FAMILIES * len(desa), faults="tanpa",
        per="desa",
    )  # fmt: skip
    for folder in made.folders:
        told = yaml.safe_load((folder / "kiriman.yml").read_text())
        (folder / "kiriman.yml").write_text(
            yaml.safe_dump({key: told[key] for key in ("versi", "cut_off", "peringkat")})
        )
    prepared = Landing(module_settings, made.folders[:2], dict(zip(names, made.folders[2:], strict=True)))
    for folder in prepared.published:
        shutil.copytree(folder, prepared.path / folder.name)
    first = witness.command(module_settings, "refresh")
    assert first.returncode == 0, first.stderr
    yield prepared
    subprocess.run(["/bin/chmod", "-R", "u+rwX", prepared.path], check=False)
    subprocess.run(["/bin/rm", "-rf", prepared.path], check=True)  # deeper than Python's own way of deleting reaches


@dataclass
class Outcome:
    """What a refresh came to: what it printed, and the tables before and after."""

    said: str
    code: int
    before: tuple[witness.State, witness.State]
    after: tuple[witness.State, witness.State]


def refreshed(landing: Landing) -> Outcome:
    before = witness.marts(landing.settings), witness.ledger(landing.settings)
    run = witness.command(landing.settings, "refresh", **LIMITS)
    assert "Traceback" not in run.stderr, run.stderr[-3000:]
    return Outcome(
        re.sub(r"(\s|\[[0-9/]+ [0-9:]+\])+", " ", run.stdout + run.stderr), run.returncode, before,
        (witness.marts(landing.settings), witness.ledger(landing.settings)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def unwanted(landing: Landing) -> Outcome:
    """One refresh of everything that is refused or left alone, each a newer delivery of a published village."""
    for name, kind in {**REFUSED, **WAITING}.items():
        landing.spoil(name, kind, landing.published[0])
    for number in range(3_000):
        (landing.path / "kosong" / str(number)).mkdir(parents=True)
    shutil.copytree(landing.published[1], landing.path / ".tersembunyi")
    return refreshed(landing)


def test_nothing_but_refusals_is_new(landing: Landing, unwanted: Outcome) -> None:
    assert unwanted.code == 1
    assert witness.differences(unwanted.after[0], unwanted.before[0]) == ""
    known = {row[1] for row in landing.query("select id_kiriman, folder from ops.kiriman")}
    assert known == {folder.name for folder in landing.published} | set(REFUSED)
    for name, rows in unwanted.before[1].items():
        assert set(map(repr, rows)) <= set(map(repr, unwanted.after[1][name])), name
    assert witness.leftovers(landing.settings) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_file_record_and_remedy(landing: Landing, unwanted: Outcome, name: str) -> None:
    kind = REFUSED[name]
    ((number, state, reason),) = landing.query(
        "select id_kiriman, keadaan, alasan from ops.kiriman where folder = %s", name
    )
    assert state == "ditolak gerbang 1"
    told = f"{reason} " + " ".join(part for part in unwanted.said.split("Kiriman ") if part.startswith(f"{name}"))
    found = landing.query("select berkas, baris, aturan from ops.temuan where id_kiriman = %s", number)
    assert (kind.file, kind.record, kind.rule) in found
    assert len(found) == 1 or rule(kind.rule).keparahan == "tolak_desa"
    assert kind.says in told
    assert rule(kind.rule).tindakan in told or "simpan" in told.lower()
    if kind.file != "kiriman" and rule(kind.rule).keparahan == "tolak_kiriman":
        assert re.search(rf"{kind.file}\.(csv|xlsx)", told)
        assert kind.record in (None, 1) or f"baris {kind.record}," in told
    assert not IDENTITY.search(told), told


@pytest.mark.parametrize("name", WAITING)
def test_a_folder_that_is_left_alone_is_said_with_the_reason(unwanted: Outcome, name: str) -> None:
    kind = WAITING[name]
    shown = kind.folder.decode(errors="surrogateescape") if isinstance(kind.folder, bytes) else kind.folder or name
    plain = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in shown)
    lines = re.findall(
        r"Belum diambil: (.*?) \((.*?)\)(?= Belum diambil|  ?\d+ kiriman baru|$| DITOLAK)", unwanted.said
    )
    reasons = [reason for folder, reason in lines if folder == plain or folder.startswith(f"{plain}/")]
    assert any(kind.says in reason for reason in reasons), lines


def test_what_is_printed_holds_no_identity_and_moves_no_cursor(landing: Landing, unwanted: Outcome) -> None:
    assert not IDENTITY.search(unwanted.said)
    assert "\x1b" not in unwanted.said
    for arguments in (["status", "--last", "200"], ["status", "--json"], ["quarantine"], ["quarantine", "--records"]):
        shown = witness.command(landing.settings, *arguments)
        assert shown.returncode == 0, shown.stderr
        assert not IDENTITY.search(shown.stdout)
        assert "\x1b" not in shown.stdout


# What is loaded all the same -------------------------------------------------------------------------------------


OLDER, TWO_VILLAGES = "kiriman-lama", "satu-nik-dua-desa"


def with_a_nik_of(other: Path) -> Make:
    """Add the other village's delivery; its first person has the NIK of the first one here."""

    def make(folder: Path) -> None:
        for table in ("k_rt", "k_art"):
            rows, more = rows_of(folder, table), rows_of(other, table)[1:]
            if table == "k_art":
                more[0][rows[0].index("r403")] = rows[1][rows[0].index("r403")]
            write_rows(folder, table, rows + more)

    return make


@pytest.fixture(scope="module")
def wanted(landing: Landing, unwanted: Outcome) -> Outcome:
    """Another refresh, of what is strange and loaded all the same, each with a village of its own."""
    for name, kind in {**HARMLESS, **ANSWERS}.items():
        landing.spoil(name, kind, landing.spare[name])
    landing.spoil(OLDER, Kind(both(also_declared(cut_off="2022-01-31"), BORN)), landing.published[0])
    landing.spoil(TWO_VILLAGES, Kind(with_a_nik_of(landing.published[1])), landing.published[0])
    return refreshed(landing)


def delivered(landing: Landing, name: str) -> tuple[int, str, str]:
    """(id, state, village) of the delivery of that kind."""
    kind = {**HARMLESS, **ANSWERS}[name]
    village = read_village(landing.spare[name])
    ((number, state),) = landing.query(
        "select id_kiriman, keadaan from ops.kiriman where folder = %s", kind.folder or name
    )
    return int(str(number)), str(state), village


def read_village(folder: Path) -> str:
    with (folder / "k_rt.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    return "".join(first[part] for part in ("r101", "r102", "r103", "r104"))


def listed(landing: Landing, number: int) -> dict[tuple[str, str], list[object]]:
    """Faults of records; what is said of a village as a whole depends on the village that was drawn."""
    found = defaultdict(list)
    for berkas, aturan, baris in landing.query(
        "select berkas, aturan, baris from ops.temuan where id_kiriman = %s and baris is not null order by baris",
        number,
    ):
        found[str(berkas), str(aturan)].append(baris)
    return dict(found)


def assert_published_as(landing: Landing, village: str, folder: Path) -> None:
    """The village's integers equal a recomputation from the files in that folder."""
    expected = recompute(folder, reference()).set_index("kode_indikator")[FOUR].astype("Int64").sort_index()
    rows = landing.query(
        f"select kode_indikator, {', '.join(FOUR)} from marts.fct_indikator_desa where kode_desa = %s", village
    )
    got = pd.DataFrame(rows, columns=["kode_indikator", *FOUR]).set_index("kode_indikator").astype("Int64").sort_index()
    pd.testing.assert_frame_equal(got, expected)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_merely_strange_counts_like_the_clean(landing: Landing, wanted: Outcome, name: str) -> None:
    number, state, village = delivered(landing, name)
    assert (state, listed(landing, number)) == ("terbit", HARMLESS[name].faults)
    assert_published_as(landing, village, landing.spare[name])


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_wrong_is_listed_by_record_and_nothing_else(landing: Landing, wanted: Outcome, name: str) -> None:
    number, state, village = delivered(landing, name)
    assert (state, listed(landing, number)) == ("terbit", ANSWERS[name].faults)
    assert_published_as(landing, village, landing.path / str(ANSWERS[name].folder or name))


def test_an_older_delivery_sent_again_is_loaded_and_does_not_count(landing: Landing, wanted: Outcome) -> None:
    rows = landing.query(
        "select k.keadaan, count(d.*) from ops.kiriman as k left join (ops.rilis_desa as d join ops.rilis_terbit"
        " using (id_rilis)) using (id_kiriman) where k.folder = %s group by 1",
        OLDER,
    )
    assert rows == [("digantikan", 0)]


def test_one_nik_in_two_villages_is_listed_in_both(landing: Landing, wanted: Outcome) -> None:
    rows = landing.query(
        "select kode_desa, baris from ops.temuan join ops.kiriman using (id_kiriman)"
        " where folder = %s and aturan = 'nik_ganda' order by baris",
        TWO_VILLAGES,
    )
    second = len(rows_of(landing.published[0], "k_art")) + 1
    assert rows == [(read_village(landing.published[0]), 2), (read_village(landing.published[1]), second)]


def test_no_export_holds_what_a_spreadsheet_or_a_browser_would_run(
    landing: Landing, wanted: Outcome, server: EmbeddedServer, tmp_path: Path
) -> None:
    for arguments in (
        ["ekspor", str(tmp_path), "--mart", "fct_indikator_desa"],
        ["quarantine", "--xlsx", str(tmp_path / "temuan.xlsx")],
    ):
        assert witness.command(landing.settings, *arguments).returncode == 0
    texts = [text for path in tmp_path.iterdir() for text in texts_of(path)]
    assert not [text for text in texts if text[:1] in FORMULA_STARTS and not is_number(text)]
    for spell in ("'=cmd|' /C calc'!A0", '\'=HYPERLINK("x","y")'):
        assert spell in texts  # it did get there, as text
    pages = [page.read_text(encoding="utf-8") for page in (landing.settings.artefacts / "gates").rglob("*.html")]
    assert any("&lt;img src=x" in page for page in pages)
    assert not any("<img src=x" in page for page in pages)
    assert not any(IDENTITY.search(text) for text in [*texts, server.log.read_text(encoding="utf-8", errors="replace")])


def texts_of(path: Path) -> list[str]:
    """Cells of a file that are text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell for row in csv.reader(file) for cell in row]
    sheets = load_workbook(path, read_only=True).worksheets
    return [
        str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", text) is not None


def test_what_was_published_before_keeps_its_figures(landing: Landing, wanted: Outcome) -> None:
    assert wanted.code == 0, wanted.said
    for folder in landing.published:
        assert_published_as(landing, read_village(folder), folder)
    assert witness.leftovers(landing.settings) == []
    assert not IDENTITY.search(wanted.said)
