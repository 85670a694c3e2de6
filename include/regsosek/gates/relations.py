"""The small relations that stand for millions of rows before Great Expectations.

PostgreSQL computes each in one scan; what they mean is said in ``regsosek.gates.expectations``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psycopg

from regsosek.codebook import Codebook, Table, Version
from regsosek.gates.expectations import REGISTRY_CHECKS
from regsosek.normalise.tables import ENTITY
from regsosek.warehouse.evolve import table_columns

Row = tuple[Any, ...]
OBSERVED = ("terkecil", "terbesar", "terkecil sesudah celah")
"""What the three rows of a delivery hold of every item."""


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


def registry_relation(
    cursor: psycopg.Cursor, codebook: Codebook, table: Table, versi: Version, ids: list[int]
) -> Relation:
    """What gate 1 judges of ``registri.keluarga`` or ``registri.anggota``, in the columns the table really has.

    Per delivery three rows of answers (``OBSERVED``), with the checks of the delivery as a whole; per village one row
    with the checks of its records.
    """
    entity = ENTITY[table]
    columns = table_columns(cursor, "registri", entity)
    answers = [name for name, kind in columns.items() if kind == "smallint"]
    checks = list(REGISTRY_CHECKS[table])
    empty = dict.fromkeys([*columns, *checks]) | dict.fromkeys(checks, 0)
    rows = [
        tuple((empty | {"id_kiriman": id_kiriman} | dict(zip(answers, observed, strict=True)) | whole).values())
        for id_kiriman, observations, whole in _deliveries(cursor, codebook, table, versi, answers, ids)
        for observed in observations
    ]
    rows += [
        tuple((empty | {"id_kiriman": id_kiriman, "kode_desa": village} | of_village).values())
        for id_kiriman, village, of_village in _villages(cursor, table, ids)
    ]
    types = [*columns.values(), *("bigint" for _ in checks)]
    return Relation(entity, tuple(empty), tuple(types), rows)


def _deliveries(
    cursor: psycopg.Cursor, codebook: Codebook, table: Table, versi: Version, answers: list[str], ids: list[int]
) -> Iterator[tuple[int, list[Row], dict[str, int]]]:
    """Per delivery its id, the rows of ``OBSERVED``, and the checks of the whole.

    Grouping costs as much as the aggregates themselves, so a delivery that comes alone is not grouped.
    """
    domains = {item.kode: item.domain(versi) for item in codebook.typed(table)}
    found = ", ".join(
        [f"min({name})" for name in answers]
        + [f"max({name})" for name in answers]
        + [_after_gap(name, domains.get(name, ())) for name in answers]
    )
    received: dict[int, int] = dict(
        cursor.execute(
            "select id_kiriman, jumlah_baris from ops.berkas where id_kiriman = any(%s) and berkas = %s", (ids, table)
        ).fetchall()
    )
    key, group = ("id_kiriman", "group by 1") if len(ids) > 1 else (f"{ids[0]}::bigint", "")
    source = f"from registri.{ENTITY[table]} where id_kiriman = any(%(ids)s) {group}"
    distinct: dict[int, int] = dict(
        cursor.execute(f"select {key}, count(distinct baris) {source}".encode(), {"ids": ids}).fetchall()
    )
    observed = {
        row[0]: row[1:]
        for row in cursor.execute(f"select {key}, count(*), {found} {source}".encode(), {"ids": ids}).fetchall()
    }
    for id_kiriman, rows in received.items():
        width = len(answers)
        count, *values = observed.get(id_kiriman, (0, *(None for _ in range(len(OBSERVED) * width))))
        yield (
            id_kiriman,
            [tuple(values[start : start + width]) for start in range(0, len(values), width)],
            {"selisih_baris": abs(count - rows), "baris_kembar": count - distinct.get(id_kiriman, 0)},
        )


def _villages(cursor: psycopg.Cursor, table: Table, ids: list[int]) -> Iterator[tuple[int, str | None, dict[str, int]]]:
    """Per delivery and village the checks of its accepted records."""
    orphans = "baris_keluarga is null" if table == "k_art" else "false"
    for id_kiriman, village, astray, without_family in cursor.execute(
        f"""
        select d.id_kiriman, d.kode_desa, case when a.kode_desa is null then d.diterima else 0 end, d.tanpa_keluarga
        from (
            select
                id_kiriman, kode_desa,
                count(*) filter (where alasan_tolak is null) as diterima,
                count(*) filter (where alasan_tolak is null and {orphans}) as tanpa_keluarga
            from registri.{ENTITY[table]}
            where id_kiriman = any(%(ids)s)
            group by 1, 2
        ) as d
        left join acuan.ref_desa as a on a.kode_desa = d.kode_desa
        """.encode(),
        {"ids": ids},
    ).fetchall():
        checks = {"diterima_tanpa_desa": astray}
        yield id_kiriman, village, checks | ({"diterima_tanpa_keluarga": without_family} if table == "k_art" else {})


def locate(cursor: psycopg.Cursor, entity: str, condition: str, ids: list[int]) -> list[tuple[int, str | None, int]]:
    """(delivery, village, records) of the registry's rows for which the SQL condition is true."""
    return cursor.execute(
        f"""
        select id_kiriman, kode_desa, count(*) from registri.{entity}
        where id_kiriman = any(%(ids)s) and {condition}
        group by 1, 2 order by 1, 2
        """.encode(),
        {"ids": ids},
    ).fetchall()


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
