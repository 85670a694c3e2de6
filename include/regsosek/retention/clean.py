"""Housekeeping: what nobody needs any more is dropped, and what was dropped is written down."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import psycopg

from regsosek.gates.page import page_path
from regsosek.retention import files
from regsosek.retention.deliveries import drop_contents, droppable
from regsosek.settings import Settings
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import write_event


@dataclass(frozen=True)
class Cleaned:
    """What was dropped, or would be: ids of deliveries, numbers of files, and bytes of the files."""

    kiriman: list[int]
    log: int
    halaman_gerbang: int
    buku_perbaikan: int
    sisa_landing: int
    bita: int


def clean(settings: Settings, *, dry_run: bool = False) -> Cleaned:
    """Drop what is older than the settings say; each delivery in a transaction of its own.

    The lease is taken only if there is a delivery to drop, so that housekeeping rarely stands in the way of a refresh.

    Raises:
        LeaseHeldError: a refresh is running, and there are deliveries to drop.
    """
    with transaction(settings) as cursor:
        ids = _droppable(cursor, settings)
        kept = _runs_kept(cursor, settings)
    groups = {
        "log": files.old_logs(settings),
        "halaman_gerbang": files.old_pages(settings, kept),
        "buku_perbaikan": files.old_workbooks(settings),
        "sisa_landing": files.left_in_landing(settings),
    }
    counts = {name: len(paths) for name, paths in groups.items()}
    if dry_run:
        return Cleaned(ids, **counts, bita=sum(files.size_of(path) for paths in groups.values() for path in paths))
    dropped = _drop(settings) if ids else []
    size = sum(files.remove(paths) for paths in groups.values())
    for folder in (settings.home / "logs", settings.corrections):
        files.remove_empty(folder)
    done = Cleaned(dropped, **counts, bita=size)
    if dropped or size or any(counts.values()):
        with transaction(settings) as cursor:
            write_event(cursor, "dibersihkan", None, asdict(done))
    return done


def _drop(settings: Settings) -> list[int]:
    """Drop the deliveries under the lease; what was decided before it was held is decided again."""
    dropped = []
    with lease.holding(settings, "bersihkan") as (id_jalan, epoch):
        purpose = lease.backend_name(epoch)
        with transaction(settings, purpose=purpose) as cursor:
            ids = _droppable(cursor, settings)
        for id_kiriman in ids:
            with transaction(settings, purpose=purpose) as cursor:
                lease.guard(epoch)(cursor)
                drop_contents(cursor, id_kiriman)
                write_event(cursor, "kiriman dibersihkan", id_jalan, {"id_kiriman": id_kiriman})
            dropped.append(id_kiriman)
    return dropped


def _droppable(cursor: psycopg.Cursor, settings: Settings) -> list[int]:
    return droppable(cursor, releases=settings.keep_releases, days=settings.keep_days)


def _runs_kept(cursor: psycopg.Cursor, settings: Settings) -> set[str]:
    """Names of the folders of gate pages that belong to a release one can go back to."""
    rows = cursor.execute(
        """
        select id_jalan from ops.rilis join ops.rilis_terbit using (id_rilis)
        union
        (select id_jalan from ops.rilis where keadaan <> 'ditarik' order by id_rilis desc limit %s)
        """,
        (settings.keep_releases,),
    ).fetchall()
    return {page_path(settings, id_jalan, 1).parent.name for (id_jalan,) in rows}
