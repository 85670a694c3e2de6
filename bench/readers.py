"""Planners look at their villages while releases change: ``python -m bench.readers``, docs/reliability.md.

Every reader has a connection of the role ``planner`` and asks once every few seconds for one village what docs/marts.md
asks for it, with the release that each of the two marts says it is of. Meanwhile a kecamatan is delivered anew and
published, the release is rolled back, and published again.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Annotated

import psycopg
import typer

from bench.__main__ import isolate
from bench.deliveries import write_deliveries
from bench.refresh import RefreshFailedError, measure_refresh
from bench.server import PREPARED, database, running_server, server_version
from regsosek.release.rollback import aktifkan, rollback
from regsosek.settings import PROJECT
from regsosek.warehouse.embedded import EmbeddedServerError

DOCUMENT = PROJECT / "docs" / "reliability.md"
BEGIN, END = "<!-- readers -->\n", "<!-- /readers -->\n"

ALLOWED_MS = 50
"""What an answer may take, for 95 of 100."""

VILLAGE = """
    select i.nama, round(f.nilai::numeric, 1) as nilai, i.satuan,
        round(f.batas_bawah::numeric, 1) as paling_rendah, round(f.batas_atas::numeric, 1) as paling_tinggi,
        f.tidak_tahu + f.semesta_tidak_tahu as tidak_diketahui, f.id_rilis, i.id_rilis
    from marts.fct_indikator_desa as f
    join marts.dim_indikator as i using (kode_indikator)
    where f.kode_desa = %s and i.prioritas = 1
    order by i.urutan
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class ReadersDisturbedError(RuntimeError):
    """A reader met an error, a mixed release, or waited too long; the message counts them."""


@dataclass
class Seen:
    """What all readers met: milliseconds of every answer, the releases in them, errors and answers of two releases."""

    milliseconds: list[float] = field(default_factory=list)
    releases: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    mixed: int = 0

    def take(self, milliseconds: float, rows: list[tuple[object, ...]]) -> None:
        """One answer."""
        self.milliseconds.append(milliseconds)
        releases = {int(str(number)) for row in rows for number in row[-2:]}
        self.releases |= releases
        if not rows:
            self.errors.append("empty answer")
        self.mixed += len(releases) > 1

    def percentile(self, percent: int) -> float:
        """Milliseconds that so many of 100 answers took at most."""
        return quantiles(self.milliseconds, n=100)[percent - 1]


@app.command()
def main(
    families: Annotated[int, typer.Option(help="Families of the district.")] = 60_000,
    readers: Annotated[int, typer.Option(help="Readers, each with a connection.")] = 200,
    every: Annotated[float, typer.Option(help="Seconds from question to question of one reader.")] = 5.0,
    write: Annotated[bool, typer.Option("--write", help=f"Put the result into {DOCUMENT.name} too.")] = False,
) -> None:
    """Ask through a refresh, a rollback and a second publication, and say what the readers met."""
    with tempfile.TemporaryDirectory(prefix="regsosek-bench-") as folder:
        base = Path(folder)
        isolate(base)
        made = write_deliveries(base / "landing", families)
        with running_server(base / "server") as server, database(server, PREPARED) as url:
            measure_refresh(url, server.home, made.district, preloaded=True)
            with psycopg.connect(url) as connection:
                villages = [v for (v,) in connection.execute("select kode_desa from marts.mart_profil_desa").fetchall()]
            began = time.perf_counter()

            def work() -> None:
                measure_refresh(url, server.home, made.one_more, preloaded=True)
                with psycopg.connect(url) as connection, connection.cursor() as cursor:
                    withdrawn = rollback(cursor).kiriman_ditarik
                    for number in withdrawn:
                        aktifkan(cursor, number)
                measure_refresh(url, server.home, made.one_more, preloaded=True)

            seen = asyncio.run(_read_through(work, server.url("planner", "regsosek"), villages, readers, every))
            text = _told(seen, made.families, readers, every, time.perf_counter() - began, server_version(server))
    typer.echo(text)
    if write:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        DOCUMENT.write_text(before + BEGIN + text + END + rest.split(END)[1], encoding="utf-8")
    if seen.errors or seen.mixed or len(seen.releases) < 3 or seen.percentile(95) > ALLOWED_MS:
        raise ReadersDisturbedError(f"{len(seen.errors)} errors, {seen.mixed} mixed, p95 {seen.percentile(95):.1f} ms")


async def _read_through(work: Callable[[], None], url: str, villages: list[str], readers: int, every: float) -> Seen:
    """Let everybody read until the work is done."""
    seen, done = Seen(), asyncio.Event()
    tasks = [
        asyncio.create_task(_reader(url, villages[number % len(villages)], every, every * number / readers, done, seen))
        for number in range(readers)
    ]
    try:
        await asyncio.sleep(every)  # everybody is connected
        await asyncio.to_thread(work)
    finally:
        done.set()
        await asyncio.gather(*tasks)
    return seen


async def _reader(url: str, village: str, every: float, later: float, done: asyncio.Event, seen: Seen) -> None:
    await asyncio.sleep(later)
    try:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            while not done.is_set():
                began = time.perf_counter()
                cursor = await connection.execute(VILLAGE, (village,))
                rows = await cursor.fetchall()
                seen.take((time.perf_counter() - began) * 1000, rows)
                await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))
    except psycopg.Error as error:
        seen.errors.append(type(error).__name__)


def _told(seen: Seen, families: int, readers: int, every: float, seconds: float, version: str) -> str:
    """The result in Markdown."""
    verdict = "met" if seen.percentile(95) <= ALLOWED_MS else "**not met**"
    return f"""\
| what | |
|---|--:|
| readers, each with a connection of `planner` | {readers} |
| questions, one every {every:g} s of each | {len(seen.milliseconds):,} |
| seconds of two refreshes that publish, and a rollback between them | {seconds:.0f} |
| releases the answers were of | {len(seen.releases)} |
| errors | {len(seen.errors)} |
| answers of two releases | {seen.mixed} |
| median, 95th, 99th percentile, longest, ms | {seen.percentile(50):.1f}, {seen.percentile(95):.1f}, \
{seen.percentile(99):.1f}, {max(seen.milliseconds):.1f} |
| 95th percentile below {ALLOWED_MS} ms | {verdict} |

{families:,} families; {os.cpu_count()} cores; PostgreSQL {version}; {datetime.now(UTC):%Y-%m-%d}.
"""


if __name__ == "__main__":
    try:
        app()
    except (EmbeddedServerError, ReadersDisturbedError, RefreshFailedError) as reason:
        sys.exit(f"{type(reason).__name__}: {reason}")
