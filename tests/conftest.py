"""A real PostgreSQL for the tests: one server a session on a free port, one database a test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from regsosek.settings import Settings
from regsosek.warehouse.embedded import OWNER, EmbeddedServer
from regsosek.warehouse.prepare import prepare

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The session's server, gone with all its data at the end."""
    embedded = EmbeddedServer(tmp_path_factory.mktemp("server"), shared_buffers="128MB")
    embedded.start()
    yield embedded
    embedded.destroy()


@pytest.fixture(scope="session")
def template(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database that is set up with rules and seeds, which every test's database is a copy of."""
    prepare(Settings(home=tmp_path_factory.mktemp("template"), warehouse_url=server.owner_url))
    return "regsosek"


@pytest.fixture
def settings(server: EmbeddedServer, template: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty installation with a database of its own."""
    database = f"test_{next(_numbers)}"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f'create database {database} template {template} owner "{OWNER}"')
    yield Settings(
        home=tmp_path / "home",
        landing_url=str(tmp_path / "landing"),
        warehouse_url=server.url(OWNER, database),
        secret_file=tmp_path / "secret",
        settle_seconds=0,
    )
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {database} with (force)")


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[psycopg.Connection]:
    """An autocommit connection of the owner to the test's database."""
    with psycopg.connect(settings.warehouse_url, autocommit=True) as connection:
        yield connection


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
