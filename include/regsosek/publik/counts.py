"""What is known inside the office, as arrays: one row per area, one column per indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """The numbers of villages, their kecamatan and the kabupaten.

    Attributes:
        wilayah: codes of the areas: villages, then kecamatan, then the kabupaten.
        induk: position of the area above, -1 for the kabupaten.
        pembilang, penyebut, tidak_tahu: the integers; the unknown universe is part of ``tidak_tahu``.
        keluarga_pembilang, keluarga_bukan, keluarga_penyebut: families behind pembilang, complement, penyebut.
    """

    wilayah: list[str]
    induk: list[int]
    pembilang: Integers
    penyebut: Integers
    tidak_tahu: Integers
    keluarga_pembilang: Integers
    keluarga_bukan: Integers
    keluarga_penyebut: Integers

    @property
    def bukan(self) -> Integers:
        """The complement: units that answered and are not counted."""
        return self.penyebut - self.pembilang

    def children(self) -> dict[int, list[int]]:
        """Area -> the areas right below it; -1 -> the kabupaten."""
        found: dict[int, list[int]] = {}
        for area, parent in enumerate(self.induk):
            found.setdefault(parent, []).append(area)
        return found


def add_up(villages: Sequence[str], **numbers: Integers) -> Counts:
    """Counts of villages and, as their sums, of their kecamatan and the kabupaten; codes begin with the area's."""
    districts = sorted({code[:7] for code in villages})
    areas = [*villages, *districts, villages[0][:4]]
    parents = [areas.index(code[:7]) for code in villages] + [len(areas) - 1] * len(districts) + [-1]
    own = np.array([[village.startswith(area) for village in villages] for area in areas], dtype=np.int64)
    return Counts(areas, parents, **{name: own @ values for name, values in numbers.items()})
