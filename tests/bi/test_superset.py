"""Superset as ``make bi`` runs it, in a browser: every dashboard shows figures of the marts, and asks nobody else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from PIL import Image
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Response, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from regsosek.access.roles import repair_access
from regsosek.access.villages import give_villages, take_login
from regsosek.bi.assets import CLASSES, assets
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
FILES = assets(declaration())
PAGES = {name: content for name, content in FILES.items() if name.startswith("dashboards/")}
DATASETS = {each["uuid"]: each["table_name"] for name, each in FILES.items() if name.startswith("datasets/")}


VILLAGE_LOGIN = f"desa_{VILLAGES[0]}"


class Office:
    """A user's browser, with every answer about a chart and every request to another host."""

    def __init__(self, browser: Browser, superset: Superset, user: str, password: Path) -> None:
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
        self._log_in(user, password.read_text(encoding="utf-8").strip())

    def _log_in(self, user: str, password: str) -> None:
        """The form is drawn twice, and what was typed into the first is lost on a busy machine."""
        inside = self.page.get_by_text("Dashboards").first
        for _ in range(3):
            self.page.goto(f"{self.url}/login/", wait_until="networkidle")
            if inside.is_visible():
                return
            self.page.locator("input#username").fill(user)
            self.page.locator("input#password").fill(password)
            self.page.locator("button[type=submit]").click()
            with suppress(PlaywrightTimeout):
                inside.wait_for(timeout=PATIENCE)
                return
        raise AssertionError(f"{user} could not log in")

    def _answered(self, response: Response) -> None:
        if urlsplit(response.url).path == "/api/v1/chart/data":
            self.answers.append(response)

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(self.url):
            self.left.add(url)

    def open(self, code: str, charts: set[str], *, anew: bool = False) -> Page:
        """The dashboard, once each of its charts has been drawn; as it stands there if it is open, unless ``anew``."""
        path = f"/superset/dashboard/{code}/"
        if anew or urlsplit(self.page.url).path != path:
            self.page.goto(self.url + path)
        for name in charts:
            chart = self.page.locator(f'[data-test-chart-name="{name}"]')
            expect(chart.locator("[data-test=slice-container]")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("[data-test=loading-indicator]")).to_have_count(0, timeout=PATIENCE)
        return self.page

    @cached_property
    def token(self) -> str:
        """What every page of this session sends along with what it posts."""
        self.open("profil", set())
        return self.page.locator("input#csrf_token").get_attribute("value") or ""

    def post(self, path: str, data: dict[str, Any]) -> APIResponse:
        """What the server answers to what a page of its own would send."""
        head = {"X-CSRFToken": self.token, "Referer": self.url}
        return self.context.request.post(f"{self.url}{path}", data=data, headers=head, max_retries=3)

    def rows(self, dataset: int, **query: Any) -> list[dict[str, Any]]:
        """Rows of a dataset, as somebody may ask for them without a chart."""
        asked = {"datasource": {"id": dataset, "type": "table"}, "queries": [query], "result_format": "json"}
        answer = self.post("/api/v1/chart/data", asked)
        assert answer.ok, answer.text()
        (result,) = answer.json()["result"]
        return list(result["data"])

    def datasets(self) -> dict[str, int]:
        """Name -> number, of the datasets of the dashboards that this user may open and of their filters."""
        found = {}
        for page in PAGES.values():
            where = f"{self.url}/api/v1/dashboard/{page['slug']}"
            if not (answer := self.context.request.get(where)).ok:
                continue
            filters = json.loads(answer.json()["result"]["json_metadata"])["native_filter_configuration"]
            for each, declared in zip(filters, page["metadata"]["native_filter_configuration"], strict=True):
                found[DATASETS[declared["targets"][0]["datasetUuid"]]] = each["targets"][0]["datasetId"]
            shown = self.context.request.get(f"{where}/datasets").json()["result"]
            found |= {each["table_name"]: each["id"] for each in shown}
        return found


RING = [[109.05, -7.05], [109.15, -7.05], [109.15, -7.15], [109.05, -7.15], [109.05, -7.05]]
"""What the office says is the boundary of the first village; of the second it has none."""


@pytest.fixture(scope="module")
def published(module_settings: Settings) -> Settings:
    properties, geometry = {"ADM4_PCODE": f"ID{VILLAGES[0]}"}, {"type": "Polygon", "coordinates": [RING]}
    feature = {"properties": properties, "geometry": geometry}
    polygons = module_settings.home / "batas.geojson"
    polygons.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    generate(Path(module_settings.landing), desa=VILLAGES, keluarga=160, faults="tanpa")
    refresh(module_settings, "uji-1")
    repair_access(module_settings)
    give_villages(module_settings, VILLAGES[0], VILLAGES[:1])
    return module_settings.model_copy(update={"village_polygons": polygons})


@pytest.fixture(scope="module")
def superset(published: Settings) -> Iterator[Superset]:
    """``make bi`` in a process of its own, which has to end when it is told to."""
    if not is_made():
        if os.environ.get("CI") != "true":
            pytest.skip(".venv-superset is not there, or not that of superset/requirements.lock: `make bi` makes it")
        make_environment()
    variables = {
        "REGSOSEK_HOME": str(published.home),
        "AIRFLOW_CONN_REGSOSEK": published.warehouse_url,
        "REGSOSEK_VILLAGE_POLYGONS": str(published.village_polygons),
    }
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
    office = Office(browser, superset, "perencana", superset.password_file("perencana"))
    yield office
    office.context.close()


@pytest.fixture(scope="module")
def village(browser: Browser, superset: Superset, published: Settings) -> Iterator[Office]:
    """Somebody of a village office, with the login that `regsosek desa-akun` made."""
    village = Office(browser, superset, VILLAGE_LOGIN, published.home / "passwords" / VILLAGE_LOGIN)
    yield village
    village.context.close()


def figure(settings: Settings, code: str, area: str = "3328") -> float:
    with psycopg.connect(settings.warehouse_url) as connection:
        row = connection.execute(
            "select nilai from marts.fct_indikator_wilayah where kode_wilayah = %s and kode_indikator = %s",
            (area, code),
        ).fetchone()
    assert row is not None
    return float(row[0])


def shown(number: float) -> str:
    """As a reader in Indonesia writes it."""
    text = f"{number:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def charts_of(name: str) -> set[str]:
    """Titles of the charts of a dashboard."""
    boxes = [box for box in PAGES[name]["position"].values() if isinstance(box, dict) and box["type"] == "CHART"]
    return {box["meta"]["sliceName"] for box in boxes}


def pages(*, last: str) -> list[str]:
    """Files of the dashboards, the one last that the next test goes on with."""
    return sorted(PAGES, key=lambda name: PAGES[name]["slug"] == last)


@pytest.mark.parametrize("name", pages(last="ringkasan"))
def test_every_chart_of_a_dashboard_is_drawn(office: Office, name: str) -> None:
    charts = charts_of(name)
    office.answers.clear()
    page = office.open(PAGES[name]["slug"], charts, anew=True)
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
        page = office.open("ringkasan", charts, anew=release == 2)
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


@pytest.mark.parametrize("who", ["office", "village"])
def test_whoever_reads_only_looks(request: pytest.FixtureRequest, who: str) -> None:
    reader: Office = request.getfixturevalue(who)
    sql: dict[str, Any] = {"database_id": 1, "sql": "select 1", "runAsync": False}
    assert reader.post("/api/v1/sqllab/execute/", sql).status == 403
    assert reader.context.request.get(f"{reader.url}/api/v1/database/1/schemas/").status in (403, 404)
    for path in ("chart", "dataset", "dashboard"):
        assert reader.post(f"/api/v1/{path}/", {}).status == 403, path


@pytest.mark.parametrize("name", [name for name in pages(last="perumahan") if PAGES[name]["slug"] != "ringkasan"])
def test_every_chart_of_a_village_is_drawn(village: Office, name: str) -> None:
    """All at once, each with a connection of its own: the login may have that many."""
    village.answers.clear()
    page = village.open(PAGES[name]["slug"], charts_of(name), anew=True)
    assert {answer.status for answer in village.answers} == {200}
    assert page.locator("[role=alert]").all_inner_texts() == []


def test_a_village_sees_its_village(village: Office, published: Settings) -> None:
    page = village.open("perumahan", {"Rumah tidak layak huni", "Rilis yang ditampilkan"})
    assert page.locator("[role=alert]").all_inner_texts() == []
    number = page.locator('[data-test-chart-name="Rumah tidak layak huni"] .header-line')
    assert number.inner_text() == shown(figure(published, "pct_rtlh", VILLAGES[0]))
    head = page.locator('[data-test-chart-name="Rilis yang ditampilkan"]').inner_text()
    assert "Pagerwangi" in head and "1 dari 1" in head
    page = village.open("profil", {"Desa di samping kecamatan dan kabupaten"})
    assert page.locator("[role=alert]").all_inner_texts() == []
    beside = page.locator('[data-test-chart-name="Desa di samping kecamatan dan kabupaten"]').inner_text()
    assert "Penduduk tercakup JKN" in beside and "N/A" in beside  # no figure of the kecamatan
    assert village.left == set()


def test_no_dataset_gives_a_village_a_row_of_another(office: Office, village: Office) -> None:
    datasets = office.datasets()
    assert set(datasets) == set(DATASETS.values()) == {*village.datasets(), "tren", "peta"}
    for name, number in datasets.items():
        if name == "peta":  # boundaries are for planners, as all of acuan
            asked = {"datasource": {"id": number, "type": "table"}, "queries": [{"columns": ["kode_desa"]}]}
            assert not village.post("/api/v1/chart/data", asked).ok
            continue
        if name == "rilis":
            assert [row["wilayah"] for row in village.rows(number, columns=["wilayah"])] == ["Pagerwangi"]
            continue
        asked = {"columns": ["kode_desa"], "metrics": [], "row_limit": 1000}
        assert {row["kode_desa"] for row in village.rows(number, **asked)} == {VILLAGES[0]}, name
        assert len(office.rows(number, **asked)) > 1, name
        others = [{"col": "kode_desa", "op": "==", "val": VILLAGES[1]}]
        assert village.rows(number, **asked, filters=others) == [], name
    levels = {"columns": ["tingkat"], "metrics": []}
    assert village.rows(datasets["pembanding"], **levels) == [{"tingkat": "desa"}]
    assert len(office.rows(datasets["pembanding"], **levels)) == 3


def test_what_compares_villages_is_for_planners(office: Office, village: Office) -> None:
    for who, status in ((office, 200), (village, 404)):
        assert who.context.request.get(f"{who.url}/api/v1/dashboard/ringkasan").status == status


def test_a_login_that_is_taken_away_sees_nothing_from_that_moment(village: Office, published: Settings) -> None:
    number = village.datasets()["wilayah"]
    take_login(published, VILLAGES[0])
    asked = {"datasource": {"id": number, "type": "table"}, "queries": [{"columns": ["desa"]}]}
    answer = village.post("/api/v1/chart/data", asked)
    assert not answer.ok and "Pagerwangi" not in answer.text()


def test_the_map_draws_boundaries_while_the_office_has_them(office: Office, published: Settings) -> None:
    """Of one village; the other one, of which there are none, keeps its place."""
    name = "Letak desa dan kelasnya"
    for drawn in (True, False):
        if not drawn:
            Superset(Installation(published.model_copy(update={"village_polygons": None}))).prepare()
        office.answers.clear()
        page = office.open("ringkasan", {name}, anew=True)
        chart = page.locator(f'[data-test-chart-name="{name}"]')
        assert page.locator("[role=alert]").all_inner_texts() == []
        asked = [answer for answer in office.answers if "deck_polygon" in (answer.request.post_data or "")]
        assert len(asked) == drawn
        if drawn:
            rows = asked[0].json()["result"][0]["data"]
            lines = {row["desa"]: json.loads(row["garis_batas"]) for row in rows}
            assert lines["Pagerwangi (Balapulang)"] == RING
            assert len(lines) == 2 and all(len(line) == 5 for line in lines.values())
            expect(chart.locator("canvas").first).to_be_visible()
            assert "5 - tertinggi" in chart.inner_text()
            page.wait_for_timeout(1000)
            assert colours(chart.screenshot()) & set(CLASSES.values())
            if IMAGES:
                chart.screenshot(path=Path(IMAGES) / "dasbor-batas.png")
        elif IMAGES:  # as most offices see it
            page.wait_for_timeout(3000)
            page.screenshot(path=Path(IMAGES) / "dasbor-ringkasan.png")


def colours(picture: bytes) -> set[str]:
    """The colours of a picture that cover more than a line of text."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    found = image.getcolors(image.width * image.height) or []
    return {"#{:02x}{:02x}{:02x}".format(*colour) for count, colour in found if count > 2000}


def test_nothing_left_for_another_host(office: Office) -> None:
    assert office.answers, "no dashboard was looked at"
    assert office.left == set()
