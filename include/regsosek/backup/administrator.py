"""Who may dump everything and swap databases: the embedded server's superuser, elsewhere the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from regsosek.settings import Settings
from regsosek.warehouse.connection import connect, warehouse_url
from regsosek.warehouse.embedded import EmbeddedServer

SUPERUSER = "postgres"


def database_name(settings: Settings) -> str:
    """Name of the warehouse's database."""
    return urlsplit(warehouse_url(settings)).path.lstrip("/")


def administrator_url(settings: Settings, database: str) -> str:
    """URL of that database for whoever may do most in it."""
    url = warehouse_url(settings)
    server = EmbeddedServer(settings.home)
    if server.serves(url):
        return server.url(SUPERUSER, database)
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(database, safe="")))


@contextmanager
def administrator(settings: Settings, database: str, *, purpose: str = "regsosek") -> Iterator[psycopg.Connection]:
    """An autocommit connection to that database.

    Raises:
        WarehouseUnavailableError: the server does not answer.
    """
    as_administrator = settings.model_copy(update={"warehouse_url": administrator_url(settings, database)})
    with connect(as_administrator, purpose=purpose, autocommit=True) as connection:
        yield connection
