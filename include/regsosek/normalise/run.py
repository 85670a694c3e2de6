"""Normalising deliveries: everything about one group in one transaction, so a killed run leaves nothing behind."""

from __future__ import annotations

from typing import get_args

import psycopg

from regsosek.codebook import Codebook, Table, load_codebook
from regsosek.keyring import fingerprint, keyring
from regsosek.normalise.build import build_families, build_persons, partition
from regsosek.normalise.family_rules import count_villages, members, write_family_faults
from regsosek.normalise.keys import family_map, map_families, map_villages, village_map
from regsosek.normalise.partitions import partitions
from regsosek.normalise.pseudonym import pads
from regsosek.normalise.reject import reject
from regsosek.normalise.repair import repair_cells
from regsosek.normalise.row_rules import find_suspects, write_row_faults
from regsosek.normalise.source import Group, groups
from regsosek.normalise.tables import ENTITY
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.lease import Guard

LINK: dict[Table, str] = {"k_rt": "baris", "k_art": "baris_keluarga"}
"""The column that joins a family and its persons; statistics of the hundred items would help nobody."""


def normalise(settings: Settings, ids: list[int], *, guard: Guard, purpose: str = "regsosek") -> None:
    """Turn loaded deliveries into registry rows and faults of cells, rows and families.

    Deliveries of one shape share a partition. One that is normalised already is left alone, so a step that is
    repeated after a crash converges.
    """
    codebook = load_codebook()
    key = keyring(settings).active
    with transaction(settings, purpose=purpose) as cursor:
        waiting = groups(cursor, codebook, _not_normalised(cursor, ids))
    for group in waiting:
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            normalise_group(cursor, codebook, group, key)
            guard(cursor)


def _not_normalised(cursor: psycopg.Cursor, ids: list[int]) -> list[int]:
    """Deliveries without a partition."""
    there = {each for held in partitions(cursor, ENTITY["k_art"]).values() for each in held}
    return [id_kiriman for id_kiriman in ids if id_kiriman not in there]


def normalise_group(cursor: psycopg.Cursor, codebook: Codebook, group: Group, key: bytes) -> None:
    """Normalise one group in the caller's transaction, its pseudonyms under that key."""
    keys = pads(key)
    map_villages(cursor, group)
    map_families(cursor, group)
    build_families(cursor, codebook, group, keys)
    build_persons(cursor, codebook, group, keys)
    for table in get_args(Table):
        find_suspects(cursor, codebook, group, table)
        repair_cells(cursor, codebook, group, table)
        write_row_faults(cursor, codebook, group, table)
    reject(cursor, group)
    write_family_faults(cursor, codebook, group)
    count_villages(cursor, group)
    _attach(cursor, group)
    cursor.execute("update ops.kiriman set kunci = %s where id_kiriman = any(%s)", (fingerprint(key), group.ids))


def _attach(cursor: psycopg.Cursor, group: Group) -> None:
    """Make the two tables partitions of the registry, and drop the work tables."""
    ids = ", ".join(str(each) for each in group.ids)
    for table in get_args(Table):
        name = partition(group, table)
        residents = ", alter penduduk set not null" if table == "k_art" else ""
        for statement in (
            # One statement, one scan; the check says what the bound will say, so that attaching does not scan.
            f"alter table {name} add constraint isi check (id_kiriman in ({ids})), "
            f"alter id_kiriman set not null, alter baris set not null{residents}",
            f"alter table registri.{ENTITY[table]} attach partition {name} for values in ({ids})",
            f"alter table {name} drop constraint isi",
            f"analyze {name} (id_kiriman, kode_desa, {LINK[table]}, alasan_tolak)",
        ):
            cursor.execute(statement.encode())
    for work in (village_map(group), family_map(group), members(group)):
        cursor.execute(f"drop table {work}".encode())
