"""Profiles of a real release: every figure is the mart's, the public copy has none before a person agreed."""

from __future__ import annotations

import json
import math
import re
from decimal import ROUND_HALF_EVEN, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook
from psycopg.rows import dict_row
from pypdf import PdfReader
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.profile import Copy, Order, Paper, ProfileRefusedError, make_profiles
from regsosek.profile.read import identities, read_facts
from regsosek.publik import prepare_public, publish_public
from regsosek.refresh import refresh, steps
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.embedded import EmbeddedServer

VILLAGES = ["3328130004", "3328130005", "3328130006"]
VILLAGE, DISTRICT, EMPTY = "3328130005", "3328130", "3328010001"
DATABASE = "regsosek"
PEOPLE = {"penduduk": "jiwa", "keluarga": "keluarga"}
DIGITS = {"persen": 1, "rasio": 1, "rata": 2, "indeks": 3, "jumlah": 0}


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


def rows(settings: Settings, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(settings.warehouse_url, row_factory=dict_row) as connection:
        return connection.execute(statement.encode()).fetchall()


def figures(settings: Settings, schema: str, kode: str) -> dict[str, dict[str, Any]]:
    found = rows(
        settings,
        f"select i.nama, i.jenis, i.unit_analisis, f.* from {schema}.fct_indikator_wilayah as f "
        f"join marts.dim_indikator as i using (kode_indikator) where f.kode_wilayah = '{kode}'",
    )
    return {row["nama"]: row for row in found}


def read(value: float | None, digits: int) -> str:
    """A number as it has to be read, rounded from all its digits and written in Indonesian."""
    if value is None:
        return "–"
    whole, _, rest = str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)).partition(".")
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole)
    return f"{grouped},{rest}" if rest else grouped


def percentage(row: dict[str, Any], key: str = "nilai") -> str:
    return read(row[key], DIGITS[row["jenis"]]) + ("%" if row["jenis"] == "persen" and row[key] is not None else "")


def same(seen: Any, meant: float | None) -> bool:
    """Whether a workbook, which keeps sixteen digits, has that number."""
    return seen is None if meant is None else math.isclose(seen, meant, rel_tol=1e-12)


class Told(str):
    """What a reader sees, wherever its lines break."""

    def __contains__(self, phrase: object) -> bool:
        return "".join(str(phrase).split()) in "".join(self.split())


def printed(path: Path) -> Told:
    return Told(" ".join(page.extract_text() for page in PdfReader(path).pages))


def test_there_is_no_profile_before_a_release(settings: Settings) -> None:
    with pytest.raises(ProfileRefusedError, match="Belum ada rilis"):
        make_profiles(settings, Order((VILLAGE,)))


def test_every_figure_is_the_marts(settings: Settings) -> None:
    generate(Path(settings.landing), desa=VILLAGES, keluarga=900, faults="baris")
    refresh(settings, "segar-1")
    told: list[tuple[int, int]] = []
    made = make_profiles(settings, Order((VILLAGE, DISTRICT, EMPTY)), tell=lambda *each: told.append(each))
    assert made.gagal == {} and made.menunggu == 3
    assert told == [(done, 6) for done in range(7)]
    assert made.folder == settings.home / "profil"
    endings = ("_f4.pdf", ".pdf", ".png", ".html", ".xlsx")
    names = {f"profil_{kode}{copy}{ending}" for kode in (VILLAGE, DISTRICT, EMPTY) for copy in ("", "_internal")
             for ending in endings}  # fmt: skip
    assert {path.name for path in made.folder.iterdir()} == {path.name for path in made.berkas} == names
    modes = {path.name: path.stat().st_mode & 0o777 for path in made.berkas}
    assert {modes[name] for name in names if "_internal" in name} == {0o640}

    for kode in (VILLAGE, DISTRICT):
        known = figures(settings, "marts", kode)
        above = figures(settings, "marts", "3328")
        sheet = load_workbook(made.folder / f"profil_{kode}_internal.xlsx")["9.1 Indikator"]
        heading = [cell.value for cell in sheet[5]]
        table = {row[1]: dict(zip(heading, row, strict=True)) for row in sheet.iter_rows(min_row=6, values_only=True)
                 if row[1]}  # fmt: skip
        assert set(table) == set(known)
        for name, row in known.items():
            own = table[name]
            numbers = [own[heading[4]], own["Paling rendah"], own["Paling tinggi"], own["Kab. Tegal (3/287\u00a0desa)"]]
            expected = [row["nilai"], row["batas_bawah"], row["batas_atas"], above[name]["nilai"]]
            assert all(map(same, numbers, expected)), name
            assert (own["Pembilang"], own["Penyebut"]) == (row["pembilang"], row["penyebut"]), name
            assert own["Tidak diketahui"] == row["tidak_tahu"] + row["semesta_tidak_tahu"], name

        text = printed(made.folder / f"profil_{kode}_internal.pdf")
        page = page_text(made.folder, f"{kode}_internal")
        told_rows = 0
        for name, row in known.items():
            universe = f"{read(row['penyebut'], 0)} {PEOPLE[row['unit_analisis']]}"
            bounds = "–"
            if row["batas_bawah"] is not None and row["tidak_tahu"] + row["semesta_tidak_tahu"]:
                low, high = read(row["batas_bawah"], 1), read(row["batas_atas"], 1)
                bounds = f"{low}%" if low == high else f"{low}–{high}%"
            line = f"{name} {percentage(row)} {bounds} {universe}"
            if line in text:
                told_rows += 1
                assert line in page, name
        assert told_rows == 28, kode


class Page(HTMLParser):
    """The text of a page, that of closed tables too; a row's cells follow each other."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.within: list[str] = []
        self.pieces: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("head", "style", "script"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.pieces.append(data)


def page_text(folder: Path, stem: str) -> Told:
    return Told(" ".join(Page(folder / f"profil_{stem}.html").pieces))


def test_groups_are_those_of_the_marts_and_add_up(settings: Settings) -> None:
    folder = settings.profiles
    for kode in (VILLAGE, DISTRICT):
        book = load_workbook(folder / f"profil_{kode}_internal.xlsx")
        like = f"kode_desa like '{kode}%'"
        pyramid = {(row["kelompok_umur"], row["jenis_kelamin"]): int(row["n"]) for row in rows(
            settings, f"select kelompok_umur, jenis_kelamin, sum(penduduk) as n from marts.mart_demografi_desa "
            f"where {like} group by 1, 2"
        )}  # fmt: skip
        heading, *lines = [row for row in book["2.1 Umur"].iter_rows(min_row=5, values_only=True) if row[1] is not None]
        seen = {(line[0], str(title).lower()): line[n] for line in lines[:-1] for n, title in enumerate(heading)
                if title not in ("Kelompok umur (tahun)", "Jumlah") and line[n]}  # fmt: skip
        assert seen == pyramid
        assert lines[-1][0] == "Jumlah" and lines[-1][-1] == sum(pyramid.values())
        deciles = {str(row["desil"] or "tidak diketahui"): (int(row["k"]), int(row["p"])) for row in rows(
            settings, f"select desil, sum(keluarga) as k, sum(penduduk) as p from marts.mart_desil_desa where {like} "
            "group by 1"
        )}  # fmt: skip
        lines = [row for row in book["3.1 Desil"].iter_rows(min_row=6, values_only=True) if row[1] is not None]
        assert {line[0]: (line[1], line[2]) for line in lines[:-1]} == deciles
        lacks = rows(settings, f"select * from marts.mart_kekurangan_multidimensi where kode_wilayah = '{kode}'")
        lines = [row for row in book["3.2 Kekurangan"].iter_rows(min_row=6, values_only=True) if row[3] is not None]
        assert {line[0]: line[3:6] for line in lines} == {
            str(row["nomor"]): (row["penduduk_kekurangan"], row["penduduk_diketahui"], row["penduduk_tidak_tahu"])
            for row in lacks
        }
        programs = rows(settings, f"select * from marts.mart_ketepatan_sasaran where kode_wilayah = '{kode}' "
                        "and desil = 'semua'")  # fmt: skip
        lines = [row for row in book["4.1 Bantuan"].iter_rows(min_row=6, values_only=True) if row[2] is not None]
        assert {line[0]: line[2:10] for line in lines} == {
            row["program"]: tuple(row[key] for key in (
                "penerima", "bukan_penerima", "tidak_tahu", "sasaran", "sasaran_penerima", "sasaran_terlewat",
                "sasaran_tidak_tahu", "bukan_sasaran_penerima",
            )) for row in programs
        }  # fmt: skip
        text = printed(folder / f"profil_{kode}_internal.pdf")
        for row in programs:
            assert f"{row['program']} {read(row['sasaran_penerima'], 0)} dari {read(row['sasaran'], 0)}" in text


def test_nothing_but_marts_and_publik_is_read(settings: Settings, server: EmbeddedServer) -> None:
    """By somebody who sees these two schemas and nothing else."""
    with psycopg.connect(settings.warehouse_url, autocommit=True) as owner:
        owner.execute("create schema if not exists publik")
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("create role profil_pembaca nologin")
    try:
        with psycopg.connect(settings.warehouse_url) as connection, connection.cursor() as cursor:
            for schema in ("marts", "publik"):
                cursor.execute(f"grant usage on schema {schema} to profil_pembaca".encode())
                cursor.execute(f"grant select on all tables in schema {schema} to profil_pembaca".encode())
        with psycopg.connect(server.url("postgres", DATABASE)) as connection, connection.cursor() as cursor:
            cursor.execute("set role profil_pembaca")
            areas = [identities(cursor)[kode] for kode in (VILLAGE, DISTRICT)]
            for copy in Copy:
                assert len(read_facts(cursor, areas, copy)) == 2
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                cursor.execute("select count(*) from registri.keluarga")
    finally:
        with psycopg.connect(server.url("postgres", DATABASE), autocommit=True) as admin:
            admin.execute("drop owned by profil_pembaca")
            admin.execute("drop role profil_pembaca")


def test_the_public_copy_has_what_was_agreed_to_and_nothing_else(settings: Settings) -> None:
    folder = settings.profiles
    waiting = printed(folder / f"profil_{VILLAGE}.pdf")
    assert "Angka publik menunggu persetujuan." in waiting and "SALINAN PUBLIK" in waiting
    known = figures(settings, "marts", VILLAGE)
    assert f"{read(known['Jumlah penduduk']['pembilang'], 0)} jiwa" not in waiting
    assert "Rumah tidak layak huni persen semua keluarga" in waiting  # a definition, not a figure

    run = steps.start(settings, "publik-1")
    prepare_public(settings, run)
    publish_public(settings, run, prepared_by="publik-1", approved_by="Kepala Bidang")
    steps.finish(settings, run)
    made = make_profiles(settings, Order((VILLAGE, DISTRICT), salinan=(Copy.publik,), kertas=(Paper.a4,)))
    assert made.gagal == {} and made.menunggu == 0
    public = figures(settings, "publik", VILLAGE)
    hidden = {name for name, row in public.items() if row["pembilang"] is None}
    assert 0 < len(hidden) < 75
    book = load_workbook(made.folder / f"profil_{VILLAGE}.xlsx")
    assert not {"2.1 Umur", "3.1 Desil", "4.1 Bantuan", "8.1 Urutan", "10.1 Mutu"} & set(book.sheetnames)
    sheet = book["9.1 Indikator"]
    for row in sheet.iter_rows(min_row=6, values_only=True):
        if row[1]:
            assert same(row[4], public[row[1]]["nilai"]), row[1]
            if row[1] in hidden:
                assert row[4:10] == (None,) * 6 and row[-1] == "Disembunyikan untuk melindungi keluarga."
    text, page = printed(made.folder / f"profil_{VILLAGE}.pdf"), page_text(made.folder, VILLAGE)
    assert "rilis publik 1" in text
    for name, row in public.items():
        if row["pembilang"] is None and f"{name} disemb." in text:
            inside = known[name]
            told = f"{name} {percentage(inside)}"
            assert told not in text and told not in page
    assert any(f"{name} disemb." in text for name in hidden)


def test_one_that_cannot_be_set_does_not_stop_the_others(settings: Settings) -> None:
    settings.emblems.mkdir()
    (settings.emblems / f"{VILLAGE}.png").write_bytes(b"tidak bergambar")
    before = (settings.profiles / f"profil_{VILLAGE}_internal.pdf").read_bytes()
    order = Order((VILLAGE, VILLAGES[0]), salinan=(Copy.internal,), kertas=(Paper.f4,))
    made = make_profiles(settings, order)
    assert (
        list(made.gagal) == [f"profil_{VILLAGE}_internal"] and "Sidapurna" in made.gagal[f"profil_{VILLAGE}_internal"]
    )
    assert {path.name for path in made.berkas} >= {f"profil_{VILLAGES[0]}_internal_f4.pdf"}
    assert (settings.profiles / f"profil_{VILLAGE}_internal.pdf").read_bytes() == before
    assert not list(settings.profiles.glob("*.tmp"))
    assert rows(settings, "select keadaan from ops.rilis") == [{"keadaan": "terbit"}]
    (settings.emblems / f"{VILLAGE}.png").unlink()


def test_by_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)
    monkeypatch.setenv("REGSOSEK_EMBLEM_FOLDER", str(tmp_path / "lambang"))

    def invoke(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["profile", *arguments])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    folder = tmp_path / "keluar"
    wanted = (VILLAGE, "--internal", "--kertas", "f4", "--folder", str(folder))
    assert json.loads(invoke(*wanted, "--json").splitlines()[-1]) == {
        "folder": str(folder),
        "berkas": [f"profil_{VILLAGE}_internal{ending}" for ending in (".html", ".png", ".xlsx", "_f4.pdf")],
        "menunggu_persetujuan": 0,
        "gagal": {},
    }
    assert "1234567890" in invoke("1234567890", code=1)
    (tmp_path / "berkas").touch()
    assert "tidak dapat ditulis" in invoke(VILLAGE, "--folder", str(tmp_path / "berkas"), code=1)
    # Many are made beside each other, and without codes it is the pilots.
    assert f"12 berkas ditulis ke {folder}" in invoke("--internal", "--kertas", "a4", "--folder", str(folder))
    assert {path.name.split("_")[1] for path in folder.glob("*.html")} == {"3328040010", "3328120016", VILLAGE}
    (tmp_path / "lambang").mkdir()
    (tmp_path / "lambang" / f"{VILLAGE}.png").write_bytes(b"tidak bergambar")
    assert "tidak dapat ditata" in invoke(VILLAGE, "--internal", "--folder", str(folder), code=1)
