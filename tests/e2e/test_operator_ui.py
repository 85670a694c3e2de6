"""What an operator sees: the form, a run, why it failed, pages behind the login, and nothing from another host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from outside import Airflow, until
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as PageTimeout

from regsosek.local.airflow_api import FINAL
from regsosek.local.installation import Installation
from regsosek.sample import generate

pytestmark = pytest.mark.timeout(1800)

VILLAGE = "3328130005"
DAG = "regsosek_refresh"
PATIENCE = 60_000
"""Milliseconds a page may take on a busy machine."""
IMAGES = os.environ.get("REGSOSEK_IMAGES")
"""Folder that gets the pictures of the documentation, if they are to be taken anew."""


class Office:
    """A browser that is logged in, and every address it asked for."""

    def __init__(self, browser: Browser, airflow: Airflow) -> None:
        self.airflow, self.url = airflow, airflow.installation.url.rstrip("/")
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800})
        self.context.set_default_timeout(PATIENCE)
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = self.context.new_page()

    def log_in(self) -> None:
        """Airflow takes five logins in 40 seconds, and the tests before have logged in as well."""
        inside = self.page.get_by_role("link", name="Dags").first
        refused = self.page.get_by_role("heading", name="Too Many Requests")
        for _ in range(6):
            self.page.goto(self.url)
            self.page.locator("input[name=username]").fill("admin")
            self.page.locator("input[name=password]").fill(self.airflow.installation.admin_password)
            self.page.locator("[type=submit]").click()
            expect(inside.or_(refused).first).to_be_visible(timeout=PATIENCE)
            if inside.is_visible():
                return
            self.page.wait_for_timeout(10_000)
        raise AssertionError("no login within a minute")

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def foreign(self) -> set[str]:
        """Hosts that are not this Airflow."""
        hosts = {urlsplit(url).netloc for url in self.asked if urlsplit(url).scheme not in ("data", "blob")}
        return hosts - {urlsplit(self.url).netloc}

    def picture(self, name: str) -> None:
        if IMAGES:
            self.page.wait_for_timeout(1500)
            self.page.screenshot(path=Path(IMAGES) / f"{name}.png")


@pytest.fixture(scope="module")
def office(browser: Browser, airflow: Airflow) -> Iterator[Office]:
    office = Office(browser, airflow)
    office.log_in()
    yield office
    office.context.close()


@pytest.fixture(scope="module")
def delivered(landing: Path, airflow: Airflow) -> str:
    """Name of the folder of a new delivery of one village."""
    made = generate(landing, desa=[VILLAGE], keluarga=60, faults="tanpa", cut_off=date(2024, 6, 30))
    return made.folders[0].name


@pytest.fixture(scope="module")
def succeeded(office: Office, delivered: str) -> str:
    """Run that an operator started with the form and that published."""
    page = office.open(f"/dags/{DAG}")
    before = {run["dag_run_id"] for run in runs(office.airflow)}
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    for text in ("Kiriman", "Paksa", "Uji coba", "Kosong: semua yang baru atau berubah."):
        expect(dialog.get_by_text(text).first).to_be_visible(timeout=PATIENCE)
    dialog.get_by_placeholder("Enter each string on a new line").fill(delivered)
    office.picture("formulir")
    dialog.get_by_role("button", name="Trigger").last.click()
    until(lambda: {run["dag_run_id"] for run in runs(office.airflow)} > before)
    (started,) = {run["dag_run_id"] for run in runs(office.airflow)} - before
    until(lambda: office.airflow.api.state(started) in FINAL)
    return str(started)


@pytest.fixture(scope="module")
def failed(office: Office, landing: Path, succeeded: str) -> str:
    """Run whose only new delivery is not readable."""
    broken = landing / "2024_rusak"
    broken.mkdir()
    for name in ("k_rt.csv", "k_art.csv"):
        (broken / name).write_text("ini bukan\nberkas keluarga\n", encoding="utf-8")
    return office.airflow.refresh(deliveries=[broken.name]).run_id


def runs(airflow: Airflow) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = airflow.api.get(f"/api/v2/dags/{DAG}/dagRuns?limit=100")["dag_runs"]
    return listed


def test_a_run_started_with_the_form_is_watched_to_its_success(office: Office, delivered: str, succeeded: str) -> None:
    assert office.airflow.api.state(succeeded) == "success"
    run = office.airflow.api.get(f"/api/v2/dags/{DAG}/dagRuns/{quote(succeeded)}")
    assert run["conf"]["deliveries"] == [delivered] and run["conf"]["dry_run"] is False
    page = office.open(f"/dags/{DAG}/runs/{quote(succeeded)}")
    expect(page.get_by_text("Success").first).to_be_visible(timeout=PATIENCE)
    show(page, default_dag_view="graph", **{f"direction-{DAG}": "DOWN", f"{DAG}/open-groups": ["receive_deliveries"]})
    for task in ("discover_deliveries", "validate_deliveries", "choose_villages", "publish_release"):
        expect(page.locator(".react-flow").get_by_text(task).first).to_be_visible(timeout=PATIENCE)
    office.picture("graf")
    show(page, default_dag_view="grid")


def show(page: Page, **settings: object) -> None:
    """Set what the UI remembers of a reader's choices, and load the page with them."""
    for name, value in settings.items():
        page.evaluate("([name, value]) => localStorage.setItem(name, JSON.stringify(value))", [name, value])
    page.reload()


def first_click(page: Page, task: str) -> None:
    """Open a task of the run that is shown.

    The graph may be drawn anew under the click, which is then lost; before it is, its links are those of no run.
    """
    of_the_run = page.locator(f"a[href*='/runs/'][href*='/tasks/{task}']").last
    for _ in range(5):
        of_the_run.click()
        with suppress(PageTimeout):
            page.wait_for_url(lambda url: "/runs/" in url and f"/tasks/{task}" in url, timeout=15_000)
            return
    raise AssertionError(f"{task} does not open")


def test_why_a_run_failed_is_two_clicks_away(office: Office, failed: str) -> None:
    page = office.open(f"/dags/{DAG}/runs/{quote(failed)}")
    first_click(page, "summarise_refresh")
    reason = page.get_by_text("Kiriman 2024_rusak DITOLAK").first
    logs = page.get_by_role("link", name="Logs").last
    expect(reason.or_(logs).first).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(3000)
    if not reason.is_visible() and logs.is_visible():
        logs.click()
    expect(reason).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("f")
    office.picture("log")


def test_pages_open_from_their_tasks(office: Office, succeeded: str) -> None:
    run = quote(succeeded)
    wanted = {
        ("validate_candidate", "Halaman gerbang"): "Gerbang 2",
        ("publish_release", "Halaman rilis"): "Rilis ",
        ("build_candidate", "Model dbt"): "fct_indikator_desa",
    }
    for (task, link), text in wanted.items():
        page = office.open(f"/dags/{DAG}/runs/{run}/tasks/{task}/details")
        button = page.get_by_role("link", name=link).first
        expect(button).to_be_visible(timeout=PATIENCE)
        office.open(str(button.get_attribute("href")).removeprefix(office.url))
        expect(office.page.get_by_role("heading", name=text).first).to_be_visible(timeout=PATIENCE)
        office.picture(link.lower().replace(" ", "-"))


def test_the_documentation_is_in_the_menu_and_behind_the_login(
    office: Office, browser: Browser, installation: Installation
) -> None:
    page = office.open("/regsosek/dokumen")
    expect(page.get_by_role("heading", name="Dokumen Regsosek")).to_be_visible()
    office.picture("dokumen")
    page.get_by_role("link", name="Rumah tidak layak huni").first.click()
    expect(page.get_by_role("heading", name="Rumah tidak layak huni")).to_be_visible()
    menu = office.airflow.api.get("/api/v2/plugins")["plugins"]
    views = [view for plugin in menu for view in plugin["external_views"]]
    assert ("Dokumen", "/regsosek/dokumen/index.html") in [(view["name"], view["href"]) for view in views]
    stranger = browser.new_context().new_page()
    stranger.goto(f"{office.url}/regsosek/dokumen/measures.html")
    assert "/auth/login" in stranger.url and "Rumah tidak layak huni" not in stranger.content()


def test_no_page_asked_another_host(office: Office, failed: str) -> None:
    """Airflow's own pages, ours, and dbt's: everything the tests above opened."""
    for path in ("/", "/assets", f"/dags/{DAG}", "/regsosek/dokumen/dbt.html#!/model/model.regsosek.mart_profil_desa"):
        office.open(path)
        office.page.wait_for_timeout(3000)
    assert len(office.asked) > 50
    assert office.foreign() == set()
