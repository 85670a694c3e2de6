"""The clean tables of a part of the district, before anything is broken or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from regsosek.codebook import Version
from regsosek.sample import families, households, identities, persons, targets
from regsosek.sample.draws import EMPTY, Booleans, Floats, Integers, codes, happens, only
from regsosek.sample.villages import Village

PER_SLS = 55
"""Families of one neighbourhood (SLS)."""
PER_BUILDING = 0.93
"""Chance that a family does not share the building of the family before it."""
UNKNOWN = 8

Column: TypeAlias = Integers | pa.Array
"""Integers with -1 for an empty cell, or text."""
Table: TypeAlias = dict[str, Column]


@dataclass(frozen=True)
class Quirks:
    """Codes of the villages whose data carries a fault of the whole village; fields are named after the rules."""

    umur_membulat: str = ""
    aset_semua_tidak: str = ""
    kk_berakhiran_nol: str = ""
    nik_berakhiran_nol: str = ""
    tidak_tahu_tinggi_keluarga: str = ""
    tidak_tahu_tinggi_anggota: str = ""


@dataclass
class Part:
    """Families and persons of some villages, in the order of the villages.

    ``village`` is the index of each family's village, ``family`` that of each person's family, and ``resident``
    says of each person whether he or she lives with the family.
    """

    villages: list[Village]
    village: Integers
    family: Integers
    resident: Booleans
    k_rt: Table
    k_art: Table

    @property
    def answers(self) -> list[str]:
        """Items of the persons that only residents have."""
        return [item for item in self.k_art if item > "r404"]

    def some(self, families: Booleans) -> Part:
        """The part reduced to some of its families."""
        persons = families[self.family]
        kept = np.cumsum(families) - 1
        return Part(
            self.villages,
            self.village[families],
            kept[self.family[persons]],
            self.resident[persons],
            {item: _picked(column, families) for item, column in self.k_rt.items()},
            {item: _picked(column, persons) for item, column in self.k_art.items()},
        )


def make_part(
    population: Mapping[Village, int],
    standing: Floats,
    serial: int,
    first_id: int,
    rng: np.random.Generator,
    versi: Version = "final",
    quirks: Quirks | None = None,
) -> Part:
    """So many families of these villages, of these standings (-1: no interview).

    ``serial`` counts the families made before, identities go by it; ``first_id`` is the id of the first family.
    """
    villages, counts = list(population), np.array(list(population.values()))
    village = np.repeat(np.arange(len(villages)), counts)
    n = len(village)
    quirks = quirks or Quirks()

    def marked(kode_desa: str, chance: float) -> Booleans:
        return np.array([each.kode_desa == kode_desa for each in villages])[village] & happens(rng, chance, n)

    interviewed = standing >= 0
    members = households.compose(rng, np.maximum(standing, 0)).of(interviewed)
    family, resident = members.family, members.resident
    guessed = marked(quirks.umur_membulat, 0.85)[family] & (members.age >= 15)
    members.age[guessed] = 5 * (np.minimum(members.age[guessed], 95) // 5)
    size = np.bincount(family[resident], minlength=n)
    urban = np.array([each.urban for each in villages])[village]

    k_rt = {"id": first_id + np.arange(n), **_places(rng, villages, counts, village)}
    k_rt |= _keys(rng, village, serial, interviewed, size, zero=marked(quirks.kk_berakhiran_nol, 0.3))
    about_families = families.Families(np.maximum(standing, 0), urban, marked(quirks.aset_semua_tidak, 0.75))
    answers = families.answer(rng, about_families, versi)
    families.silence(answers, ~interviewed)
    answers["r306b"][marked(quirks.tidak_tahu_tinggi_keluarga, 0.5) & (answers["r306b"] != EMPTY)] = UNKNOWN
    k_rt |= answers
    k_rt["desil"] = np.where(interviewed, np.floor(standing * 10).astype(np.int64) + 1, EMPTY)

    k_art: Table = {"id_rt": k_rt["id"][family]}
    k_art |= {item: k_rt[item].take(family) for item in ("r101", "r102", "r103", "r104", "r105", "r106")}
    person = np.arange(len(family))
    numbers = serial * households.SEATS + person
    k_art["id"] = first_id * households.SEATS + person
    k_art["r401"] = person - np.searchsorted(family, family) + 1
    k_art["r402"] = identities.names(identities.MEMBER_NAME, numbers)
    day, month, year = persons.birth_dates(rng, members.age)
    k_art["r403"] = identities.number(
        numbers,
        day + 40 * (members.sex == households.WOMAN),
        month,
        year,
        zero=marked(quirks.nik_berakhiran_nol, 0.3)[family],
    )
    k_art["r404"] = households.DRAFT_PRESENCE[members.presence] if versi == "draft" else members.presence
    k_art |= {"r406tgl": only(resident, day), "r406bln": only(resident, month), "r406thn": only(resident, year)}
    answers = persons.answer(rng, persons.Persons(members, standing[family], urban[family], size[family]))
    answers["r431c"][marked(quirks.tidak_tahu_tinggi_anggota, 0.5)[family] & (answers["r431c"] != EMPTY)] = UNKNOWN
    k_art |= answers
    return Part(villages, village, family, resident, k_rt, k_art)


def _picked(column: Column, rows: Booleans) -> Column:
    return column.filter(pa.array(rows)) if isinstance(column, pa.Array) else column[rows]


def _places(rng: np.random.Generator, villages: list[Village], counts: Integers, village: Integers) -> Table:
    """r101 to r110 and r113: where the families live, neighbourhood by neighbourhood."""
    n = len(village)
    number = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    sls, order = number // PER_SLS + 1, number % PER_SLS + 1
    building = np.cumsum(happens(rng, PER_BUILDING, n) | (order == 1))
    first = np.maximum.accumulate(np.where(order == 1, np.arange(n), 0))
    neighbourhoods = range(int(sls.max()) + 1)
    kode = [each.kode_desa for each in villages]
    digits = {"r101": (0, 2), "r102": (2, 4), "r103": (4, 7), "r104": (7, 10)}
    return {
        **{item: pa.array([code[start:stop] for code in kode]).take(village) for item, (start, stop) in digits.items()},
        "r105": pa.array([f"{number:04d}00" for number in neighbourhoods]).take(sls),
        "r106": pa.array(
            [f"RT {(number - 1) % 6 + 1:03d} RW {(number - 1) // 6 + 1:02d}" for number in neighbourhoods]
        ).take(sls),
        "r107": pa.array([identities.ADDRESS]).take(np.zeros(n, dtype=np.int64)),
        "r109": building - building[first] + 1,
        "r110": order,
        "r113": pa.array([f"{100_000 + number}" for number in neighbourhoods]).take(sls),
    }


def _keys(
    rng: np.random.Generator, village: Integers, serial: int, interviewed: Booleans, size: Integers, zero: Booleans
) -> Table:
    """r108, r111, r112, r114, r115, r205; some neighbours share a KK, main family and offshoot."""
    n = len(village)
    numbers = serial + np.arange(n)
    kk = identities.number(
        numbers, rng.integers(1, 29, n), rng.integers(1, 13, n), rng.integers(2005, 2023, n), zero=zero
    )
    offshoot = happens(rng, targets.SHARED_KK, n)
    offshoot[1:] &= ~offshoot[:-1] & (village[1:] == village[:-1])
    offshoot[:1] = False
    main = np.append(offshoot[1:], False)
    kk[offshoot] = kk[main]
    everyone = np.zeros(n)
    return {
        "r108": identities.names(identities.HEAD_NAME, numbers),
        "r111": np.ones(n, dtype=np.int64),
        "r112": only(interviewed, size),
        "r114": kk,
        "r115": np.select([main, offshoot], [1, 2], 0),
        "r205": np.where(interviewed, codes(rng, everyone, targets.VISIT), codes(rng, everyone, targets.NO_INTERVIEW)),
    }
