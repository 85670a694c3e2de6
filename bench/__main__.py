"""``python -m bench``: make the deliveries, measure everything in turn, print the table."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bench.airflow import RunFailedError, measure_airflow
from bench.deliveries import Deliveries, write_deliveries, write_villages
from bench.floor import Figures, measure_floor
from bench.peers import PeerUnavailableError, install_dlt, measure_dlt, measure_pandas
from bench.refresh import RefreshFailedError, measure_refresh, published_figures
from bench.server import EMPTY, PREPARED, database, running_server, server_version
from bench.table import Measured, as_markdown
from regsosek.local.setup import SetupFailedError
from regsosek.settings import PROJECT
from regsosek.warehouse.embedded import EmbeddedServer, EmbeddedServerError

DOCUMENT = PROJECT / "docs" / "performance.md"
BEGIN, END = "<!-- table -->\n", "<!-- /table -->\n"
"""Between these lines of the document lies what was measured last."""

DISTRICT = 600_000
"""Families of a full district."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Part(StrEnum):
    """What can be measured by itself; ``kecamatan`` comes with the refresh it stands on."""

    FLOOR = "floor"
    REFRESH = "refresh"
    KECAMATAN = "kecamatan"
    VILLAGES = "villages"
    AIRFLOW = "airflow"
    PANDAS = "pandas"
    DLT = "dlt"


class FiguresDifferError(RuntimeError):
    """The queries and the refresh do not come to the same figures: they did not do the same work."""


@app.command()
def main(
    families: Annotated[int, typer.Option(help="Families of the district.")] = DISTRICT,
    runs: Annotated[int, typer.Option(help="Runs of everything but pandas and dlt, which run once.")] = 3,
    only: Annotated[str, typer.Option(help=f"Some of {','.join(Part)}; all by default.")] = ",".join(Part),
    write: Annotated[bool, typer.Option("--write", help=f"Put the table into {DOCUMENT.name} too.")] = False,
) -> None:
    """Measure a refresh beside the least that has to be done for the same figures, and print a table in Markdown."""
    if unknown := set(only.split(",")) - set(Part):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: not one of {','.join(Part)}", param_hint="--only")
    parts = {Part(name) for name in only.split(",")}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds: servers stop, folders go
    with tempfile.TemporaryDirectory(prefix="regsosek-bench-") as folder:
        base = Path(folder)
        isolate(base)
        _say(f"Deliveries of {families:,} families")
        made = write_deliveries(base / "landing", families)
        villages = write_villages(base / "landing", families) if Part.VILLAGES in parts else None
        table = as_markdown(_measure(base, made, villages, parts, runs))
    typer.echo(table)
    if write:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        DOCUMENT.write_text(before + BEGIN + table + END + rest.split(END)[1], encoding="utf-8")


def isolate(base: Path) -> None:
    """Let nothing of this user's installation reach what is measured: settings, key of the pseudonyms, Airflow."""
    for name in list(os.environ):
        if name.startswith(("REGSOSEK_", "AIRFLOW", "LANDING_URL")):
            del os.environ[name]
    os.environ["REGSOSEK_SECRET_FILE"] = str(base / "pseudonym.key")
    os.environ["REGSOSEK_SETTLE_SECONDS"] = "0"  # the deliveries are complete


def _measure(base: Path, made: Deliveries, villages: Path | None, parts: set[Part], runs: int) -> Measured:
    with running_server(base / "server") as server:
        measured = Measured(made, server_version(server))
        for run in range(1, runs + 1):
            _say(f"Run {run} of {runs}")
            figures = _floor(server, measured) if Part.FLOOR in parts else None
            if parts & {Part.REFRESH, Part.KECAMATAN}:
                _refresh(server, measured, figures, one_more=Part.KECAMATAN in parts)
            if Part.REFRESH in parts:
                _command(server, measured)
            if villages is not None:
                with database(server, PREPARED) as url:
                    measured.add(villages=measure_refresh(url, server.home, villages, preloaded=True).work)
            if Part.AIRFLOW in parts:
                measured.add(airflow=measure_airflow(base / "airflow", made.district))
        _peers(base, server, measured, parts)
    return measured


def _floor(server: EmbeddedServer, measured: Measured) -> Figures:
    """Measure both queries after the same COPY.

    Raises:
        FiguresDifferError: they have different figures.
    """
    with database(server, EMPTY) as url:
        floor = measure_floor(url, measured.deliveries.folder)
    _compare("The plain and the tuned query", floor.plain.figures, floor.tuned.figures)
    loaded = floor.copy + floor.analyze
    measured.add(copy=floor.copy, analyze=floor.analyze)
    measured.add(plain=floor.plain.seconds, floor=loaded + floor.plain.seconds)
    measured.add(tuned=floor.tuned.seconds, floor_tuned=loaded + floor.tuned.seconds)
    return floor.plain.figures


def _refresh(server: EmbeddedServer, measured: Measured, floor: Figures | None, *, one_more: bool) -> None:
    """Measure the work of a refresh from the delivery of the district, and then from one more of a kecamatan.

    Raises:
        FiguresDifferError: the floor has other figures of the district.
    """
    with database(server, PREPARED) as url:
        refreshed = measure_refresh(url, server.home, measured.deliveries.district, preloaded=True)
        measured.add(**refreshed.steps, refresh=refreshed.work)
        if floor is not None:
            _compare("The floor and the marts", floor, published_figures(url))
        if one_more:
            more = measure_refresh(url, server.home, measured.deliveries.one_more, preloaded=True)
            measured.add(kecamatan=more.work)


def _command(server: EmbeddedServer, measured: Measured) -> None:
    """Measure the same from the command line, which has to import everything first, and the loader's memory there."""
    with database(server, PREPARED) as url:
        refreshed = measure_refresh(url, server.home, measured.deliveries.district, preloaded=False)
        measured.add(command=refreshed.process)
        measured.loader_mb.append(refreshed.loader_mb)


def _compare(which: str, some: Figures, others: Figures) -> None:
    if differ := {key for key in some | others if some.get(key) != others.get(key)}:
        names = sorted({indicator for _, indicator in differ})
        raise FiguresDifferError(f"{which} differ in {len(differ)} figures, of {', '.join(names)}.")


def _peers(base: Path, server: EmbeddedServer, measured: Measured, parts: set[Part]) -> None:
    folder = measured.deliveries.folder
    if Part.PANDAS in parts:
        _say("pandas")
        with database(server, EMPTY) as url:
            measured.add(pandas=measure_pandas(url, folder))
    if Part.DLT in parts:
        _say("dlt")
        try:
            python = install_dlt(base)
        except PeerUnavailableError as reason:
            _say(str(reason))
            return
        with database(server, EMPTY) as url:
            measured.add(dlt=measure_dlt(python, url, folder, base / "dlt-work"))


def _say(progress: str) -> None:
    typer.echo(progress, err=True)


if __name__ == "__main__":
    try:
        app()
    except (EmbeddedServerError, FiguresDifferError, RefreshFailedError, RunFailedError, SetupFailedError) as reason:
        sys.exit(f"{type(reason).__name__}: {reason}")
