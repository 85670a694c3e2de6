"""Making a sample: which villages, in which deliveries, with which faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np

from regsosek.codebook import TABLES, Table, Version, load_codebook
from regsosek.sample.delivery import PLAIN, Delivery, Dialect
from regsosek.sample.district import Part, make_part
from regsosek.sample.villages import choose_villages, share_out, standings

CUT_OFF = date(2022, 11, 30)
SEED = 2022

Per = Literal["kecamatan", "desa", "kabupaten"]
Faults = Literal["tanpa", "baris", "semua"]


@dataclass
class Summary:
    """What was written: folders of deliveries, rows and bytes by file."""

    folders: list[Path] = field(default_factory=list)
    rows: dict[Table, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    sizes: dict[Table, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))

    def count(self, delivery: Delivery) -> None:
        """Add a delivery that is complete."""
        self.folders.append(delivery.folder)
        for tabel in TABLES:
            self.rows[tabel] += delivery.record[tabel] - 2
            self.sizes[tabel] += delivery.sizes[tabel]


def generate(  # noqa: PLR0913 - all but two have defaults, and are given by name
    folder: Path,
    *,
    desa: Sequence[str] | None = None,
    keluarga: int,
    seed: int = SEED,
    faults: Faults = "baris",
    versi: Version = "final",
    cut_off: date = CUT_OFF,
    per: Per = "kecamatan",
    dialect: Dialect = PLAIN,
) -> Summary:
    """Write deliveries of synthetic families into ``folder``, one per kecamatan, village or kabupaten.

    ``desa`` are the villages (None: all of the seed), ``keluarga`` the families of all of them together. The same
    arguments give the same bytes. A delivery's folder must not exist yet (FileExistsError).
    """
    codebook = load_codebook()
    summary = Summary()
    delivery: Delivery | None = None

    def start(name: str) -> Delivery:
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        return Delivery(folder / f"{cut_off}_{slug}", codebook, versi, cut_off, dialect)

    for part in _parts(desa, keluarga, seed, versi):
        if per == "desa":
            for index, village in enumerate(part.villages):
                single = start(f"{village.kode_desa}-{village.nama_desa}")
                single.add(part, villages=range(index, index + 1))
                single.finish()
                summary.count(single)
            continue
        if delivery is None:
            delivery = start("kabupaten" if per == "kabupaten" else part.villages[0].nama_kecamatan)
        delivery.add(part)
        if per == "kecamatan":
            delivery.finish()
            summary.count(delivery)
            delivery = None
    if delivery is not None:
        delivery.finish()
        summary.count(delivery)
    return summary


def _parts(desa: Sequence[str] | None, keluarga: int, seed: int, versi: Version) -> Iterator[Part]:
    """The clean data, one kecamatan after the other."""
    villages = choose_villages(desa)
    counts = share_out(villages, keluarga, seed)
    standing = standings(villages, counts, seed)
    first = 0
    serial = 0
    for kecamatan, members in groupby(villages, key=lambda village: village.kode_kecamatan):
        here = list(members)
        number = counts[first : first + len(here)]
        families = int(number.sum())
        rng = np.random.default_rng([seed, int(kecamatan), 2])
        yield make_part(here, number, standing[serial : serial + families], serial, rng, versi)
        first += len(here)
        serial += families
