"""A profile as it is read, before it is set: every renderer shows the same words, numbers and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from regsosek.profile.charts import Chart
from regsosek.profile.facts import Copy
from regsosek.profile.language import number

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column of a table; ``desimal`` is for numbers that are not whole."""

    judul: str
    desimal: int = 1


@dataclass(frozen=True)
class Table:
    """A table with everything that is needed to read it.

    Attributes:
        kunci: its sheet in the workbook.
        satuan: what is counted, and of whom.
        catatan: source, definitions, what to be careful about.
    """

    kunci: str
    judul: str
    satuan: str
    kolom: tuple[Column, ...]
    baris: tuple[tuple[Cell, ...], ...]
    catatan: tuple[str, ...] = ()

    def texts(self) -> list[list[str]]:
        """The rows as they are read: Indonesian numbers, a dash where there is none."""
        return [[self._text(cell, column) for cell, column in zip(row, self.kolom, strict=True)] for row in self.baris]

    def numeric(self) -> list[bool]:
        """Which columns hold numbers."""
        return [
            any(isinstance(row[place], int | float) for row in self.baris)
            and not any(isinstance(row[place], str) for row in self.baris)
            for place in range(len(self.kolom))
        ]

    @staticmethod
    def _text(cell: Cell, column: Column) -> str:
        if isinstance(cell, str):
            return cell
        return number(cell, column.desimal if isinstance(cell, float) else 0)


@dataclass(frozen=True)
class Card:
    """One key figure: its name, the number with its unit, and of whom it speaks and how sure it is."""

    label: str
    nilai: str
    satuan: str
    keterangan: str


@dataclass(frozen=True)
class Section:
    """A plot with what it says: sentences before it, how to read it below.

    Attributes:
        tanpa_gambar: why there is no plot; empty where there is one.
        tabel: tables with the numbers of the plot.
    """

    judul: str
    kalimat: tuple[str, ...]
    gambar: Chart | None
    keterangan: str
    tanpa_gambar: str = ""
    tabel: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """One copy of one profile.

    Attributes:
        pita: what the band at the top says of who may read it.
        kode: codes of the area.
        keadaan: how old the data is.
        rilis: release, definitions, source.
        ringkasan: (lead, sentences).
        ringkas: the table of page two; ``desa``, of a kecamatan, is beside it.
        definisi: what the table of page two will hold, for a copy without figures.
        mutu: (what, how many) about the data; ``rentan`` about who needs attention.
        baca: how to read the figures.
        menunggu: why the copy holds no figures; empty where it does.
        tabel: all tables, for page and workbook.
    """

    salinan: Copy
    pita: str
    judul: str
    nama: str
    jenis: str
    letak: str
    kode: str
    keadaan: str
    rilis: str
    dibuat: str
    kartu: tuple[Card, ...]
    ringkasan: tuple[tuple[str, str], ...]
    bagian: Mapping[str, Section]
    ringkas: Table
    desa: Table | None
    definisi: Table
    mutu: tuple[tuple[str, str], ...]
    rentan: tuple[tuple[str, str], ...]
    baca: tuple[tuple[str, str], ...]
    menunggu: str = ""
    tabel: tuple[Table, ...] = field(default_factory=tuple)

    @property
    def sebutan(self) -> str:
        """Desa Pagerwangi."""
        return f"{self.jenis} {self.nama}"
