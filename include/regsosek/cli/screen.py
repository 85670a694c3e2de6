"""Where tables go: the terminal, or a pipe wide enough that they stay tables."""

from __future__ import annotations

import sys

from rich.console import Console

PIPED_WIDTH = 160


def screen() -> Console:
    """A console on standard output."""
    return Console() if sys.stdout.isatty() else Console(width=PIPED_WIDTH)
