"""Batches of deliveries: at most so many, of about the same size, nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regsosek.landing.discover import Found, FoundFile
from regsosek.refresh.batches import SMALLEST_BATCH, batches


def delivery(name: str, size: int) -> Found:
    file = FoundFile(nama="k_art.csv", bagian="k_art", ukuran_bita=size, sha256="0" * 64)
    return Found(folder=name, url=f"file:///landing/{name}", sidik=name, files=(file,))


@given(st.lists(st.integers(0, 4 * SMALLEST_BATCH), max_size=300), st.integers(1, 8))
def test_every_delivery_is_in_exactly_one_of_few_batches(sizes: list[int], at_most: int) -> None:
    found = [delivery(f"{number:03}", size) for number, size in enumerate(sizes)]
    made = batches(found, at_most=at_most)
    assert sorted(each.folder for batch in made for each in batch) == [each.folder for each in found]
    assert len(made) <= at_most
    assert all(made)


def test_small_deliveries_share_a_batch() -> None:
    assert len(batches([delivery(str(number), 1000) for number in range(287)], at_most=8)) == 1


def test_a_district_in_villages_is_spread_evenly() -> None:
    made = batches([delivery(f"{number:03}", SMALLEST_BATCH // 16) for number in range(160)], at_most=8)
    assert len(made) == 8
    assert {len(batch) for batch in made} == {20}


def test_nothing_makes_no_batch() -> None:
    assert batches([], at_most=8) == []
