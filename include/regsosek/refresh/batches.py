"""Dividing new deliveries over mapped tasks: few enough to be cheap, even enough to run side by side."""

from __future__ import annotations

from regsosek.landing.discover import Found

SMALLEST_BATCH = 64 * 2**20
"""Bytes below which another task costs more than it saves."""


def batches(found: list[Found], *, at_most: int) -> list[list[Found]]:
    """Put deliveries into at most ``at_most`` batches of about the same size in bytes; order is kept within each."""
    sizes = {each.folder: sum(file.ukuran_bita for file in each.files) for each in found}
    wanted = min(at_most, len(found), 1 + sum(sizes.values()) // SMALLEST_BATCH)
    filled: list[list[Found]] = [[] for _ in range(wanted)]
    weights = [0] * wanted
    for each in sorted(found, key=lambda one: -sizes[one.folder]):
        lightest = weights.index(min(weights))
        filled[lightest].append(each)
        weights[lightest] += sizes[each.folder]
    return [sorted(batch, key=lambda one: one.folder) for batch in filled if batch]
