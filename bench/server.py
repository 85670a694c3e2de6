"""One server for everything that is compared, with the settings every installation has; a database for each run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from regsosek.settings import Settings
from regsosek.warehouse.embedded import OWNER, EmbeddedServer
from regsosek.warehouse.prepare import prepare

EMPTY = "template1"
PREPARED = "prepared"
"""Databases that :func:`database` copies: one with nothing in it, and a warehouse that is set up."""


@contextmanager
def running_server(home: Path) -> Iterator[EmbeddedServer]:
    """A server with a warehouse that is set up to be copied; gone with all its data at the end."""
    server = EmbeddedServer(home)
    try:
        server.start()
        prepare(Settings(home=home, warehouse_url=server.owner_url))
        with _administrator(server) as admin:
            admin.execute(f"alter database regsosek rename to {PREPARED}")
        yield server
    finally:
        server.destroy()


@contextmanager
def database(server: EmbeddedServer, template: str) -> Iterator[str]:
    """URL of a copy of ``template``, dropped at the end.

    It has the name it has in an installation: another name would cost dbt what it remembers. All that was written
    before, deliveries too, is on the disk when it is handed out: nobody pays for what somebody else wrote.
    """
    with _administrator(server) as admin:
        admin.execute(f"create database regsosek template {template} owner {OWNER}")
    try:
        with _administrator(server) as admin:
            admin.execute("checkpoint")
        os.sync()
        yield server.owner_url
    finally:
        with _administrator(server) as admin:
            admin.execute("drop database regsosek with (force)")


def server_version(server: EmbeddedServer) -> str:
    """PostgreSQL's version."""
    with _administrator(server) as admin:
        return str(admin.execute("show server_version").fetchall()[0][0])


def _administrator(server: EmbeddedServer) -> psycopg.Connection:
    return psycopg.connect(server.url("postgres", "postgres"), autocommit=True)
