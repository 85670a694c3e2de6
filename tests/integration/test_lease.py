"""One writer at a time: the lease, its takeover, the guard."""

from __future__ import annotations

import time

import psycopg
import pytest

from regsosek.settings import Settings
from regsosek.warehouse import lease
from regsosek.warehouse.connection import connect, transaction
from regsosek.warehouse.embedded import EmbeddedServer

pytestmark = pytest.mark.timeout(60)  # who is not ended is waited for


def test_a_second_run_waits(settings: Settings) -> None:
    lease.acquire(settings, "one")
    with pytest.raises(lease.LeaseHeldError, match="one"):
        lease.acquire(settings, "two")


def test_a_released_lease_is_free(settings: Settings) -> None:
    epoch = lease.acquire(settings, "one")
    lease.release(settings, epoch)
    assert lease.acquire(settings, "two") == epoch + 1


def test_the_same_run_takes_it_again_and_ends_what_it_left_running(settings: Settings) -> None:
    epoch = lease.acquire(settings, "one")
    ghost = connect(settings, purpose=lease.backend_name(epoch))
    ghost.execute("select 1 from ops.sewa for key share")  # holds the row, as a killed writer's backend would
    assert lease.acquire(settings, "one") == epoch + 1
    with pytest.raises(psycopg.OperationalError):
        ghost.execute("select 1")


def test_a_silent_run_is_taken_over_only_without_backends(settings: Settings, warehouse: psycopg.Connection) -> None:
    epoch = lease.acquire(settings, "one")
    silent(warehouse)
    with connect(settings, purpose=lease.backend_name(epoch)), pytest.raises(lease.LeaseHeldError):
        lease.acquire(settings, "two")
    # The server notices a moment later that the connection was closed.
    wait_while(warehouse, "select 1 from pg_stat_activity where application_name = %s", lease.backend_name(epoch))
    assert lease.acquire(settings, "two") == epoch + 1


def test_the_guard_stops_a_run_that_was_taken_over(settings: Settings, warehouse: psycopg.Connection) -> None:
    old = lease.acquire(settings, "one")
    with transaction(settings) as cursor:
        lease.guard(old)(cursor)
    new = lease.acquire(settings, "one")
    with pytest.raises(lease.LeaseLostError), transaction(settings) as cursor:
        lease.guard(old)(cursor)
        cursor.execute("insert into ops.kejadian (kejadian) values ('should not be here')")
    with pytest.raises(lease.LeaseLostError):
        lease.beat(settings, old)
    lease.beat(settings, new)
    lease.release(settings, old)  # of no effect: it is not its own any more
    assert warehouse.execute("select id_jalan from ops.sewa").fetchone() == ("one",)
    assert warehouse.execute("select count(*) from ops.kejadian").fetchone() == (0,)


def test_a_heartbeat_does_not_wait_for_a_transaction_beside_it(settings: Settings) -> None:
    epoch = lease.acquire(settings, "one")
    with transaction(settings) as writing:
        lease.guard(epoch)(writing)
        with connect(settings) as beside, beside.cursor() as cursor:
            cursor.execute("set lock_timeout = '2s'")
            cursor.execute("update ops.sewa set detak = clock_timestamp() where epoch = %s", (epoch,))
            assert cursor.rowcount == 1


def silent(warehouse: psycopg.Connection) -> None:
    warehouse.execute("update ops.sewa set detak = detak - make_interval(secs => %s)", (lease.STALE_SECONDS + 1,))


def wait_while(warehouse: psycopg.Connection, query: str, *parameters: str) -> None:
    """Wait until the query has no row any more."""
    deadline = time.monotonic() + 20
    while warehouse.execute(query.encode(), parameters).fetchone():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_for_a_beat(warehouse: psycopg.Connection) -> None:
    wait_while(warehouse, "select 1 from ops.sewa where clock_timestamp() - detak > interval '1 min'")


def test_a_long_command_keeps_the_lease_without_a_connection_of_its_own(
    settings: Settings, warehouse: psycopg.Connection, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    with (
        psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin,
        lease.holding(settings, "pulih"),
    ):
        silent(warehouse)
        wait_for_a_beat(warehouse)
        with pytest.raises(lease.LeaseHeldError):
            lease.acquire(settings, "refresh")
        admin.execute("alter database regsosek allow_connections false")  # the warehouse is away for a while
        time.sleep(0.3)
        admin.execute("alter database regsosek allow_connections true")
        silent(warehouse)
        wait_for_a_beat(warehouse)
    assert warehouse.execute("select id_jalan from ops.sewa").fetchone() == (None,)
    silent(warehouse)
    time.sleep(0.2)  # and nobody beats any more
    assert lease.acquire(settings, "refresh") == 2


def test_who_lost_the_lease_does_not_disturb_its_new_holder(
    settings: Settings, warehouse: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    with lease.holding(settings, "lama") as (_, epoch):
        warehouse.execute("update ops.sewa set epoch = epoch + 1, id_jalan = 'baru'")
        time.sleep(0.2)
        with pytest.raises(lease.LeaseLostError), transaction(settings) as cursor:
            lease.guard(epoch)(cursor)
    assert warehouse.execute("select id_jalan from ops.sewa").fetchone() == ("baru",)


def test_runs_are_named_by_the_clock_of_the_district_and_never_alike() -> None:
    one, two = lease.new_run("cadangan"), lease.new_run("cadangan")
    assert one != two and one.startswith("cadangan__") and "+07:00__" in one
