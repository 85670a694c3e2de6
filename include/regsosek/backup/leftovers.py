"""What a backup or a restore left behind when it was killed: only what bears a name of theirs, and nobody works on."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from regsosek.backup.manifest import DUMP, KEYS, LANDING, MANIFEST

RANDOM = "[0-9a-f]{8}"
UNTOUCHED = 3600
"""Seconds after which nobody writes into a folder any more: another installation may back up to the same disk."""


def aside(target: Path) -> Path:
    """Where a backup is written before it gets its name."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}")


def beside(database: str) -> str:
    """Name of the database that a backup is restored into before it gets its name."""
    return f"{database}_pulih_{secrets.token_hex(4)}"


def put_away(fresh: str) -> str:
    """Name of the old database while it waits to be dropped."""
    return f"{fresh}_lama"


def remove_folders(parent: Path) -> list[Path]:
    """Remove backups that were not finished from a folder of backups; returns them."""
    left = [path for path in parent.iterdir() if _unfinished(path)] if parent.is_dir() else []
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return left


def drop_databases(admin: psycopg.Connection, database: str, *, alone: bool) -> list[str]:
    """Drop what restores into that database left on the server; returns their names.

    ``alone``: the lease is held, so whoever is still in one of them belongs to a restore that was killed.
    """
    names = [
        str(name)
        for (name,) in admin.execute("select datname from pg_database order by 1").fetchall()
        if re.fullmatch(rf"{re.escape(database)}_pulih_{RANDOM}(_lama)?", name)
    ]
    if alone and names:
        end_sessions(admin, names)
    dropped = []
    for name in names:
        with suppress(psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
            admin.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
            dropped.append(name)
    return dropped


def end_sessions(admin: psycopg.Connection, databases: list[str]) -> None:
    """End those that may be ended: of everybody for a superuser, of its own role for an owner."""
    admin.execute(
        """
        select pg_terminate_backend(pid, 2000) from pg_stat_activity
        where datname = any(%s) and pid <> pg_backend_pid() and pg_has_role(usesysid, 'usage')
        """,
        (databases,),
    )


def _unfinished(path: Path) -> bool:
    if not re.fullmatch(rf"\..+\.{RANDOM}", path.name) or not path.is_dir() or path.is_symlink():
        return False
    with suppress(OSError):
        inside = {each.name for each in path.iterdir()}
        touched = max(each.stat().st_mtime for each in (path, *path.rglob("*")))
        return inside <= {DUMP, LANDING, MANIFEST, KEYS} and touched < time.time() - UNTOUCHED
    return False
