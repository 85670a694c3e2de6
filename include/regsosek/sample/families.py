"""The answers of a family: blocks III and V of the form, each drawn by the standing of the family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regsosek.codebook import Version
from regsosek.sample import targets
from regsosek.sample.draws import EMPTY, Booleans, Ends, Floats, Integers, codes, happens, only, tilted

Columns = dict[str, Integers]

GAS_CYLINDER_FUELS = (2, 3)
NEEDS_ELECTRICITY = ("r502b", "r502c", "r502d", "r502f", "r502h")


@dataclass(frozen=True)
class Families:
    """What is known of families before they answer: one entry each."""

    standing: Floats
    urban: Floats
    """of the village, 0 to 1"""
    no_assets: Booleans
    """families whose officer left every asset at the entry application's "tidak\""""


def answer(rng: np.random.Generator, families: Families, versi: Version) -> Columns:
    """Columns r301a to r506 of families that were interviewed, -1 where an item is not asked."""
    n = len(families.standing)
    answers: Columns = {}

    def ask(item: str, ends: Ends, where: Booleans | None = None, standing: Floats = families.standing) -> Integers:
        drawn = codes(rng, standing, *ends)
        answers[item] = drawn if where is None else only(where, drawn)
        return answers[item]

    housing = targets.HOUSING
    townward = families.standing + 0.3 * (families.urban - 0.5)
    owned = ask("r301a", housing["r301a"]) == 1
    ask("r301b", housing["r301b"], owned)
    poorest, richest = targets.FLOOR_AREA
    area = np.exp(np.log(poorest) + np.log(richest / poorest) * families.standing + rng.normal(0, 0.35, n))
    answers["r302"] = np.clip(np.rint(area), 8, 997).astype(np.int64)
    for item in ("r303", "r304", "r305"):
        ask(item, housing[item])
    water = ask("r306a", housing["r306a"], standing=townward)
    ask("r306b", housing["r306b"], (water >= 4) & (water <= 8))
    light = ask("r307a", housing["r307a"])
    metered = light == 1
    ask("r307b1", housing["r307b1"], metered)
    second = metered & happens(rng, _between(targets.SECOND_METER, families.standing), n)
    ask("r307b2", housing["r307b1"], second)
    ask("r307b3", housing["r307b1"], second & happens(rng, 0.1, n))
    fuel = ask("r308", housing["r308"])
    answers["r308"] = fuel = np.where(families.no_assets & np.isin(fuel, GAS_CYLINDER_FUELS), 4, fuel)
    toilet = ask("r309a", housing["r309a"])
    usable = (toilet >= 1) & (toilet <= 3)
    ask("r309b", housing["r309b"], usable)
    ask("r310", housing["r310"], usable)

    for item, ends in targets.PROGRAMMES.items():
        received = happens(rng, _between(ends, families.standing), n)
        answers[item] = np.where(received, 1, 2)
        # the year before the interview: November 2021 to October 2022
        months_ago = np.minimum(rng.geometric(0.4, n) - 1, 11)
        answers[f"{item}_bln"] = only(received, (9 - months_ago) % 12 + 1)
        answers[f"{item}_thn"] = only(received, np.where(months_ago > 9, 2021, 2022))
    for item, ends in targets.ASSETS.items():
        has = happens(rng, _between(ends, families.standing), n) & ~families.no_assets
        if item == "r502a":
            has |= np.isin(fuel, GAS_CYLINDER_FUELS)
        if item in NEEDS_ELECTRICITY:
            has &= light != 4
        answers[item] = np.where(has, 1, 2)
    for item, chance in targets.LIVESTOCK.items():
        keeps = happens(rng, chance * (1 - 2 / 3 * families.urban), n)
        answers[item] = np.where(keeps, 1 + rng.poisson(1.4, n), 0)
    ask("r505", targets.INTERNET)
    account = ask("r506", targets.ACCOUNT)
    if versi == "draft":
        answers["r506"] = np.where(account == 4, 2, 1)
    return answers


def silence(answers: Columns, refused: Booleans) -> None:
    """Empty every answer of the families that gave no interview."""
    for column in answers.values():
        column[refused] = EMPTY


def _between(ends: tuple[float, float], standing: Floats) -> Floats:
    """A chance given for the poorest and the richest family, straight on the logit scale in between."""
    low, high = (float(np.log(end / (1 - end))) for end in ends)
    return tilted(1 / (1 + np.exp(-(low + high) / 2)), standing, high - low)
