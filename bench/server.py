"""One server for everything that is compared, with the settings every installation has; a database for each run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from regsosek.settings import Settings
from regsosek.warehouse.embedded import OWNER, EmbeddedServer
from regsosek.warehouse.prepare import prepare


@contextmanager
def running_server(home: Path) -> Iterator[EmbeddedServer]:
    """A server with a warehouse that is set up and empty; gone with all its data at the end."""
    server = EmbeddedServer(home)
    try:
        server.start()
        prepare(Settings(home=home, warehouse_url=server.owner_url))
        yield server
    finally:
        server.destroy()


@contextmanager
def database(server: EmbeddedServer, *, template: str = "template1") -> Iterator[str]:
    """URL of a new database, a copy of ``template``; dropped at the end.

    A checkpoint before it is handed out: nobody pays for what somebody else wrote.
    """
    name = sql.Identifier("bench")
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} template {} owner {}").format(
                name, sql.Identifier(template), sql.Identifier(OWNER)
            )
        )
        try:
            admin.execute("checkpoint")
            yield server.url(OWNER, "bench")
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(name))
