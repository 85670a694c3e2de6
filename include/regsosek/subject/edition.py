"""A delivery without the persons who were erased from it: a new edition, under an id of its own.

Aggregates of a delivery never change, and what the public was shown is remembered by delivery. So the erased do not
leave the delivery they were in; its rows become another delivery without them, which takes its place in every order.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from regsosek.codebook import load_codebook
from regsosek.gates.villages import judge_villages
from regsosek.keyring import Keyring
from regsosek.normalise.buried import Buried
from regsosek.normalise.run import normalise_group
from regsosek.normalise.source import Group, groups
from regsosek.retention.deliveries import leave_registry
from regsosek.settings import Settings
from regsosek.warehouse.history import write_event

COPIED = (
    "folder, instrumen, versi, cut_off, desil_skala, desil_model, desil_cut_off, paksa, catatan, desa_dinyatakan, "
    "diterima_pada, alasan"
)
ACCEPTED = "'diterima gerbang 1', 'terbit', 'digantikan'"


def new_edition(
    settings: Settings, cursor: psycopg.Cursor, lama: int, ring: Keyring, *, id_jalan: str
) -> tuple[Group, list[Buried]]:
    """Make the new edition of a delivery in the caller's transaction: its raw tables move, the rest is made anew.

    What gate 1 said of the delivery holds for its new edition; its villages are judged again.
    """
    baru = _enter(cursor, lama, id_jalan)
    _move_raw(cursor, lama, baru)
    leave_registry(cursor, [lama])
    cursor.execute(
        "update ops.kiriman set keadaan = 'digantikan', dibersihkan_pada = clock_timestamp(), kunci = null "
        "where id_kiriman = %s",
        (lama,),
    )
    codebook = load_codebook()
    (group,) = groups(cursor, codebook, [baru])
    buried = normalise_group(cursor, codebook, group, ring)
    _state_numbers(cursor, lama, baru)
    judge_villages(cursor, settings, codebook, [baru])
    write_event(cursor, "edisi baru", id_jalan, {"id_kiriman": baru, "dari": lama})
    return group, buried


def _enter(cursor: psycopg.Cursor, lama: int, id_jalan: str) -> int:
    """Enter the edition in the ledger in the place of the one before, with its content's checksum."""
    row = cursor.execute("select sidik from ops.kiriman where id_kiriman = %s for update", (lama,)).fetchone()
    assert row is not None
    cursor.execute("update ops.kiriman set sidik = sidik || '#' || id_kiriman where id_kiriman = %s", (lama,))
    made = cursor.execute(
        f"""
        insert into ops.kiriman ({COPIED}, sidik, keadaan, id_jalan, id_asal)
        select {COPIED}, %s, case when keadaan in ({ACCEPTED}) then 'diterima gerbang 1' else keadaan end, %s,
            coalesce(id_asal, id_kiriman)
        from ops.kiriman where id_kiriman = %s
        returning id_kiriman
        """.encode(),
        (row[0], id_jalan, lama),
    ).fetchone()
    assert made is not None
    return int(made[0])


def _move_raw(cursor: psycopg.Cursor, lama: int, baru: int) -> None:
    for berkas, tabel in cursor.execute(
        "select berkas, tabel from ops.berkas where id_kiriman = %s", (lama,)
    ).fetchall():
        name = f"{berkas}_{baru}"
        cursor.execute(
            sql.SQL("alter table {} rename to {}").format(sql.Identifier("raw", tabel), sql.Identifier(name))
        )
        cursor.execute(
            "update ops.berkas set id_kiriman = %s, tabel = %s where id_kiriman = %s and berkas = %s",
            (baru, name, lama, berkas),
        )


def _state_numbers(cursor: psycopg.Cursor, lama: int, baru: int) -> None:
    """A village that was accepted states its families as they are now: one erased family is no sharp decline."""
    cursor.execute(
        """
        update ops.kiriman as k
        set desa_dinyatakan = coalesce(k.desa_dinyatakan, '{}') || n.keluarga
        from (
            select jsonb_object_agg(d.kode_desa, d.keluarga_diterima + d.keluarga_ditolak) as keluarga
            from ops.kiriman_desa as d
            join ops.kiriman_desa as l on l.id_kiriman = %s and l.kode_desa = d.kode_desa
            where d.id_kiriman = %s and l.keadaan = 'diterima'
                and (l.keluarga_diterima, l.keluarga_ditolak) <> (d.keluarga_diterima, d.keluarga_ditolak)
        ) as n
        where k.id_kiriman = %s and n.keluarga is not null
        """,
        (lama, baru, baru),
    )
