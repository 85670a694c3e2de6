"""Connections to the warehouse, all derived from the one Airflow connection ``regsosek``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from regsosek.settings import Settings
from regsosek.warehouse.parallel import OPTIONS


class WarehouseUnavailableError(RuntimeError):
    """No warehouse is configured, or it does not answer."""


def warehouse_url(settings: Settings) -> str:
    """The owner's libpq URL: ``AIRFLOW_CONN_REGSOSEK`` or, without it, the embedded server of this installation.

    Raises:
        WarehouseUnavailableError: neither is there.
    """
    if settings.warehouse_url:
        return settings.warehouse_url
    state = settings.home / "warehouse.url"
    if not state.exists():
        raise WarehouseUnavailableError(
            "Belum ada gudang data: jalankan `make setup` untuk PostgreSQL bawaan, atau isi AIRFLOW_CONN_REGSOSEK "
            "dengan URL server sendiri."
        )
    return state.read_text(encoding="utf-8").strip()


def connect(settings: Settings, *, purpose: str = "regsosek", autocommit: bool = False) -> psycopg.Connection:
    """Open a connection as the owner.

    ``purpose`` becomes the application name, which is how leftover backends of a killed run are recognised.

    Raises:
        WarehouseUnavailableError: the server does not answer; the message names the host, never the password.
    """
    url = warehouse_url(settings)
    parts = _parts(url)
    options = f"{OPTIONS} {parts.get('options') or ''}".strip()  # the URL's own come last, and win
    try:
        return psycopg.connect(
            url, application_name=purpose, autocommit=autocommit, connect_timeout=10, options=options
        )
    except psycopg.OperationalError as error:
        raise WarehouseUnavailableError(
            f"Gudang data di {parts.get('host')}:{parts.get('port', 5432)} tidak menjawab ({type(error).__name__}): "
            "`make setup` menghidupkan PostgreSQL bawaan; pada server sendiri, periksa apakah ia hidup dan URL-nya "
            "benar."
        ) from None


def _parts(url: str) -> dict[str, Any]:
    """What the URL says; libpq's own complaint would quote it, password and all."""
    try:
        return conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise WarehouseUnavailableError(
            "URL gudang data tidak sah. Tanda khusus pada kata sandi ditulis dengan persen, misalnya %25 untuk %."
        ) from None


@contextmanager
def transaction(settings: Settings, *, purpose: str = "regsosek") -> Iterator[psycopg.Cursor]:
    """One transaction: a cursor that commits at the end and rolls back on any exception."""
    with connect(settings, purpose=purpose) as connection, connection.cursor() as cursor:
        yield cursor
