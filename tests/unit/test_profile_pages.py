"""A profile as files, from made-up facts at their extremes: two pages, nothing beyond the page, nothing fetched."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser
from pypdf import PageObject, PdfReader

from regsosek.profile.charts import svg
from regsosek.profile.compose import compose
from regsosek.profile.document import Document
from regsosek.profile.facts import (
    Copy,
    Decile,
    Definition,
    Facts,
    Figure,
    Identity,
    Place,
    Program,
    Rank,
    Release,
)
from regsosek.profile.make import emblem
from regsosek.profile.tables import QUALITY
from regsosek.profile.typeset import Paper, TypesettingError, pdf, picture
from regsosek.profile.web import html
from regsosek.profile.workbook import write_workbook
from regsosek.settings import Settings
from regsosek.transform.generate import indicators

Composed = dict[str, tuple[Document, dict[str, str]]]
"""Documents and their plots, by name of the case."""

TODAY = date(2026, 11, 24)
LONGEST = "Balapulang Kulon Kidul"
SIZES = {Paper.a4: (210, 297), Paper.f4: (215, 330)}

DEFINITIONS = {
    row["kode_indikator"]: Definition(
        kode=row["kode_indikator"], nama=row["nama"], dimensi=row["dimensi"], unit=row["unit_analisis"],
        jenis=row["jenis"], satuan=row["satuan"], semesta=row["semesta"], rumus=row["rumus"],
        tidak_tahu=row["tidak_tahu"] or None, arah=row["arah"], prioritas=int(row["prioritas"]),
        catatan=row["catatan"] or None,
    )
    for row in indicators()
}  # fmt: skip
HIDDEN = Figure(None, None, 0, None, None, None, "Disembunyikan untuk melindungi keluarga.")
UNKNOWN = Figure(0, 0, 88, None, 0.0, 100.0, "Tidak ada yang dapat dihitung: penyebutnya nol.")


def figure(kode: str, yes: int = 123) -> Figure:
    if DEFINITIONS[kode].jenis == "jumlah":
        return Figure(yes * 11, None, 0, float(yes * 11), None, None)
    return Figure(yes, 1234, 56, 100 * yes / 1234, 100 * yes / 1290, 100 * (yes + 56) / 1290)


def place(level: str, name: str, yes: int = 123) -> Place:
    lacks = dict.fromkeys(range(1, 11), Figure(yes, 4000, 90, yes / 40, yes / 41, yes / 39))
    code, villages, of = {
        "desa": ("3328010001", 1, 1),
        "kecamatan": ("3328010", 7, 13),
        "kabupaten": ("3328", 59, 287),
    }[level]
    return Place(level, code, name, villages, of, {kode: figure(kode, yes) for kode in DEFINITIONS}, lacks)


def identity(level: str, name: str) -> Identity:
    village = level == "desa"
    return Identity(
        tingkat=level, kode="3328010001" if village else "3328010", nama=name, jenis=level,
        kode_kemendagri="33.28.01.2001", kecamatan="Kedungbanteng", kabupaten="Tegal", kode_kecamatan="3328010",
        kode_kabupaten="3328", luas_km2=4.579, klas=2 if village else None,
        desa=("3328010001",) if village else tuple(f"33280100{n:02}" for n in range(23)),
    )  # fmt: skip


def internal(level: str = "desa", name: str = LONGEST) -> Facts:
    above = [place("kecamatan", "Kedungbanteng", 140), place("kabupaten", "Tegal", 150)]
    own = [place("desa", name), *above] if level == "desa" else [place("kecamatan", name, 140), above[1]]
    ages = [f"{n:02}-{n + 4:02}" for n in range(0, 75, 5)] + ["75+"]
    quality = dict.fromkeys([*QUALITY, "nik_ganda", "kk_ganda"], 5)
    return Facts(
        salinan=Copy.internal,
        wilayah=identity(level, name),
        rilis=Release(3, None, "62d2081e7481", "final", "regsosek", date(2022, 11, 30), date(2023, 6, 30), 2),
        definisi=DEFINITIONS,
        tempat=tuple(own),
        umur={(group, sex): 10 + n for n, group in enumerate(ages) for sex in ("laki-laki", "perempuan")}
        | {("tidak diketahui", "tidak diketahui"): 3},
        desil=tuple(Decile(n, 40 + 3 * n, 150) for n in range(11)),
        desil_skala="kabupaten",
        desil_model="peringkat sintetis",
        desil_cut_off=date(2022, 11, 30),
        desil_sasaran=4,
        nama_kekurangan=dict.fromkeys(range(1, 11), ("pendidikan", "Tidak ada penduduk 13 tahun ke atas berijazah")),
        program=tuple(
            Program(name, "keluarga", 300, 400, 20, 260, 150, 100, 10, 140, 40.0, 48.3)
            for name in ("BLT Desa", "BPNT", "PBI-JKN", "PKH")
        ),
        rumah={
            kind: {"ya": 90, "tidak": 500, "tidak diketahui": 40}
            for kind in ("hunian_sempit", "bangunan_tidak_layak", "sanitasi_tidak_layak", "air_tidak_layak")
        }
        | {"gagal": {"0": 400, "1": 200}},
        rentan=dict.fromkeys(("keluarga_lansia_tunggal", "balita", "anak_tidak_sekolah"), (1234, 12)),
        sekolah={("07-12", "laki-laki", "masih sekolah", "tidak punya"): 9},
        kerja={("perempuan", "bekerja", "buruh", "=HYPERLINK(\"http://jahat\")"): 9},
        peringkat=tuple(Rank("kecamatan", "Kedungbanteng", kode, 7, 2, 5, None) for kode in ("ikm_h", "pct_rtlh")),
        desa=() if level == "desa" else tuple(place("desa", LONGEST, 100 + n) for n in range(23)),
        mutu=(quality | {"keadaan": "dipakai", "nama_desa": name, "ditolak_karena": "keluarga_turun_tajam"},),
        konteks=tuple(
            {"tahun": year, "p0": 7.9, "penduduk_miskin_ribu": 113.62, "garis_kemiskinan": 434638, "p1": None,
             "p2": None, "tpt": None, "sumber": "BPS", "catatan": None} for year in range(2015, 2026)
        ),
    )  # fmt: skip


def shown_as(facts: Facts, each: Figure) -> Facts:
    """The same with every share of the area replaced."""
    own = facts.tempat[0]
    figures = {kode: each if DEFINITIONS[kode].jenis != "jumlah" else found for kode, found in own.figures.items()}
    return replace(
        facts, tempat=(replace(own, figures=figures, kekurangan=dict.fromkeys(own.kekurangan, each)), *facts.tempat[1:])
    )


def public(facts: Facts) -> Facts:
    """What a public copy has: whole figures, no groups."""
    return Facts(
        salinan=Copy.publik, wilayah=facts.wilayah, rilis=facts.rilis and replace(facts.rilis, id_publik=1),
        definisi=DEFINITIONS, tempat=tuple(replace(each, kekurangan={}) for each in facts.tempat),
        desa=facts.desa, konteks=facts.konteks,
    )  # fmt: skip


WAITING = replace(public(internal()), rilis=None, tempat=(), sebab_kosong="Angka publik menunggu persetujuan.")
CASES = {
    "desa": internal(),
    "kecamatan": internal("kecamatan"),
    "tidak diketahui": replace(
        shown_as(internal(), UNKNOWN), desil=(Decile(0, 88, 300),), program=(), rumah={},
        umur={("tidak diketahui", "tidak diketahui"): 300},
    ),
    "kosong": replace(internal(), rilis=None, tempat=(), mutu=(), sebab_kosong="Belum ada kiriman data."),
    "publik": public(internal()),
    "publik tersembunyi": shown_as(public(internal()), HIDDEN),
    "publik menunggu": WAITING,
}  # fmt: skip


@pytest.fixture(scope="module")
def composed() -> Composed:
    found = {}
    for name, facts in CASES.items():
        document = compose(facts, TODAY)
        found[name] = document, {key: svg(each.gambar) for key, each in document.bagian.items() if each.gambar}
    return found


def fonts_of(reader: PdfReader) -> list[bool]:
    """For every font of every page, whether its program is in the file."""
    embedded = []
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            (descendant,) = font["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"]
            embedded.append(any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")))
    return embedded


@pytest.mark.parametrize(
    ("name", "paper"),
    [*((name, Paper.a4) for name in CASES), *((name, Paper.f4) for name in ("desa", "kecamatan", "publik menunggu"))],
)
def test_a_pdf_has_two_pages_and_all_of_it_is_on_them(composed: Composed, name: str, paper: Paper) -> None:
    reader = PdfReader(io.BytesIO(pdf(*composed[name], paper, None)))
    assert len(reader.pages) == 2
    marks = {
        ("SALINAN INTERNAL" in text, "SALINAN PUBLIK" in text) for text in map(PageObject.extract_text, reader.pages)
    }
    assert marks == {(not name.startswith("publik"), name.startswith("publik"))}  # told apart on every page
    assert all(fonts_of(reader)) and len(fonts_of(reader)) >= 2
    for page in reader.pages:
        width, height = (float(edge) * 25.4 / 72 for edge in page.mediabox[2:])
        assert (round(width), round(height)) == SIZES[paper]
        outside: list[str] = []

        def look(text: str, cm: list[float], tm: list[float], *_: object, page_width: float = width,
                 page_height: float = height, found: list[str] = outside) -> None:  # fmt: skip
            x = (tm[4] * cm[0] + tm[5] * cm[2] + cm[4]) * 25.4 / 72
            y = (tm[4] * cm[1] + tm[5] * cm[3] + cm[5]) * 25.4 / 72
            if text.strip() and not (5 <= x <= page_width - 8 and 3 <= y <= page_height - 2):
                found.append(text)

        page.extract_text(visitor_text=look)
        assert outside == []


def test_what_does_not_fit_is_an_error_and_not_an_overflow(
    composed: Composed,
) -> None:
    document, plots = composed["desa"]
    endless = replace(document, ringkasan=(("Panjang", "kata " * 9000),))
    with pytest.raises(TypesettingError, match=r"Balapulang Kulon Kidul tidak dapat ditata.*tidak muat"):
        pdf(endless, plots, Paper.a4, None)


def test_a_copy_that_waits_holds_no_figure(composed: Composed, tmp_path: Path) -> None:
    document, plots = composed["publik menunggu"]
    assert plots == {} and document.kartu == () and document.ringkasan == () and document.mutu == ()
    assert {table.kunci for table in document.tabel} == {"11.1 Resmi", "Definisi"}
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(document, plots, Paper.a4, None))).pages)
    assert "menunggu persetujuan" in text and "Rumah tidak layak huni" in text
    for number in ("123", "1.234", "10,0%", "9,5"):
        assert number not in text, number
    write_workbook(document, tmp_path / "menunggu.xlsx")
    assert set(load_workbook(tmp_path / "menunggu.xlsx").sheetnames) == {"Isi", "11.1 Resmi", "Definisi"}


def test_hidden_figures_say_so_everywhere(composed: Composed) -> None:
    document, plots = composed["publik tersembunyi"]
    assert {card.nilai for card in document.kartu[2:]} == {"disembunyikan"}
    assert all("disembunyikan" in text for _, text in document.ringkasan)
    assert {row[1] for row in document.ringkas.baris} == {"disembunyikan"}
    assert all("disembunyikan" in plot for plot in plots.values())
    # No bound and no universe of a hidden figure either.
    assert {(row[2], row[3]) for row in document.ringkas.baris} == {("–", "–")}


def test_a_picture_is_one_page_for_a_phone(composed: Composed) -> None:
    for name in ("desa", "publik", "publik menunggu"):
        document, plots = composed[name]
        content = picture(document, plots, None)
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", content[16:24]) == (1080, 1350), name


def test_an_emblem_is_in_every_format_and_a_broken_one_is_named(composed: Composed, tmp_path: Path) -> None:
    document, plots = composed["desa"]
    settings = Settings(home=tmp_path)
    settings.emblems.mkdir()
    area = CASES["desa"].wilayah
    assert emblem(settings, area) is None
    drawn = settings.emblems / f"{area.kode}.svg"
    drawn.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>')
    found = emblem(settings, area)
    assert found == drawn.absolute()
    assert b"Lambang" in html(document, plots, found).encode() and "data:image/svg" in html(document, plots, found)
    with_it = PdfReader(io.BytesIO(pdf(document, plots, Paper.a4, found)))
    assert len(with_it.pages) == 2 and "tempat" not in with_it.pages[0].extract_text()[:400]
    drawn.write_bytes(b"tidak bergambar")
    with pytest.raises(TypesettingError, match="tidak dapat ditata"):
        pdf(document, plots, Paper.a4, found)
    # A kecamatan without one of its own bears its kabupaten's; a village does not.
    (settings.emblems / "3328.png").write_bytes(b"x")
    assert emblem(settings, CASES["kecamatan"].wilayah) == (settings.emblems / "3328.png").absolute()
    drawn.unlink()
    assert emblem(settings, area) is None


@pytest.mark.parametrize(("width", "names"), [(1280, ("desa", "publik menunggu")), (390, tuple(CASES))])
def test_a_page_asks_nobody_and_fits_the_screen(
    composed: Composed, browser: Browser, tmp_path: Path, width: int, names: tuple[str, ...]
) -> None:
    for name in names:
        document, plots = composed[name]
        assert ("SALINAN INTERNAL" in html(document, plots, None)) is not name.startswith("publik")
        path = tmp_path / "profil.html"
        path.write_text(html(document, plots, None), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 800})
        noise: list[str] = []
        page.on("console", lambda message, found=noise: found.append(message.text))
        page.on("pageerror", lambda error, found=noise: found.append(str(error)))
        page.on("request", lambda request, found=noise: found.append(request.url))
        page.goto(path.as_uri())
        assert [line for line in noise if not line.startswith("data:") and line != path.as_uri()] == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0 && i.alt.length > 20)")
        assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == page.evaluate(
            "document.querySelectorAll('[id]').length"
        )
        assert page.evaluate("document.querySelectorAll('h1').length") == 1
        page.close()


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_and_plots_survive_a_grey_printer(
    composed: Composed,
) -> None:
    for name in ("desa", "publik"):
        style = html(*composed[name], None).split("</style>")[0]
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
        for text in ("tinta", "redup", "utama", "tanda"):
            assert min(contrast(colours[text], "#ffffff"), contrast(colours[text], colours["latar"])) >= 4.5, text
    from regsosek.profile.charts import DARK, LIGHT, MIDDLE  # noqa: PLC0415

    assert contrast(DARK, MIDDLE) > 2.5 and contrast(DARK, LIGHT) > 4.5


def test_a_workbook_has_every_table_and_no_formula(composed: Composed, tmp_path: Path) -> None:
    for name, (document, _) in composed.items():
        path = tmp_path / "profil.xlsx"
        write_workbook(document, path)
        book = load_workbook(path)
        assert book.sheetnames == ["Isi", *(table.kunci for table in document.tabel)], name
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
        assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+-@"]
        for table in document.tabel:
            rows = [[cell.value for cell in row[: len(table.kolom)]] for row in book[table.kunci].iter_rows(min_row=6)]
            for found, expected in zip(rows, table.baris, strict=False):
                for seen, meant in zip(found, expected, strict=True):
                    if isinstance(meant, float):  # a workbook keeps sixteen digits
                        assert seen == pytest.approx(meant, rel=1e-14), table.kunci
                    else:
                        assert (seen or None) in (meant or None, f"'{meant}"), table.kunci
    write_workbook(composed["desa"][0], tmp_path / "usaha.xlsx")
    assert load_workbook(tmp_path / "usaha.xlsx")["7.2 Usaha"]["A6"].value == '\'=HYPERLINK("http://jahat")'
