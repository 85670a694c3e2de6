"""Who lives together: the members of every family, their age, sex and relation to the head.

A family has a fixed set of seats (head, spouse, up to four children, ...), each taken or not. Seats are columns, so
that a hundred thousand families are composed in a few array operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regsosek.sample import targets
from regsosek.sample.draws import Booleans, Floats, Integers, along, codes, happens

MAN, WOMAN = 1, 2
HEAD, SPOUSE, CHILD, IN_LAW, GRANDCHILD, PARENT, HELPER, OTHER = range(1, 9)
SINGLE, MARRIED, DIVORCED, WIDOWED = range(1, 5)

RESIDENT, NEW_MEMBER = 1, 5
"""Codes of 404 in the final form for who lives with the family."""

DRAFT_PRESENCE = np.array([0, 1, 2, 3, 3, 4, 5])
"""r404 of the September 2022 draft, by code of the final form."""

CHILDREN = 4
SEATS = 13
"""More than a family can have members."""


@dataclass
class Members:
    """One entry per person, ordered by family and, within it, residents first."""

    family: Integers
    """index of the family"""
    relation: Integers
    sex: Integers
    age: Integers
    marital: Integers
    presence: Integers
    """r404, codes of the final form"""

    @property
    def resident(self) -> Booleans:
        """Who lives with the family."""
        return np.isin(self.presence, (RESIDENT, NEW_MEMBER))

    def of(self, families: Booleans) -> Members:
        """The members of some of the families."""
        which = families[self.family]
        return Members(*(column[which] for column in vars(self).values()))


def compose(rng: np.random.Generator, standing: Floats) -> Members:
    """The members of families of these standings."""
    n = len(standing)
    seats: list[tuple[int, Booleans, Integers, Integers, Integers]] = []

    def seat(relation: int, taken: Booleans, age: Integers, sex: Integers, marital: Integers) -> None:
        seats.append((relation, taken & (age >= 0), np.clip(age, 0, 98), sex, marital))

    head_age = _ages(rng, targets.HEAD_AGES, n)
    woman = happens(rng, along(targets.FEMALE_HEAD, head_age), n)
    wife = ~woman & happens(rng, along(targets.MAN_WITH_WIFE, head_age), n)
    away = happens(rng, 0.12, n) & woman  # her husband works elsewhere and has a card of his own
    alone = np.where(
        happens(rng, along([(25, 0.9), (35, 0.45), (45, 0.1)], head_age), n), SINGLE, _parted(rng, head_age)
    )
    seat(HEAD, np.full(n, True), head_age, 1 + woman, np.where(wife | away, MARRIED, alone))

    spouse_age = np.maximum(head_age - np.rint(rng.normal(3.2, 3.2, n)).astype(np.int64), 17)
    seat(SPOUSE, wife, spouse_age, np.full(n, WOMAN), np.full(n, MARRIED))

    mother_age = np.where(wife, spouse_age, head_age - np.where(woman, 0, 3))
    parent_here = wife | (alone != SINGLE) | away
    wanted = np.where(parent_here, codes(rng, standing, *targets.CHILDREN_EVER), 0)
    birth_age = np.clip(rng.normal(22.5 + 3 * standing, 3.5, n), 17, 40)
    married_child = np.full(n, False)
    couple_age, couple_sex = np.full(n, 0), np.full(n, MAN)
    for number in range(CHILDREN):
        age = np.floor(mother_age - birth_age).astype(np.int64)
        here = (wanted > number) & (birth_age < 45) & (age >= 0)
        here &= happens(rng, along(targets.CHILD_AT_HOME, age), n)
        sex = 1 + happens(rng, 0.488, n)
        ever = happens(rng, along(targets.CHILD_EVER_MARRIED, age), n)
        marital = np.where(ever, np.where(happens(rng, 0.86, n), MARRIED, _parted(rng, age)), SINGLE)
        seat(CHILD, here, age, sex, marital)
        first = here & (marital == MARRIED) & ~married_child
        couple_age, couple_sex = np.where(first, age, couple_age), np.where(first, sex, couple_sex)
        married_child |= first
        birth_age = birth_age + rng.uniform(2, 8, n)

    in_law_age = np.maximum(couple_age + np.where(couple_sex == WOMAN, 3, -3) + rng.integers(-2, 3, n), 17)
    seat(IN_LAW, married_child & happens(rng, 0.8, n), in_law_age, 3 - couple_sex, np.full(n, MARRIED))
    oldest = np.maximum(couple_age - 20, 0)
    raised = ~married_child & (head_age > 54) & happens(rng, targets.GRANDCHILD_ALONE, n)
    for chance in (0.72, 0.30):
        age = np.where(raised, rng.integers(3, 16, n), np.floor(rng.random(n) * np.minimum(oldest + 1, 16)))
        taken = married_child & happens(rng, chance, n) | raised & happens(rng, chance + 0.28, n)
        seat(GRANDCHILD, taken, age.astype(np.int64), 1 + happens(rng, 0.488, n), np.full(n, SINGLE))

    age = head_age + rng.integers(20, 37, n)
    taken = (head_age < 60) & happens(rng, targets.PARENT_AT_HOME, n) & (age <= 97)
    seat(PARENT, taken, age, 1 + happens(rng, 0.8, n), np.full(n, WIDOWED))
    age = rng.integers(8, 66, n)
    single = happens(rng, along([(17, 1), (25, 0.7), (40, 0.3), (65, 0.1)], age), n)
    seat(
        OTHER,
        happens(rng, targets.OTHER_RELATIVE, n),
        age,
        1 + happens(rng, 0.55, n),
        np.where(single, SINGLE, _parted(rng, age)),
    )
    poorest, richest = targets.HELPER
    age = rng.integers(18, 56, n)
    seat(
        HELPER,
        happens(rng, poorest + (richest - poorest) * standing, n),
        age,
        1 + happens(rng, 0.8, n),
        np.where(happens(rng, 0.5, n), SINGLE, MARRIED),
    )
    return _seated(rng, seats, n)


def _seated(
    rng: np.random.Generator, seats: list[tuple[int, Booleans, Integers, Integers, Integers]], families: int
) -> Members:
    """The taken seats as a list of persons, each with its presence."""
    taken = np.stack([taken for _, taken, *_ in seats], axis=1)
    age, sex, marital = (np.stack([seat[field] for seat in seats], axis=1)[taken] for field in (2, 3, 4))
    relation = np.broadcast_to(np.array([relation for relation, *_ in seats]), taken.shape)[taken]
    family = np.nonzero(taken)[0]

    n = len(family)
    gone = happens(rng, along(targets.NON_RESIDENT, age), n) & ~np.isin(relation, (HEAD, SPOUSE))
    gone |= happens(rng, 0.006, n) & (relation == SPOUSE)
    died = happens(rng, along([(0, 0.3), (15, 0.05), (35, 0.1), (60, 0.7), (80, 0.95)], age), n)
    elsewhere = codes(rng, np.zeros(n), {3: 74, 4: 14, 6: 12})
    newcomer = happens(rng, np.where(age == 0, 0.4, np.where(relation == IN_LAW, 0.06, 0.004)), n)
    newcomer &= ~np.isin(relation, (HEAD, SPOUSE))
    presence = np.where(gone, np.where(died, 2, elsewhere), np.where(newcomer, NEW_MEMBER, RESIDENT))

    order = np.argsort(2 * family + gone, kind="stable")
    return Members(family[order], relation[order], sex[order], age[order], marital[order], presence[order])


def _ages(rng: np.random.Generator, groups: dict[tuple[int, int], float], size: int) -> Integers:
    """Ages with the given shares of age groups, level within a group."""
    shares = np.array(list(groups.values()))
    bounds = np.array(list(groups))
    group = rng.choice(len(groups), size=size, p=shares / shares.sum())
    ages: Integers = rng.integers(bounds[group, 0], bounds[group, 1] + 1)
    return ages


def _parted(rng: np.random.Generator, age: Integers) -> Integers:
    """Divorced or, with age more and more, widowed."""
    return np.where(happens(rng, along([(20, 0.1), (45, 0.5), (65, 0.9)], age), len(age)), WIDOWED, DIVORCED)
