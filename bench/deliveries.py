"""The deliveries that are measured: synthetic, without faults, written once for all runs.

Without faults because the floor has no gate: one cell that is no number would end its queries.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from regsosek.sample import generate
from regsosek.sample.villages import read_villages

LATER = date(2022, 12, 31)
"""Cut-off of the delivery of a kecamatan, after that of the district."""


@dataclass(frozen=True)
class Deliveries:
    """Landings, and what is in them.

    Attributes:
        district: a landing with one delivery of the whole district.
        one_more: the same delivery, and a later one of a single kecamatan.
        families, persons, size: records of k_rt and k_art and bytes of both, of the district.
        share: families of that kecamatan / families of the district.
    """

    district: Path
    one_more: Path
    families: int
    persons: int
    size: int
    share: float

    @property
    def folder(self) -> Path:
        """The delivery of the whole district."""
        return next(self.district.iterdir())


def write_deliveries(base: Path, families: int) -> Deliveries:
    """Write both landings below ``base`` for a district of that many families."""
    district, one_more = base / "kabupaten", base / "susulan"
    written = generate(district, keluarga=families, faults="tanpa", per="kabupaten")
    (folder,) = written.folders
    counts = yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))["desa"]
    kecamatan = _middle_kecamatan(counts)
    generate(one_more, keluarga=sum(counts[desa] for desa in kecamatan), desa=kecamatan, faults="tanpa", cut_off=LATER)
    # Older deliveries stay in a landing: they are looked at again, and not loaded.
    (one_more / folder.name).mkdir()
    for file in folder.iterdir():
        os.link(file, one_more / folder.name / file.name)
    return Deliveries(
        district=district,
        one_more=one_more,
        families=written.rows["k_rt"],
        persons=written.rows["k_art"],
        size=sum(written.sizes.values()),
        share=sum(counts[desa] for desa in kecamatan) / sum(counts.values()),
    )


def write_villages(base: Path, families: int) -> Path:
    """Write a landing below ``base`` that holds the same district as one delivery of each village."""
    landing = base / "desa"
    generate(landing, keluarga=families, faults="tanpa", per="desa")
    return landing


def _middle_kecamatan(counts: dict[str, int]) -> list[str]:
    """Villages of the kecamatan that is in the middle by families."""
    members: dict[str, list[str]] = {}
    for village in read_villages():
        members.setdefault(village.kode_kecamatan, []).append(village.kode_desa)
    by_size = sorted(members.values(), key=lambda desa: sum(counts[kode] for kode in desa))
    return by_size[len(by_size) // 2]
