"""A document set by Typst: two pages of PDF, or one picture. Fonts come with Typst, so it looks alike everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regsosek.profile.document import Document, Table

if TYPE_CHECKING:
    from typst import Compiler

TEMPLATE = Path(__file__).parent / "templates" / "profile.typ"
PICTURE_PPI = 144.0
"""1080 x 1350 pixels."""

EXPLANATION = {
    "publik": "Angka yang boleh keluar dari kantor baru dimuat di sini setelah seseorang yang berwenang menyetujuinya. "
    "Sampai saat itu salinan ini hanya memuat yang memang sudah umum: nama wilayah, angka resmi kabupaten, dan "
    "definisi indikator. Salinan internal ada pada pemerintah desa dan perangkat daerah.",
    "internal": "Salinan ini memuat angka begitu ada kiriman yang diterima untuk wilayah ini.",
}


class Paper(StrEnum):
    """Paper of the PDF."""

    a4 = "a4"
    f4 = "f4"


class TypesettingError(RuntimeError):
    """A document could not be set: it does not fit, or its emblem is no picture."""


def pdf(document: Document, plots: Mapping[str, str], paper: Paper, emblem: Path | None) -> bytes:
    """The two pages.

    Args:
        document: what they say.
        plots: SVG by section.
        paper: A4, or F4 (215 x 330 mm).
        emblem: a picture of the village's emblem, if there is one.

    Raises:
        TypesettingError: it does not fit on two pages, or the emblem cannot be read.
    """
    (made,) = _compile(_content(document, plots, paper.value, emblem), emblem, format="pdf", pdf_standards="ua-1")
    return made


def picture(document: Document, plots: Mapping[str, str], emblem: Path | None) -> bytes:
    """One page as PNG, for a chat group; see :func:`pdf`."""
    (made,) = _compile(_content(document, plots, "gambar", emblem), emblem, format="png", ppi=PICTURE_PPI)
    return made


def _compile(content: dict[str, Any], emblem: Path | None, **options: Any) -> list[bytes]:
    from typst import TypstError  # noqa: PLC0415 - with its fonts, a tenth of a second

    try:
        made = _compiler(emblem.parent if emblem else TEMPLATE.parent).compile(
            input=TEMPLATE.read_bytes(), sys_inputs={"isi": json.dumps(content, ensure_ascii=False)}, **options
        )
    except TypstError as error:
        # Its message names places of the template and the words of panic(), nothing of the figures.
        raise TypesettingError(f"{content['jenis']} {content['nama']} tidak dapat ditata: {error.message}") from None
    assert made is not None
    return made if isinstance(made, list) else [made]


@cache
def _compiler(root: Path) -> Compiler:
    from typst import Compiler  # noqa: PLC0415

    return Compiler(root=str(root), ignore_system_fonts=True)


def _content(document: Document, plots: Mapping[str, str], paper: str, emblem: Path | None) -> dict[str, Any]:
    from regsosek.profile.charts import described  # noqa: PLC0415

    tables = {table.kunci: table for table in document.tabel}
    return {
        "kertas": paper,
        "lambang": f"/{emblem.name}" if emblem else None,
        "salinan": document.salinan.value,
        "pita": document.pita,
        "judul": document.judul,
        "nama": document.nama,
        "jenis": document.jenis,
        "letak": document.letak,
        "kode": document.kode,
        "keadaan": document.keadaan,
        "rilis": document.rilis,
        "dibuat": document.dibuat,
        "kartu": [asdict(card) for card in document.kartu],
        "ringkasan": document.ringkasan,
        "belahan": _middle([text for _, text in document.ringkasan]),
        "bagian": {
            key: {
                "judul": section.judul,
                "kalimat": [sentence for sentence in section.kalimat if sentence],
                "svg": plots.get(key),
                "alt": described(section.gambar) if section.gambar else "",
                "keterangan": section.keterangan,
                "tanpa_gambar": section.tanpa_gambar,
            }
            for key, section in document.bagian.items()
        },
        "ringkas": _table(document.ringkas),
        "desa": _table(document.desa) if document.desa else None,
        "mutu": document.mutu,
        "rentan": document.rentan,
        "baca": document.baca,
        "menunggu": document.menunggu,
        "penjelasan": EXPLANATION[document.salinan.value],
        "resmi": _official(tables["11.1 Resmi"]) if "11.1 Resmi" in tables else None,
        "definisi": _table(document.definisi),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "judul": table.judul,
        "kolom": [column.judul for column in table.kolom],
        "baris": table.texts(),
        "catatan": " ".join(table.catatan),
    }


def _official(table: Table) -> dict[str, Any]:
    """Year and figures, without where each was found: the workbook has that."""
    set_ = _table(table)
    return set_ | {
        "kolom": set_["kolom"][:7],
        "baris": [row[:7] for row in set_["baris"]],
        "catatan": table.catatan[0],
    }


def _middle(texts: list[str]) -> int:
    """How many of the paragraphs go into the first of two columns of about the same length."""
    lengths = [len(text) for text in texts]
    return min(range(len(texts) + 1), key=lambda place: abs(sum(lengths[:place]) - sum(lengths[place:])))
