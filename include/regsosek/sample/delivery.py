"""Writing deliveries: the two CSV files of layout A and their kiriman.yml."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
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
from regsosek.sample.district import Part
from regsosek.sample.draws import EMPTY
from regsosek.sample.planting import Fault, Planted, fault

NOTE = "DATA SINTETIS: dibuat oleh pembangkit contoh, bukan data orang yang sebenarnya."
MODEL = "peringkat sintetis"
PLACE_CODES = ("r101", "r102", "r103", "r104", "r105")


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
class Delivery:
    """A delivery being written: add parts, then finish.

    Attributes, besides the arguments:
        record: by table the record number the next row will have; the header is record 1.
        families: village -> families in the files, as kiriman.yml will declare them.
        faults: what the gate has to find in it.
        sizes: bytes by table.
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
        self.faults: list[Fault] = []
        self.sizes: dict[Table, int] = dict.fromkeys(TABLES, 0)
        self._digest = {tabel: hashlib.sha256() for tabel in TABLES}
        self._files = {tabel: (self.folder / f"{tabel}.csv").open("wb") for tabel in TABLES}

    def add(self, part: Part, planted: Planted | None = None, villages: range | None = None) -> None:
        """Append the part with what was planted in it, or only the villages with these indices."""
        planted = planted or Planted()
        villages = villages or range(len(part.villages))
        first, last = (int(row) for row in np.searchsorted(part.village, (villages.start, villages.stop)))
        persons = (int(row) for row in np.searchsorted(part.family, (first, last)))
        rows: dict[Table, range] = {"k_rt": range(first, last), "k_art": range(*persons)}
        tables: dict[Table, district.Table] = {"k_rt": part.k_rt, "k_art": part.k_art}
        for each in planted.faults:
            if each.row in rows[each.tabel]:
                record = self.record[each.tabel] + each.row - rows[each.tabel].start
                self.faults.append(fault(each.tabel, record, each.aturan, each.kode_desa))
        for tabel in TABLES:
            self._write(tabel, self._columns(tabel, tables[tabel], planted.cells[tabel], rows[tabel]))
            self.record[tabel] += len(rows[tabel])
        counts = np.bincount(part.village[first:last], minlength=len(part.villages))
        for index in villages:
            kode = part.villages[index].kode_desa
            self.families[kode] = int(counts[index]) - planted.astray[kode]

    def finish(self, **changes: Any) -> None:
        """Close the files and describe them in kiriman.yml.

        ``changes`` replace whole keys of it, and one that is None leaves its key out.
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
            "desa": self.families,
            "catatan": NOTE,
            **changes,
        }
        described = {key: value for key, value in description.items() if value is not None}
        (self.folder / "kiriman.yml").write_text(
            yaml.dump(described, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=120),
            encoding="utf-8",
        )

    def _columns(
        self, tabel: Table, table: district.Table, cells: Mapping[str, Mapping[int, str]], rows: range
    ) -> dict[str, pa.Array]:
        """The rows as text and nullable integers, in form order, under the headers of the dialect."""
        columns = {}
        for item in self.codebook.table(tabel):
            if self.versi not in item.versi:
                continue
            column = table.get(item.kode)
            values = pa.nulls(len(rows), pa.string()) if column is None else _cells(column[rows.start : rows.stop])
            changed = {row - rows.start: text for row, text in cells.get(item.kode, {}).items() if row in rows}
            if changed:
                values = _replaced(values, changed)
            if self.dialect.lost_zeros and item.kode in PLACE_CODES:
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
    rows = sorted(cells)
    mask = np.zeros(len(values), dtype=bool)
    mask[list(rows)] = True
    texts = pa.array([cells[row] or None for row in rows], pa.string())
    return pc.replace_with_mask(values.cast(pa.string()), pa.array(mask), texts)
