"""The second look at rows that hold a wrong cell: what it means after all, or which rule it breaks.

Only rows with a number outside an item's domain come here, so tolerance may cost something. A cell that still means
nothing is blanked and listed; one that a spreadsheet dressed up (``1.0``, ``'2``) gets its integer without a fault.
"""

from __future__ import annotations

import psycopg

from regsosek.codebook import Codebook, Table
from regsosek.normalise.build import cell, partition
from regsosek.normalise.cells import multirange, outside, outside_any
from regsosek.normalise.source import Group


def suspects(table: Table) -> str:
    """Work table of rows to look at: ``tid``, ``asal`` (the row before its repair), ``sel`` (wrong cell)."""
    return f"tersangka_{table}"


def repairs(table: Table) -> str:
    """Work table of cells: ``tid``, ``id_kiriman``, ``baris``, ``item``, ``nilai``, ``aturan`` (null: no fault)."""
    return f"perbaikan_{table}"


def wrong_cell(codebook: Codebook, group: Group, table: Table) -> str:
    """SQL predicate over the typed row: some cell of it needs the second look."""
    parts = outside_any(group.items(codebook, table), group.versi)
    if table == "k_art":
        parts.append("r404 is null")
    return "coalesce(" + " or ".join(parts) + ", false)"


def repair_cells(cursor: psycopg.Cursor, codebook: Codebook, group: Group, table: Table) -> None:
    """Settle every wrong cell of the suspects, and write the faults to ``ops.temuan``."""
    _find_repairs(cursor, codebook, group, table)
    _apply_repairs(cursor, codebook, group, table)
    query = f"""
        insert into ops.temuan (id_kiriman, berkas, baris, kode_desa, aturan)
        select p.id_kiriman, '{table}', p.baris, p.kode_desa, p.aturan from {repairs(table)} as p
        where p.aturan is not null
    """
    cursor.execute(query.encode())


def _find_repairs(cursor: psycopg.Cursor, codebook: Codebook, group: Group, table: Table) -> None:
    entries = []
    for item in group.items(codebook, table):
        wrong = outside(f"t.{item.kode}", item, group.versi)
        if item.keparahan == "tolak_keluarga":
            wrong = f"coalesce({wrong}, true)"
        entries.append(f"('{item.kode}', {cell(group, item)}, {wrong}, {multirange(item, group.versi)})")
    query = f"""
        create temporary table {repairs(table)} on commit drop as
        select
            f.tid, f.id_kiriman, f.baris, t.kode_desa, c.item,
            case when c.ranah @> c.bilangan then c.bilangan::smallint end as nilai,
            case
                when c.ranah @> c.bilangan then null
                when c.item = 'r404' then 'keberadaan_tidak_sah'
                when c.bilangan is null and c.kosong then null
                when c.bilangan is null then c.item || '_bukan_bilangan'
                else c.item || '_di_luar_domain'
            end as aturan
        from {suspects(table)} as f
        join {partition(group, table)} as t on t.ctid = f.tid
        join {group.relation(table)} as s on s.id_kiriman = f.id_kiriman and s.baris = f.baris
        cross join lateral (
            select
                v.item, v.ranah, registri.bilangan(v.sel) as bilangan,
                coalesce(registri.rapi(v.sel), '') = '' as kosong
            from (values {", ".join(entries)}) as v (item, sel, salah, ranah)
            where v.salah
        ) as c
        where f.sel
    """
    cursor.execute(query.encode())


def _apply_repairs(cursor: psycopg.Cursor, codebook: Codebook, group: Group, table: Table) -> None:
    new = {
        kode: f"case when p.isian ? '{kode}' then (p.isian ->> '{kode}')::smallint else t.{kode} end"
        for kode in (item.kode for item in group.items(codebook, table))
    }
    assignments = [f"{kode} = {value}" for kode, value in new.items()]
    if table == "k_art":
        residents = ", ".join(str(code) for code in codebook.penduduk[group.versi])
        assignments.append(f"penduduk = coalesce({new['r404']} in ({residents}), false)")
    query = f"""
        with isian as (
            select tid, jsonb_object_agg(item, nilai) as isian from {repairs(table)} group by tid
        ),
        pindah as (
            update {partition(group, table)} as t
            set {", ".join(assignments)}
            from isian as p
            where t.ctid = p.tid
            returning p.tid as lama, t.ctid as baru
        )
        update {suspects(table)} as f set tid = pindah.baru from pindah where f.tid = pindah.lama
    """
    cursor.execute(query.encode())
