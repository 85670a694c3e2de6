"""The answers of a person: block IV of the form, for residents only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regsosek.sample import targets
from regsosek.sample.draws import EMPTY, Booleans, Floats, Integers, along, codes, happens, only, tilted
from regsosek.sample.families import Columns
from regsosek.sample.households import HEAD, MARRIED, SINGLE, WOMAN, Members

INTERVIEW = np.datetime64("2022-10-15")
"""Ages are as on the first day of the field period."""

NEVER, AT_SCHOOL, LEFT = 1, 2, 3
NO_CERTIFICATE = 23
COMPLETED = 8
"""Code of 414 for a level completed."""

YEARS = np.array([0, 6, 3, 3, 3, 4, 2, 2, 3])
"""Years a level takes, by level (0 none, 1 SD, 2 SMP, 3 SMA, 4 diploma, 5 S1, 6 profesi, 7 S2, 8 S3)."""
BELOW = np.array([0, 0, 1, 2, 3, 3, 5, 5, 7])
"""The level whose certificate one needs to enter a level."""


@dataclass(frozen=True)
class Persons:
    """Persons with what their family tells about them."""

    members: Members
    standing: Floats
    """of the family"""
    urban: Floats
    size: Integers
    """residents of the family"""


def birth_dates(rng: np.random.Generator, age: Integers) -> tuple[Integers, Integers, Integers]:
    """Day, month and year of a birth date at which one is of that age when interviewed."""
    turned = (INTERVIEW.astype("datetime64[M]") - 12 * age).astype("datetime64[D]") + 14
    born = turned - rng.integers(0, 365, len(age))
    month = born.astype("datetime64[M]")
    day = (born - month).astype(np.int64) + 1
    months = month.astype(np.int64)
    return day, months % 12 + 1, 1970 + months // 12


def answer(rng: np.random.Generator, persons: Persons) -> Columns:
    """Columns r405 to r431f without r406, -1 where an item is not asked; non-residents are asked nothing."""
    members, standing = persons.members, persons.standing
    age, sex = members.age, members.sex
    n = len(age)
    resident = members.resident
    answers: Columns = {
        "r405": sex,
        "r407": age,
        "r408": members.marital,
        "r409": members.relation,
    }
    asked = (sex == WOMAN) & (age >= 10) & (age <= 54) & (members.marital != SINGLE)
    chance = along(targets.PREGNANT, age) * np.where(members.marital == MARRIED, 1, 0.05)
    answers["r410"] = only(asked, np.where(happens(rng, chance, n), 1, 2))
    answers["r411"] = _cards(rng, age, standing)
    answers |= _schooling(rng, age, standing)
    answers |= _work(rng, persons, at_school=answers["r412"] == AT_SCHOOL)
    answers |= _health(rng, persons)
    answers |= _protection(rng, persons, answers)
    for column in answers.values():
        column[~resident] = EMPTY
    return answers


def _cards(rng: np.random.Generator, age: Integers, standing: Floats) -> Integers:
    """r411: birth certificate 1, child's card 2 (below 17), identity card 4 (from 17)."""
    n = len(age)
    certificate = happens(rng, tilted(along(targets.BIRTH_CERTIFICATE, age), standing, 1.6), n)
    child = (age < 17) & happens(rng, tilted(along(targets.CHILD_CARD, age), standing, 0.8), n)
    adult = (age >= 17) & happens(rng, tilted(along(targets.KTP, age), standing, 1.2), n)
    cards: Integers = 1 * certificate + 2 * child + 4 * adult
    return cards


def _schooling(rng: np.random.Generator, age: Integers, standing: Floats) -> Columns:
    """r412 to r415."""
    n = len(age)
    five = age >= 5
    luck = rng.random(n)
    never = tilted(along(targets.NEVER_AT_SCHOOL, age), standing, -1.5)
    still = tilted(along(targets.STILL_AT_SCHOOL, age), standing, targets.SCHOOL_SLOPE)
    participation = np.where(luck < still, AT_SCHOOL, np.where(1 - luck < never, NEVER, LEFT))
    participation[(age < 7) & (participation == LEFT)] = NEVER

    # who attends: the level of the age, now and then a year behind
    school_age = age - happens(rng, 0.06, n)
    level_now = np.select([school_age < 13, school_age < 16, school_age < 19], [1, 2, 3], 5)
    level_now = np.where((level_now == 5) & happens(rng, 0.2, n), 4, level_now)
    level_now = np.where((age >= 25) & happens(rng, 0.35, n), 7, level_now)
    grade_now = school_age - np.select([level_now == 1, level_now == 2, level_now == 3], [6, 12, 15], 18)
    grade_now = np.clip(np.where(age >= 25, rng.integers(1, 3, n), grade_now), 1, YEARS[level_now])

    # who left: the level completed, and for some a further level begun
    done = np.zeros(n, dtype=np.int64)
    for (youngest, oldest), ends in targets.LEVEL_COMPLETED.items():
        group = (age >= youngest) & (age <= oldest)
        done[group] = codes(rng, standing[group], *ends)
    went_on = (done >= 1) & (done <= 2) & happens(rng, targets.WENT_ON_AND_LEFT, n)
    level_left = np.where(done == 0, 1, np.where(went_on, done + 1, done))
    dropped = (done == 0) | went_on
    reached = np.clip(age - np.array([0, 6, 12, 15])[np.minimum(level_left, 3)], 1, YEARS[level_left])
    grade_left = np.where(dropped, 1 + np.floor(rng.random(n) * reached).astype(np.int64), COMPLETED)

    attends = participation == AT_SCHOOL
    level = np.where(attends, level_now, level_left)
    certified = np.where(attends, BELOW[level_now], done)
    school = _school_types(rng, level)
    certificate = np.where(certified == level, school, _school_types(rng, certified))
    ever = five & (participation != NEVER)
    return {
        "r412": only(five, participation),
        "r413": only(ever, school),
        "r414": only(ever, np.where(attends, grade_now, grade_left)),
        "r415": only(ever, certificate),
    }


def _school_types(rng: np.random.Generator, level: Integers) -> Integers:
    """Code of 413 or 415 for a level; no certificate for level 0."""
    types = np.full(len(level), NO_CERTIFICATE)
    for number, shares in targets.SCHOOL_TYPES.items():
        at = level == number
        types[at] = codes(rng, np.zeros(int(at.sum())), shares)
    return types


def _work(rng: np.random.Generator, persons: Persons, at_school: Booleans) -> Columns:
    """r416a to r426."""
    age, sex, standing = persons.members.age, persons.members.sex, persons.standing
    n = len(age)
    five = age >= 5
    chance = np.where(sex == WOMAN, along(targets.WORKS[2], age), along(targets.WORKS[1], age))
    works = happens(rng, chance * np.where(at_school, targets.WORKS_WHILE_AT_SCHOOL, 1), n)

    sector = np.full(n, EMPTY)
    townward = standing + 0.5 * (persons.urban - 0.5)
    for code, ends in targets.SECTORS.items():
        of_sex = works & (sex == code)
        sector[of_sex] = codes(rng, townward[of_sex], *ends)
    kinds = {
        "pertanian": works & (sector <= 6),
        "pemerintahan": works & (sector >= 20) & (sector <= 22),
        "lainnya": works & (sector > 6) & ((sector < 20) | (sector > 22)),
    }
    position = np.full(n, EMPTY)
    for kind, which in kinds.items():
        position[which] = codes(rng, standing[which], *targets.POSITIONS[kind])
    position[works & (age < 15)] = 8
    mean, spread = targets.HOURS
    hours = np.clip(np.rint(rng.normal(mean, spread, n) * np.where(age < 15, 0.3, 1)), 1, 98).astype(np.int64)
    tax = np.where(age < 17, 3, codes(rng, standing, *targets.TAX_NUMBER))

    own_account = works & (position <= 3)
    owner_chance = np.where(own_account, targets.BUSINESS_OF_OWN_ACCOUNT, targets.BUSINESS_OF_OTHERS)
    owns = (age >= 15) & happens(rng, owner_chance, n)
    other_sector = codes(rng, standing, *targets.SECTORS[2])
    answers = {
        "r416a": only(five, np.where(works, 1, 2)),
        "r416b": only(works, hours),
        "r417": sector,
        "r418": position,
        "r419": only(works, tax),
        "r420a": only(five, np.where(owns, 1, 2)),
        "r420b": only(owns, np.minimum(rng.geometric(0.94, n), 5)),
        "r421": only(owns, np.where(own_account, sector, other_sector)),
        "r422": only(owns, np.where(position == 3, rng.geometric(0.4, n), 0)),
        "r423": only(owns, np.where(position == 2, rng.geometric(0.7, n), 0)),
        "r424": only(owns, codes(rng, standing, *targets.PERMIT)),
        "r425": only(owns, codes(rng, standing, *targets.TURNOVER)),
    }
    online = happens(rng, np.interp(standing, (0, 1), targets.ONLINE_BUSINESS), n)
    uses = np.ones(n, dtype=np.int64)
    for bit, share in targets.ONLINE_USES.items():
        uses += bit * happens(rng, share, n)
    answers["r426"] = only(owns, np.where(online, uses, 0))
    return answers


def _health(rng: np.random.Generator, persons: Persons) -> Columns:
    """r427 to r430."""
    age, standing = persons.members.age, persons.standing
    n = len(age)
    empty = happens(rng, targets.NUTRITION_EMPTY, n)
    answers = {"r427": only((age < 5) & ~empty, codes(rng, standing, *targets.NUTRITION))}

    serious = np.full(n, False)
    mean = tilted(along(targets.DIFFICULTY, age), standing, -0.8)
    light = along(targets.LIGHT_DIFFICULTY, age)
    for item, frequency in targets.DIFFICULTY_DOMAINS.items():
        asked = age >= (2 if item <= "r428f" else 5)
        together = np.where(serious, targets.DIFFICULTY_RUNS_TOGETHER, mean)
        hard = asked & happens(rng, together * frequency, n)
        degree = np.where(hard, np.where(happens(rng, 0.25, n), 1, 2), np.where(happens(rng, light, n), 3, 4))
        answers[item] = only(asked, degree)
        serious |= hard
    alone = persons.size == 1
    caregiver = codes(rng, standing, {**targets.CAREGIVER, EMPTY: targets.CAREGIVER_EMPTY * 100})
    answers["r429"] = only((age >= 60) | serious, np.where(alone, 3, caregiver))
    ill = happens(rng, along(targets.ILL, age), n)
    answers["r430"] = np.where(ill, codes(rng, standing, targets.DISEASES), 1)
    return answers


def _protection(rng: np.random.Generator, persons: Persons, answers: Columns) -> Columns:
    """r431a to r431f; health insurance goes by family."""
    members, age, standing = persons.members, persons.members.age, persons.standing
    n = len(age)
    own = codes(rng, standing, *targets.HEALTH_INSURANCE)
    first = np.searchsorted(members.family, members.family)  # every family's first person is its head
    shared = happens(rng, targets.SAME_INSURANCE_AS_FAMILY, n) & (members.relation != HEAD)
    protection = {"r431a": np.where(shared, own[first], own)}
    five = age >= 5
    for item, ends in targets.LOANS.items():
        adult = codes(rng, standing, *ends)
        protection[item] = only(five, np.where((age < 18) & (adult == 1), 2, adult))
    pip = codes(rng, standing, *targets.PIP_AT_SCHOOL)
    pip = np.where((answers["r412"] == AT_SCHOOL) & (age < 22), pip, 2)
    protection["r431e"] = only(five & (age <= 30), pip)
    position = answers["r418"]
    work = np.select(
        [position == 5, position == 4],
        [
            codes(rng, standing, targets.WORK_INSURANCE_OFFICIAL),
            codes(rng, standing, *targets.WORK_INSURANCE_EMPLOYEE),
        ],
        codes(rng, standing, *targets.WORK_INSURANCE_OTHER),
    )
    protection["r431f"] = only(age >= 15, work)
    return protection
