"""Where tables go: the terminal, or a pipe wide enough that they stay tables. A bar goes to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PIPED_WIDTH = 160


def screen() -> Console:
    """A console on standard output."""
    return Console() if sys.stdout.isatty() else Console(width=PIPED_WIDTH)


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while something takes long; call what it gives with (done, in all)."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
