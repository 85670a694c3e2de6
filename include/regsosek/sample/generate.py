"""Making a sample: which villages, in which deliveries, with which faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np

from regsosek.codebook import TABLES, Table, Version, load_codebook
from regsosek.rules import rule
from regsosek.sample.delivery import PLAIN, Delivery, Dialect
from regsosek.sample.district import Part, Quirks, make_part
from regsosek.sample.draws import Integers
from regsosek.sample.planting import Fault, Planted, Queue, fault, write_faults
from regsosek.sample.recipes import UNKNOWN_VILLAGE, recipes
from regsosek.sample.refusals import write_later, write_refused
from regsosek.sample.villages import Village, choose_villages, share_out, standings

SEED = 2022
CUT_OFF = date(2022, 11, 30)
CUT_OFF_LATER = date(2022, 12, 31)

DECLARED_TOO_MANY = 3
"""Families that kiriman.yml declares beyond those of the files (jumlah_keluarga_kiriman)."""
DECLARED_ABSENT = 100
"""Families it declares of a village that is not there (desa_tidak_terkirim)."""

Per = Literal["kecamatan", "desa", "kabupaten"]
Faults = Literal["tanpa", "baris", "semua"]
Ailing = Mapping[str, str]
"""Rule about a whole village -> the village that breaks it."""


@dataclass
class Summary:
    """What was written.

    Attributes:
        folders: the deliveries, in the landing.
        later: deliveries for after a first release, beside the landing.
        faults: delivery folder -> every fault the gate has to find in it.
        rows: records without headers, by file, of all in ``folders``.
        sizes: bytes, likewise.
    """

    folders: list[Path] = field(default_factory=list)
    later: list[Path] = field(default_factory=list)
    faults: dict[Path, list[Fault]] = field(default_factory=dict, repr=False)
    rows: dict[Table, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    sizes: dict[Table, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))

    def add(self, delivery: Delivery, folders: list[Path]) -> None:
        """Note a delivery that is complete."""
        folders.append(delivery.folder)
        self.faults[delivery.folder] = delivery.faults
        if folders is self.folders:
            for tabel in TABLES:
                self.rows[tabel] += delivery.record[tabel] - 2
                self.sizes[tabel] += delivery.sizes[tabel]


def faults_folder(landing: Path) -> Path:
    """Where the lists of planted faults lie, one CSV per delivery: beside the landing, never in it."""
    return landing.with_name(f"{landing.name}_temuan")


def later_folder(landing: Path) -> Path:
    """Where the deliveries lie that a release has to precede."""
    return landing.with_name(f"{landing.name}_susulan")


def generate(  # noqa: PLR0913 - all but two have defaults, and are given by name
    folder: Path,
    *,
    keluarga: int,
    desa: Sequence[str] | None = None,
    seed: int = SEED,
    faults: Faults = "baris",
    versi: Version = "final",
    cut_off: date = CUT_OFF,
    per: Per = "kecamatan",
    dialect: Dialect = PLAIN,
) -> Summary:
    """Write deliveries of synthetic families into the landing ``folder``.

    Args:
        folder: the landing.
        keluarga: families of all villages together.
        desa: codes of the villages (None: all of the seed).
        seed: the same arguments give the same bytes.
        faults: ``tanpa`` none; ``baris`` one of every rule about cells, rows, families and the data of a whole
            village, so spread that nothing larger than a family is refused; ``semua`` further deliveries that are
            refused, one per rule, and two for after a release.
        versi: of the form.
        cut_off: of the deliveries, and the first part of their folders' names.
        per: what one delivery holds.
        dialect: how the CSV files are spelled.

    Raises:
        FileExistsError: a delivery of that name is there already.
        ValueError: an unknown village, or too few families or villages for all the faults.
    """
    folder = Path(folder)
    codebook = load_codebook()
    villages = choose_villages(desa)
    counts = share_out(villages, keluarga, seed)
    ailing = {} if faults == "tanpa" else _ailing(villages, counts)
    areas = len({village.kode_kecamatan for village in villages})
    queue = Queue(recipes(codebook, versi) if ailing else (), areas, seed)
    summary = Summary()

    def start(name: str, landing: Path = folder, day: date = cut_off) -> Delivery:
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        return Delivery(landing / f"{day}_{slug}", codebook, versi, day, dialect)

    district: Delivery | None = None
    for part in _parts(villages, counts, seed, versi, ailing, one_file=per == "kabupaten"):
        planted = queue.plant(part, alone=per == "desa")
        for name, indices in _contents(part, per):
            delivery = district or start(name)
            delivery.add(part, planted, indices)
            _ail(delivery, [part.villages[index].kode_desa for index in indices], ailing)
            if per == "kabupaten":
                district = delivery
            else:
                delivery.finish()
                summary.add(delivery, summary.folders)
        if faults == "semua" and not summary.later:
            sound = _released(part, planted, ailing)
            for delivery in write_refused(start, part, next(iter(sound))):
                summary.add(delivery, summary.folders)
            for delivery in write_later(partial(start, landing=later_folder(folder), day=CUT_OFF_LATER), part, sound):
                summary.add(delivery, summary.later)
    if district is not None:
        district.finish()
        summary.add(district, summary.folders)
    queue.require_empty()
    for path, found in summary.faults.items():
        write_faults(faults_folder(folder) / f"{path.name}.csv", found)
    return summary


def _parts(
    villages: list[Village], counts: Integers, seed: int, versi: Version, ailing: Ailing, *, one_file: bool
) -> Iterator[Part]:
    """The data, one kecamatan after the other; family ids begin anew in each unless all go to one file."""
    quirks = Quirks(**{each.name: ailing.get(each.name, "") for each in fields(Quirks)})
    standing = standings(villages, counts, seed)
    serial = 0
    population = zip(villages, counts.tolist(), strict=True)
    for kecamatan, members in groupby(population, key=lambda each: each[0].kode_kecamatan):
        here = dict(members)
        families = sum(here.values())
        rng = np.random.default_rng([seed, int(kecamatan), 2])
        first_id = serial + 1 if one_file else 1
        yield make_part(here, standing[serial : serial + families], serial, first_id, rng, versi, quirks)
        serial += families


def _contents(part: Part, per: Per) -> Iterator[tuple[str, range]]:
    """Name and villages (indices) of the deliveries that a part goes to."""
    if per == "desa":
        for index, village in enumerate(part.villages):
            yield f"{village.kode_desa} {village.nama_desa}", range(index, index + 1)
    else:
        yield ("kabupaten" if per == "kabupaten" else part.villages[0].nama_kecamatan), range(len(part.villages))


def _released(part: Part, planted: Planted, ailing: Ailing) -> dict[int, int]:
    """Two villages without a fault of the whole village: index -> families that the gate accepts."""
    received = np.bincount(part.village, minlength=len(part.villages))
    sound = {
        index: int(received[index]) - planted.rejected[village.kode_desa] - planted.astray[village.kode_desa]
        for index, village in enumerate(part.villages)
        if village.kode_desa not in ailing.values()
    }
    if len(sound) < 2:
        raise ValueError("Terlalu sedikit desa untuk faults='semua'.")
    return dict(list(sound.items())[:2])


def _ailing(villages: list[Village], counts: Integers) -> Ailing:
    """Which village breaks which rule about a whole village; large ones, pilots last, each one rule if they suffice."""
    rules = [each.name for each in fields(Quirks)] + ["jumlah_keluarga_kiriman", "desa_tidak_terkirim"]
    order = sorted(range(len(villages)), key=lambda index: (villages[index].desa_cantik, -counts[index]))
    return {aturan: villages[order[number % len(order)]].kode_desa for number, aturan in enumerate(rules)}


def _ail(delivery: Delivery, villages: list[str], ailing: Ailing) -> None:
    """Declare what is not so, and note the faults of whole villages."""
    for aturan, kode in ailing.items():
        if kode not in villages:
            continue
        if aturan == "jumlah_keluarga_kiriman":
            delivery.families[kode] += DECLARED_TOO_MANY
        absent = f"{kode[:7]}{UNKNOWN_VILLAGE}"
        if aturan == "desa_tidak_terkirim":
            delivery.families[absent] = DECLARED_ABSENT
            delivery.faults.append(fault("kiriman", None, aturan, absent))
        else:
            delivery.faults.append(fault(rule(aturan).berkas, None, aturan, kode))
