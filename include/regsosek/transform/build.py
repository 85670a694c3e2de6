"""What a refresh asks of dbt: seeds, aggregates of what is new, the candidate marts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from regsosek.settings import Settings
from regsosek.transform.dbt import parse_ahead, parse_here, run_dbt
from regsosek.transform.definition import DBT_PROJECT, definition_version
from regsosek.transform.invocation import Node
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
    if id_kiriman is None:
        with transaction(settings, purpose=purpose) as cursor:
            if not _lacking(cursor, variables["versi_definisi"]):
                return {**variables, "baris": 0}
    nodes = _build(settings, "run", "tag:agregat", variables=variables, purpose=purpose)
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
    nodes = _build(
        settings, "build", "tag:kandidat",
        exclude=[f"test_name:{name}" for name in judged_elsewhere],
        arguments=["--exclude-resource-type", "unit_test"], purpose=purpose,
    )  # fmt: skip
    return {**_variables(), "baris": {node.name: node.rows for node in nodes if node.status == "success"}}


def build_public(settings: Settings, *, purpose: str = "regsosek") -> None:
    """Build the public figures in schema ``kandidat_publik`` from what was decided of them.

    Raises:
        TransformError: dbt failed.
    """
    _build(settings, "run", "pub_indikator_wilayah", purpose=purpose)


def _build(
    settings: Settings,
    command: str,
    select: str,
    *,
    exclude: Sequence[str] = (),
    arguments: Sequence[str] = (),
    variables: Mapping[str, Any] | None = None,
    purpose: str,
) -> list[Node]:
    """Run dbt on that, and on those of its lasting views that the warehouse lacks."""
    variables = variables or _variables()
    with transaction(settings, purpose=purpose) as cursor:
        exclude = [*exclude, *_lasting_views(cursor, variables["versi_definisi"])]
    return run_dbt(
        settings, command,
        select=[select, "tag:tampilan"], arguments=[*arguments, *(["--exclude", *exclude] if exclude else [])],
        variables=variables, purpose=purpose,
    )  # fmt: skip


def _variables() -> dict[str, Any]:
    return {"versi_definisi": definition_version()}


def _seeds_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((DBT_PROJECT / "seeds").glob("*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _lasting_views(cursor: psycopg.Cursor, version: str) -> list[str]:
    """dbt's views that stay from refresh to refresh, as that version of the definitions has them.

    A set-up that loads the seeds again takes along those that read them.
    """
    cursor.execute(
        """
        select relname from pg_class
        where relkind = 'v' and obj_description(oid, 'pg_class') = 'versi_definisi ' || %s::text
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
