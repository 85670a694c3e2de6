"""What can be seen of an installation from outside: its tables without what differs from run to run, and leftovers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from regsosek.settings import Settings

COMMAND = [sys.executable, "-c", "from regsosek.cli import app; app()"]
LEDGER = ("kiriman", "berkas", "landing", "kiriman_desa", "temuan", "rilis", "rilis_desa", "rilis_terbit", "gerbang")
CHANGING = ("id_jalan", "tabel")
"""Columns that differ from run to run by their nature; timestamps do too."""

State = dict[str, list[tuple[Any, ...]]]


def environment(settings: Settings, **others: str) -> dict[str, str]:
    """The environment of a command on that installation, on a screen as wide as a line can be."""
    return os.environ | {
        "REGSOSEK_HOME": str(settings.home),
        "LANDING_URL": settings.landing,
        "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url,
        "REGSOSEK_SETTLE_SECONDS": "0",
        "REGSOSEK_SECRET_FILE": str(settings.secret_file),
        "COLUMNS": "2000",
        **others,
    }


def command(settings: Settings, *arguments: str, **others: str) -> subprocess.CompletedProcess[str]:
    """``regsosek ARGUMENTS`` by a user who may not read everything, also where the tests are root's."""
    return subprocess.run(
        [*_without_privileges(), *COMMAND, *arguments],
        env=environment(settings, **others),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _without_privileges() -> list[str]:
    if os.geteuid() != 0 or (setpriv := shutil.which("setpriv")) is None:
        return []
    lost = "-dac_override,-dac_read_search"
    return [setpriv, f"--bounding-set={lost}", f"--inh-caps={lost}"]


def marts(settings: Settings) -> State:
    """Every view of ``marts`` and ``restricted``."""
    return _tables(settings, ["marts", "restricted"])


def ledger(settings: Settings) -> State:
    """What the warehouse has on record of deliveries and releases."""
    return _tables(settings, ["ops"], LEDGER)


def _tables(settings: Settings, schemas: list[str], names: tuple[str, ...] = ()) -> State:
    """Rows of each table in one order and once, ids of deliveries and releases replaced by what they mean."""
    with psycopg.connect(settings.warehouse_url) as connection:
        found = connection.execute(
            """
            select relnamespace::regnamespace::text, relname::text from pg_class
            where relnamespace::regnamespace::text = any(%s) and relkind in ('r', 'v')
            """,
            (schemas,),
        ).fetchall()
        meaning = _meanings(connection)
        return {
            f"{schema}.{name}": _rows(connection, sql.Identifier(schema, name), meaning)
            for schema, name in sorted(found)
            if not names or name in names
        }


def _meanings(connection: psycopg.Connection) -> dict[str, dict[int, str]]:
    deliveries = connection.execute("select id_kiriman, folder || ' ' || left(sidik, 8) from ops.kiriman").fetchall()
    releases = connection.execute("select id_rilis from ops.rilis order by 1").fetchall()
    return {
        "id_kiriman": dict(deliveries),
        "id_rilis": {number: f"rilis ke-{place}" for place, (number,) in enumerate(releases, start=1)},
    }


def _rows(
    connection: psycopg.Connection, table: sql.Identifier, meaning: dict[str, dict[int, str]]
) -> list[tuple[Any, ...]]:
    cursor = connection.execute(sql.SQL("select * from {}").format(table))
    names = [column.name for column in cursor.description or ()]

    def comparable(name: str, value: Any) -> Any:
        if name in CHANGING or isinstance(value, datetime):
            return None
        if name == "ringkasan":  # names deliveries in a list
            return {**value, "kiriman_baru": sorted(meaning["id_kiriman"][each] for each in value["kiriman_baru"])}
        for kind, told in meaning.items():
            if name.startswith(kind) and value is not None:
                return told[value]
        return value

    rows = {repr(row): row for row in (tuple(map(comparable, names, each)) for each in cursor)}
    return [rows[key] for key in sorted(rows)]


def differences(got: State, expected: State) -> str:
    """What differs between two states, in words; empty if nothing does."""
    lines = [f"only here: {name}" for name in sorted(got.keys() ^ expected.keys())]
    for name in sorted(got.keys() & expected.keys()):
        one, other = set(map(repr, got[name])), set(map(repr, expected[name]))
        lines += [f"{name} has  {row[:300]}" for row in sorted(one - other)[:3]]
        lines += [f"{name} lacks {row[:300]}" for row in sorted(other - one)[:3]]
    return "\n".join(lines)


def leftovers(settings: Settings) -> list[str]:
    """Whatever no delivery, release or running refresh accounts for."""
    with psycopg.connect(settings.warehouse_url) as connection:
        found = connection.execute(LEFTOVERS).fetchall()
    return sorted(f"{kind}: {name}" for kind, name in found)


LEFTOVERS = """
    select 'raw table of no delivery', relname::text from pg_class
    where relnamespace = 'raw'::regnamespace and relkind = 'r' and relname not in (select tabel from ops.berkas)
    union all
    select 'file without its raw table', tabel from ops.berkas where to_regclass('raw.' || tabel) is null
    union all
    select 'registry table that is no partition', relname::text from pg_class
    where relnamespace = 'registri'::regnamespace and relkind = 'r' and not relispartition
    union all
    select 'partition of no delivery', c.relname::text || ' ' || n.id from pg_class as c
    cross join lateral regexp_matches(pg_get_expr(c.relpartbound, c.oid), '''(\\d+)''', 'g') as m (found)
    cross join lateral (values (m.found[1]::bigint)) as n (id)
    where c.relnamespace = 'registri'::regnamespace and c.relispartition and c.relkind = 'r'
        and n.id not in (select id_kiriman from ops.berkas)
    union all
    select 'half-built table', relnamespace::regnamespace || '.' || relname from pg_class
    where relname ~ '__dbt_(tmp|backup)' and relkind in ('r', 'v')
    union all
    select 'delivery of a dry run', folder from ops.kiriman where uji_coba
    union all
    select 'delivery nobody judged', folder from ops.kiriman where keadaan = 'dimuat'
    union all
    select 'lease', id_jalan from ops.sewa where id_jalan is not null
    union all
    select 'backend', application_name from pg_stat_activity
    where datname = current_database() and application_name ~ '^regsosek' and pid <> pg_backend_pid()
"""
