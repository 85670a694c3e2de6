"""The small relations that stand for millions of rows before Great Expectations.

PostgreSQL computes each in one scan; what they mean is said in ``regsosek.gates.expectations``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psycopg

from regsosek.codebook import Codebook, Table, Version
from regsosek.normalise.tables import ENTITY

Row = tuple[Any, ...]
OBSERVED = ("terkecil", "terbesar", "terkecil sesudah celah")
"""What the three rows of a village hold of every item."""


@dataclass(frozen=True)
class Relation:
    """A relation as it was computed: column names, PostgreSQL types, rows.

    Rows start with ``id_kiriman`` (None at gate 2) and have a ``kode_desa``, None for the whole.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[Row]

    def village(self, row: Row) -> str | None:
        """Code of the village or area the row is about."""
        code: str | None = row[self.columns.index("kode_desa")]
        return code

    def values(self, column: str) -> Iterable[tuple[Row, Any]]:
        """Every row with its value in that column."""
        position = self.columns.index(column)
        return ((row, row[position]) for row in self.rows)


def fetch(cursor: psycopg.Cursor, name: str, query: str, parameters: dict[str, Any]) -> Relation:
    """Run a query and keep its result."""
    cursor.execute(query.encode(), parameters)
    assert cursor.description is not None
    return Relation(
        name,
        tuple(column.name for column in cursor.description),
        tuple(column.type_display for column in cursor.description),
        cursor.fetchall(),
    )


def registry_relation(
    cursor: psycopg.Cursor, codebook: Codebook, table: Table, versi: Version, ids: list[int]
) -> Relation:
    """Least and greatest answers per delivery and village, with the registry's own checks beside them.

    Columns are those the table really has. A delivery without rows still has one row, of its checks.
    """
    entity = ENTITY[table]
    present = cursor.execute(
        """
        select attname::text, format_type(atttypid, atttypmod) from pg_attribute
        where attrelid = %s::regclass and attnum > 0 and not attisdropped
        order by attnum
        """,
        (f"registri.{entity}",),
    ).fetchall()
    domains = {item.kode: item.domain(versi) for item in codebook.typed(table)}
    counted = [name for name, kind in present if kind == "smallint"]
    aggregates = [
        f"min({name}) as {name}_1, max({name}) as {name}_2, {_after_gap(name, domains.get(name, ()))} as {name}_3"
        for name in counted
    ]
    observed = ", ".join(
        f"({', '.join(f'd.{name}_{number}' for name in counted)})" for number in range(1, len(OBSERVED) + 1)
    )
    chosen = [_column(name, kind, name in counted) for name, kind in present]
    orphans = "and baris_keluarga is null" if table == "k_art" else "and false"
    checks = [
        "abs(coalesce(sum(d.jumlah) over kiriman / 3, 0) - b.jumlah_baris)::bigint as selisih_baris",
        "coalesce(u.kembar, 0) as baris_kembar",
        "coalesce(case when a.kode_desa is null then d.diterima end, 0) as diterima_tanpa_desa",
        *(["coalesce(d.tanpa_keluarga, 0) as diterima_tanpa_keluarga"] if table == "k_art" else []),
    ]
    return fetch(
        cursor,
        entity,
        f"""
        select {", ".join(chosen + checks)}
        from ops.berkas as b
        left join (
            select
                id_kiriman, kode_desa, count(*) as jumlah,
                count(*) filter (where alasan_tolak is null) as diterima,
                count(*) filter (where alasan_tolak is null {orphans}) as tanpa_keluarga,
                {", ".join(aggregates)}
            from registri.{entity}
            where id_kiriman = any(%(ids)s)
            group by 1, 2
        ) as d using (id_kiriman)
        left join acuan.ref_desa as a on a.kode_desa = d.kode_desa
        left join (
            select id_kiriman, count(*) - count(distinct baris) as kembar
            from registri.{entity} where id_kiriman = any(%(ids)s) group by 1
        ) as u using (id_kiriman)
        cross join lateral (values {observed}) as isi ({", ".join(counted)})
        where b.id_kiriman = any(%(ids)s) and b.berkas = %(berkas)s
        window kiriman as (partition by b.id_kiriman)
        """,
        {"ids": ids, "berkas": table},
    )


def fault_relation(cursor: psycopg.Cursor, ids: list[int]) -> Relation:
    """One row per delivery: accepted villages, and faults per rule of ``ops.aturan``."""
    rules = [name for (name,) in cursor.execute("select aturan from ops.aturan order by 1")]
    accepted: dict[int, int] = dict.fromkeys(ids, 0)
    accepted.update(
        cursor.execute(
            """
            select id_kiriman, count(*) from ops.kiriman_desa
            where id_kiriman = any(%s) and keadaan = 'diterima' group by 1
            """,
            (ids,),
        ).fetchall()
    )
    counts = {
        (id_kiriman, rule): count
        for id_kiriman, rule, count in cursor.execute(
            "select id_kiriman, aturan, count(*) from ops.temuan where id_kiriman = any(%s) group by 1, 2", (ids,)
        )
    }
    return Relation(
        "temuan",
        ("id_kiriman", "kode_desa", "desa_diterima", *rules),
        ("int8", "text", "int8", *("int8" for _ in rules)),
        [(each, None, accepted[each], *(counts.get((each, rule), 0) for rule in rules)) for each in ids],
    )


def _after_gap(name: str, domain: tuple[int, ...] | range) -> str:
    """The least answer beyond the first run of codes: one of the codes if and only if no answer lies in the gap."""
    gaps = [(code, following) for code, following in pairwise(domain) if following > code + 1]
    if not gaps:
        return "null::smallint"
    if len(gaps) > 1:
        return f"min({name}) filter (where {name} not in ({', '.join(map(str, domain))}))"
    return f"min({name}) filter (where {name} > {gaps[0][0]})"


def _column(name: str, kind: str, counted: bool) -> str:
    if name == "id_kiriman":
        return "b.id_kiriman"
    if name == "kode_desa":
        return "d.kode_desa"
    return f"isi.{name}" if counted else f"null::{kind} as {name}"
