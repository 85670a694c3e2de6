"""Superset as ``make bi`` runs it, in a browser: every dashboard shows figures of the marts, and asks nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from regsosek.access.roles import repair_access
from regsosek.bi.assets import assets
from regsosek.bi.declaration import declaration
from regsosek.bi.environment import is_made, make_environment
from regsosek.bi.server import Superset
from regsosek.local.installation import Installation
from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings

pytestmark = pytest.mark.timeout(1200)

VILLAGES = ["3328040010", "3328120016"]
PATIENCE = 90_000
"""Milliseconds a page may take on a busy machine."""
TALL = {"width": 1280, "height": 2400}
"""Charts that are not in view are not drawn."""
IMAGES = os.environ.get("REGSOSEK_IMAGES")
"""Folder that gets the pictures of the documentation, if they are to be taken anew."""
PAGES = {name: content for name, content in assets(declaration()).items() if name.startswith("dashboards/")}


class Office:
    """A planner's browser, with every answer about a chart and every request to another host."""

    def __init__(self, browser: Browser, superset: Superset) -> None:
        self.url = superset.url
        self.context: BrowserContext = browser.new_context(viewport=TALL)
        self.context.set_default_timeout(PATIENCE)
        self.answers: list[Response] = []
        self.left: set[str] = set()
        self.context.on("response", self._answered)
        self.context.on("requestfinished", lambda request: self._note(request.url))
        # What the policy of the page forbids never leaves the browser.
        self.context.on("requestfailed", lambda request: request.failure == "csp" or self._note(request.url))
        self.page: Page = self.context.new_page()
        self.page.goto(f"{self.url}/login/")
        self.page.locator("input#username").fill("perencana")
        self.page.locator("input#password").fill(superset.password_file("perencana").read_text(encoding="utf-8"))
        self.page.locator("button[type=submit]").click()
        expect(self.page.get_by_text("Dashboards").first).to_be_visible(timeout=PATIENCE)

    def _answered(self, response: Response) -> None:
        if urlsplit(response.url).path == "/api/v1/chart/data":
            self.answers.append(response)

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(self.url):
            self.left.add(url)

    def open(self, code: str, charts: set[str]) -> Page:
        """The dashboard, once each of its charts has been drawn."""
        self.page.goto(f"{self.url}/superset/dashboard/{code}/")
        for name in charts:
            chart = self.page.locator(f'[data-test-chart-name="{name}"]')
            expect(chart.locator("[data-test=slice-container]")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("[data-test=loading-indicator]")).to_have_count(0, timeout=PATIENCE)
        return self.page

    def token(self) -> str:
        """What a page sends along with what it posts."""
        self.page.goto(f"{self.url}/superset/dashboard/profil/")
        return self.page.locator("input#csrf_token").get_attribute("value") or ""


@pytest.fixture(scope="module")
def published(module_settings: Settings) -> Settings:
    generate(Path(module_settings.landing), desa=VILLAGES, keluarga=160, faults="tanpa")
    refresh(module_settings, "uji-1")
    repair_access(module_settings)
    return module_settings


@pytest.fixture(scope="module")
def superset(published: Settings) -> Iterator[Superset]:
    """``make bi`` in a process of its own, which has to end when it is told to."""
    if not is_made():
        if os.environ.get("CI") != "true":
            pytest.skip(".venv-superset is not there, or not that of superset/requirements.lock: `make bi` makes it")
        make_environment()
    variables = {"REGSOSEK_HOME": str(published.home), "AIRFLOW_CONN_REGSOSEK": published.warehouse_url}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "REGSOSEK"))}
    output = published.home / "bi.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("regsosek"), "bi"],
            env=inherited | variables,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    end = time.monotonic() + 600
    while process.poll() is None and "Ctrl-C" not in output.read_text() and time.monotonic() < end:
        time.sleep(0.5)
    try:
        assert process.poll() is None and "Ctrl-C" in output.read_text(), output.read_text()
        superset = Superset(Installation(published))
        assert superset.url in output.read_text()
        yield superset
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    with pytest.raises(httpx.ConnectError):
        httpx.get(superset.url, trust_env=False)


@pytest.fixture(scope="module")
def office(browser: Browser, superset: Superset) -> Iterator[Office]:
    office = Office(browser, superset)
    yield office
    office.context.close()


def figure(settings: Settings, code: str) -> float:
    with psycopg.connect(settings.warehouse_url) as connection:
        row = connection.execute(
            "select nilai from marts.fct_indikator_wilayah where tingkat = 'kabupaten' and kode_indikator = %s", (code,)
        ).fetchone()
    assert row is not None
    return float(row[0])


def shown(number: float) -> str:
    """As a reader in Indonesia writes it."""
    text = f"{number:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize("name", PAGES)
def test_every_chart_of_a_dashboard_is_drawn(office: Office, name: str) -> None:
    boxes = [box for box in PAGES[name]["position"].values() if isinstance(box, dict) and box["type"] == "CHART"]
    charts = {box["meta"]["sliceName"] for box in boxes}
    office.answers.clear()
    page = office.open(PAGES[name]["slug"], charts)
    assert {answer.status for answer in office.answers} == {200}
    assert len(office.answers) >= len(charts)
    assert page.locator("[role=alert]").all_inner_texts() == []
    assert page.get_by_text("No results were returned").count() == 0
    if IMAGES:
        page.wait_for_timeout(3000)
        page.screenshot(path=Path(IMAGES) / f"dasbor-{PAGES[name]['slug']}.png")


def test_figures_are_those_of_the_marts_also_after_a_new_release(office: Office, published: Settings) -> None:
    charts = {"Jumlah keluarga", "Rumah tidak layak huni", "Rilis yang ditampilkan"}
    for release in (1, 2):
        if release == 2:
            generate(
                Path(published.landing),
                desa=VILLAGES[:1],
                keluarga=90,
                faults="tanpa",
                cut_off=date(2024, 6, 30),
                seed=7,
            )
            refresh(published, "uji-2")
        page = office.open("ringkasan", charts)
        for code, name in (("jumlah_keluarga", "Jumlah keluarga"), ("pct_rtlh", "Rumah tidak layak huni")):
            number = page.locator(f'[data-test-chart-name="{name}"] .header-line')
            assert number.inner_text() == shown(figure(published, code))
        head = page.locator('[data-test-chart-name="Rilis yang ditampilkan"]')
        assert f"Rilis {release}" in head.inner_text() and "2 dari 287" in head.inner_text()


def test_a_kecamatan_is_chosen_and_a_click_in_a_table_changes_nothing(office: Office, published: Settings) -> None:
    page = office.open("ringkasan", {"Jumlah keluarga", "Angka kunci dengan batas-batasnya"})
    families = page.locator('[data-test-chart-name="Jumlah keluarga"] .header-line')
    page.locator('[data-test-chart-name="Angka kunci dengan batas-batasnya"] td').nth(1).click()
    page.locator("input#NATIVE_FILTER-ringkasan-kecamatan").click(force=True)
    page.locator('.ant-select-item-option[title="Balapulang"]').click()
    page.get_by_role("button", name="Apply filters").click()
    with psycopg.connect(published.warehouse_url) as connection:
        row = connection.execute(
            "select nilai from marts.fct_indikator_wilayah"
            " where tingkat = 'kecamatan' and nama_wilayah = 'Balapulang' and kode_indikator = 'jumlah_keluarga'"
        ).fetchone()
    assert row is not None
    expect(families).to_have_text(shown(row[0]), timeout=PATIENCE)


def test_a_planner_only_looks(office: Office) -> None:
    head = {"X-CSRFToken": office.token(), "Referer": office.url}
    sql: dict[str, Any] = {"database_id": 1, "sql": "select 1", "runAsync": False}
    assert office.context.request.post(f"{office.url}/api/v1/sqllab/execute/", data=sql, headers=head).status == 403
    assert office.context.request.get(f"{office.url}/api/v1/database/1/schemas/").status in (403, 404)
    for path in ("chart", "dataset", "dashboard"):
        created = office.context.request.post(f"{office.url}/api/v1/{path}/", data={}, headers=head)
        assert created.status == 403, path


def test_nothing_left_for_another_host(office: Office) -> None:
    assert office.answers, "no dashboard was looked at"
    assert office.left == set()
