"""Handing out a quota, and the programmes that can be simulated."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regsosek.cli.simulasi import deciles
from regsosek.settings import PROJECT
from regsosek.simulation import Need, SimulationRefusedError, allocate, programs

SEEDS = PROJECT / "dbt_project" / "seeds"


def needs() -> st.SearchStrategy[list[Need]]:
    keys = st.tuples(st.sampled_from("abcdef"), st.integers(1, 10))
    amounts = st.tuples(st.integers(0, 500), st.integers(0, 50))
    return st.dictionaries(keys, amounts, max_size=40).map(
        lambda found: [Need(desa, desil, *amount) for (desa, desil), amount in found.items()]
    )


@given(needs(), st.integers(0, 3_000))
def test_a_quota_is_spent_on_the_poorest_and_never_exceeded(found: list[Need], quota: int) -> None:
    allotted = allocate(found, quota)
    assert {each.need for each in allotted} == set(found)
    assert sum(each.mendapat for each in allotted) == min(quota, sum(need.memenuhi for need in found))
    assert all(0 <= each.mendapat <= each.need.memenuhi for each in allotted)
    served = {each.need.desil for each in allotted if each.mendapat}
    missed = {each.need.desil for each in allotted if each.terlewat}
    assert not served or not missed or max(served) <= min(missed)
    (split,) = served & missed or {None}
    members = [each for each in allotted if each.need.desil == split]
    left = sum(each.mendapat for each in members)
    total = sum(each.need.memenuhi for each in members)
    assert all(abs(each.mendapat - left * each.need.memenuhi / total) < 1 for each in members)


@given(needs(), st.integers(0, 3_000), st.randoms())
def test_the_order_of_the_villages_does_not_matter(found: list[Need], quota: int, random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocate(found, quota) == allocate(shuffled, quota)


def test_equal_needs_go_to_the_lowest_code_first() -> None:
    found = [Need(code, 1, 1, 0) for code in ("c", "a", "b")]
    assert {each.need.kode_desa: each.mendapat for each in allocate(found, 2)} == {"a": 1, "b": 1, "c": 0}


def test_every_programme_is_published_by_decile() -> None:
    with (SEEDS / "ref_indikator_kelompok.csv").open(encoding="utf-8") as file:
        by_decile = {row["kode_indikator"] for row in csv.DictReader(file) if row["pengelompokan"] == "desil"}
    assert {program.kode_indikator for program in programs().values()} <= by_decile


@pytest.mark.parametrize(("text", "expected"), [("1-3", (1, 3)), ("4", (4, 4)), ("10", (10, 10)), ("1-10", (1, 10))])
def test_deciles_of_the_target(text: str, expected: tuple[int, int]) -> None:
    assert deciles(text) == expected


@pytest.mark.parametrize("text", ["0", "11", "3-1", "a", "1-", "-3", "1-3-5", ""])
def test_what_is_no_decile_is_refused(text: str) -> None:
    with pytest.raises(SimulationRefusedError, match="misalnya 1-3"):
        deciles(text)
