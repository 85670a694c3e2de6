"""What a gate says when it does not let something through."""

from __future__ import annotations

from collections.abc import Sequence


class GateFailed(Exception):
    """A gate refused a delivery, a village or a candidate; everything is recorded, nothing was published.

    Attributes:
        lines: for the log, most important first: rule, counts, villages, remedy. Never a value of the data.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        super().__init__("\n".join(lines))
