"""Persons who were erased at their own request do not come back with a later delivery.

Of an erased person ``ops.nisan`` keeps a keyed hash of the NIK and nothing else. Before a delivery is normalised its
raw records are held against these, and those of erased persons are deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from regsosek.normalise.cells import identity_number, tidy
from regsosek.normalise.keys import village_code
from regsosek.normalise.source import Delivered, Group

KIND = "nisan"
"""Keeps the hash of a NIK apart from others under the same key."""

ALL_TRACES = "select encode(sha256(string_agg(uuid_send(sidik), '' order by sidik)), 'hex') from ops.nisan"
"""One fingerprint of all traces there are; ``ops.kiriman.nisan`` says against which a delivery was held."""

BLOCK = 64
"""Bytes of SHA-256's block, to which HMAC pads its key."""


@dataclass(frozen=True)
class Buried:
    """What was deleted of a delivery: records of persons, and of families that nobody else belonged to."""

    id_kiriman: int
    anggota: int
    keluarga: int


def pads(key: bytes) -> dict[str, bytes]:
    """The two padded keys of HMAC-SHA256 as query parameters ``dalam`` and ``luar``."""
    padded = key.ljust(BLOCK, b"\0")
    return {"dalam": bytes(byte ^ 0x36 for byte in padded), "luar": bytes(byte ^ 0x5C for byte in padded)}


def tombstone(digits: str) -> str:
    """SQL for the trace of a NIK: HMAC-SHA256 of ``digits``, the SQL of its sixteen; parameters of :func:`pads`."""
    inner = f"sha256(%(dalam)s::bytea || '{KIND}:'::bytea || ({digits})::bytea)"
    return f"encode(substring(sha256(%(luar)s::bytea || {inner}) for 16), 'hex')::uuid"


def holds_erased(cursor: psycopg.Cursor, group: Group, key: bytes) -> set[int]:
    """Deliveries of the group whose raw records name an erased person; ``key`` is the permanent one."""
    if not _any_erased(cursor) or not group.has("k_art", "r403"):
        return set()
    query = f"""
        select distinct s.id_kiriman
        from (select id_kiriman, {identity_number("r403")} as nomor from {group.relation("k_art")} as r) as s
        where s.nomor is not null and {tombstone("s.nomor")} in (select sidik from ops.nisan)
    """
    return {id_kiriman for (id_kiriman,) in cursor.execute(query.encode(), pads(key)).fetchall()}


def bury(cursor: psycopg.Cursor, group: Group, key: bytes) -> list[Buried]:
    """Delete the raw records of erased persons; ``key`` is the permanent one.

    A family that nobody else belongs to goes along; where others do, the name of a head who was erased is blanked.
    """
    concerned = holds_erased(cursor, group, key)
    buried = [_bury(cursor, each, key) for each in group.deliveries if each.id_kiriman in concerned]
    cursor.execute(f"update ops.kiriman set nisan = ({ALL_TRACES}) where id_kiriman = any(%s)".encode(), (group.ids,))
    return buried


def _any_erased(cursor: psycopg.Cursor) -> bool:
    return cursor.execute("select exists (select from ops.nisan)").fetchone() == (True,)


def _bury(cursor: psycopg.Cursor, delivered: Delivered, key: bytes) -> Buried:
    one = Group((delivered,), {})
    persons = sql.Identifier("raw", delivered.tables["k_art"][0])
    families = sql.Identifier("raw", delivered.tables["k_rt"][0])
    head = "registri.rapi(r409) = '1'" if one.has("k_art", "r409") else "false"
    place = f"{village_code()} || '.' || {tidy('id_rt')}"
    cursor.execute(
        f"""
        create temporary table terhapus on commit drop as
        select s.baris, s.keluarga, s.kepala from (
            select baris, {place} as keluarga, {head} as kepala, {identity_number("r403")} as nomor
            from {one.relation("k_art")} as r
        ) as s
        where s.nomor is not null and {tombstone("s.nomor")} in (select sidik from ops.nisan)
        """.encode(),
        pads(key),
    )
    cursor.execute(sql.SQL("delete from {} where baris in (select baris from terhapus)").format(persons))
    gone = cursor.rowcount
    cursor.execute(
        f"""
        create temporary table ditinggal on commit drop as
        select k.baris, k.keluarga, not exists (
            select from (select {place} as keluarga from {one.relation("k_art")} as r) as a
            where a.keluarga = k.keluarga
        ) as kosong
        from (
            select baris, {tidy("id")} as id, {village_code()} || '.' || {tidy("id")} as keluarga,
                count(*) over (partition by {village_code()}, {tidy("id")}) as banyak
            from {one.relation("k_rt")} as r
        ) as k
        -- An id that is missing or stands twice tells nobody's family: such families are rejected as they are.
        where k.id <> '' and k.banyak = 1 and k.keluarga in (select keluarga from terhapus)
        """.encode()
    )
    cursor.execute(sql.SQL("delete from {} where baris in (select baris from ditinggal where kosong)").format(families))
    emptied = cursor.rowcount
    if one.has("k_rt", "r108"):
        cursor.execute(
            sql.SQL(
                "update {} set {} = '' where baris in (select d.baris from ditinggal as d "
                "join terhapus as t using (keluarga) where t.kepala)"
            ).format(families, sql.Identifier(delivered.tables["k_rt"][1]["r108"]))
        )
    cursor.execute("drop table terhapus, ditinggal")
    cursor.executemany(
        "update ops.berkas set jumlah_baris = jumlah_baris - %s where id_kiriman = %s and berkas = %s",
        [(gone, delivered.id_kiriman, "k_art"), (emptied, delivered.id_kiriman, "k_rt")],
    )
    return Buried(delivered.id_kiriman, gone, emptied)
