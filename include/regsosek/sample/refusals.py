"""Deliveries that are refused as a whole, or whose village is: one a rule, small, beside the good ones."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from regsosek.codebook import Table
from regsosek.sample.delivery import Delivery
from regsosek.sample.district import Part
from regsosek.sample.planting import MOST_REJECTED, File, Planted, RowFault, fault

FAMILIES = 40
"""Families of a delivery that is refused."""

FOREIGN = "99"
"""r102 of a district that does not exist."""

Open = Callable[[str], Delivery]
"""Opens a delivery of that name."""
Rows = list[list[str]]


def write_refused(start: Open, part: Part, village: int) -> Iterator[Delivery]:
    """One delivery per rule that refuses a delivery, and per rule that refuses a village without an earlier release.

    Each holds some families of the village with that index.
    """
    here = part.village == village
    some = _Slice(start, part.some(here & (np.cumsum(here) <= FAMILIES)), village)
    yield from _by_description(some)
    yield from _by_content(some)
    yield from _village_refused(some)


def write_later(start: Open, part: Part, released: Mapping[int, int]) -> Iterator[Delivery]:
    """Deliveries that a release has to precede: a village that lost 40 % of its families, one that lost 15 %.

    ``released`` are two villages by their index with the families that the release has of them. The first delivery
    does not declare how many families it has.
    """
    (shrinking, many), (changing, some) = released.items()
    for village, families, faults in (
        (shrinking, int(0.60 * many), ("keluarga_turun_tajam", "jumlah_keluarga_rilis")),
        (changing, int(0.85 * some), ("jumlah_keluarga_rilis",)),
    ):
        here = part.village == village
        delivery = start(f"susulan {faults[0]}")
        delivery.add(part.some(here & (np.cumsum(here) <= families)), villages=range(village, village + 1))
        declared = {} if len(faults) == 1 else {"desa": None}
        delivery.finish(**declared)
        delivery.faults += [fault("k_rt", None, aturan, part.villages[village].kode_desa) for aturan in faults]
        yield delivery


@dataclass(frozen=True)
class _Slice:
    """Some families of one village, to make a delivery of."""

    start: Open
    part: Part
    village: int

    @property
    def kode_desa(self) -> str:
        return self.part.villages[self.village].kode_desa

    def write(self, aturan: str, planted: Planted | None = None) -> Delivery:
        """An unfinished delivery of them."""
        delivery = self.start(f"ditolak {aturan}")
        delivery.add(self.part, planted, range(self.village, self.village + 1))
        return delivery


def _by_description(some: _Slice) -> Iterator[Delivery]:
    """What kiriman.yml says is wrong, or does not fit the files."""
    cases: list[tuple[File, str, dict[str, Any]]] = [
        ("kiriman", "kiriman_yml_tidak_sah", {"versi": "akhir"}),
        ("k_rt", "jumlah_baris_berbeda", {"berkas": {"k_rt.csv": {"baris": 10 * FAMILIES}}}),
        ("k_art", "sidik_berkas_berbeda", {"berkas": {"k_art.csv": {"sha256": "0" * 64}}}),
    ]
    for berkas, aturan, changes in cases:
        delivery = some.write(aturan)
        delivery.finish(**changes)
        delivery.faults.append(fault(berkas, None, aturan, None))
        yield delivery
    yield _undeclared_draft(some)


def _undeclared_draft(some: _Slice) -> Delivery:
    """Answers that both versions of the form allow, and no word of which it is."""
    k_rt = {**some.part.k_rt, "r506": np.minimum(some.part.k_rt["r506"], 2)}
    k_art = {**some.part.k_art, "r404": np.minimum(some.part.k_art["r404"], 5)}
    delivery = some.start("ditolak versi_ambigu")
    delivery.versi = "draft"
    delivery.add(replace(some.part, k_rt=k_rt, k_art=k_art), villages=range(some.village, some.village + 1))
    delivery.finish(versi=None)
    delivery.faults.append(fault("kiriman", None, "versi_ambigu", None))
    return delivery


def _by_content(some: _Slice) -> Iterator[Delivery]:
    """What the files hold is not of this district or cannot be read."""
    planted = Planted()
    for row in range(len(some.part.village)):
        planted.set("k_rt", "r102", row, FOREIGN)
    for row in range(len(some.part.family)):
        planted.set("k_art", "r102", row, FOREIGN)
    foreign = some.write("desa_bukan_kabupaten", planted)
    foreign.finish(desa=None)
    foreign.faults.append(fault("kiriman", None, "desa_bukan_kabupaten", None))
    yield foreign

    def drop_key(rows: Rows) -> int:
        key = rows[0].index("r103")
        for row in rows:
            del row[key]
        return 1

    def repeat_title(rows: Rows) -> int:
        rows[0][rows[0].index("r302")] = " R301A"
        return 1

    def cut_off(rows: Rows) -> int:
        del rows[-1][len(rows[-1]) // 2 :]
        return len(rows)

    changes: list[tuple[Table, str, Callable[[Rows], int]]] = [
        ("k_rt", "kolom_kunci_hilang", drop_key),
        ("k_rt", "judul_kolom_ganda", repeat_title),
        ("k_art", "berkas_tidak_terbaca", cut_off),
    ]
    for tabel, aturan, change in changes:
        delivery = some.write(aturan)
        delivery.finish(berkas=None)
        record = _rewrite(delivery.folder / f"{tabel}.csv", change)
        delivery.faults.append(fault(tabel, record, aturan, None))
        yield delivery


def _village_refused(some: _Slice) -> Iterator[Delivery]:
    """More rejected families than a village may have; no family left."""
    few = some.part.some(np.arange(len(some.part.village)) < MOST_REJECTED - 1)
    for aturan, part, rejected in (
        ("keluarga_ditolak_berlebih", some.part, MOST_REJECTED + 1),
        ("keluarga_tidak_ada", few, len(few.village)),
    ):
        planted = Planted()
        for family in range(rejected):
            planted.set("k_rt", "id", family, "")
            planted.faults.append(RowFault("k_rt", family, "id_keluarga_hilang", some.kode_desa))
        for person in range(int(np.searchsorted(part.family, rejected))):
            planted.faults.append(RowFault("k_art", person, "anggota_tanpa_keluarga", some.kode_desa))
        delivery = replace(some, part=part).write(aturan, planted)
        delivery.finish()
        delivery.faults.append(fault("k_rt", None, aturan, some.kode_desa))
        yield delivery


def _rewrite(path: Path, change: Callable[[Rows], int]) -> int:
    """Change the rows of a small file; returns the record that ``change`` says is at fault."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    record = change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return record
