"""What anybody can work out of what is hidden, from everything that is shown.

Every number of people has bounds. A shown number is known; a hidden one is narrowed again and again, until nothing
changes any more, by what always holds:

- an area is the sum of the areas below it: a total less what the others can have at the least, or at the most;
- yes, no and unknown make up the universe, which adds up over areas as well, and is everybody or a part of them;
- who is counted in a part is counted in its whole (``rules.yml``).
"""

from __future__ import annotations

import numpy as np

from regsosek.publik.counts import Booleans, Counts, Integers
from regsosek.publik.rules import ALL, UNKNOWN, YES, Public

ROUNDS = 100
"""More than it takes; stopping early would only know less than somebody more patient, and each round is cheap."""


class Bounds:
    """Bounds of yes, no, unknown and their sum: arrays of one row per area, one column per indicator, four deep."""

    def __init__(self, rules: Public, counts: Counts) -> None:
        self.rules = rules
        three = np.stack([counts.pembilang, counts.bukan, counts.tidak_tahu], axis=2)
        self.numbers = np.concatenate([three, three.sum(axis=2, keepdims=True)], axis=2)
        self.families = [(parent, children) for parent, children in counts.children().items() if parent >= 0]
        self.implications = [*rules.implikasi, *(rule.turned for rule in rules.implikasi if rule.sesemesta)]

    def everything_known(self, hidden: Booleans) -> tuple[Integers, Integers]:
        """(lowest, highest) of every number, to who knows all that is not hidden."""
        return self._narrowed(hidden, sums=True)

    def known_in_each_area(self, hidden: Booleans) -> tuple[Integers, Integers]:
        """The same to who looks at one area at a time."""
        return self._narrowed(hidden, sums=False)

    def _narrowed(self, hidden: Booleans, *, sums: bool) -> tuple[Integers, Integers]:
        shown = ~hidden[:, :, None]
        # Nobody is outside the kabupaten: its own numbers are more than any hidden one can be.
        most = np.broadcast_to(self.numbers[:, :, ALL, None].max(axis=0), self.numbers.shape)
        low = np.where(shown, self.numbers, 0)
        high = np.where(shown, self.numbers, most)
        for _ in range(ROUNDS):
            before = int(low.sum()) - int(high.sum())
            self._by_universe(low, high)
            self._by_implication(low, high)
            if sums:
                self._by_sums(low, high)
            if int(low.sum()) - int(high.sum()) == before:
                break
        return low, high

    def _by_universe(self, low: Integers, high: Integers) -> None:
        three = slice(YES, ALL)
        for indicator, two_sided in enumerate(self.rules.dua_sisi):
            if not two_sided:
                continue
            size = self.rules.ukuran[self.rules.jiwa[indicator]]
            least, most = low[:, indicator], high[:, indicator]  # views: what is narrowed here is narrowed there
            np.minimum(most[:, ALL], high[:, size, YES], out=most[:, ALL])
            np.maximum(low[:, size, YES], least[:, ALL], out=low[:, size, YES])
            if self.rules.menyeluruh[indicator]:
                np.maximum(least[:, ALL], low[:, size, YES], out=least[:, ALL])
                np.minimum(high[:, size, YES], most[:, ALL], out=high[:, size, YES])
            sum_low, sum_high = least[:, three].sum(axis=1), most[:, three].sum(axis=1)
            np.maximum(least[:, ALL], sum_low, out=least[:, ALL])
            np.minimum(most[:, ALL], sum_high, out=most[:, ALL])
            np.minimum(most[:, three], most[:, ALL, None] - (sum_low[:, None] - least[:, three]), out=most[:, three])
            np.maximum(least[:, three], least[:, ALL, None] - (sum_high[:, None] - most[:, three]), out=least[:, three])

    def _by_implication(self, low: Integers, high: Integers) -> None:
        for rule in self.implications:
            (part, side), (whole, of) = rule.bagian, rule.dari
            perhaps = high[:, whole, UNKNOWN]
            np.minimum(high[:, part, side], high[:, whole, of] + perhaps, out=high[:, part, side])
            np.maximum(low[:, whole, of], low[:, part, side] - perhaps, out=low[:, whole, of])

    def _by_sums(self, low: Integers, high: Integers) -> None:
        for parent, children in self.families:
            least, most = low[children].sum(axis=0), high[children].sum(axis=0)
            np.maximum(low[parent], least, out=low[parent])
            np.minimum(high[parent], most, out=high[parent])
            low[children] = np.maximum(low[children], low[parent] - (most - high[children]))
            high[children] = np.minimum(high[children], high[parent] - (least - low[children]))
