"""Traces of erased persons, which outlive a restored backup: in ``ops.nisan``, and in a file beside the keys.

A trace is a hash under the permanent key. Whoever restores a backup calls :func:`uphold`; every refresh begins with it
as well.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from uuid import UUID

import psycopg

from regsosek import private_file
from regsosek.codebook import load_codebook
from regsosek.keyring import KeyFileError, fingerprint, keyring, secret_file
from regsosek.landing.ledger import drop_unclaimed
from regsosek.normalise.buried import ALL_TRACES, KIND, Buried, holds_erased
from regsosek.normalise.partitions import partitions
from regsosek.normalise.run import rewrite_raw
from regsosek.normalise.source import groups
from regsosek.normalise.tables import ENTITY
from regsosek.settings import Settings
from regsosek.subject.edition import new_edition
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.lease import Guard

BACKUP = "dari berkas di samping kunci"
"""Reason that is entered with a trace of which only the file knew."""


ENTER = "insert into ops.nisan (sidik, oleh, alasan, kunci) values (%s, %s, %s, %s) on conflict do nothing"


def tombstone_file(settings: Settings) -> Path:
    """Where the traces lie beside the keys."""
    return secret_file(settings).with_name("nisan")


def trace_of(settings: Settings, nik: str) -> UUID:
    """The trace of a NIK, the same that the database computes."""
    mac = hmac.new(keyring(settings).permanent, f"{KIND}:{nik}".encode(), hashlib.sha256).digest()
    return UUID(bytes=mac[:16])


def add(settings: Settings, cursor: psycopg.Cursor, trace: UUID, *, by: str, reason: str) -> None:
    """Keep a trace, in the file first: it must not be lost with the warehouse."""
    _write(tombstone_file(settings), _read(settings) | {trace})
    cursor.execute(ENTER, (trace, by, reason, fingerprint(keyring(settings).permanent)))


def uphold(settings: Settings, *, guard: Guard, id_jalan: str, purpose: str, everything: bool = False) -> list[Buried]:
    """Erase again whoever was erased before, under a lease that is held.

    Half a load goes first: no ledger says whose records it holds, so nobody would look into it.

    A delivery that was held against the same traces before is not looked into again, unless ``everything`` is: what
    a restored backup says of itself is not relied on. Each delivery is one transaction: killed, it converges when
    called again.
    """
    with transaction(settings, purpose=purpose) as cursor:  # a short one: a heartbeat waits for it
        guard(cursor)
        drop_unclaimed(cursor)
    with transaction(settings, purpose=purpose) as cursor:
        guard(cursor)
        if not _merge(settings, cursor):
            return []
        ring, codebook = keyring(settings), load_codebook()
        there = {each for held in partitions(cursor, ENTITY["k_art"]).values() for each in held}
        ((traces,),) = cursor.execute(ALL_TRACES).fetchall()
        unchecked = [
            id_kiriman
            for (id_kiriman,) in cursor.execute(
                "select id_kiriman from ops.kiriman "
                "where not uji_coba and dibersihkan_pada is null and (%s or nisan is distinct from %s)",
                (everything, traces),
            ).fetchall()
            if id_kiriman in there
        ]
        concerned = sorted(
            each
            for group in groups(cursor, codebook, unchecked)
            for each in holds_erased(cursor, group, ring.permanent)
        )
        cursor.execute(
            "update ops.kiriman set nisan = %s where id_kiriman = any(%s) and id_kiriman <> all(%s)",
            (traces, unchecked, concerned),
        )
    done: list[Buried] = []
    for id_kiriman in concerned:
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            group, buried = new_edition(settings, cursor, id_kiriman, ring, id_jalan=id_jalan)
            guard(cursor)
        rewrite_raw(settings, group, buried, purpose=purpose)
        done += buried
    return done


def _merge(settings: Settings, cursor: psycopg.Cursor) -> bool:
    """Let file and warehouse know the same traces; returns whether there are any.

    Raises:
        KeyFileError: the permanent key is another one than they were made under, so they would match nobody.
    """
    known = {trace for (trace,) in cursor.execute("select sidik from ops.nisan").fetchall()}
    kept = _read(settings)
    if not kept | known:
        return False
    key = fingerprint(keyring(settings).permanent)
    cursor.executemany(ENTER, [(trace, "regsosek", BACKUP, key) for trace in sorted(kept - known)])
    cursor.execute("update ops.nisan set kunci = %s where kunci is null", (key,))
    if cursor.execute("select exists (select from ops.nisan where kunci <> %s)", (key,)).fetchone() == (True,):
        raise KeyFileError(
            f"Kunci tetap di {secret_file(settings)} bukan yang membuat jejak orang yang dihapus: "
            "dengannya mereka tidak dikenali dan akan termuat lagi. Kembalikan berkas kunci dari cadangannya."
        )
    if known - kept:
        _write(tombstone_file(settings), kept | known)
    return True


def _read(settings: Settings) -> set[UUID]:
    path = tombstone_file(settings)
    return {UUID(line) for line in path.read_text(encoding="ascii").split()} if path.exists() else set()


def _write(path: Path, traces: set[UUID]) -> None:
    private_file.replace(path, "".join(f"{trace}\n" for trace in sorted(traces)).encode("ascii"))
