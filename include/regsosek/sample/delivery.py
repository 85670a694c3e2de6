"""Writing deliveries: the two CSV files of layout A and their kiriman.yml."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import yaml

from regsosek.codebook import TABLES, Codebook, Table, Version
from regsosek.sample import district
from regsosek.sample.draws import EMPTY

NOTE = "DATA SINTETIS: dibuat oleh pembangkit contoh, bukan data orang yang sebenarnya."
MODEL = "peringkat sintetis"


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is spelled; the default is the plain one."""

    delimiter: Literal[",", ";", "\t"] = ","
    encoding: Literal["utf-8", "utf-8-sig"] = "utf-8"
    line_end: Literal["\n", "\r\n"] = "\n"
    quoted: bool = False
    lost_zeros: bool = False
    """Codes of places as numbers: 010 is written 10."""
    headers: Literal["r", "tanpa r", "opensid"] = "r"
    """``r306a``, ``306a``, or the names OpenSID gives, where it gives one."""


PLAIN = Dialect()


@dataclass
class Edits:
    """Cells that are written otherwise than the clean table has them: table -> item -> {row: text}."""

    cells: dict[Table, dict[str, dict[int, str]]] = field(default_factory=lambda: {tabel: {} for tabel in TABLES})

    def set(self, tabel: Table, item: str, row: int, text: str) -> None:
        """Write this text instead of the clean answer; "" empties the cell."""
        self.cells[tabel].setdefault(item, {})[row] = text


@dataclass
class Delivery:
    """A delivery being written: add parts, then finish.

    ``record`` of each table is the record number the next row will have; the header is record 1.
    """

    folder: Path
    codebook: Codebook
    versi: Version
    cut_off: date
    dialect: Dialect = PLAIN

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.record: dict[Table, int] = dict.fromkeys(TABLES, 2)
        self.families: dict[str, int] = {}
        self.sizes: dict[Table, int] = dict.fromkeys(TABLES, 0)
        self._digest = {tabel: hashlib.sha256() for tabel in TABLES}
        self._files = {tabel: (self.folder / f"{tabel}.csv").open("wb") for tabel in TABLES}

    def add(self, part: district.Part, edits: Edits | None = None, villages: range | None = None) -> None:
        """Append the part, or only the villages with these indices in it."""
        villages = villages or range(len(part.villages))
        first, last = np.searchsorted(part.village, (villages.start, villages.stop))
        bounds = {"k_rt": (first, last), "k_art": tuple(np.searchsorted(part.family, (first, last)))}
        for tabel in TABLES:
            start, stop = bounds[tabel]
            columns = self._columns(tabel, part.k_rt if tabel == "k_rt" else part.k_art, edits, int(start), int(stop))
            self._write(tabel, columns)
            self.record[tabel] += int(stop - start)
        counts = np.bincount(part.village[first:last], minlength=len(part.villages))
        self.families |= {part.villages[index].kode_desa: int(counts[index]) for index in villages}

    def finish(self, families: Mapping[str, int] | None = None, **changes: Any) -> None:
        """Close the files and describe them in kiriman.yml.

        ``families`` are declared instead of the true numbers by village; ``changes`` replace whole keys, and one
        that is None leaves its key out.
        """
        for file in self._files.values():
            file.close()
        description = {
            "sumber": "regsosek",
            "instrumen": self.codebook.instrumen,
            "versi": self.versi,
            "cut_off": self.cut_off,
            "peringkat": {"kolom": "desil", "skala": "kabupaten", "model": MODEL, "cut_off": self.cut_off},
            "berkas": {
                f"{tabel}.csv": {"baris": self.record[tabel] - 2, "sha256": self._digest[tabel].hexdigest()}
                for tabel in TABLES
            },
            "desa": dict(families or self.families),
            "catatan": NOTE,
            **changes,
        }
        described = {key: value for key, value in description.items() if value is not None}
        (self.folder / "kiriman.yml").write_text(
            yaml.dump(described, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=120),
            encoding="utf-8",
        )

    def _columns(
        self, tabel: Table, table: district.Table, edits: Edits | None, start: int, stop: int
    ) -> dict[str, pa.Array]:
        """The rows from start to stop as text and nullable integers, in form order, headers as the dialect has them."""
        changed = edits.cells[tabel] if edits else {}
        columns = {}
        for item in self.codebook.table(tabel):
            if self.versi not in item.versi:
                continue
            column = table.get(item.kode)
            values = pa.nulls(stop - start, pa.string()) if column is None else _cells(column[start:stop])
            here = {row - start: text for row, text in changed.get(item.kode, {}).items() if start <= row < stop}
            if here:
                values = _replaced(values, here)
            if self.dialect.lost_zeros and item.kode in ("r101", "r102", "r103", "r104", "r105"):
                values = pc.utf8_ltrim(values, "0")
            columns[self._header(item.kode, tabel)] = values
        return columns

    def _header(self, kode: str, tabel: Table) -> str:
        item = self.codebook.item(kode, tabel)
        if self.dialect.headers == "opensid":
            return item.alias.get("opensid", [kode])[0]
        if self.dialect.headers == "tanpa r" and item.nomor is not None:
            return item.nomor
        return "r420" if kode == "r420a" and self.versi == "draft" else kode

    def _write(self, tabel: Table, columns: dict[str, pa.Array]) -> None:
        if self.dialect.quoted:
            columns = {name: values.cast(pa.string()) for name, values in columns.items()}
        quoting: Any = "all_valid" if self.dialect.quoted else "none"
        options = pa.csv.WriteOptions(
            include_header=self.record[tabel] == 2,
            delimiter=self.dialect.delimiter,
            eol=self.dialect.line_end,
            quoting_style=quoting,
            quoting_header="all_valid" if self.dialect.quoted else "none",
            batch_size=16_384,
        )
        sink = pa.BufferOutputStream()
        if self.record[tabel] == 2 and self.dialect.encoding == "utf-8-sig":
            sink.write(b"\xef\xbb\xbf")
        pa.csv.write_csv(pa.table(columns), sink, options)
        data = sink.getvalue()
        self._digest[tabel].update(data)
        self._files[tabel].write(data)
        self.sizes[tabel] += data.size


class _PlainDumper(yaml.SafeDumper):
    """Writes a value again where it occurs again; people read kiriman.yml."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _cells(column: district.Column) -> pa.Array:
    """The column as it is written; -1 becomes an empty cell."""
    if isinstance(column, np.ndarray):
        return pa.array(column, mask=column == EMPTY)
    return column


def _replaced(values: pa.Array, cells: Mapping[int, str]) -> pa.Array:
    rows: Iterable[int] = sorted(cells)
    mask = np.zeros(len(values), dtype=bool)
    mask[list(rows)] = True
    texts = pa.array([cells[row] or None for row in rows], pa.string())
    return pc.replace_with_mask(values.cast(pa.string()), pa.array(mask), texts)
