"""Migrations of the schema the pipeline owns: the numbered files in ``sql/``, each applied once, in order."""

from __future__ import annotations

from importlib.resources import files

import psycopg

from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction


def migrations() -> list[tuple[str, str]]:
    """(name, SQL) of every migration, in order."""
    folder = files("regsosek.warehouse") / "sql"
    scripts = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda e: e.name)
    return [(script.name.removesuffix(".sql"), script.read_text(encoding="utf-8")) for script in scripts]


class SchemaNewerError(RuntimeError):
    """A newer version of this program set the warehouse up; nothing was changed."""


def migrate(settings: Settings) -> list[str]:
    """Bring the schema up to date in one transaction; returns the names of the migrations applied now.

    Raises:
        SchemaNewerError: the warehouse has a migration that this version does not know.
    """
    with transaction(settings) as cursor:
        # Two set-ups at once: the second waits here and then finds nothing to do.
        cursor.execute("select pg_advisory_xact_lock(hashtext('regsosek.migrate'))")
        cursor.execute(
            "create table if not exists public.migrasi (nama text primary key, pada timestamptz default now())"
        )
        done = {name for (name,) in cursor.execute("select nama from public.migrasi")}
        if unknown := sorted(done - {name for name, _ in migrations()}):
            raise SchemaNewerError(
                f"Gudang ini milik program yang lebih baru (skema {unknown[-1]} tidak dikenal). Perbarui program: "
                "`git pull`, lalu `make upgrade`."
            )
        return [name for name, script in migrations() if name not in done and _apply(cursor, name, script)]


def _apply(cursor: psycopg.Cursor, name: str, script: str) -> bool:
    cursor.execute(script.encode())
    cursor.execute("insert into public.migrasi (nama) values (%s)", (name,))
    return True
