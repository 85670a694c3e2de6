"""What was measured as a table in Markdown: medians, ranges, and how they stand to both floors and to the targets."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from statistics import median

import psutil

from bench.deliveries import Deliveries

LABELS = {
    "copy": "COPY of both files into unlogged text tables",
    "analyze": "ANALYZE of what the queries join and filter by",
    "plain": "one plain query by hand, all indicators",
    "floor": "**the floor**: COPY, ANALYZE, plain query",
    "tuned": "another query for the same, tuned by its plan",
    "floor_tuned": "**the tuned floor**: COPY, ANALYZE, tuned query",
    "start": "take the lease",
    "discover": "discover, checksums",
    "load": "load",
    "normalise": "normalise",
    "validate": "gate 1",
    "choose": "choose villages",
    "aggregate": "aggregates",
    "build_candidate": "candidate marts",
    "validate_candidate": "gate 2",
    "publish": "publish",
    "summarise": "summarise",
    "refresh": "**the work of a whole refresh**",
    "command": "`regsosek refresh`, from the start of Python to its end",
    "airflow": "**the same by the DAG in Airflow**",
    "kecamatan": "a kecamatan on top of the district",
    "villages": "one delivery of each village instead of one of the district",
    "pandas": "pandas `read_csv` + `to_sql`, families only, no figures",
    "dlt": "dlt, families only, no figures",
}
"""What was measured, in the order of the table."""

SECONDS = "| what | median s | min–max | × floor | × tuned floor | runs |\n|---|--:|--:|--:|--:|--:|"
TARGETS = "| target | allowed | measured | met |\n|---|--:|--:|---|"


@dataclass
class Measured:
    """Seconds by what was measured, one per run, and the loader's peak memory in MB, one per refresh of a district."""

    deliveries: Deliveries
    server_version: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    loader_mb: list[float] = field(default_factory=list)

    def add(self, **seconds: float) -> None:
        """Note what one run took."""
        for name, value in seconds.items():
            self.seconds[name].append(value)

    def median(self, name: str) -> float | None:
        """Median seconds; None if it was not measured."""
        return median(self.seconds[name]) if self.seconds.get(name) else None


def as_markdown(measured: Measured) -> str:
    """Heading, table of seconds, table of targets."""
    targets = list(_targets(measured))
    blocks = [[_heading(measured)], [SECONDS, *_seconds(measured)], [TARGETS, *targets] if targets else []]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _heading(measured: Measured) -> str:
    made = measured.deliveries
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{made.families:,} families, {made.persons:,} persons, {made.size / 1e6:,.0f} MB of CSV; "
        f"{os.cpu_count()} cores, {memory:.0f} GB; PostgreSQL {measured.server_version}, "
        f"Python {platform.python_version()}; {date.today()}."
    )


def _seconds(measured: Measured) -> Iterator[str]:
    floors = [measured.median(name) for name in ("floor", "floor_tuned")]
    for name, label in LABELS.items():
        seconds = measured.seconds.get(name)
        if seconds:
            middle = median(seconds)
            ratios = " | ".join(f"{middle / floor:.2f}" if floor else "" for floor in floors)
            yield f"| {label} | {middle:.1f} | {min(seconds):.1f}–{max(seconds):.1f} | {ratios} | {len(seconds)} |"


def _targets(measured: Measured) -> Iterator[str]:
    floor, refresh, airflow = (measured.median(name) for name in ("floor", "refresh", "airflow"))
    kecamatan, villages = (measured.median(name) for name in ("kecamatan", "villages"))
    share = measured.deliveries.share
    if floor and refresh:
        yield _target("the work of a whole refresh, at most 3 times the floor", 3 * floor, refresh, "s")
    if refresh and airflow:
        yield _target("Airflow, at most 30 s more", 30, airflow - refresh, "s")
    if measured.loader_mb:
        yield _target("memory of the CSV loader", 300, max(measured.loader_mb), "MB")
    if refresh and kecamatan:
        what = f"a kecamatan ({share:.1%} of the families), at most 12 s and 1.2 times its share"
        yield _target(what, 12 + 1.2 * share * refresh, kecamatan, "s")
    if refresh and villages:
        yield _target("a delivery of each village, at most 3 times one of the district", 3 * refresh, villages, "s")


def _target(what: str, allowed: float, measured: float, unit: str) -> str:
    met = "yes" if measured <= allowed else "**no**"
    return f"| {what} | {allowed:.1f} {unit} | {measured:.1f} {unit} | {met} |"
