"""Logins of village offices: which there are, made and taken away."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import sql

from regsosek.access.declaration import VILLAGE
from regsosek.access.roles import repair_access
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import write_event


class VillageLoginError(RuntimeError):
    """A login cannot be made or taken away as asked; the message says why."""


def login_of(name: str) -> str:
    """The login by that name: a village's code, or a word."""
    return f"desa_{name}"


def village_logins(cursor: psycopg.Cursor) -> dict[str, list[str]]:
    """Villages of each login."""
    cursor.execute("select pengguna, array_agg(kode_desa order by kode_desa) from ops.hak_desa group by 1 order by 1")
    return dict(cursor.fetchall())


def give_villages(settings: Settings, name: str, villages: Sequence[str]) -> str:
    """Let the login see these villages too, making it if there is none; returns it.

    Raises:
        VillageLoginError: no such village, or a name that cannot be a login.
        AccessError: the owner may not make roles.
    """
    login = login_of(name)
    with transaction(settings) as cursor:
        known = cursor.execute("select kode_desa from acuan.ref_desa where kode_desa = any(%s)", (list(villages),))
        unknown = sorted(set(villages) - {code for (code,) in known.fetchall()})
        if unknown:
            raise VillageLoginError(f"Tidak ada desa dengan kode {', '.join(unknown)}. Kodenya ada di acuan.ref_desa.")
        try:
            cursor.executemany(
                "insert into ops.hak_desa (pengguna, kode_desa) values (%s, %s) on conflict do nothing",
                [(login, code) for code in villages],
            )
        except psycopg.errors.CheckViolation:
            raise VillageLoginError("Nama akun hanya huruf kecil, angka, dan garis bawah, paling banyak 58.") from None
        write_event(cursor, "akun desa", None, {"pengguna": login, "diberi": list(villages)})
    repair_access(settings)
    return login


def take_login(settings: Settings, name: str) -> str:
    """Take a login away, with its password; returns it.

    Raises:
        VillageLoginError: there is no such login.
    """
    login = login_of(name)
    role = sql.Identifier(login)
    with transaction(settings) as cursor:
        cursor.execute("delete from ops.hak_desa where pengguna = %s", (login,))
        if cursor.rowcount == 0:
            raise VillageLoginError(f"Tidak ada akun {login}. `regsosek desa-akun` menampilkan daftarnya.")
        (database,) = cursor.execute("select current_database()").fetchone() or ("",)
        cursor.execute(sql.SQL("revoke connect on database {} from {}").format(sql.Identifier(database), role))
        cursor.execute(sql.SQL("revoke {} from {}").format(sql.Identifier(VILLAGE), role))
        cursor.execute(sql.SQL("drop role {}").format(role))
        write_event(cursor, "akun desa", None, {"pengguna": login, "dicabut": True})
    (settings.home / "passwords" / login).unlink(missing_ok=True)
    return login
