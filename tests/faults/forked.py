"""``regsosek`` in a process that is forked from one which has imported everything, as Airflow's tasks are."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from subprocess import TimeoutExpired

IMPORTED = ["regsosek.cli", "dbt.cli.main", "dbt.adapters.postgres", "great_expectations"]
"""What takes seconds to import, and is imported once for all tests."""

_context = get_context("forkserver")
_context.set_forkserver_preload(IMPORTED)


class Forked:
    """One command; like a ``Popen``, as far as anybody asks."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], output: Path) -> None:
        self._arguments = arguments
        self._process = _context.Process(target=_run, args=(list(arguments), dict(environment), output))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its id."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, None while it lives."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutExpired(list(self._arguments), timeout or 0)
        return self._process.exitcode

    def kill(self) -> None:
        """End it as SIGKILL does."""
        self._process.kill()


def _run(arguments: list[str], environment: dict[str, str], output: Path) -> None:
    from regsosek.cli import app  # noqa: PLC0415 - here it is imported already

    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    with output.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    app(arguments)
