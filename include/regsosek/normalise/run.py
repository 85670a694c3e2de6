"""Normalising deliveries: everything about one group in one transaction, so a killed run leaves nothing behind."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import get_args

import psycopg
from psycopg import sql

from regsosek.codebook import Codebook, Table, load_codebook
from regsosek.keyring import Keyring, keyring
from regsosek.normalise.build import build_families, build_persons, partition
from regsosek.normalise.buried import Buried, bury
from regsosek.normalise.family_rules import count_villages, members, write_family_faults
from regsosek.normalise.keys import family_map, map_families, map_villages, village_map
from regsosek.normalise.partitions import partitions
from regsosek.normalise.pseudonym import key_parameters, mark
from regsosek.normalise.reject import reject
from regsosek.normalise.repair import repair_cells
from regsosek.normalise.row_rules import find_suspects, write_row_faults
from regsosek.normalise.source import Group, groups
from regsosek.normalise.tables import ENTITY
from regsosek.settings import Settings
from regsosek.warehouse.connection import connect, transaction
from regsosek.warehouse.evolve import evolve_table, table_columns
from regsosek.warehouse.history import write_event
from regsosek.warehouse.lease import Guard

log = logging.getLogger(__name__)

LINK: dict[Table, str] = {"k_rt": "baris", "k_art": "baris_keluarga"}
"""The column that joins a family and its persons; statistics of the hundred items would help nobody."""


def normalise(settings: Settings, ids: list[int], *, guard: Guard, purpose: str = "regsosek") -> None:
    """Turn loaded deliveries into registry rows and faults of cells, rows and families.

    Deliveries of one shape share a partition. One that is normalised already is left alone, so a step that is
    repeated after a crash converges.
    """
    codebook = load_codebook()
    ring = keyring(settings)
    with transaction(settings, purpose=purpose) as cursor:
        waiting = groups(cursor, codebook, _not_normalised(cursor, ids))
    for group in waiting:
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            buried = normalise_group(cursor, codebook, group, ring)
            guard(cursor)
        rewrite_raw(settings, group, buried, purpose=purpose)


def _not_normalised(cursor: psycopg.Cursor, ids: list[int]) -> list[int]:
    """Deliveries without a partition."""
    there = {each for held in partitions(cursor, ENTITY["k_art"]).values() for each in held}
    return [id_kiriman for id_kiriman in ids if id_kiriman not in there]


def normalise_group(cursor: psycopg.Cursor, codebook: Codebook, group: Group, ring: Keyring) -> list[Buried]:
    """Normalise one group in the caller's transaction; returns what it had of persons who were erased.

    A caller that commits passes that on to :func:`rewrite_raw`.
    """
    buried = bury(cursor, group, ring.permanent)
    for each in buried:
        _tell(cursor, each)
    keys = key_parameters(ring.active)
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
    cursor.execute("update ops.kiriman set kunci = %s where id_kiriman = any(%s)", (mark(ring.active), group.ids))
    return buried


def rewrite_raw(settings: Settings, group: Group, buried: list[Buried], *, purpose: str = "regsosek") -> None:
    """Write the raw tables anew from which records were deleted: PostgreSQL only marks them, and leaves them there."""
    concerned = {each.id_kiriman for each in buried}
    tables = [name for each in group.deliveries if each.id_kiriman in concerned for name, _ in each.tables.values()]
    if not tables:
        return
    with connect(settings, purpose=purpose, autocommit=True) as connection:
        for name in tables:
            connection.execute(sql.SQL("vacuum full {}").format(sql.Identifier("raw", name)))


def _tell(cursor: psycopg.Cursor, buried: Buried) -> None:
    """Say by count that erased persons were left out; a dry run leaves no history."""
    log.warning(
        "Kiriman %d: %d orang yang datanya dihapus atas permintaan tidak dimuat (%d keluarga tanpa anggota lain).",
        buried.id_kiriman, buried.anggota, buried.keluarga,
    )  # fmt: skip
    cursor.execute("select from ops.kiriman where id_kiriman = %s and not uji_coba", (buried.id_kiriman,))
    if cursor.fetchone() is not None:
        write_event(cursor, "orang terhapus tidak dimuat", None, asdict(buried))


def _attach(cursor: psycopg.Cursor, group: Group) -> None:
    """Make the two tables partitions of the registry, and drop the work tables."""
    ids = ", ".join(str(each) for each in group.ids)
    for table in get_args(Table):
        name = partition(group, table)
        # What an earlier codebook asked is still a column of the registry.
        evolve_table(
            cursor, "registri", name.removeprefix("registri."), table_columns(cursor, "registri", ENTITY[table])
        )
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
