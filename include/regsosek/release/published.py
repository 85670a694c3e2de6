"""The permanent tables in ``terbit``, the views in ``marts`` that BI tools read, and those in ``restricted``.

Nothing here is ever dropped: grants, comments, and views that others built on top stay. Tables and views only grow;
a column that a later contract lacks stays, empty from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from regsosek.access.grants import repair_grants
from regsosek.access.views import sync_village_views
from regsosek.gates.expectations import mart_key, mart_models
from regsosek.warehouse.evolve import Columns, evolve_table, table_columns
from regsosek.warehouse.history import write_event

TREND, TREND_OF = "fct_indikator_rilis", "fct_indikator_wilayah"
"""The view over all releases, and the mart whose releases it shows."""
RELEASE_COLUMNS = ("id_rilis", "terbit_pada", "keadaan_rilis")


INDICES = {"fct_indikator_wilayah": (("kode_indikator", "tingkat", "id_rilis"),)}
"""Indices that a published table has beside its key: dashboards show one indicator of all areas of a level."""


SLS = b"""
    create or replace view restricted.mart_indikator_sls as
    select
        d.id_rilis, a.kode_desa, a.kode_sls, a.kode_sub_sls, a.kode_indikator,
        a.pembilang, a.penyebut, a.tidak_tahu, a.semesta_tidak_tahu, a.nilai, a.batas_bawah, a.batas_atas,
        k.cut_off as tanggal_acuan, a.versi_definisi, k.versi
    from ops.rilis_terbit as t
    join ops.rilis as r using (id_rilis)
    join ops.rilis_desa as d using (id_rilis)
    join ops.kiriman as k using (id_kiriman)
    join agregat.agg_indikator_sls as a
        on a.id_kiriman = d.id_kiriman and a.kode_desa = d.kode_desa and a.versi_definisi = r.versi_definisi;
    comment on view restricted.mart_indikator_sls is
        'Figures by SLS within each village of the release that marts shows, which add up to the village''s. '
        'Small numbers point at families: for planning within the village only. '
        'One row per village, SLS and indicator; an SLS or indicator without anybody has none.'
"""
"""The aggregates of the release by SLS. Nothing is copied: aggregates never change, and the pointer switches them."""


def sync_published_tables(cursor: psycopg.Cursor) -> dict[str, list[str]]:
    """Make ``terbit`` and ``marts`` hold every mart of ``kandidat``; returns the columns to copy of each.

    Raises:
        ContractBrokenError: a column has another type than the published one; give it another name.
    """
    copied = {}
    for model in mart_models():
        name = str(model["name"])
        wanted = table_columns(cursor, "kandidat", name)
        _grow_table(cursor, name, wanted, mart_key(model))
        _index(cursor, name)
        _grow_view(cursor, name)
        _comment_mart(cursor, model)
        copied[name] = list(wanted)
    _grow_trend(cursor)
    cursor.execute(SLS)
    sync_village_views(cursor)
    if done := repair_grants(cursor):
        write_event(cursor, "akses", None, {"diubah": done})
    return copied


def grow_published_tables(cursor: psycopg.Cursor) -> list[str]:
    """Bring what is published to the contracts of this version, before the first release by them; returns new columns.

    New columns and marts show nulls and no rows until the next release. Nothing happens before the first release.

    Raises:
        ContractBrokenError: a column has another type than the published one; give it another name.
    """
    if cursor.execute("select exists (select from ops.rilis_terbit)").fetchone() == (False,):
        return []
    added = []
    for model in mart_models():
        name = str(model["name"])
        wanted = {str(column["name"]): str(column["data_type"]) for column in model["columns"]}
        added += [f"marts.{name}.{column}" for column in _grow_table(cursor, name, wanted, mart_key(model))]
        _index(cursor, name)
        _grow_view(cursor, name)
    _grow_trend(cursor)
    return added


def _grow_table(cursor: psycopg.Cursor, name: str, wanted: Columns, key: Sequence[str]) -> list[str]:
    """Make or grow a table; returns its new columns."""
    if table_columns(cursor, "terbit", name):
        return evolve_table(cursor, "terbit", name, {"id_rilis": "bigint", **wanted}, ["id_rilis", *key])
    columns = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in wanted.items()]
    cursor.execute(
        sql.SQL("create table {} (id_rilis bigint not null, {}, primary key (id_rilis, {}))").format(
            sql.Identifier("terbit", name), sql.SQL(", ").join(columns), sql.SQL(", ").join(map(sql.Identifier, key))
        )
    )
    return list(wanted)


def _index(cursor: psycopg.Cursor, name: str) -> None:
    """What readers look for beside the key of the mart; ``terbit`` holds many releases of it."""
    for columns in INDICES.get(name, ()):
        cursor.execute(
            sql.SQL("create index if not exists {} on {} ({})").format(
                sql.Identifier("_".join((name, *columns))[:63]),
                sql.Identifier("terbit", name),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
            )
        )


def _grow_view(cursor: psycopg.Cursor, name: str) -> None:
    """Create the view, or add the table's new columns at its end; its options stay."""
    columns = table_columns(cursor, "terbit", name)
    if list(table_columns(cursor, "marts", name)) == list(columns):
        return
    options = cursor.execute(
        "select reloptions from pg_class where oid = to_regclass(%s)", (f"marts.{name}",)
    ).fetchone()
    kept = sql.SQL(" with ({})").format(sql.SQL(", ".join(options[0]))) if options and options[0] else sql.SQL("")
    cursor.execute(
        sql.SQL(
            "create or replace view {}{} as select {} from {} as t "
            "where t.id_rilis = (select r.id_rilis from ops.rilis_terbit as r)"
        ).format(
            sql.Identifier("marts", name),
            kept,
            sql.SQL(", ").join(sql.Identifier("t", column) for column in columns),
            sql.Identifier("terbit", name),
        )
    )


def _grow_trend(cursor: psycopg.Cursor) -> None:
    """``marts.fct_indikator_rilis``: the figures of every area in every release that was not withdrawn."""
    have, wanted = list(table_columns(cursor, "marts", TREND)), list(table_columns(cursor, "terbit", TREND_OF))
    if have == [*RELEASE_COLUMNS, *wanted[1:]]:
        return
    cursor.execute(
        # The release's own columns come first, so that the figures' can grow at the end.
        sql.SQL(
            "create or replace view {} as "
            "select r.id_rilis, r.dibuat_pada as terbit_pada, r.keadaan as keadaan_rilis, {} "
            "from {} as t join ops.rilis as r using (id_rilis) where r.keadaan <> 'ditarik'"
        ).format(
            sql.Identifier("marts", TREND),
            sql.SQL(", ").join(sql.Identifier("t", column) for column in wanted[1:]),
            sql.Identifier("terbit", TREND_OF),
        )
    )
    _comment_trend(cursor)


def _comment_trend(cursor: psycopg.Cursor) -> None:
    texts = _comments(cursor, TREND_OF)
    texts |= {
        None: "Figures of every area by release, for trends; a withdrawn release is left out. One row per release, "
        "area and indicator. Compare only rows of one versi_definisi.",
        "id_rilis": "The release.",
        "terbit_pada": "When it was published.",
        "keadaan_rilis": "terbit: the one marts shows; digantikan: an earlier one.",
    }
    _comment(cursor, TREND, texts)


def _comment_mart(cursor: psycopg.Cursor, model: dict[str, Any]) -> None:
    """What the contract says of a mart and of its columns becomes comments of the view."""
    texts: dict[str | None, str | None] = {column["name"]: column["description"].strip() for column in model["columns"]}
    texts |= {None: model["description"].strip(), "id_rilis": "Rilis yang memuat baris ini."}
    _comment(cursor, str(model["name"]), texts)


def _comment(cursor: psycopg.Cursor, view: str, texts: dict[str | None, str | None]) -> None:
    """Comment on a view of ``marts``, under None, and on its columns, where that is not said already."""
    said = _comments(cursor, view)
    for column, text in texts.items():
        if said.get(column) == text:
            continue
        target = sql.SQL("view {}").format(sql.Identifier("marts", view))
        if column is not None:
            target = sql.SQL("column {}").format(sql.Identifier("marts", view, column))
        cursor.execute(sql.SQL("comment on {} is {}").format(target, sql.Literal(text)))


def _comments(cursor: psycopg.Cursor, view: str) -> dict[str | None, str | None]:
    return dict(
        cursor.execute(
            """
            select null, obj_description(to_regclass(%(view)s), 'pg_class')
            union all
            select attname::text, col_description(attrelid, attnum)
            from pg_attribute where attrelid = to_regclass(%(view)s) and attnum > 0
            """,
            {"view": f"marts.{view}"},
        ).fetchall()
    )
