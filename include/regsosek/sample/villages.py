"""The villages a sample is made for: their names, their size and how well off they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from regsosek.sample.draws import Floats, Integers, happens
from regsosek.sample.targets import NOT_INTERVIEWED
from regsosek.settings import PROJECT

REF_DESA = PROJECT / "dbt_project" / "seeds" / "ref_desa.csv"
"""Seed of the villages; columns used: kode_desa, nama_desa, kode_kecamatan, nama_kecamatan, luas_km2, desa_cantik."""

TYPICAL_AREA = 3.0
"""km² at which a village is halfway between town and countryside."""


@dataclass(frozen=True)
class Village:
    """A village of the seed."""

    kode_desa: str
    nama_desa: str
    kode_kecamatan: str
    nama_kecamatan: str
    luas_km2: float
    desa_cantik: bool

    @property
    def urban(self) -> float:
        """From 0 (countryside) to 1 (town), by the area."""
        return 1 / (1 + self.luas_km2 / TYPICAL_AREA)


def read_villages(seed: Path = REF_DESA) -> list[Village]:
    """Every village of the seed, by code."""
    with seed.open(encoding="utf-8", newline="") as lines:
        villages = [
            Village(
                kode_desa=row["kode_desa"],
                nama_desa=row["nama_desa"],
                kode_kecamatan=row["kode_kecamatan"],
                nama_kecamatan=row["nama_kecamatan"],
                luas_km2=float(row["luas_km2"] or TYPICAL_AREA),
                desa_cantik=row["desa_cantik"].strip().lower() in ("true", "t", "ya", "1"),
            )
            for row in csv.DictReader(lines)
        ]
    return sorted(villages, key=lambda village: village.kode_desa)


def pilot_villages(seed: Path = REF_DESA) -> list[str]:
    """Codes of all villages of the kecamatan that hold a Desa Cantik pilot: the default sample."""
    villages = read_villages(seed)
    pilots = {village.kode_kecamatan for village in villages if village.desa_cantik}
    return [village.kode_desa for village in villages if village.kode_kecamatan in pilots]


def choose_villages(desa: Iterable[str] | None, seed: Path = REF_DESA) -> list[Village]:
    """The villages with these codes, all for None; ValueError for a code the seed does not have."""
    villages = read_villages(seed)
    if desa is None:
        return villages
    wanted = set(desa)
    if unknown := wanted - {village.kode_desa for village in villages}:
        raise ValueError(f"Kode desa tidak ada di {seed.name}: {', '.join(sorted(unknown))}")
    return [village for village in villages if village.kode_desa in wanted]


def share_out(villages: list[Village], keluarga: int, seed: int) -> Integers:
    """How many of ``keluarga`` families live in each village: every village at least one, the sum exact.

    A village's weight depends on its code and the seed alone, not on the other villages of the sample.
    """
    if keluarga < len(villages):
        raise ValueError(f"{keluarga} keluarga tidak cukup untuk {len(villages)} desa")
    weights = np.array([np.random.default_rng([seed, int(v.kode_desa)]).lognormal(0, 0.35) for v in villages])
    exact = 1 + (keluarga - len(villages)) * weights / weights.sum()
    counts: Integers = np.floor(exact).astype(np.int64)
    largest_remainders = np.argsort(counts - exact, kind="stable")[: keluarga - counts.sum()]
    counts[largest_remainders] += 1
    return counts


def standings(villages: list[Village], counts: Integers, seed: int) -> Floats:
    """Rank of every interviewed family among them, 0 < rank < 1, in the order of the villages; -1 for the others.

    Welfare is the mean of the village (better off in town, and its own luck) plus the family's own part.
    """
    welfare, interviewed = [], []
    for village, count in zip(villages, counts, strict=True):
        rng = np.random.default_rng([seed, int(village.kode_desa), 1])
        welfare.append(village.urban - 0.5 + rng.normal(0, 0.25) + rng.normal(0, 1, count))
        interviewed.append(~happens(rng, NOT_INTERVIEWED, count))
    which = np.concatenate(interviewed)
    order = np.argsort(np.concatenate(welfare)[which], kind="stable")
    rank = np.empty(len(order))
    rank[order] = (np.arange(len(order)) + 0.5) / len(order)
    everybody = np.full(len(which), -1.0)
    everybody[which] = rank
    return everybody
