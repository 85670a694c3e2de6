"""Random answers whose chances depend on where a family stands between the poorest and the richest.

``standing`` is the rank of a family (or of the family of a person) among all generated families, 0 the poorest and
1 the richest. Everything is vectorised: a draw of two million answers takes a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

Shares = Mapping[int, float]
"""Code -> weight; weights need not add up to 1."""

Ends = tuple[Shares, Shares]
"""Shares among the poorest and among the richest families."""

EMPTY = -1
"""Stands for an empty cell in the integer columns of a table (no code of the form is negative)."""

_STEPS = 100
_HARDLY = 1e-3


def code_chances(poorest: Shares, richest: Shares, steps: int = _STEPS) -> tuple[Integers, Floats]:
    """Codes, and their chances at ``steps + 1`` standings from 0 to 1 (shape: standings x codes).

    Between the two ends the weights run log-linearly, as in a multinomial logit with the standing as regressor. A
    code missing at one end hardly occurs there.
    """
    codes = np.array(sorted({*poorest, *richest}), dtype=np.int64)
    low = np.log([poorest.get(int(code), _HARDLY) for code in codes])
    high = np.log([richest.get(int(code), _HARDLY) for code in codes])
    standing = np.linspace(0, 1, steps + 1)[:, None]
    weights = np.exp((1 - standing) * low + standing * high)
    return codes, weights / weights.sum(axis=1, keepdims=True)


def codes(rng: np.random.Generator, standing: Floats, poorest: Shares, richest: Shares | None = None) -> Integers:
    """One code per standing; without ``richest`` the shares are the same for all."""
    values, chances = code_chances(poorest, richest or poorest)
    cumulated = np.cumsum(chances, axis=1)
    step = np.rint(np.clip(standing, 0, 1) * _STEPS).astype(np.int64)
    luck = rng.random(len(standing))
    index = np.zeros(len(standing), dtype=np.int64)
    for column in range(len(values) - 1):
        index += luck > cumulated[step, column]
    return values[index]


def tilted(chance: Floats | float, standing: Floats, slope: float) -> Floats:
    """A chance moved on the logit scale: at standing 0.5 as given, ``slope`` logits from the poorest to the richest."""
    chance = np.clip(np.asarray(chance, dtype=np.float64), 1e-6, 1 - 1e-6)
    result: Floats = 1 / (1 + (1 - chance) / chance * np.exp(-slope * (standing - 0.5)))
    return result


def happens(rng: np.random.Generator, chance: Floats | float, size: int) -> Booleans:
    """True with the given chance, one a unit."""
    return rng.random(size) < chance


def along(points: Sequence[tuple[float, float]], at: Integers | Floats) -> Floats:
    """The curve through (age, value) points, straight between them and level outside."""
    xs, ys = zip(*points, strict=True)
    values: Floats = np.interp(at, xs, ys)
    return values


def only(where: Booleans, values: Integers) -> Integers:
    """The values of the units that are asked, empty for the others: the skip pattern of the form."""
    return np.where(where, values, EMPTY)
