"""Another key for the pseudonyms: those of every delivery that is kept are made anew from ``raw``.

Families are matched across deliveries by pseudonym, so all deliveries of the registry have theirs under one key,
the active one. A delivery that is behind, because a rotation was killed, a backup was restored or the key file was
lost, is caught up with at the beginning of the next refresh.
"""

from __future__ import annotations

import psycopg

from regsosek.codebook import Table, load_codebook
from regsosek.keyring import add_key, destroy_earlier_keys, keyring
from regsosek.normalise.cells import identity_number
from regsosek.normalise.partitions import partitions
from regsosek.normalise.pseudonym import Kind, key_parameters, mark, pseudonym
from regsosek.normalise.source import Group, groups
from regsosek.normalise.tables import ENTITY
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import write_event
from regsosek.warehouse.lease import Guard

NUMBERS: dict[Table, tuple[str, Kind]] = {"k_rt": ("r114", "kk"), "k_art": ("r403", "nik")}
"""Per file the item that holds an identity number, and the column of its pseudonym."""


def rotate(settings: Settings, *, guard: Guard, id_jalan: str, purpose: str = "regsosek") -> int:
    """Give the installation a new key, or finish a rotation that was killed; returns how many deliveries were re-keyed.

    Each partition of the registry is re-keyed in one transaction; the old key is destroyed when none needs it.
    """
    if not keyring(settings).earlier:
        add_key(settings)
    return catch_up(settings, guard=guard, id_jalan=id_jalan, purpose=purpose)


def catch_up(settings: Settings, *, guard: Guard, id_jalan: str, purpose: str = "regsosek") -> int:
    """Re-key every delivery of the registry that is not under the active key, then destroy the keys before it."""
    ring = keyring(settings)
    active = mark(ring.active)
    with transaction(settings, purpose=purpose) as cursor:
        there = partitions(cursor, ENTITY["k_rt"])
        behind = _behind(cursor, there, active)
    for name, ids in behind.items():
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            for group in groups(cursor, load_codebook(), ids):
                _rekey(cursor, group, name.removeprefix(f"{ENTITY['k_rt']}_"), key_parameters(ring.active))
            cursor.execute("update ops.kiriman set kunci = %s where id_kiriman = any(%s)", (active, ids))
            guard(cursor)
    count = sum(map(len, behind.values()))
    if count or ring.earlier:
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            _forget_keys_of_matching(cursor)
            write_event(cursor, "kunci samaran diganti", id_jalan, {"kiriman": count, "kunci": active})
    if ring.earlier:
        destroy_earlier_keys(settings)
    return count


def _behind(cursor: psycopg.Cursor, there: dict[str, list[int]], active: str) -> dict[str, list[int]]:
    """Partition → deliveries in it that are under another key."""
    rows = cursor.execute(
        "select id_kiriman from ops.kiriman as k where id_kiriman = any(%s) and kunci is distinct from %s "
        "and exists (select from ops.berkas as b where b.id_kiriman = k.id_kiriman)",
        ([each for ids in there.values() for each in ids], active),
    ).fetchall()
    waiting = {id_kiriman for (id_kiriman,) in rows}
    found = {name: [each for each in ids if each in waiting] for name, ids in there.items()}
    return {name: ids for name, ids in found.items() if ids}


def _rekey(cursor: psycopg.Cursor, group: Group, suffix: str, keys: dict[str, bytes]) -> None:
    for table, (item, column) in NUMBERS.items():
        if not group.has(table, item):
            continue
        query = f"""
            update registri.{ENTITY[table]}_{suffix} as t
            set {column} = {pseudonym(column, "s.nomor")}
            from (select id_kiriman, baris, {identity_number(item)} as nomor from {group.relation(table)} as r) as s
            where t.id_kiriman = s.id_kiriman and t.baris = s.baris and t.{column} is not null
        """
        cursor.execute(query.encode(), keys)


def _forget_keys_of_matching(cursor: psycopg.Cursor) -> None:
    """The work table of the transform still holds pseudonyms of the last matching; it is made anew when needed."""
    cursor.execute("select to_regclass('antara.int_keluarga__kunci_padanan') is not null")
    if cursor.fetchone() == (True,):
        cursor.execute("truncate antara.int_keluarga__kunci_padanan")
