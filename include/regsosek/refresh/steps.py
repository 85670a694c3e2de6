"""The steps of a refresh, in order."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

import psycopg

from regsosek.gates.delivery import judge_deliveries, refusals
from regsosek.gates.expectations import JUDGED_TESTS
from regsosek.gates.failure import GateFailed
from regsosek.gates.marts import validate_candidate as judge_candidate
from regsosek.landing.discover import Found
from regsosek.landing.discover import discover as look_into_landing
from regsosek.landing.ledger import drop_unclaimed, new_deliveries
from regsosek.landing.load import load_delivery
from regsosek.landing.refusal import DeliveryChanged, DeliveryRefused
from regsosek.normalise.rekey import catch_up
from regsosek.normalise.run import normalise as normalise_deliveries
from regsosek.refresh.batches import batches
from regsosek.refresh.leftovers import remove_dry_runs
from regsosek.refresh.run import Run
from regsosek.release.manifest import choose_candidate
from regsosek.release.overtaken import refuse_overtaken
from regsosek.release.publish import publish as publish_candidate
from regsosek.settings import Settings
from regsosek.subject.tombstones import uphold
from regsosek.transform import build_aggregates
from regsosek.transform import build_candidate as build_candidate_marts
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import BEGIN, END, REFUSED, write_event

log = logging.getLogger(__name__)


class RefreshIncomplete(Exception):
    """Something was refused; the rest was published. ``lines`` say what, most important first."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def start(settings: Settings, id_jalan: str, *, dry_run: bool = False, event: str = BEGIN) -> Run:
    """Take the lease, end what a killed run left running, remove what it left behind.

    ``event`` is what the history calls it, where a run is no refresh.

    Half a load is dropped, pseudonyms that are not under the active key are made anew, and persons who were erased are
    erased again: a load, a rotation or an erasure was killed, or a backup restored.

    Raises:
        LeaseHeldError: another refresh is running.
    """
    run = Run(id_jalan=id_jalan, epoch=lease.acquire(settings, id_jalan), dry_run=dry_run)
    try:
        with transaction(settings, purpose=run.purpose) as cursor:
            run.guard(cursor)
            remove_dry_runs(cursor)
            _note(cursor, run, event, {"uji_coba": dry_run})
        with lease.beating(settings, run.epoch):
            catch_up(settings, guard=run.guard, id_jalan=id_jalan, purpose=run.purpose)
            uphold(settings, guard=run.guard, id_jalan=id_jalan, purpose=run.purpose)
    except BaseException:
        with suppress(Exception):  # what went wrong is told, not that the lease could not be given back as well
            lease.release(settings, run.epoch)
        raise
    return run


def discover(
    settings: Settings, run: Run, *, root: object | None = None, only: list[str] | None = None, force: bool = False
) -> list[list[dict[str, Any]]]:
    """Deliveries to load, in batches; empty when the landing holds nothing new.

    ``only`` restricts to these folders; ``force`` judges refused deliveries again.
    """
    found, waiting = look_into_landing(settings, root)
    for each in waiting:
        log.info("Belum diambil: %s (%s)", each.folder, each.reason)
    chosen = [each for each in found if not only or each.folder in only]
    for folder in sorted(set(only or []) - {each.folder for each in found}):
        log.warning("Folder %s tidak ada di landing atau belum siap.", folder)
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        new, known, notes = new_deliveries(cursor, chosen, id_jalan=run.id_jalan, force=force, dry_run=run.dry_run)
    for note in notes:
        log.info("%s", note)
    log.info("%d kiriman baru, %d sudah pernah dimuat, %d menunggu.", len(new), len(known), len(waiting))
    return [[each.model_dump(mode="json") for each in batch] for batch in batches(new, at_most=settings.batches)]


def load(settings: Settings, run: Run, batch: list[dict[str, Any]], *, root: object | None = None) -> list[int]:
    """COPY the batch's deliveries into raw, each whole or not at all; returns their ids, refused ones included.

    One that is replaced while it is read is left to the next refresh: it was still being written.
    """
    ids = []
    for entry in batch:
        found = Found.model_validate(entry)
        lease.beat(settings, run.epoch)
        try:
            ids.append(_load_one(settings, run, found, root))
        except DeliveryRefused as refused:
            log.error("DITOLAK kiriman %s: %s. %s", found.folder, refused.aturan, refused)
            ids.append(_id_of(settings, run, found))
        except DeliveryChanged as changed:
            log.warning("Belum diambil: %s (%s)", found.folder, changed)
    return ids


def _load_one(settings: Settings, run: Run, found: Found, root: object | None) -> int:
    return load_delivery(
        settings,
        found,
        id_jalan=run.id_jalan,
        guard=run.guard,
        dry_run=run.dry_run,
        root=root,
        purpose=run.purpose,
    )


def normalise(settings: Settings, run: Run, ids: list[int]) -> list[int]:
    """Turn the batch's raw tables into registry rows and faults."""
    lease.beat(settings, run.epoch)
    with transaction(settings, purpose=run.purpose) as cursor:
        loaded = cursor.execute(
            "select id_kiriman from ops.kiriman where id_kiriman = any(%s) and keadaan = 'dimuat'", (ids,)
        ).fetchall()
    normalise_deliveries(settings, [number for (number,) in loaded], guard=run.guard, purpose=run.purpose)
    return ids


def validate(settings: Settings, run: Run, ids: list[int]) -> dict[str, int]:
    """Gate 1.

    Raises:
        GateFailed: a delivery or a village of the batch was refused.
    """
    lease.beat(settings, run.epoch)
    return judge_deliveries(settings, ids, id_jalan=run.id_jalan, guard=run.guard, purpose=run.purpose)


def choose(settings: Settings, run: Run) -> dict[str, Any]:
    """Choose the current delivery of every village; says whether that differs from what is published.

    Corrections of a delivery that is not the current one any more are refused before.
    """
    run.require_same_definitions()
    lease.beat(settings, run.epoch)
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        refuse_overtaken(cursor, id_jalan=run.id_jalan, dry_run=run.dry_run)
        return choose_candidate(cursor, versi_definisi=run.versi_definisi, dry_run=run.dry_run)


def aggregate(settings: Settings, run: Run) -> dict[str, Any]:
    """Compute the aggregates of villages that have none of this definition version yet."""
    run.require_same_definitions()
    lease.beat(settings, run.epoch)
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        _note(cursor, run, "agregat", {})
    return build_aggregates(settings, purpose=run.purpose)


def build_candidate(settings: Settings, run: Run) -> dict[str, Any]:
    """Build the candidate marts from the manifest."""
    lease.beat(settings, run.epoch)
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        _note(cursor, run, "kandidat", {})
    built = build_candidate_marts(settings, judged_elsewhere=JUDGED_TESTS, purpose=run.purpose)
    run.require_same_definitions()  # afterwards: what dbt read in between may have been either
    return built


def validate_candidate(settings: Settings, run: Run) -> dict[str, Any]:
    """Gate 2.

    Raises:
        GateFailed: the candidate is refused; its new deliveries are ``ditolak gerbang 2`` and stay out from now on.
    """
    lease.beat(settings, run.epoch)
    result = judge_candidate(settings, run.id_jalan, guard=run.guard, purpose=run.purpose)
    if result.success:
        return {"peringatan": len(result.warnings)}
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        if not run.dry_run:
            _refuse_new(cursor, run)
    raise GateFailed(result.lines)


def publish(settings: Settings, run: Run) -> int | None:
    """Publish the candidate; returns the release's id, None in a dry run."""
    if run.dry_run:
        log.info("Uji coba: tidak ada yang diterbitkan.")
        return None
    run.require_same_definitions()
    lease.beat(settings, run.epoch)
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        id_rilis = publish_candidate(cursor, id_jalan=run.id_jalan, versi_definisi=run.versi_definisi)
        run.guard(cursor)
    return id_rilis


def summarise(settings: Settings, run: Run) -> dict[str, Any]:
    """Say what this refresh did: deliveries, rows, faults, warnings, release.

    Raises:
        RefreshIncomplete: a delivery or a village was refused in this refresh.
    """
    with transaction(settings, purpose=run.purpose) as cursor:
        report = _report(cursor, run)
        ids = [
            number
            for (number,) in cursor.execute(
                "select id_kiriman from ops.kiriman where id_jalan = %s and keadaan <> 'digantikan'", (run.id_jalan,)
            )
        ]
        lines = refusals(cursor, ids)
        if not run.dry_run:
            _note(cursor, run, END, report)
    log.info(
        "Kiriman: %(kiriman)s, %(kiriman_ditolak)s di antaranya ditolak. Baris dimuat: %(baris_dimuat)s. Temuan: "
        "%(temuan)s. Peringatan: %(peringatan)s. Rilis dari jalan ini: %(rilis)s. Desa yang terbit: %(desa_terbit)s.",
        report | {"rilis": report["rilis"] or "tidak ada"},
    )
    if lines:
        raise RefreshIncomplete(lines)
    return report


def finish(settings: Settings, run: Run) -> None:
    """Remove what a dry run, or half a load, left and give the lease back, whatever happened before."""
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        drop_unclaimed(cursor)
        if run.dry_run:
            cursor.execute("delete from ops.kandidat_desa")
            cursor.execute("delete from ops.gerbang where id_jalan = %s", (run.id_jalan,))
            remove_dry_runs(cursor)
    lease.release(settings, run.epoch)


def _report(cursor: psycopg.Cursor, run: Run) -> dict[str, Any]:
    """Counts of what this run handled, for the log and for XCom."""
    row = cursor.execute(
        """
        with kiriman as (select id_kiriman, keadaan from ops.kiriman where id_jalan = %(run)s)
        select
            (select count(*) from kiriman),
            (select count(*) from kiriman where keadaan like 'ditolak%%'),
            (select coalesce(sum(jumlah_baris), 0) from ops.berkas join kiriman using (id_kiriman)),
            (select count(*) from ops.temuan join kiriman using (id_kiriman)),
            (select coalesce(sum(jsonb_array_length(peringatan)), 0) from ops.gerbang where id_jalan = %(run)s),
            (select id_rilis from ops.rilis where id_jalan = %(run)s and keadaan = 'terbit'),
            (select count(*) from ops.rilis_desa join ops.rilis_terbit using (id_rilis))
        """,
        {"run": run.id_jalan},
    ).fetchone()
    assert row is not None
    names = ("kiriman", "kiriman_ditolak", "baris_dimuat", "temuan", "peringatan", "rilis", "desa_terbit")
    return dict(zip(names, (None if value is None else int(value) for value in row), strict=True))


def _refuse_new(cursor: psycopg.Cursor, run: Run) -> None:
    """The deliveries that would have been new in this release do not come back by themselves.

    An edition without somebody who was erased is not new: what it comes from is published.
    """
    cursor.execute(
        """
        update ops.kiriman as k
        set keadaan = 'ditolak gerbang 2', id_jalan = %s, alasan = 'Kandidat rilis ditolak; lihat halaman gerbang 2.'
        where k.id_kiriman in (select id_kiriman from ops.kandidat_desa) and k.keadaan = 'diterima gerbang 1'
            and not exists (
                select from ops.rilis_terbit
                join ops.rilis_desa using (id_rilis)
                join ops.kiriman as terbit using (id_kiriman)
                where coalesce(terbit.id_asal, terbit.id_kiriman) = coalesce(k.id_asal, k.id_kiriman)
            )
        """,
        (run.id_jalan,),
    )
    _note(cursor, run, REFUSED, {"kiriman": cursor.rowcount})


def _id_of(settings: Settings, run: Run, found: Found) -> int:
    with transaction(settings, purpose=run.purpose) as cursor:
        row = cursor.execute(
            "select max(id_kiriman) from ops.kiriman where sidik = %s and uji_coba = %s", (found.sidik, run.dry_run)
        ).fetchone()
    assert row is not None
    return int(row[0])


def _note(cursor: psycopg.Cursor, run: Run, kejadian: str, rincian: dict[str, object]) -> None:
    """Append to the history; a dry run leaves none."""
    if not run.dry_run:
        write_event(cursor, kejadian, run.id_jalan, rincian)
