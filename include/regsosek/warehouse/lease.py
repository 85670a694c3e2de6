"""One writer at a time, across tasks and processes.

A session lock cannot span the tasks of a refresh, so the right to write is a row: ``ops.sewa`` holds the run, an
epoch and a heartbeat. Every writing transaction calls the guard first; a transaction of an older epoch fails there,
and its backends are ended when the next run takes over.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

import psycopg

from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import WarehouseUnavailableError, connect, transaction

log = logging.getLogger(__name__)

Guard = Callable[[psycopg.Cursor], None]

STALE_SECONDS = 120
"""A lease without heartbeat and without backend for this long is taken over: its run was killed."""
BEAT_SECONDS = 15
"""Between two heartbeats of whoever holds the lease: some may fail before it lapses."""


class LeaseHeldError(RuntimeError):
    """Another refresh is running; wait for it or end it."""


class LeaseLostError(RuntimeError):
    """Another run took over; whatever this one still holds must not be written."""

    def __init__(self) -> None:
        super().__init__("Another run took over the warehouse; this one writes nothing more.")


def backend_name(epoch: int) -> str:
    """Application name of the backends of that epoch."""
    return f"regsosek:{epoch}"


def acquire(settings: Settings, id_jalan: str) -> int:
    """Take the lease for that run and return its epoch; the same run takes it again after a crash.

    Raises:
        LeaseHeldError: another run holds it and shows signs of life.
    """
    with connect(settings, autocommit=True) as connection:
        row = connection.execute(
            """
            select s.epoch, s.id_jalan, s.detak < clock_timestamp() - make_interval(secs => %s) and not exists (
                select from pg_stat_activity as a
                where a.datname = current_database() and a.application_name = 'regsosek:' || s.epoch
            )
            from ops.sewa as s
            """,
            (STALE_SECONDS,),
        ).fetchone()
        assert row is not None
        epoch, holder, stale = int(row[0]), row[1], row[2]
        if holder not in (None, id_jalan) and not stale:
            raise LeaseHeldError(f"Refresh {holder} is running. Wait until it ends, then start this one again.")
        # Before the update: what a killed run left behind may still hold the row.
        _end_backends(connection, upto=epoch)
        with connection.transaction():
            # Unlike the update, this waits for every transaction that has passed the guard.
            connection.execute("select from ops.sewa for update")
            taken = connection.execute(
                """
                update ops.sewa set epoch = epoch + 1, id_jalan = %s, detak = clock_timestamp()
                where epoch = %s
                returning epoch
                """,
                (id_jalan, epoch),
            ).fetchone()
    if taken is None:
        raise LeaseHeldError("Another refresh started at the same moment. Wait until it ends, then start again.")
    return epoch + 1


def release(settings: Settings, epoch: int) -> None:
    """Give the lease back; nothing happens if another run has it by now."""
    with transaction(settings) as cursor:
        cursor.execute("update ops.sewa set id_jalan = null where epoch = %s", (epoch,))


def new_run(what: str) -> str:
    """An id for a run of that kind: ``<what>__<time of the district>__<random>``.

    Two of one second are two: a run of the same name would take the lease from the other.
    """
    return f"{what}__{datetime.now(TIMEZONE).isoformat(timespec='seconds')}__{secrets.token_hex(3)}"


@contextmanager
def holding(settings: Settings, what: str) -> Iterator[tuple[str, int]]:
    """Hold the lease for something that is no refresh, however long; gives the id of its run and the epoch.

    Raises:
        LeaseHeldError: a refresh, or another command, is running.
    """
    id_jalan = new_run(what)
    epoch = acquire(settings, id_jalan)
    with keeping(settings, epoch):
        yield id_jalan, epoch


@contextmanager
def holding_if_there(settings: Settings, what: str) -> Iterator[int]:
    """The same where the warehouse may not be set up yet: without a lease nobody else can write; gives epoch 0 then."""
    with transaction(settings) as cursor:
        there = cursor.execute("select to_regclass('ops.sewa') is not null").fetchone() == (True,)
    if not there:
        yield 0
        return
    with holding(settings, what) as (_, epoch):
        yield epoch


@contextmanager
def keeping(settings: Settings, epoch: int) -> Iterator[None]:
    """Keep a lease that is held from lapsing while the block runs, and give it back at its end."""
    try:
        with beating(settings, epoch):
            yield
    finally:
        release(settings, epoch)


@contextmanager
def beating(settings: Settings, epoch: int) -> Iterator[None]:
    """Renew the heartbeat beside the block. Whether the lease was lost all the same is for the guard to find out."""
    over = Event()
    thread = Thread(target=_beat_until, args=(over, settings, epoch), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_until(over: Event, settings: Settings, epoch: int) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            beat(settings, epoch)
        except LeaseLostError:
            return
        except (psycopg.Error, WarehouseUnavailableError) as error:
            log.warning("No heartbeat (%s); tried again in %d s.", type(error).__name__, BEAT_SECONDS)


def guard(epoch: int) -> Guard:
    """What a writing transaction calls: fails if the lease is lost.

    The row stays locked until the transaction ends: a run that takes over waits for what is being written, or ends
    its backend. Heartbeats of tasks beside this one pass.
    """

    def check(cursor: psycopg.Cursor) -> None:
        held = cursor.execute(
            "select 1 from ops.sewa where epoch = %s and id_jalan is not null for key share", (epoch,)
        ).fetchone()
        if held is None:
            raise LeaseLostError

    return check


def beat(settings: Settings, epoch: int) -> None:
    """Renew the heartbeat.

    Raises:
        LeaseLostError: another run took over.
    """
    with transaction(settings, purpose=backend_name(epoch)) as cursor:
        cursor.execute(
            "update ops.sewa set detak = clock_timestamp() where epoch = %s and id_jalan is not null", (epoch,)
        )
        if cursor.rowcount == 0:
            raise LeaseLostError


def _end_backends(connection: psycopg.Connection, *, upto: int) -> None:
    """End what is left of killed runs: backends that still compute for that epoch or an older one."""
    connection.execute(
        """
        select pg_terminate_backend(pid, 5000)
        from pg_stat_activity
        where datname = current_database() and application_name ~ '^regsosek:[0-9]+$'
            and split_part(application_name, ':', 2)::bigint <= %s
        """,
        (upto,),
    )
