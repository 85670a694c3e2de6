"""What a dashboard asks the warehouse, and how long the answer takes cold: ``python -m bench.dashboards``, docs/bi.md.

A district of every village with few families, and several releases: the marts are as large as with all families.
Superset is started as ``make bi`` does, a browser opens each dashboard, and the SQL of every answer of Superset's is
kept, that of the filters too. Then each of these queries is asked as role ``planner`` over a new connection, PostgreSQL
having been started anew right before it. What the operating system keeps of the files in memory is not thrown away.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import which
from statistics import median
from typing import Annotated, Any

import psycopg
import typer
import yaml
from playwright.sync_api import Page, Response, sync_playwright

from bench.__main__ import isolate
from bench.server import PREPARED, database, running_server, server_version
from regsosek.bi.assets import assets
from regsosek.bi.declaration import declaration
from regsosek.bi.environment import is_made, make_environment
from regsosek.bi.server import Superset
from regsosek.local.installation import Installation
from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.sample.villages import read_villages
from regsosek.settings import PROJECT, Settings
from regsosek.warehouse.embedded import EmbeddedServer, EmbeddedServerError

DOCUMENT = PROJECT / "docs" / "bi.md"
BEGIN, END = "<!-- dashboards -->\n", "<!-- /dashboards -->\n"

ALLOWED_MS = 100
"""What the answer to any query of a dashboard may take."""

PATIENCE = 120_000
"""Milliseconds a page may take."""

CORNERS = 400
"""Of the boundary of each village, which is about what detailed maps have."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class TooSlowError(RuntimeError):
    """A query of a dashboard takes longer than it may; the message names it."""


@dataclass
class Query:
    """One query of a dashboard, with what came of it each time it was asked."""

    dashboard: str
    chart: str
    sql: str
    rows: int = 0
    milliseconds: list[float] = field(default_factory=list)


@app.command()
def main(
    families: Annotated[int, typer.Option(help="Families of the district.")] = 15_000,
    releases: Annotated[int, typer.Option(help="Releases of which the trend shows figures.")] = 6,
    runs: Annotated[int, typer.Option(help="How often each query is asked.")] = 3,
    write: Annotated[bool, typer.Option("--write", help=f"Put the table into {DOCUMENT.name} too.")] = False,
) -> None:
    """Measure every query of every dashboard, cold, and print a table in Markdown."""
    if not is_made():
        make_environment()
    with tempfile.TemporaryDirectory(prefix="regsosek-bench-") as folder:
        base = Path(folder)
        isolate(base)
        with running_server(base / "server") as server, database(server, PREPARED) as url:
            settings = Settings(
                home=server.home, landing_url=str(base / "landing"), warehouse_url=url, settle_seconds=0
            )
            _publish(settings, families, releases)
            queries = _collect(settings, base / "batas.geojson")
            for run in range(1, runs + 1):
                _say(f"Asking {len(queries)} queries, run {run} of {runs}")
                for query in queries:
                    _ask_cold(server, query)
            for query in queries:
                _say(f"{max(query.milliseconds):7.1f} ms {query.rows:6} rows  {query.dashboard}: {query.chart}")
            text = _table(queries, releases, server_version(server))
    typer.echo(text)
    if write:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        DOCUMENT.write_text(before + BEGIN + text + END + rest.split(END)[1], encoding="utf-8")
    if slow := [f"{each.dashboard}: {each.chart}" for each in queries if max(each.milliseconds) > ALLOWED_MS]:
        raise TooSlowError("; ".join(slow))


def _publish(settings: Settings, families: int, releases: int) -> None:
    """A release of the whole district, and one more of a single village each time."""
    landing = Path(settings.landing)
    written = generate(landing, keluarga=families, faults="tanpa", per="kabupaten")
    (folder,) = written.folders
    counts: dict[str, int] = yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))["desa"]
    for number, (village, count) in enumerate([*counts.items()][:releases], 1):
        _say(f"Release {number} of {releases}")
        if number > 1:
            day = date(2022, 12, 31) + timedelta(days=30 * number)
            generate(landing, keluarga=count, desa=[village], faults="tanpa", cut_off=day)
        refresh(settings, f"bench-{number}")


def _collect(settings: Settings, boundaries: Path) -> list[Query]:
    """The queries of every dashboard, and of the map with boundaries."""
    superset = Superset(Installation(settings))
    with _served(superset):
        found = _asked(superset, {code: page.judul for code, page in declaration().dasbor.items()})
        boundaries.write_text(json.dumps({"type": "FeatureCollection", "features": list(_boundaries(settings))}))
        Superset(Installation(settings.model_copy(update={"village_polygons": boundaries}))).prepare()
        bounded = _asked(superset, {"ringkasan": "Ringkasan kabupaten, batas desa"})
    return found + [query for query in bounded if "garis_batas" in query.sql]


@contextmanager
def _served(superset: Superset) -> Iterator[None]:
    superset.prepare()
    try:
        superset.start()
        yield
    finally:
        superset.process.stop()


def _boundaries(settings: Settings) -> Iterator[dict[str, Any]]:
    """A round village of two kilometres at every centroid, with many corners."""
    with psycopg.connect(settings.warehouse_url) as connection:
        villages = connection.execute("select kode_desa, bujur, lintang from acuan.ref_desa").fetchall()
    turns = [2 * math.pi * corner / CORNERS for corner in range(CORNERS)]
    for code, x, y in villages:
        corners = [[float(x) + 0.01 * math.cos(turn), float(y) + 0.01 * math.sin(turn)] for turn in turns]
        geometry = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
        yield {"properties": {"kode_desa": code}, "geometry": geometry}


def _asked(superset: Superset, dashboards: dict[str, str]) -> list[Query]:
    """What Superset asked for each of these dashboards, as its answers to the browser say."""
    found: list[Query] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 2600})  # charts out of view are not drawn
        answers: list[Response] = []
        page.on("response", lambda each: answers.append(each) if "/api/v1/chart/data" in each.url else None)
        _log_in(page, superset)
        for code, title in dashboards.items():
            _say(title)
            answers.clear()
            _open(page, superset, code)
            names = page.request.get(f"{superset.url}/api/v1/dashboard/{code}/charts").json()["result"]
            charts = {each["id"]: each["slice_name"] for each in names}
            for answer in answers:
                form = json.loads(answer.request.post_data or "{}")["form_data"]
                chart = charts.get(form.get("slice_id")) or f"filter {form['native_filter_id'].rpartition('-')[2]}"
                found += [Query(title, chart, result["query"]) for result in answer.json()["result"]]
        chromium.close()
    return list({(query.dashboard, query.sql): query for query in found}.values())


def _log_in(page: Page, superset: Superset) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{superset.url}/login/")
    page.locator("input#username").fill("perencana")
    page.locator("input#password").fill(superset.password_file("perencana").read_text(encoding="utf-8"))
    page.locator("button[type=submit]").click()
    page.get_by_text("Dashboards").first.wait_for()


def _open(page: Page, superset: Superset, code: str) -> None:
    """Open a dashboard and wait until all its charts are drawn."""
    page.goto(f"{superset.url}/superset/dashboard/{code}/")
    boxes = assets(declaration())[f"dashboards/{code}.yaml"]["position"].values()
    for box in boxes:
        if isinstance(box, dict) and box["type"] == "CHART":
            chart = page.locator(f'[data-test-chart-name="{box["meta"]["sliceName"]}"]')
            chart.locator("[data-test=slice-container]").wait_for()
    page.wait_for_load_state("networkidle")


def _ask_cold(server: EmbeddedServer, query: Query) -> None:
    """Ask it of a server that has just been started, over a new connection."""
    server.stop()
    server.start()
    url = server.url("planner", "regsosek")
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=on") as connection:
        began = time.perf_counter()
        rows = connection.execute(query.sql.encode()).fetchall()
        query.milliseconds.append((time.perf_counter() - began) * 1000)
    query.rows = len(rows)


def _table(queries: list[Query], releases: int, version: str) -> str:
    """The result in Markdown: for each dashboard its queries, and the slowest of them."""
    lines = ["| dashboard | queries | median ms | longest ms | of |", "|---|--:|--:|--:|---|"]
    for title in dict.fromkeys(query.dashboard for query in queries):
        asked = [query for query in queries if query.dashboard == title]
        times = [each for query in asked for each in query.milliseconds]
        slowest = max(asked, key=lambda query: max(query.milliseconds))
        lines.append(f"| {title} | {len(asked)} | {median(times):.0f} | {max(times):.0f} | {slowest.chart} |")
    longest = max(each for query in queries for each in query.milliseconds)
    verdict = "met" if longest <= ALLOWED_MS else "**not met**"
    counted = f"{len(read_villages())} villages, {releases} releases, each query {len(queries[0].milliseconds)} times"
    machine = f"{os.cpu_count()} cores; PostgreSQL {version}; {datetime.now(UTC):%Y-%m-%d}"
    return "\n".join([*lines, "", f"Every query within {ALLOWED_MS} ms: {verdict}. {counted}; {machine}.", ""])


def _say(progress: str) -> None:
    typer.echo(progress, err=True)


if __name__ == "__main__":
    try:
        app()
    except (EmbeddedServerError, TooSlowError) as reason:
        sys.exit(f"{type(reason).__name__}: {reason}")
