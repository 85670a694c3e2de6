"""The registry's tables, derived from the codebook: ``registri.keluarga`` and ``registri.anggota``.

Both are partitioned by delivery. Deliveries that are normalised together share a partition, so there are as many
partitions as batches, and a partition is made and filled in one transaction without an index.
"""

from __future__ import annotations

import psycopg

from regsosek.codebook import Codebook, Table
from regsosek.warehouse.evolve import evolve_table

ENTITY: dict[Table, str] = {"k_rt": "keluarga", "k_art": "anggota"}

LEADING: dict[Table, tuple[tuple[str, str, str], ...]] = {
    "k_rt": (
        ("id_kiriman", "bigint not null", "kiriman asal"),
        ("baris", "integer not null", "nomor record pada berkas k_rt; judul kolom = 1"),
        ("kode_desa", "text", "kode desa BPS, 10 angka; null bila tidak ada pada daftar desa"),
        ("kode_sls", "text", "kode SLS, 4 angka"),
        ("kode_sub_sls", "text", "kode sub-SLS, 2 angka"),
        ("kk", "uuid", "samaran nomor KK; null bila nomornya tidak sah"),
        ("kk_mutu", "smallint", "0 sah, 1 kosong, 2 tidak sah"),
        ("kk_berakhir_nol", "boolean", "angka terakhir nomor KK adalah 0"),
        ("alasan_tolak", "text", "aturan yang menolak keluarga ini; null = diterima"),
    ),
    "k_art": (
        ("id_kiriman", "bigint not null", "kiriman asal"),
        ("baris", "integer not null", "nomor record pada berkas k_art; judul kolom = 1"),
        ("baris_keluarga", "integer", "nomor record keluarganya pada k_rt; null = tanpa keluarga"),
        ("kode_desa", "text", "kode desa BPS, 10 angka; null bila tidak ada pada daftar desa"),
        ("nik", "uuid", "samaran NIK; null bila NIK tidak sah"),
        ("nik_mutu", "smallint", "0 sah, 1 kosong, 2 tidak sah, 3 tidak cocok dengan tanggal lahir atau jenis kelamin"),
        ("nik_berakhir_nol", "boolean", "angka terakhir NIK adalah 0"),
        ("alasan_tolak", "text", "aturan yang menolak anggota ini atau keluarganya; null = diterima"),
        ("penduduk", "boolean not null", "tinggal bersama menurut 404 pada versi formulirnya"),
    ),
}


def columns(codebook: Codebook, table: Table) -> list[str]:
    """Column names of the entity, in order."""
    return [name for name, _, _ in LEADING[table]] + [item.kode for item in codebook.typed(table)]


def create_registry(cursor: psycopg.Cursor, codebook: Codebook) -> list[str]:
    """Create what is missing: functions and tables; what a later codebook adds becomes new columns, which are returned.

    A column that a later codebook lacks stays, null from then on.
    """
    added = []
    for statement in FUNCTIONS:
        cursor.execute(statement)
    for table, entity in ENTITY.items():
        leading = ", ".join(f"{name} {kind}" for name, kind, _ in LEADING[table])
        _run(cursor, f"create table if not exists registri.{entity} ({leading}) partition by list (id_kiriman)")
        wanted = {name: kind.removesuffix(" not null") for name, kind, _ in LEADING[table]}
        wanted |= {item.kode: "smallint" for item in codebook.typed(table)}
        added += [f"registri.{entity}.{name}" for name in evolve_table(cursor, "registri", entity, wanted)]
        comments = [(name, text) for name, _, text in LEADING[table]]
        comments += [(item.kode, f"{item.nomor or item.kode} {item.label}") for item in codebook.typed(table)]
        for name, text in comments:
            escaped = text.replace("'", "''")
            _run(cursor, f"comment on column registri.{entity}.{name} is '{escaped}'")
    return added


def _run(cursor: psycopg.Cursor, statement: str) -> None:
    cursor.execute(statement.encode())


FUNCTIONS = (
    # A cell without what spreadsheets and statistics programs put around a code.
    rb"""
    create or replace function registri.rapi(sel text) returns text
    language sql immutable parallel safe
    return regexp_replace(btrim(sel, E' \t\r\n\u00a0\u200b\ufeff'''), '[.,]0*$', '')
    """,
    # The integer a cell means; null where it means none.
    rb"""
    create or replace function registri.bilangan(sel text) returns integer
    language sql immutable parallel safe
    return case when registri.rapi(sel) ~ '^-?[0-9]{1,9}$' then registri.rapi(sel)::integer end
    """,
    # Sixteen digits, as text; null for anything else.
    rb"""
    create or replace function registri.enam_belas_angka(sel text) returns text
    language sql immutable parallel safe
    return case when registri.rapi(sel) ~ '^[0-9]{16}$' then registri.rapi(sel) end
    """,
    # Six digits with the leading zeros a spreadsheet took; null for anything else.
    rb"""
    create or replace function registri.enam_angka(sel text) returns text
    language sql immutable parallel safe
    return case when registri.rapi(sel) ~ '^[0-9]{1,6}$' then lpad(registri.rapi(sel), 6, '0') end
    """,
)
