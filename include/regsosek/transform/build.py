"""What a refresh asks of dbt: seeds, aggregates of what is new, the candidate marts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import psycopg

from regsosek.settings import Settings
from regsosek.transform.dbt import parse_ahead, parse_here, run_dbt
from regsosek.transform.definition import DBT_PROJECT, definition_version
from regsosek.warehouse.connection import transaction


def parse_project(settings: Settings, *, purpose: str = "regsosek") -> None:
    """Let a dbt that waits for what follows parse the project now: nobody needs the processor as much later."""
    parse_ahead(settings, variables=_variables(), purpose=purpose)


def warm_up(settings: Settings) -> None:
    """Let dbt in this process parse the project once: the next time takes a quarter of the time, in its forks too."""
    parse_here(settings, variables=_variables(), purpose="regsosek")


def seed(settings: Settings, *, purpose: str = "regsosek") -> bool:
    """Load the reference tables into schema ``acuan`` unless they are these already; returns whether it did.

    Which seeds a warehouse holds is written in the comment of the schema.
    """
    mark = f"Tabel acuan, dimuat dari seeds; sidik {_seeds_digest()}"
    with transaction(settings, purpose=purpose) as cursor:
        cursor.execute("select obj_description('acuan'::regnamespace, 'pg_namespace')")
        if cursor.fetchone() == (mark,):
            return False
    run_dbt(settings, "seed", arguments=["--full-refresh"], variables=_variables(), purpose=purpose)
    with transaction(settings, purpose=purpose) as cursor:
        cursor.execute(f"comment on schema acuan is '{mark}'".encode())
    return True


def build_aggregates(
    settings: Settings, id_kiriman: Sequence[int] | None = None, *, purpose: str = "regsosek"
) -> dict[str, Any]:
    """Compute the aggregates that the manifest lacks in this version of the definitions, or those of ``id_kiriman``.

    Returns ``versi_definisi`` and ``baris``, the rows of ``agg_indikator_desa`` that were added. Where nothing is
    lacking dbt is not started.

    Raises:
        TransformError: dbt failed.
    """
    variables = _variables() | ({} if id_kiriman is None else {"id_kiriman": list(id_kiriman)})
    with transaction(settings, purpose=purpose) as cursor:
        if id_kiriman is None and not _lacking(cursor, variables["versi_definisi"]):
            return {**variables, "baris": 0}
        lasting = _lasting_views(cursor, variables["versi_definisi"])
    nodes = run_dbt(
        settings, "run",
        select=["tag:agregat"], arguments=["--exclude", *lasting] if lasting else [], variables=variables, purpose=purpose,
    )  # fmt: skip
    return {**variables, "baris": sum(node.rows or 0 for node in nodes if node.name == "agg_indikator_desa")}


def build_candidate(
    settings: Settings, *, judged_elsewhere: Sequence[str] = (), purpose: str = "regsosek"
) -> dict[str, Any]:
    """Build the candidate marts in schema ``kandidat`` from the manifest, and test them.

    Generic tests by the names ``judged_elsewhere`` are left to whoever judges the same.

    Returns ``versi_definisi`` and ``baris``: rows of each mart.

    Raises:
        TransformError: dbt failed, or a test of the project did.
    """
    left_out = ["--exclude", *(f"test_name:{name}" for name in judged_elsewhere)] if judged_elsewhere else []
    nodes = run_dbt(
        settings, "build",
        select=["tag:kandidat"], arguments=["--exclude-resource-type", "unit_test", *left_out],
        variables=_variables(), purpose=purpose,
    )  # fmt: skip
    return {**_variables(), "baris": {node.name: node.rows for node in nodes if node.status == "success"}}


def _variables() -> dict[str, Any]:
    return {"versi_definisi": definition_version()}


def _seeds_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((DBT_PROJECT / "seeds").glob("*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _lasting_views(cursor: psycopg.Cursor, version: str) -> list[str]:
    """dbt's views as that version of the definitions has them, which need not be made again.

    Those on a table that dbt makes anew are gone with it.
    """
    cursor.execute(
        """
        with recursive replaced (oid) as (
            select oid from pg_class
            where relkind = 'r' and relnamespace in (select oid from pg_namespace where nspname in ('antara', 'kandidat'))
            union
            select rule.ev_class from replaced
            inner join pg_depend as needs
                on needs.refclassid = 'pg_class'::regclass and needs.refobjid = replaced.oid
                    and needs.classid = 'pg_rewrite'::regclass
            inner join pg_rewrite as rule on rule.oid = needs.objid
        )
        select relname from pg_class
        where relkind = 'v' and obj_description(oid, 'pg_class') = 'versi_definisi ' || %s::text
            and oid not in (select oid from replaced)
        order by 1
        """,
        (version,),
    )
    return [name for (name,) in cursor]


def _lacking(cursor: psycopg.Cursor, version: str) -> bool:
    """Whether the manifest names a village of a delivery without aggregates of that version."""
    cursor.execute("select to_regclass('agregat.agg_indikator_desa') is null")
    if cursor.fetchone() == (True,):
        return True
    cursor.execute(
        """
        select exists (
            select id_kiriman, kode_desa from ops.kandidat_desa
            except
            select id_kiriman, kode_desa from agregat.agg_indikator_desa where versi_definisi = %s
        )
        """,
        (version,),
    )
    return cursor.fetchone() == (True,)
