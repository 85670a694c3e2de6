"""Handing out a quota: the poorest decile first, in proportion to need within the decile where it runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """Families or residents of one village and decile: how many qualify, of how many it is not known."""

    kode_desa: str
    desil: int
    memenuhi: int
    tidak_tahu: int


@dataclass(frozen=True)
class Allotted:
    """A need and how many of it the quota reaches."""

    need: Need
    mendapat: int

    @property
    def terlewat(self) -> int:
        """Who qualifies and gets nothing."""
        return self.need.memenuhi - self.mendapat


def allocate(needs: Sequence[Need], quota: int) -> list[Allotted]:
    """Who gets how many of ``quota``, by decile and village; never more than qualify.

    Where a decile needs more than is left, every village gets its share, rounded down; what remains goes to the
    largest remainders, among equal ones to the lowest village code.
    """
    left, allotted = quota, []
    for decile in sorted({need.desil for need in needs}):
        members = sorted((need for need in needs if need.desil == decile), key=lambda need: need.kode_desa)
        shares = _shares([need.memenuhi for need in members], left)
        left -= sum(shares)
        allotted += [Allotted(need, share) for need, share in zip(members, shares, strict=True)]
    return allotted


def _shares(needs: Sequence[int], quota: int) -> list[int]:
    total = sum(needs)
    if total <= quota:
        return list(needs)
    shares = [quota * need // total for need in needs]
    # Sorting is stable: equal remainders keep the order of the codes.
    by_remainder = sorted(range(len(needs)), key=lambda position: -(quota * needs[position] % total))
    for position in by_remainder[: quota - sum(shares)]:
        shares[position] += 1
    return shares
