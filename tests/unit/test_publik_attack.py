"""The attack on what is published: everybody knows all sums that are shown, and solves for what is hidden.

Districts are made of random families whose answers hang together, so that the relations between indicators hold. The
attacker's linear programme is written from those relations, not from the rules of suppression.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from regsosek.publik.counts import Counts, Integers, add_up
from regsosek.publik.rules import Implication, Public, public_rules
from regsosek.publik.suppress import Suppression, may_be_renewed, suppress

DISTRICTS, VILLAGES = 4, 6
SIZES = {"jumlah_keluarga", "jumlah_penduduk"}
CODES = [f"33280{d}0{v:03d}" for d in range(1, DISTRICTS + 1) for v in range(1, VILLAGES + 1)]


@dataclass
class World:
    """What random families say: indicator -> (universe, yes, unknown) per unit, and the family and village of it."""

    answers: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    family: dict[str, np.ndarray]
    village: dict[str, np.ndarray]


def make(rng: np.random.Generator) -> World:
    size = rng.choice([3, 7, 40, 150, 400, 900], len(CODES), p=[0.04, 0.04, 0.12, 0.3, 0.3, 0.2])
    village = np.repeat(np.arange(len(CODES)), size)
    n = len(village)
    decile = np.where(rng.random(n) < 0.03, 0, rng.integers(1, 11, n))
    rate = rng.beta(0.6, 2, len(CODES))[village]
    pkh = np.where(rng.random(n) < 0.02, -1, rng.random(n) < rate * np.where(decile < 5, 1, 0.3))
    bpnt = np.where(rng.random(n) < 0.02, -1, rng.random(n) < rate)
    every = np.ones(n, bool)

    def family(yes: np.ndarray, unknown: np.ndarray, universe: np.ndarray = every) -> tuple[np.ndarray, ...]:
        return universe, yes, unknown

    answers: dict[str, tuple[np.ndarray, ...]] = {
        "jumlah_keluarga": family(every, ~every),
        "pct_desil_1": family(decile == 1, decile == 0),
        "pct_desil_1_2": family((decile == 1) | (decile == 2), decile == 0),
        "pct_desil_1_4": family((decile >= 1) & (decile <= 4), decile == 0),
        "pct_pkh": family(pkh == 1, pkh == -1),
        "pct_bpnt": family(bpnt == 1, bpnt == -1),
    }
    target = (decile >= 1) & (decile <= 4)
    for name, got in (("pkh", pkh), ("bpnt", bpnt)):
        answers[f"exclusion_error_{name}"] = family(got == 0, got == -1, target)
        answers[f"inclusion_error_{name}"] = family(decile > 4, decile == 0, got == 1)
    members = rng.integers(1, 6, n)
    of = np.repeat(np.arange(n), members)
    m = len(of)
    everyone = np.ones(m, bool)
    kind = rng.choice(4, m, p=[0.3, 0.3, 0.02, 0.38]) * (rng.random(m) < rng.beta(3, 1, len(CODES))[village[of]])
    silent = rng.random(m) < 0.02
    answers |= {
        "jumlah_penduduk": (everyone, everyone, ~everyone),
        "pct_jkn": (everyone, (kind == 1) | (kind == 3), silent),
        "pct_pbi_jkn": (everyone, kind == 1, silent),
        "pct_tanpa_jaminan_kesehatan": (everyone, kind == 0, silent),
    }
    poor = rng.random(n) < rng.beta(0.5, 3, len(CODES))[village]
    undecided = rng.random(n) < 0.05
    score = np.where(poor, rng.integers(6, 19, n), 0)
    answers |= {
        "ikm_h": (everyone, poor[of], undecided[of]),
        "ikm_a": (everyone, score[of], undecided[of]),
        "ikm_m0": (everyone, score[of], undecided[of]),
    }
    persons = {k for k in answers if k.startswith(("jumlah_penduduk", "pct_jkn", "pct_pbi", "pct_tanpa_j", "ikm"))}
    return World(
        answers,  # type: ignore[arg-type]
        {k: of if k in persons else np.arange(n) for k in answers},
        {k: village[of] if k in persons else village for k in answers},
    )


NUMBERS = ("pembilang", "penyebut", "tidak_tahu", "keluarga_pembilang", "keluarga_bukan", "keluarga_penyebut")


def count(world: World) -> tuple[Public, Counts]:
    """Counts of the random district, and the rules for its indicators alone."""
    rules, numbers = tally(world)
    return rules, add_up(CODES, **numbers)


def tally(world: World) -> tuple[Public, dict[str, Integers]]:
    """Every number of every village and indicator, and the rules for these indicators alone."""
    rules, names = only(list(world.answers)), list(world.answers)
    shape = (len(CODES), len(names))
    numbers = {name: np.zeros(shape, dtype=np.int64) for name in NUMBERS}
    for column, name in enumerate(names):
        universe, yes, unknown = world.answers[name]
        known, yes = universe & ~unknown, np.where(universe & ~unknown, yes, 0).astype(int)
        family, village = world.family[name], world.village[name]

        def families(which: np.ndarray, family: np.ndarray = family, village: np.ndarray = village) -> np.ndarray:
            pairs = np.unique(np.stack([village[which], family[which]]), axis=1)
            return np.bincount(pairs[0], minlength=len(CODES))

        numbers["pembilang"][:, column] = np.bincount(village, weights=yes, minlength=len(CODES))
        numbers["penyebut"][:, column] = np.bincount(village[known], minlength=len(CODES))
        numbers["tidak_tahu"][:, column] = np.bincount(village[universe & unknown], minlength=len(CODES))
        if name == "ikm_a":
            numbers["penyebut"][:, column] = np.bincount(village[known & (yes > 0)], minlength=len(CODES))
            numbers["tidak_tahu"][:, column] = 0
            known &= yes > 0
        numbers["keluarga_pembilang"][:, column] = families(known & (yes > 0))
        numbers["keluarga_bukan"][:, column] = families(known & (yes == 0))
        numbers["keluarga_penyebut"][:, column] = families(known)
    return rules, numbers


def only(names: list[str]) -> Public:
    """The rules of these indicators."""
    rules = public_rules()
    old = {kode: number for number, kode in enumerate(rules.kode)}
    new = {old[name]: number for number, name in enumerate(names)}

    def of(values: list) -> list:  # type: ignore[type-arg]
        return [values[old[name]] for name in names]

    return Public(
        names, of(rules.ambang), of(rules.dua_sisi), of(rules.tanpa_penyebut), of(rules.jiwa), of(rules.menyeluruh),
        (names.index("jumlah_keluarga"), names.index("jumlah_penduduk")), [],
        [[new[each] for each in group if each in new] for group in of(rules.bersama)],
        [
            Implication((new[r.bagian[0]], r.bagian[1]), (new[r.dari[0]], r.dari[1]), r.sesemesta)
            for r in rules.implikasi if r.bagian[0] in new and r.dari[0] in new
        ],
    )  # fmt: skip


@dataclass
class Release:
    """What was published, and where each village's families are among those the attacker reckons with."""

    counts: Counts
    hidden: np.ndarray
    place: list[int]


class Attacker:
    """A linear programme over the villages: yes, no and unknown of every indicator, known where they are shown.

    For the index also the sum of scores, which the mean score and M0 tell. Villages that did not change between two
    releases are the same people in both.
    """

    def __init__(self, rules: Public, releases: list[Release], names: list[str]) -> None:
        self.rules, self.releases, self.names = rules, releases, [*names, *SIZES]
        places = range(1 + max(place for release in releases for place in release.place))
        letters = [(name, letter) for name in self.names for letter in "ynu"] + [("ikm_m0", "s")]
        self.index = {(place, *letter): n for n, (place, letter) in enumerate(itertools.product(places, letters))}
        self.equal: list[tuple[dict[int, float], float]] = []
        self.below: list[tuple[dict[int, float], float]] = []
        for release in releases:
            self._totals(release)
        for place in places:
            self._village(place)

    def _totals(self, release: Release) -> None:
        counts = release.counts
        for area, code in enumerate(counts.wilayah):
            members = [release.place[v] for v, village in enumerate(CODES) if village.startswith(code)]
            told = {
                (name, letter): int(numbers[area, self.rules.kode.index(name)])
                for name in self.names
                for letter, numbers in zip("ynu", (counts.pembilang, counts.bukan, counts.tidak_tahu), strict=True)
                if not release.hidden[area, self.rules.kode.index(name)]
            }
            if "ikm_h" in self.names and not release.hidden[area, self.rules.kode.index("ikm_m0")]:
                told["ikm_m0", "s"] = int(counts.pembilang[area, self.rules.kode.index("ikm_m0")])
            for letter, number in told.items():
                self.equal.append(({self.index[place, *letter]: 1.0 for place in members}, number))

    def _village(self, v: int) -> None:
        x = self.index
        for name in set(self.names) - SIZES:
            person = self.rules.jiwa[self.rules.kode.index(name)]
            total = {x[v, name, letter]: 1.0 for letter in "ynu"}
            bound = self.below if "_error_" in name else self.equal
            size = self.rules.kode[self.rules.ukuran[person]]
            bound.append((total | {x[v, size, "y"]: -1.0}, 0))
        if "ikm_h" in self.names:  # a poor family has a score of 6 to 18
            poor, score = x[v, "ikm_h", "y"], x[v, "ikm_m0", "s"]
            self.below += [({poor: 6.0, score: -1.0}, 0), ({score: 1.0, poor: -18.0}, 0)]

        def part(small: tuple[str, str], big: tuple[str, str]) -> None:
            """Who is in the small one is in the big one, or there the answer is not known."""
            if small[0] in self.names and big[0] in self.names:
                self.below.append(({x[v, *small]: 1, x[v, *big]: -1, x[v, big[0], "u"]: -1}, 0))

        nested = [("pct_desil_1", "pct_desil_1_2"), ("pct_desil_1_2", "pct_desil_1_4"), ("pct_pbi_jkn", "pct_jkn")]
        for small, big in nested:
            part((small, "y"), (big, "y"))
            part((big, "n"), (small, "n"))
        part(("pct_tanpa_jaminan_kesehatan", "y"), ("pct_jkn", "n"))
        part(("pct_jkn", "y"), ("pct_tanpa_jaminan_kesehatan", "n"))
        for program in ("pkh", "bpnt"):
            part((f"exclusion_error_{program}", "y"), ("pct_desil_1_4", "y"))
            part((f"exclusion_error_{program}", "n"), ("pct_desil_1_4", "y"))
            part((f"exclusion_error_{program}", "y"), (f"pct_{program}", "n"))
            part((f"exclusion_error_{program}", "n"), (f"pct_{program}", "y"))
            part((f"inclusion_error_{program}", "y"), (f"pct_{program}", "y"))
            part((f"inclusion_error_{program}", "y"), ("pct_desil_1_4", "n"))
            if f"exclusion_error_{program}" in self.names and f"inclusion_error_{program}" in self.names:
                same = {x[v, f"exclusion_error_{program}", "n"]: 1.0, x[v, f"inclusion_error_{program}", "n"]: -1.0}
                self.equal.append((same, 0))

    def interval(self, cells: list[tuple[int, str, str]]) -> float:
        """Length of the interval in which the sum of these numbers must lie."""
        goal = np.zeros(len(self.index))
        for cell in cells:
            goal[self.index[cell]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, **self.programme, bounds=(0, None), method="highs")
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return float(ends[1] - ends[0])

    @cached_property
    def programme(self) -> dict[str, object]:
        """The constraints, as the solver wants them."""

        def matrix(rows: list[tuple[dict[int, float], float]]) -> tuple[object, list[float]]:
            entries = [(row, col, value) for row, (terms, _) in enumerate(rows) for col, value in terms.items()]
            r, c, values = zip(*entries, strict=True)
            shape = (len(rows), len(self.index))
            return coo_array((values, (r, c)), shape=shape).tocsr(), [right for _, right in rows]

        equal, right = matrix(self.equal)
        made: dict[str, object] = {"A_eq": equal, "b_eq": right}
        if self.below:
            made["A_ub"], made["b_ub"] = matrix(self.below)
        return made


COMPONENTS = {
    "desil dan sasaran": [
        "pct_desil_1", "pct_desil_1_2", "pct_desil_1_4", "pct_pkh", "pct_bpnt", "exclusion_error_pkh",
        "inclusion_error_pkh", "exclusion_error_bpnt", "inclusion_error_bpnt",
    ],
    "jaminan kesehatan": ["pct_jkn", "pct_pbi_jkn", "pct_tanpa_jaminan_kesehatan"],
    "kemiskinan multidimensi": ["ikm_h"],
}  # fmt: skip


def weak_spots(rules: Public, releases: list[Release], names: list[str]) -> list[tuple[int, str, str, str, float]]:
    """Hidden numbers of people that the attacker narrows to an interval shorter than the threshold."""
    attacker = Attacker(rules, releases, names)
    found = []
    for number, release in enumerate(releases):
        for area, code in enumerate(release.counts.wilayah):
            places = [release.place[v] for v, village in enumerate(CODES) if village.startswith(code)]
            for name in names:
                column = rules.kode.index(name)
                people = release.counts.pembilang[area, rules.ukuran[rules.jiwa[column]]]
                for letter in "yn" if release.hidden[area, column] else "":
                    length = attacker.interval([(place, name, letter) for place in places])
                    if length < min(rules.ambang[column], people) - 1e-6:
                        found.append((number, code, name, letter, length))
    return found


def once(counts: Counts, hidden: np.ndarray) -> list[Release]:
    return [Release(counts, hidden, list(range(len(CODES))))]


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("seed", range(3))
def test_no_hidden_number_can_be_worked_out(seed: int, component: str) -> None:
    rules, counts = count(make(np.random.default_rng(seed)))
    hidden = suppress(rules, counts, b"kunci")
    names = COMPONENTS[component]
    columns = [rules.kode.index(name) for name in names]
    assert 0 < hidden[:, columns].sum() < hidden[:, columns].size
    assert weak_spots(rules, once(counts, hidden), names) == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_attack_succeeds_where_only_the_few_are_hidden(component: str) -> None:
    """The attack is one: on figures that hide nothing but small numbers it finds them."""
    rules, counts = count(make(np.random.default_rng(0)))
    work = Suppression(rules, counts, b"kunci")
    work.hide_the_few()
    assert weak_spots(rules, once(counts, work.hidden), COMPONENTS[component])


def test_few_families_are_hidden_however_many_persons_they_are() -> None:
    rules, counts = count(make(np.random.default_rng(1)))
    hidden = suppress(rules, counts, b"kunci")
    for column, name in enumerate(rules.kode):
        shown = ~hidden[:, column]
        k = rules.ambang[column]
        assert k == (10 if "jkn" in name or "jaminan" in name else 5)
        if rules.dua_sisi[column]:
            assert (counts.keluarga_pembilang[shown, column] >= k).all()
            assert (counts.keluarga_bukan[shown, column] >= k).all()
        if not rules.tanpa_penyebut[column]:
            assert (counts.keluarga_penyebut[shown, column] >= k).all()


def test_what_follows_from_each_other_is_hidden_together() -> None:
    rules, counts = count(make(np.random.default_rng(2)))
    hidden = suppress(rules, counts, b"kunci")
    columns = [rules.kode.index(name) for name in ("ikm_h", "ikm_a", "ikm_m0")]
    assert (hidden[:, columns].all(axis=1) == hidden[:, columns].any(axis=1)).all()


@pytest.fixture(scope="module", params=[[2], [2, 9, 10, 20], [7, 8]], ids=str)
def two_releases(request: pytest.FixtureRequest) -> tuple[Public, list[Release], np.ndarray]:
    """Villages that changed have the numbers of another world in the second release; which indicators are renewed."""
    rules, numbers = tally(make(np.random.default_rng(4)))
    _, others = tally(make(np.random.default_rng(5)))
    changed = np.isin(np.arange(len(CODES)), request.param)
    counts = add_up(CODES, **numbers)
    later = add_up(CODES, **{name: np.where(changed[:, None], others[name], numbers[name]) for name in NUMBERS})
    before = suppress(rules, counts, b"kunci")
    after = suppress(rules, later, b"kunci", hidden_before=before)
    area_changed = np.zeros(before.shape, dtype=bool)
    area_changed[: len(CODES)] = changed[:, None]
    renewed = may_be_renewed(rules, before, after, area_changed)
    place = [v + len(CODES) if changed[v] else v for v in range(len(CODES))]
    return rules, [*once(counts, before), Release(later, after, place)], renewed


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_renewed_figure_gives_nothing_of_the_publication_before_away(
    two_releases: tuple[Public, list[Release], np.ndarray], component: str
) -> None:
    """What is not renewed is published as before, which tells nothing new."""
    rules, releases, renewed = two_releases
    names = [name for name in COMPONENTS[component] if renewed[rules.kode.index(name)]]
    if names:
        assert weak_spots(rules, releases, names) == []


def test_some_figures_are_renewed_and_some_are_not(
    two_releases: tuple[Public, list[Release], np.ndarray],
) -> None:
    rules, (first, second), renewed = two_releases
    assert 0 < renewed.sum() < len(renewed)
    assert (first.hidden[:, renewed] == second.hidden[:, renewed]).all()
    for component in rules.komponen:
        assert len({bool(renewed[each]) for each in component}) == 1


def test_a_hidden_figure_of_a_village_that_left_holds_its_component() -> None:
    rules, counts = count(make(np.random.default_rng(1)))
    hidden = suppress(rules, counts, b"kunci")
    nowhere = np.zeros(hidden.shape, dtype=bool)
    assert may_be_renewed(rules, hidden, hidden, nowhere).all()
    gone = np.array([name == "pct_pbi_jkn" for name in rules.kode])
    renewed = may_be_renewed(rules, hidden, hidden, nowhere, gone)
    held = {rules.kode[each] for each in np.flatnonzero(~renewed)}
    assert held == {"pct_jkn", "pct_pbi_jkn", "pct_tanpa_jaminan_kesehatan"}
