"""Deliveries that can be normalised by one statement, and their raw tables as one relation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast, get_args

import psycopg
from psycopg import sql

from regsosek.codebook import Codebook, Item, Naming, Table, Version

SNIFFED_ROWS = 500
"""Records of each file that tell whether a column needs tidying as a whole."""
UNTIDY_SHARE = 0.02


@dataclass(frozen=True)
class Delivered:
    """One loaded delivery: its form version, where its codes come from, and its raw columns by canonical name."""

    id_kiriman: int
    versi: Version
    naming: Naming | None
    tables: dict[Table, tuple[str, dict[str, str]]]

    @property
    def shape(self) -> tuple[object, ...]:
        """Deliveries of the same shape go through the same statement."""
        return (self.versi, self.naming, *(frozenset(self.tables[table][1]) for table in get_args(Table)))


@dataclass(frozen=True)
class Group:
    """Deliveries of one shape.

    Attributes:
        untidy: per file the canonical columns whose cells need tidying one and all (``1.0`` for 1 and the like).
    """

    deliveries: tuple[Delivered, ...]
    untidy: dict[Table, frozenset[str]]

    @property
    def ids(self) -> list[int]:
        """The deliveries' ids, ascending."""
        return sorted(delivery.id_kiriman for delivery in self.deliveries)

    @property
    def suffix(self) -> int:
        """Names the group's partitions and work tables."""
        return self.ids[0]

    @property
    def versi(self) -> Version:
        """Form version of all of them."""
        return self.deliveries[0].versi

    @property
    def naming(self) -> Naming | None:
        """Naming family whose codes all of them use; None: the form's own."""
        return self.deliveries[0].naming

    def has(self, table: Table, column: str) -> bool:
        """Whether the canonical column was delivered."""
        return column in self.deliveries[0].tables[table][1]

    def items(self, codebook: Codebook, table: Table) -> list[Item]:
        """Typed items that were delivered and that the version of the form has."""
        return [item for item in codebook.typed(table) if self.versi in item.versi and self.has(table, item.kode)]

    def relation(self, table: Table, *, limit: int | None = None) -> str:
        """The raw tables as one SQL relation ``(id_kiriman, baris, <canonical columns>)``."""
        end = "" if limit is None else f" limit {limit}"
        branches = []
        for delivery in self.deliveries:
            name, kolom = delivery.tables[table]
            picked = "".join(f", {_quote(raw)} as {column}" for column, raw in sorted(kolom.items()))
            branches.append(
                f"(select {delivery.id_kiriman}::bigint as id_kiriman, baris{picked} from raw.{_quote(name)}{end})"
            )
        return "(" + " union all ".join(branches) + ")"


def groups(cursor: psycopg.Cursor, codebook: Codebook, ids: Iterable[int]) -> list[Group]:
    """Read the ledger's entries of loaded deliveries and group them by shape."""
    rows = cursor.execute(
        """
        select k.id_kiriman, k.versi, b.berkas, b.tabel, b.kolom, b.sumber_kode
        from ops.kiriman as k
        join ops.berkas as b using (id_kiriman)
        where k.id_kiriman = any(%s)
        order by k.id_kiriman
        """,
        (list(ids),),
    ).fetchall()
    tables: dict[int, dict[Table, tuple[str, dict[str, str]]]] = defaultdict(dict)
    heads: dict[int, tuple[Version, Naming | None]] = {}
    for id_kiriman, versi, berkas, tabel, kolom, sumber in rows:
        tables[id_kiriman][berkas] = (tabel, kolom)
        naming = cast(Naming, sumber) if sumber in get_args(Naming) else None
        heads[id_kiriman] = (versi, naming or heads.get(id_kiriman, (versi, None))[1])
    shapes: dict[tuple[object, ...], list[Delivered]] = defaultdict(list)
    for id_kiriman, files in tables.items():
        delivered = Delivered(id_kiriman, *heads[id_kiriman], tables=files)
        shapes[delivered.shape].append(delivered)
    return [_sniffed(cursor, codebook, tuple(deliveries)) for deliveries in shapes.values()]


def _sniffed(cursor: psycopg.Cursor, codebook: Codebook, deliveries: tuple[Delivered, ...]) -> Group:
    """Look at the first records of each file for columns that are untidy as a whole."""
    group = Group(deliveries, {})
    untidy: dict[Table, frozenset[str]] = {}
    for table in get_args(Table):
        items = group.items(codebook, table)
        shares = ", ".join(f"avg(coalesce({item.kode} ~ '[^0-9]', false)::integer)" for item in items)
        query = f"select {shares} from {group.relation(table, limit=SNIFFED_ROWS)} as s"
        row = cursor.execute(query.encode()).fetchone()
        assert row is not None
        untidy[table] = frozenset(
            item.kode for item, share in zip(items, row, strict=True) if share is not None and share > UNTIDY_SHARE
        )
    return Group(deliveries, untidy)


def _quote(name: str) -> str:
    return sql.Identifier(name).as_string()
