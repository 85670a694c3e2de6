"""One refresh: ``python -m bench.refresh_process <file> [preloaded]`` writes what it took to the file.

``preloaded``: Great Expectations and dbt are imported before it begins, as they are in every task that Airflow forks.
Nothing is imported here that a refresh does not need: it would count.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path

from regsosek.refresh import refresh
from regsosek.refresh.preload import preload
from regsosek.settings import Settings

ID_JALAN = "bench"
STATUS = Path("/proc/self/status")


def _refresh(answer: Path) -> None:
    """Refresh, and write seconds by step and the loader's memory to ``answer``."""
    seconds: dict[str, float] = defaultdict(float)
    loader_mb = 0.0
    step, since = "", time.perf_counter()

    def tell(begins: str) -> None:
        nonlocal step, since, loader_mb
        now = time.perf_counter()
        if step:
            seconds[step] += now - since
        if step == "load":
            loader_mb = _peak_mb()
        step, since = begins, now

    refresh(Settings(), ID_JALAN, tell=tell)
    tell("")
    answer.write_text(json.dumps({"steps": seconds, "loader_mb": loader_mb}))


def _peak_mb() -> float:
    """Peak of this process's resident memory so far, in MB (10^6 bytes).

    Linux lets a child begin with the peak of the parent it was forked from in ``getrusage``, but not here.
    """
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    if "preloaded" in sys.argv[2:]:
        preload(Settings())
    _refresh(Path(sys.argv[1]))
