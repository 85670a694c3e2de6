"""The form REGSOSEK22-K as data: the one place that knows its items, codes and skip pattern.

The YAML files in ``regsosek22k/`` hold one block of the form each. Everything else that needs an item (raw
contract, normalising SQL, Great Expectations suites, label seed, sample domains, data dictionary) derives
from here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

Version = Literal["final", "draft"]
Table = Literal["k_rt", "k_art"]
Kind = Literal["kode", "kode_jumlah", "bilangan", "teks", "identitas", "kunci"]

FORM = Path(__file__).parent / "regsosek22k"


class Conflict(BaseModel):
    """Two public sources that disagree about an item's codes."""

    model_config = ConfigDict(extra="forbid")

    sumber: str
    catatan: str
    kode: dict[int, int] = Field(default_factory=dict, description="code of that source -> code used here")


class Item(BaseModel):
    """One item of the form, which is one column of a delivered file.

    ``kind`` tells how the answer is coded: ``kode`` (one of ``nilai``), ``kode_jumlah`` (a sum of the powers of
    two in ``nilai``, or one of ``nilai_khusus``), ``bilangan`` (an integer within ``rentang``), ``teks`` (free
    text, never normalised), ``identitas`` (a person's identity, stays in raw) or ``kunci`` (a key column).

    ``ditanya`` is an SQL predicate over item codes, three-valued: true where the item must be answered, false
    where it must be empty, null where that cannot be told. For persons it is judged among residents only.
    ``wajib`` is false where an empty answer is legitimate although the item was asked.
    """

    model_config = ConfigDict(extra="forbid")

    kode: str
    nomor: str = Field(description="number as printed on the form, e.g. 306a")
    label: str
    tabel: Table
    blok: str
    jenis: Kind
    nilai: dict[int, str] = Field(default_factory=dict)
    nilai_draft: dict[int, str] | None = None
    nilai_khusus: dict[int, str] = Field(default_factory=dict)
    rentang: tuple[int, int] | None = None
    satuan: str | None = None
    ditanya: str = "true"
    ditanya_kepada: str = "semua"
    wajib: bool = True
    keparahan: Literal["kosongkan", "tolak_keluarga"] = "kosongkan"
    versi: tuple[Version, ...] = ("final", "draft")
    alias: dict[str, list[str]] = Field(default_factory=dict)
    konflik: list[Conflict] = Field(default_factory=list)
    catatan: str | None = None

    @model_validator(mode="after")
    def _domain_fits_kind(self) -> Item:
        if self.jenis in ("kode", "kode_jumlah") and not self.nilai:
            raise ValueError(f"{self.kode}: {self.jenis} needs nilai")
        if self.jenis == "bilangan" and self.rentang is None:
            raise ValueError(f"{self.kode}: bilangan needs rentang")
        return self

    @property
    def bertipe(self) -> bool:
        """Whether the normaliser turns this item into an integer column of ``registri``."""
        return self.jenis in ("kode", "kode_jumlah", "bilangan")

    def labels(self, versi: Version) -> dict[int, str]:
        """Codes and labels in that version of the form."""
        if versi == "draft" and self.nilai_draft is not None:
            return self.nilai_draft
        return self.nilai

    def domain(self, versi: Version) -> tuple[int, ...] | range:
        """Every integer that is a valid answer in that version."""
        if self.jenis == "bilangan" and self.rentang:
            return range(self.rentang[0], self.rentang[1] + 1)
        if self.jenis == "kode_jumlah":
            top = self.rentang[1] if self.rentang else sum(self.nilai)
            return (*range(top + 1), *self.nilai_khusus)
        return tuple(sorted(self.labels(versi)))


class Codebook(BaseModel):
    """A form: its items in order, and the codes that make a person a resident."""

    model_config = ConfigDict(extra="forbid")

    instrumen: str
    penduduk: dict[Version, tuple[int, ...]]
    items: tuple[Item, ...]

    def table(self, tabel: Table) -> tuple[Item, ...]:
        """Items delivered in that file, in form order."""
        return tuple(item for item in self.items if item.tabel == tabel)

    def typed(self, tabel: Table) -> tuple[Item, ...]:
        """Items of that file that become integer columns."""
        return tuple(item for item in self.table(tabel) if item.bertipe)

    def item(self, kode: str) -> Item:
        """The item with that code; KeyError if the form has none."""
        for item in self.items:
            if item.kode == kode:
                return item
        raise KeyError(kode)


@cache
def load_codebook(form: Path = FORM) -> Codebook:
    """Read ``form.yml`` and the blocks it lists."""
    head: dict[str, Any] = yaml.safe_load((form / "form.yml").read_text(encoding="utf-8"))
    items: list[dict[str, Any]] = []
    for name in head.pop("blok"):
        block = yaml.safe_load((form / name).read_text(encoding="utf-8"))
        shared = {"tabel": block["tabel"], "blok": block["blok"]}
        items.extend({**shared, **item} for item in block["items"])
    return Codebook.model_validate({**head, "items": items})
