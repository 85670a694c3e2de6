"""The form REGSOSEK22-K as data: the one place that knows its items, codes and skip pattern.

The YAML files in ``regsosek22k/`` hold one block of the form each. Everything else that needs an item (raw
contract, normalising SQL, Great Expectations suites, label seed, sample domains, data dictionary) derives
from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from regsosek.yaml_file import read_yaml

Version = Literal["final", "draft"]
Table = Literal["k_rt", "k_art"]
Kind = Literal["kode", "kode_jumlah", "bilangan", "teks", "identitas", "kunci"]
Naming = Literal["opensid", "dtsen", "lain"]

VERSIONS: tuple[Version, ...] = ("final", "draft")
TABLES: tuple[Table, ...] = ("k_rt", "k_art")
NAMINGS: tuple[Naming, ...] = ("opensid", "dtsen", "lain")
FORM = Path(__file__).parent / "regsosek22k"


def header_key(header: str) -> str:
    """A column header as it is compared: case, spaces and punctuation do not tell two headers apart."""
    return re.sub(r"[^0-9a-z]+", "_", header.lower()).strip("_")


class Conflict(BaseModel):
    """A public source that disagrees with the form as it is read here.

    Where ``sumber`` is one of the naming families of ``Item.alias``, a column delivered under a name of that family
    carries the codes of that source and ``kode`` says how to read them.
    """

    model_config = ConfigDict(extra="forbid")

    sumber: str
    catatan: str
    kode: dict[int, int] = Field(default_factory=dict, description="code of that source -> code used here")


class Item(BaseModel):
    """One item of the form, which is one column of a delivered file.

    ``jenis`` tells how the answer is coded: ``kode`` (one of ``nilai``), ``kode_jumlah`` (a sum of the powers of
    two in ``nilai``, whose 0 means none, or one of ``nilai_khusus``), ``bilangan`` (an integer within ``rentang``),
    ``teks`` (free text, never normalised), ``identitas`` (a person's identity, stays in raw) or ``kunci`` (a key
    column, text).

    ``ditanya`` is an SQL predicate over item codes, three-valued: true where the item must be answered, false
    where it must be empty, null where that cannot be told. It is judged among the rows of ``Codebook.dasar`` only.
    ``wajib`` is false where an empty answer is legitimate although the item was asked.
    ``tidak_tahu`` are the codes that stand for "does not know".
    """

    model_config = ConfigDict(extra="forbid")

    kode: str
    nomor: str | None = Field(None, description="number as printed on the form, e.g. 306a; None: not on the form")
    label: str
    tabel: Table
    blok: str
    jenis: Kind
    nilai: dict[int, str] = Field(default_factory=dict)
    nilai_draft: dict[int, str] | None = None
    nilai_khusus: dict[int, str] = Field(default_factory=dict)
    tidak_tahu: tuple[int, ...] = ()
    rentang: tuple[int, int] | None = None
    satuan: str | None = None
    ditanya: str = "true"
    ditanya_kepada: str = "semua"
    wajib: bool = True
    keparahan: Literal["kosongkan", "tolak_keluarga"] = "kosongkan"
    versi: tuple[Version, ...] = VERSIONS
    alias: dict[Naming, list[str]] = Field(default_factory=dict)
    konflik: list[Conflict] = Field(default_factory=list)
    catatan: str | None = None

    @model_validator(mode="after")
    def _domain_fits_kind(self) -> Item:
        if self.jenis in ("kode", "kode_jumlah") and not self.nilai:
            raise ValueError(f"{self.kode}: {self.jenis} needs nilai")
        if (self.jenis == "bilangan") != (self.rentang is not None):
            raise ValueError(f"{self.kode}: rentang belongs to bilangan, and to it alone")
        if self.jenis == "kode_jumlah" and any(bit & (bit - 1) for bit in self.nilai):
            raise ValueError(f"{self.kode}: kode_jumlah needs powers of two")
        return self

    @property
    def bertipe(self) -> bool:
        """Whether the normaliser turns this item into an integer column of ``registri``."""
        return self.jenis in ("kode", "kode_jumlah", "bilangan")

    def labels(self, versi: Version) -> dict[int, str]:
        """Codes and labels in that version of the form; for ``kode_jumlah`` of its parts and special codes."""
        if versi not in self.versi:
            return {}
        if versi == "draft" and self.nilai_draft is not None:
            return self.nilai_draft
        return self.nilai | self.nilai_khusus

    def domain(self, versi: Version) -> tuple[int, ...] | range:
        """Every integer that is a valid answer in that version, ascending; empty if that version lacks the item."""
        if versi not in self.versi:
            return ()
        if self.rentang is not None:
            return range(self.rentang[0], self.rentang[1] + 1)
        if self.jenis == "kode_jumlah":
            return (*range(sum(self.nilai) + 1), *sorted(self.nilai_khusus))
        return tuple(sorted(self.labels(versi)))

    def names(self) -> Iterator[tuple[str, Naming | None]]:
        """Header keys this column goes by, with the naming family they belong to (None: the form's own)."""
        yield header_key(self.kode), None
        if self.nomor is not None:
            yield header_key(self.nomor), None
        for family, names in self.alias.items():
            for name in names:
                yield header_key(name), family

    def recode(self, family: Naming | None) -> dict[int, int]:
        """Codes to exchange, all at once, in a column delivered under a name of that family."""
        return {
            old: new for conflict in self.konflik if conflict.sumber == family for old, new in conflict.kode.items()
        }


class Codebook(BaseModel):
    """A form: its items in order, and what holds for a whole file.

    ``penduduk`` are the codes of r404 that make a person a resident. ``wajib_kolom`` are the columns without which
    a file is refused. ``dasar`` is the SQL predicate, per file, of the rows that items are asked of at all.
    """

    model_config = ConfigDict(extra="forbid")

    instrumen: str
    penduduk: dict[Version, tuple[int, ...]]
    wajib_kolom: dict[Table, tuple[str, ...]]
    dasar: dict[Table, str]
    judul_blok: dict[str, str]
    items: tuple[Item, ...]

    def table(self, tabel: Table) -> tuple[Item, ...]:
        """Items delivered in that file, in form order."""
        return tuple(item for item in self.items if item.tabel == tabel)

    def typed(self, tabel: Table) -> tuple[Item, ...]:
        """Items of that file that become integer columns, whatever the version."""
        return tuple(item for item in self.table(tabel) if item.bertipe)

    def item(self, kode: str, tabel: Table | None = None) -> Item:
        """The item with that code, KeyError if there is none; key columns alone are in both files."""
        for item in self.items:
            if item.kode == kode and tabel in (None, item.tabel):
                return item
        raise KeyError(kode)

    def headers(self, tabel: Table) -> dict[str, tuple[str, Naming | None]]:
        """Every header key of that file: the item code it means and the naming family it belongs to."""
        return {name: (item.kode, family) for item in self.table(tabel) for name, family in item.names()}


def codes_in(predicate: str) -> frozenset[str]:
    """Item codes an SQL predicate speaks of."""
    return frozenset(re.findall(r"\br\d{3}[a-z0-9_]*", predicate))


@cache
def load_codebook(form: Path = FORM) -> Codebook:
    """Read ``form.yml`` and the blocks it lists; an item of several files is repeated for each."""
    head: dict[str, Any] = read_yaml(form / "form.yml")
    items: list[dict[str, Any]] = []
    titles: dict[str, str] = {}
    for name in head.pop("blok"):
        block = read_yaml(form / name)
        titles[block["blok"]] = block["judul"]
        for item in block["items"]:
            tables = item.pop("tabel", block["tabel"])
            items.extend(
                {**item, "tabel": tabel, "blok": block["blok"]}
                for tabel in ([tables] if isinstance(tables, str) else tables)
            )
    return Codebook.model_validate({**head, "judul_blok": titles, "items": items})
