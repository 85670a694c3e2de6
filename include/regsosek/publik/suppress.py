"""Which figures are hidden, so that no hidden number of people can be worked out to within the threshold.

The contributor is the family. A figure is hidden where too few families stand behind its pembilang, its complement or
its penyebut. Then more is hidden until nobody who knows everything that is shown (``regsosek.publik.bounds``) can
narrow a hidden pembilang, or a hidden complement, to an interval shorter than the threshold. Whole less part, where
both are shown, is a number of people like any other, and must not be small.

Which village is hidden besides is drawn by a keyed hash, not by its size: who knows the rules must not be able to tell
the village that had to be hidden from the one that was hidden with it. Penyebut and unknown answers are hidden with
their figure, but are no secret of their own: the universe follows from the number of families or residents, which
itself is hidden where there are few, but not protected further.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from regsosek.publik.bounds import Bounds
from regsosek.publik.counts import Booleans, Counts, Integers
from regsosek.publik.rules import NO, YES, Public, Side


@dataclass
class Suppression:
    """The decision in the making; :func:`suppress` makes it."""

    rules: Public
    counts: Counts
    key: bytes
    hidden: Booleans = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = np.zeros(self.counts.pembilang.shape, dtype=bool)
        self.children = self.counts.children()
        self.bounds = Bounds(self.rules, self.counts)

    # What is hidden because of itself ------------------------------------------------------------------------

    def hide_the_few(self) -> None:
        """Hide where too few families stand behind a number, and what is never shown."""
        c, rules = self.counts, self.rules
        threshold = np.array(rules.ambang)
        two_sided, plain = np.array(rules.dua_sisi), np.array(rules.tanpa_penyebut)
        few = (c.keluarga_penyebut < threshold) & ~plain
        few |= (two_sided | plain) & (c.keluarga_pembilang < threshold)
        few |= two_sided & (c.keluarga_bukan < threshold)
        self.hidden |= few
        self.hidden[:, rules.tidak_terbit] = True

    def hide_together(self) -> None:
        """Hide what follows from hidden figures, and parts that differ by few from a whole that is shown."""
        self._spread()
        for rule in self.rules.implikasi:
            part, whole = rule.bagian[0], rule.dari[0]
            if not rule.sesemesta or part in self.rules.bersama[whole]:
                continue
            both = ~self.hidden[:, part] & ~self.hidden[:, whole]
            difference = self._numbers(rule.dari) - self._numbers(rule.bagian)
            self.hidden[both & (difference < self.rules.ambang[part]), part] = True
        self._spread()

    def _spread(self) -> None:
        for group in self.rules.bersama:
            self.hidden[:, group] |= self.hidden[:, group].any(axis=1, keepdims=True)

    def _numbers(self, side: Side) -> Integers:
        indicator, which = side
        numbers: Integers = (self.counts.pembilang if which == YES else self.counts.bukan)[:, indicator]
        return numbers

    # What is hidden because of what is shown -----------------------------------------------------------------

    def protect(self) -> bool:
        """Hide a little more where a hidden number is narrowed too far; returns whether anything was hidden."""
        weak = self._weak(self.bounds.everything_known(self.hidden))
        by_itself = self._weak(self.bounds.known_in_each_area(self.hidden))
        changed, touched = False, set()
        for area, indicator in zip(*np.nonzero(weak), strict=True):
            if by_itself[area, indicator] and self._hide_related(int(area), int(indicator)):
                changed = True
                continue
            group = (self.counts.induk[area], int(indicator))
            if group not in touched:  # one more of the siblings protects all of them, or is not enough yet
                touched.add(group)
                changed |= self._hide_more(int(area), int(indicator))
        return changed

    def _weak(self, bounds: tuple[Integers, Integers]) -> Booleans:
        """Hidden figures of which pembilang or complement is known to within less than the threshold.

        In an area with fewer people than the threshold nothing can be said of them that is vaguer than their number.
        """
        low, high = bounds
        length = high - low
        of_units = np.where(self.rules.jiwa, *(self.counts.pembilang[:, [n]] for n in reversed(self.rules.ukuran)))
        threshold = np.minimum(np.array(self.rules.ambang), of_units)
        weak = length[:, :, YES] < threshold
        weak |= (length[:, :, NO] < threshold) & np.array(self.rules.dua_sisi)
        found: Booleans = weak & self.hidden & ~np.array(self.rules.tanpa_penyebut)
        return found

    def _hide_related(self, area: int, indicator: int) -> bool:
        """Hide the figures of the same area that bound this one by themselves."""
        related = {
            other
            for rule in self.rules.implikasi
            for one, other in ((rule.bagian[0], rule.dari[0]), (rule.dari[0], rule.bagian[0]))
            if one == indicator
        }
        before = int(self.hidden.sum())
        for other in sorted(related):
            self._hide(other, [area])
        return int(self.hidden.sum()) > before

    def _hide_more(self, area: int, indicator: int) -> bool:
        """One more area beside this one; else the total above, and so on; at the worst nothing is shown."""
        parent = self.counts.induk[area]
        while parent >= 0:
            beside = [each for each in self.children[parent] if not self.hidden[each, indicator]]
            if beside:
                return self._hide(indicator, [self._drawn(indicator, beside)])
            if not self.hidden[parent, indicator]:
                return self._hide(indicator, [parent])
            parent = self.counts.induk[parent]
        return self._hide(indicator, range(len(self.counts.wilayah)))

    def _drawn(self, indicator: int, areas: Iterable[int]) -> int:
        def lot(area: int) -> bytes:
            text = f"{self.rules.kode[indicator]}:{self.counts.wilayah[area]}"
            return hmac.new(self.key, text.encode(), hashlib.sha256).digest()

        return min(areas, key=lot)

    def _hide(self, indicator: int, areas: Iterable[int]) -> bool:
        before = int(self.hidden.sum())
        self.hidden[np.ix_(list(areas), self.rules.bersama[indicator])] = True
        return int(self.hidden.sum()) > before


def suppress(rules: Public, counts: Counts, key: bytes, *, hidden_before: Booleans | None = None) -> Booleans:
    """Which figures are hidden: one row per area of ``counts``, one column per indicator.

    ``hidden_before`` was hidden in the publication before, and stays hidden. Hiding only grows, so it ends; at the
    worst nothing is shown.
    """
    work = Suppression(rules, counts, key)
    work.hide_the_few()
    if hidden_before is not None:
        work.hidden |= hidden_before
    work.hide_together()
    while work.protect():
        work.hide_together()
    return work.hidden


def may_be_renewed(
    rules: Public, before: Booleans, after: Booleans, changed: Booleans, gone: Booleans | None = None
) -> Booleans:
    """The indicators that may be published anew, a flag each; the others stay as the public knows them.

    Two publications of a kecamatan differ by the villages that changed. Where all of these are shown before and after,
    the difference tells nothing that is not shown, as long as the same is hidden as before. Where one is not, the
    difference would tell its hidden number: then nothing of that component is renewed.

    Args:
        rules: the rules.
        before, after: what is hidden in the publication before and in this one, by area and indicator.
        changed: areas whose delivery is another one for the indicator, or that are new.
        gone: indicators that were hidden in a village which is no longer published.
    """
    touched = changed & (before | after)
    if gone is not None:
        touched = touched | gone
    other = before != after
    allowed = np.ones(len(rules.kode), dtype=bool)
    for component in rules.komponen:
        allowed[component] = not (touched[:, component].any() or other[:, component].any())
    return allowed
