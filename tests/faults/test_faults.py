"""A refresh that is killed, disturbed, robbed of its database or its disk: what is published stays, the next converges.

Every fault hits the same second refresh: a corrected village and a new one after a first release of two. Undisturbed it
gives what every disturbed one has to come to.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest
import witness
from forked import Forked

from oracle.random_delivery import write_random_delivery
from regsosek.settings import Settings
from regsosek.transform import build_aggregates, build_candidate
from regsosek.warehouse import lease
from regsosek.warehouse.embedded import OWNER, EmbeddedServer

A, B, C = "3328010001", "3328010002", "3328010003"
FAMILIES = 25
FIRST, DATABASE = "setelah_rilis_pertama", "regsosek"
LARGE = "0-besar"
UTC = {"TZ": "UTC"}
"""The clock of a server whose midnight is seven in the morning here."""


@dataclass(frozen=True)
class Story:
    """The installation, its marts after the first release, and marts and ledger after the second, undisturbed."""

    settings: Settings
    first: witness.State
    second: witness.State
    ledger: witness.State

    @property
    def landing(self) -> Path:
        return Path(self.settings.landing)

    def assert_untouched(self) -> None:
        """Readers have the first release, whole."""
        assert witness.differences(witness.marts(self.settings), self.first) == ""

    def assert_converged(self) -> None:
        """Everything is as if nothing had happened."""
        assert witness.differences(witness.marts(self.settings), self.second) == ""
        assert witness.differences(witness.ledger(self.settings), self.ledger) == ""
        assert witness.leftovers(self.settings) == []

    def assert_a_plain_refresh_converges(self) -> None:
        refresh_undisturbed(self.settings)
        self.assert_converged()


def refresh_undisturbed(settings: Settings) -> None:
    run = Refresh(settings)
    assert run.ended() == 0, run.said[-3000:]


@pytest.fixture(scope="module")
def undisturbed(module_settings: Settings, server: EmbeddedServer) -> Iterator[Story]:
    """Both refreshes as they should be; the database between them is kept aside."""
    settings, landing = module_settings, Path(module_settings.landing)
    write_random_delivery(
        landing / "1", villages=[A, B], families=FAMILIES, versi="final", seed=1, cut_off="2022-11-30"
    )
    refresh_undisturbed(settings)
    first = witness.marts(settings)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"create database {FIRST} template {DATABASE} owner {OWNER}")
        write_random_delivery(
            landing / "2", villages=[A], families=FAMILIES, versi="final", seed=2, cut_off="2022-12-31"
        )
        write_random_delivery(
            landing / "3", villages=[C], families=FAMILIES, versi="final", seed=3, cut_off="2022-12-31"
        )
        refresh_undisturbed(settings)
        assert witness.leftovers(settings) == []
        yield Story(settings, first, witness.marts(settings), witness.ledger(settings))
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {FIRST}")


@pytest.fixture
def story(undisturbed: Story, server: EmbeddedServer) -> Story:
    """The installation as it was between the two refreshes."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {DATABASE} with (force)")
        admin.execute(f"create database {DATABASE} template {FIRST} owner {OWNER}")
    return undisturbed


class Refresh:
    """A live ``regsosek refresh``; dbt has a process of its own where the command is ``typed``, as a person does."""

    def __init__(self, settings: Settings, *, typed: bool = False) -> None:
        self.settings = settings
        self._output = tempfile.NamedTemporaryFile("w+")  # noqa: SIM115 - as long as this lives
        environment = witness.environment(settings, **UTC)
        self.process: Forked | subprocess.Popen[bytes]
        if typed:
            command = [*witness.COMMAND, "refresh"]
            self.process = subprocess.Popen(command, env=environment, stdout=self._output, stderr=subprocess.STDOUT)
        else:
            self.process = Forked(["refresh"], environment, Path(self._output.name))

    @property
    def said(self) -> str:
        return re.sub(r"\s+", " ", Path(self._output.name).read_text())

    def until(self, happens: Callable[[], object], what: str) -> None:
        """Wait for something to happen while it runs."""
        deadline = time.monotonic() + 180
        while not happens():
            assert self.process.poll() is None, f"ended before {what}: {self.said[-2000:]}"
            assert time.monotonic() < deadline, f"nothing of {what}: {self.said[-2000:]}"
            time.sleep(0.002)

    def until_it_waits_for(self, relation: str) -> None:
        """Wait until it needs a table that somebody holds."""
        self.until(lambda: relation in waited_for(self.settings), relation)

    def ended(self) -> int:
        return self.process.wait(timeout=120)

    def kill(self) -> None:
        """Kill it, and nothing else; dbt's process has to find out by itself."""
        others = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        _, alive = psutil.wait_procs(others, timeout=20)
        assert alive == []


def query(settings: Settings, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(settings.warehouse_url) as connection:
        return connection.execute(statement.encode()).fetchall()


def waited_for(settings: Settings) -> set[str]:
    """Tables that a refresh waits for."""
    rows = query(
        settings,
        "select relation::regclass::text from pg_locks join pg_stat_activity using (pid)"
        " where not granted and relation is not null and application_name ~ '^regsosek:'",
    )
    return {str(name) for (name,) in rows}


@contextmanager
def held(settings: Settings, table: str, mode: str = "share") -> Iterator[psycopg.Connection]:
    """Somebody holds a table, so that a refresh has to stop where it needs it."""
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute(f"lock table {table} in {mode} mode".encode())
        yield connection


def let_time_pass(settings: Settings) -> None:
    """Two minutes go by without a sign of life: backends of a killed run end, its lease goes stale."""
    deadline = time.monotonic() + 20
    while any(each.startswith("backend") for each in witness.leftovers(settings)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("update ops.sewa set detak = detak - make_interval(secs => %s)", (lease.STALE_SECONDS + 1,))


def write_large(story: Story) -> Path:
    """A delivery that takes a second or two to COPY."""
    folder = story.landing / LARGE
    shutil.copytree(story.landing / "2", folder)
    header, *rows = (folder / "k_rt.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    with (folder / "k_rt.csv").open("w", encoding="utf-8") as file:
        file.write(header)
        for _ in range(12_000):
            file.writelines(rows)
    return folder


MOMENTS = [
    ("the start", "ops.kejadian", "share"),
    ("looking into the ledger", "ops.landing", "access exclusive"),
    ("between the files and the ledger", "ops.berkas", "share"),
    ("the middle of normalise", "ops.temuan", "share"),
    ("the end of normalise", "registri.anggota", "share update exclusive"),
    ("gate 1", "ops.gerbang", "share"),
    ("choosing", "ops.kandidat_desa", "share"),
    ("the aggregates", "agregat.agg_indikator_desa", "share"),
    ("the candidate", "kandidat.fct_indikator_desa", "access share"),
    ("gate 2", "ops.gerbang", "share"),
    ("the middle of publishing", "terbit.fct_indikator_desa", "share"),
    ("the end of publishing", "ops.rilis_terbit", "share"),
]
"""Where a refresh is killed, one after the other: it stops there because somebody holds a table it needs."""


@contextmanager
def waiting_for_traces(story: Story) -> Iterator[Refresh]:
    """A refresh that has loaded everything and waits in the first statement of normalise, about who was erased."""
    with held(story.settings, "ops.berkas") as loading, ExitStack() as holds:
        refresh = Refresh(story.settings)
        refresh.until_it_waits_for("ops.berkas")
        holds.enter_context(held(story.settings, "ops.nisan", "access exclusive"))  # its start needed that table too
        loading.rollback()
        refresh.until_it_waits_for("ops.nisan")
        yield refresh


def test_killed_again_and_again_it_converges(story: Story) -> None:
    large = write_large(story)
    refresh = Refresh(story.settings)
    refresh.until(lambda: query(story.settings, "select from pg_stat_progress_copy where tuples_processed > 0"), "COPY")
    refresh.kill()
    shutil.rmtree(large)
    let_time_pass(story.settings)
    story.assert_untouched()
    for moment, table, mode in MOMENTS:
        if moment == "the middle of normalise":
            with waiting_for_traces(story) as refresh:
                assert query(story.settings, "select id_kiriman from ops.kiriman where keadaan = 'dimuat'") != []
                refresh.kill()
            let_time_pass(story.settings)
        with held(story.settings, table, mode):
            refresh = Refresh(story.settings, typed=moment == "the aggregates")
            refresh.until_it_waits_for(table)
            refresh.kill()
        let_time_pass(story.settings)
        assert query(story.settings, "select count(*) from ops.rilis") == [(1,)], moment
    story.assert_untouched()
    story.assert_a_plain_refresh_converges()
    starts = query(story.settings, "select count(*) from ops.kejadian where kejadian = 'mulai'")
    assert starts == [(3 + len(MOMENTS),)]  # each of them had begun, but for the one that was killed while it did


def test_killed_after_it_published_it_has_published(story: Story) -> None:
    """Between publish and giving back the lease: the release is there, and is not made again."""
    with ExitStack() as holds, psycopg.connect(story.settings.warehouse_url) as other:
        first = holds.enter_context(held(story.settings, "ops.rilis_terbit"))
        refresh = Refresh(story.settings)
        refresh.until_it_waits_for("ops.rilis_terbit")
        waiting = threading.Thread(target=other.execute, args=("lock table ops.sewa in exclusive mode",))
        waiting.start()  # it gets the table when the release is committed, before the lease can be given back
        refresh.until(
            lambda: query(
                story.settings,
                "select from pg_locks where relation = 'ops.sewa'::regclass and mode = 'ExclusiveLock' and not granted",
            ),
            "the queue",
        )
        first.rollback()
        published = "select from ops.rilis where id_rilis = 2 and keadaan = 'terbit'"
        refresh.until(lambda: query(story.settings, published), "the release")
        refresh.until_it_waits_for("ops.sewa")
        refresh.kill()
        waiting.join()
    assert witness.differences(witness.marts(story.settings), story.second) == ""
    assert "lease" in " ".join(witness.leftovers(story.settings))
    let_time_pass(story.settings)
    story.assert_a_plain_refresh_converges()
    assert query(story.settings, "select count(*) from ops.rilis") == [(2,)]


@pytest.mark.parametrize(
    ("blow", "table"), [(signal.SIGKILL, "agregat.agg_indikator_desa"), (signal.SIGQUIT, "terbit.fct_indikator_desa")]
)
def test_postgres_is_killed_in_the_middle(
    story: Story, server: EmbeddedServer, blow: signal.Signals, table: str
) -> None:
    holder = psycopg.connect(story.settings.warehouse_url)
    holder.execute(f"lock table {table} in share mode".encode())
    refresh = Refresh(story.settings)
    refresh.until_it_waits_for(table)
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    processes = [postmaster, *postmaster.children()]
    postmaster.send_signal(blow)
    psutil.wait_procs(processes, timeout=30)
    holder.close()
    assert refresh.ended() == 1
    assert "Traceback" not in refresh.said
    server.start()
    let_time_pass(story.settings)
    story.assert_untouched()
    story.assert_a_plain_refresh_converges()


@pytest.fixture
def narrow_disk(story: Story, server: EmbeddedServer, tmp_path: Path) -> Iterator[None]:
    """Whatever the pipeline makes goes to a disk of a few megabytes."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    disk = server.base / "sempit"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let root mount a tmpfs")
    try:
        user = server.system_user
        assert user is not None
        os.chown(disk, user.pw_uid, user.pw_gid)
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f"create tablespace sempit owner {OWNER} location '{disk}'".encode())
            admin.execute(f"alter role {OWNER} set default_tablespace = 'sempit'".encode())
            yield
            admin.execute(f"alter role {OWNER} reset default_tablespace".encode())
            admin.execute("drop tablespace sempit")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_the_disk_is_full(story: Story, narrow_disk: None, server: EmbeddedServer) -> None:
    large = write_large(story)
    run = witness.command(story.settings, "refresh", **UTC)
    shutil.rmtree(large)
    assert run.returncode == 1
    assert "DiskFull" in run.stderr
    assert "53100" in run.stderr
    assert "Traceback" not in run.stderr
    story.assert_untouched()
    assert witness.leftovers(story.settings) == []
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"alter role {OWNER} reset default_tablespace".encode())  # somebody made room
    story.assert_a_plain_refresh_converges()


def test_two_refreshes_and_a_reader_at_once(story: Story) -> None:
    """Of two that start together one works; who reads meanwhile sees one release, and nobody waits for him."""
    with psycopg.connect(story.settings.warehouse_url) as reader:
        reader.execute("set transaction isolation level repeatable read")
        seen = reader.execute("select * from marts.mart_profil_desa order by kode_desa").fetchall()
        with held(story.settings, "ops.kandidat_desa"):
            both = [Refresh(story.settings), Refresh(story.settings)]
            both[0].until(lambda: any(each.process.poll() is not None for each in both), "one that gives way")
            loser, winner = sorted(both, key=lambda each: each.process.poll() is None)
            assert loser.ended() == 1
            assert re.search(r"cli__\S+", loser.said), loser.said
            winner.until_it_waits_for("ops.kandidat_desa")
            story.assert_untouched()
        assert winner.ended() == 0, winner.said
        assert reader.execute("select * from marts.mart_profil_desa order by kode_desa").fetchall() == seen
        with psycopg.connect(story.settings.warehouse_url) as other:
            published = other.execute("select count(*) from marts.mart_profil_desa").fetchone()
            assert published == (len(seen) + 1,)
    story.assert_converged()


def test_a_delivery_is_replaced_while_it_is_read(story: Story) -> None:
    path = story.landing / "2" / "k_art.csv"
    before = path.read_bytes()
    try:
        with held(story.settings, "ops.landing"):  # the first table it writes with the checksums in hand
            refresh = Refresh(story.settings)
            refresh.until_it_waits_for("ops.landing")
            path.write_bytes(before.replace(b";", b"|"))
        assert refresh.ended() == 0
        assert "Belum diambil: 2 (k_art.csv berubah selagi dibaca" in refresh.said
        folders = query(story.settings, "select folder from ops.kiriman order by 1")
        assert folders == [("1",), ("3",)]  # the other delivery was not held up
    finally:
        path.write_bytes(before)
    refresh_undisturbed(story.settings)
    assert witness.leftovers(story.settings) == []
    figures = "marts.fct_indikator_desa"  # there is one more release by now, of the same figures
    got, expected = ({row[1:] for row in each[figures]} for each in (witness.marts(story.settings), story.second))
    assert got == expected


MADE_BY_DBT = """
    select oid::regclass::text, oid::bigint from pg_class where relkind in ('r', 'v')
    and relnamespace::regnamespace::text in ('staging', 'antara', 'agregat', 'kandidat') order by 1
"""
"""Every table and view of dbt; one that was made anew has another number."""


def test_dbt_of_a_run_that_lost_its_lease_writes_nothing(story: Story) -> None:
    settings = story.settings
    old = lease.acquire(settings, "satu")
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("delete from agregat.agg_indikator_desa")  # so that there is something to compute
        connection.execute(
            "insert into ops.kandidat_desa select kode_desa, id_kiriman from ops.rilis_desa on conflict do nothing"
        )
    new = lease.acquire(settings, "satu")
    made = query(settings, MADE_BY_DBT)
    for build in (build_aggregates, build_candidate):
        with pytest.raises(lease.LeaseLostError):
            build(settings, purpose=lease.backend_name(old))
    assert query(settings, MADE_BY_DBT) == made
    assert query(settings, "select count(*) from agregat.agg_indikator_desa") == [(0,)]
    build_aggregates(settings, purpose=lease.backend_name(new))
    assert query(settings, "select count(*) > 0 from agregat.agg_indikator_desa") == [(True,)]


def test_a_run_is_named_by_the_clock_of_jakarta_wherever_it_runs(undisturbed: Story) -> None:
    runs = [page.name for page in (undisturbed.settings.artefacts / "gates").iterdir()]
    assert runs
    assert [name for name in runs if not re.fullmatch(r"cli__[0-9T_-]+_07_00__[0-9a-f]{6}-[0-9a-f]+", name)] == []
