"""``regsosek rollback`` and ``regsosek aktifkan``: both hold the lease, so no refresh runs meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer

from regsosek.release.rollback import aktifkan, rollback
from regsosek.settings import Settings
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction


def roll_back(settings: Settings, ke: int | None) -> None:
    """Go back and say what was withdrawn."""
    with _alone(settings, "rollback") as (cursor, id_jalan):
        done = rollback(cursor, ke, id_jalan=id_jalan)
    typer.echo(f"Rilis {done.id_rilis} ditampilkan kembali; ditarik: rilis {_list(done.rilis_ditarik)}.")
    if done.kiriman_ditarik:
        typer.echo(
            f"Kiriman {_list(done.kiriman_ditarik)} ditarik dan tidak ikut lagi sampai `regsosek aktifkan <id>`."
        )
    if any(settings.profiles.glob("profil_*")):
        typer.echo(
            f"Profil di {settings.profiles} masih memuat angka yang ditarik: buat ulang dengan `regsosek profile`, "
            "tarik yang sudah dibagikan."
        )


def activate(settings: Settings, id_kiriman: int) -> None:
    """Call a delivery back."""
    with _alone(settings, "aktifkan") as (cursor, id_jalan):
        aktifkan(cursor, id_kiriman, id_jalan=id_jalan)
    typer.echo(f"Kiriman {id_kiriman} ikut lagi mulai penyegaran berikutnya (`regsosek refresh`, atau pukul 01.00).")


@contextmanager
def _alone(settings: Settings, what: str) -> Iterator[tuple[psycopg.Cursor, str]]:
    """One writing transaction under the lease."""
    with (
        lease.holding(settings, what) as (id_jalan, epoch),
        transaction(settings, purpose=lease.backend_name(epoch)) as cursor,
    ):
        lease.guard(epoch)(cursor)
        yield cursor, id_jalan


def _list(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
