"""A real PostgreSQL for the tests: one server a session on a free port, one database a test."""

from __future__ import annotations

import gc
import inspect
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, which
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from xdist.scheduler import LoadFileScheduling

from regsosek.settings import Settings
from regsosek.warehouse.embedded import OWNER, EmbeddedServer
from regsosek.warehouse.prepare import prepare

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

END_TO_END = "tests/e2e/"
DATABASE, TEMPLATE = "regsosek", "regsosek_template"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The session's server, gone with all its data at the end."""
    embedded = EmbeddedServer(tmp_path_factory.mktemp("server"), shared_buffers="128MB")
    embedded.start()
    _let_logins_be_cheap(embedded)
    yield embedded
    embedded.destroy()


@pytest.fixture(scope="session")
def template_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home of the installation that every test's is a copy of."""
    return tmp_path_factory.mktemp("template")


@pytest.fixture(scope="session")
def template(server: EmbeddedServer, template_home: Path) -> str:
    """Name of a database that is set up with rules and seeds, which every test's database is a copy of."""
    prepare(Settings(home=template_home, warehouse_url=server.owner_url))
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("delete from ops.kejadian")  # that it was set up is in no test's history
    with _administrator(server) as admin:
        admin.execute(f"alter database {DATABASE} rename to {TEMPLATE}")
    return TEMPLATE


@contextmanager
def installed(server: EmbeddedServer, template: str, template_home: Path, home: Path) -> Iterator[Settings]:
    """Settings of an empty installation below ``home`` with a database of its own.

    What dbt remembers of the project comes along, for which the database has to have the template's first name. So
    there is one at a time.
    """
    (home / "artefacts").mkdir(parents=True)
    copytree(template_home / "artefacts" / "dbt", home / "artefacts" / "dbt")
    with _administrator(server) as admin:
        before = _roles(admin)
        admin.execute(f'create database {DATABASE} template {template} owner "{OWNER}"')
    try:
        yield Settings(
            home=home,
            landing_url=str(home.parent / "landing"),
            warehouse_url=server.owner_url,
            secret_file=home.parent / "secret",
            settle_seconds=0,
        )
    finally:
        with _administrator(server) as admin:
            admin.execute(f"drop database {DATABASE} with (force)")
            for role in _roles(admin) - before:  # logins belong to the server, which the next installation has too
                admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


@pytest.fixture
def settings(server: EmbeddedServer, template: str, template_home: Path, tmp_path: Path) -> Iterator[Settings]:
    """An empty installation of the test's own."""
    with installed(server, template, template_home, tmp_path / "home") as settings:
        yield settings


@pytest.fixture(scope="module")
def module_settings(
    server: EmbeddedServer, template: str, template_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """An empty installation that the tests of a module share."""
    with installed(server, template, template_home, tmp_path_factory.mktemp("module") / "home") as settings:
        yield settings


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[psycopg.Connection]:
    """An autocommit connection of the owner to the test's database."""
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system, without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - most tests need none

    found = which("chromium")
    if found is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _let_logins_be_cheap(server: EmbeddedServer) -> None:
    """Hash each password once instead of 4096 times: a refresh has a hundred connections, dbt one for each model."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("alter system set scram_iterations = 1")
        admin.execute("select pg_reload_conf()")
        admin.execute("set scram_iterations = 1")
        password = conninfo_to_dict(server.owner_url)["password"]
        admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(OWNER), sql.Literal(password)))


def _roles(admin: psycopg.Connection) -> set[str]:
    return {name for (name,) in admin.execute("select rolname from pg_roles")}


def _administrator(server: EmbeddedServer) -> psycopg.Connection:
    return psycopg.connect(server.url("postgres", "postgres"), autocommit=True)


def pytest_configure() -> None:
    """Spare what is costly only here, where thousands of modules are imported and tests lie deep below their runner.

    They would be looked through for garbage again and again; and dbt asks at every start of which modules the frames
    above it are: the runner's first ones are of no file, for which Python looks at all modules' files each time.
    """
    gc.set_threshold(50_000, 20, 100)
    for no_file in ("<string>", "<frozen runpy>"):
        inspect.modulesbyfile[str(Path(no_file).absolute())] = "__main__"  # type: ignore[attr-defined]


class ByInstallation(LoadFileScheduling):
    """A file's tests share an installation, and those of e2e one with Airflow: each goes to one worker as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        return END_TO_END if nodeid.startswith(END_TO_END) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByInstallation:
    """How tests are divided among workers, whatever ``--dist`` says."""
    return ByInstallation(config, log)


# In CI everything a test may need is there, so a test that is skipped there tests nothing any more: it fails.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test into a failure."""
    return _in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into a failure."""
    return _in_ci((yield))


def _in_ci(report: Report) -> Report:
    if os.environ.get("CI") == "true" and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"{reason}: in CI nothing may be skipped."
    return report
