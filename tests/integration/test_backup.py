"""A backup brings everything back, on another server or in the place of what is there, or it changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from regsosek.backup import BackupRefusedError, Manifest, RestoreRefusedError, leftovers, make_backup, restore_backup
from regsosek.backup import restore as restoring
from regsosek.backup.make import BackupFailedError
from regsosek.backup.manifest import DUMP, KEYS, MANIFEST, Checksum
from regsosek.cli import app
from regsosek.keyring import secret_file
from regsosek.refresh import RefreshIncomplete, refresh
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.subject.tombstones import add, trace_of
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.embedded import OWNER, EmbeddedServer
from regsosek.warehouse.prepare import Prepared, prepare

VILLAGES = ["3328130005", "3328040010"]
READER = "pembaca_cadangan"


@pytest.fixture(scope="module")
def source(module_settings: Settings, server: EmbeddedServer) -> Iterator[Settings]:
    """A release of two villages, a delivery that was replaced, one that was refused, and a reader's own things."""
    landing = Path(module_settings.landing)
    generate(landing, desa=VILLAGES, keluarga=120, per="desa", faults="tanpa")
    generate(landing, desa=VILLAGES[:1], keluarga=60, seed=3, faults="tanpa", per="desa", cut_off=date(2023, 1, 31))
    (landing / "rusak").mkdir()
    for name in ("k_rt.csv", "k_art.csv"):
        (landing / "rusak" / name).write_text("bukan,kolomnya\n1,2\n")
    with pytest.raises(RefreshIncomplete):
        refresh(module_settings, "uji-cadangan")
    # Received last, though its folder comes first: by nothing else does it win.
    late = generate(landing.with_name("lagi"), desa=VILLAGES[1:], keluarga=60, seed=4, faults="tanpa").folders[0]
    late.rename(landing / "0-terakhir")
    refresh(module_settings, "uji-cadangan-2")
    with psycopg.connect(server.url("postgres", "regsosek"), autocommit=True) as admin:
        for statement in (
            f"create role {READER} login password 'x'",
            "revoke all on database regsosek from public",
            f"grant connect on database regsosek to {READER}",
            f"grant usage on schema marts to {READER}",
            f"grant select on marts.mart_profil_desa to {READER}",
            f"create schema bi authorization {READER}",
            "create view bi.laporan as select count(*) from marts.mart_profil_desa",
            f"alter view bi.laporan owner to {READER}",
            "create table bi.catatan (isi text)",
            f"alter table bi.catatan owner to {READER}",
        ):
            admin.execute(statement.encode())
    yield module_settings
    with psycopg.connect(server.url("postgres", "regsosek"), autocommit=True) as admin:
        admin.execute(f"drop owned by {READER} cascade")
        admin.execute(f"drop role {READER}")


@pytest.fixture(scope="module")
def backup(source: Settings, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it, made by the server's superuser as that of an embedded server is."""
    return make_backup(embedded(source, server), tmp_path_factory.mktemp("cadangan") / "satu").folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server that never held anything."""
    server = EmbeddedServer(tmp_path_factory.mktemp("lain"), shared_buffers="64MB")
    server.start()
    yield server
    server.destroy()


def embedded(settings: Settings, server: EmbeddedServer) -> Settings:
    """The same installation, seen as the one that the server belongs to."""
    return settings.model_copy(update={"home": server.home})


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table and view, but of the lease and the history, which go on."""
    with psycopg.connect(url) as connection:
        relations = connection.execute(
            """
            select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
            where c.relkind in ('r', 'v') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'bi')
                and c.relname not in ('sewa', 'kejadian')
            """
        ).fetchall()
        return {
            f"{schema}.{name}": sorted(
                connection.execute(f'select * from {schema}."{name}"'.encode()).fetchall(), key=repr
            )
            for schema, name in relations
        }


def databases(server: EmbeddedServer) -> set[str]:
    with psycopg.connect(server.url("postgres", "postgres")) as admin:
        return {name for (name,) in admin.execute("select datname from pg_database")}


@contextmanager
def changed(folder: Path, tmp_path: Path, **fields: Any) -> Iterator[Path]:
    """A copy of the backup whose manifest says something else."""
    copy = tmp_path / "salinan"
    shutil.copytree(folder, copy)
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(manifest | fields))
    yield copy


def test_a_backup_is_for_its_owner_and_keeps_the_keys_apart(source: Settings, backup: Path) -> None:
    modes = {path.relative_to(backup).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in backup.rglob("*")}
    assert modes == {
        MANIFEST: 0o600, DUMP: 0o600, "landing.json": 0o600, KEYS: 0o700, f"{KEYS}/pseudonym.key": 0o600,
    }  # fmt: skip
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert (backup / KEYS / "pseudonym.key").read_bytes() == secret_file(source).read_bytes()
    assert secret_file(source).read_bytes() not in (backup / DUMP).read_bytes()
    listed = json.loads((backup / "landing.json").read_text())
    assert {each["folder"] for each in listed["kiriman"]} == {p.name for p in Path(source.landing).iterdir()}
    assert [path.name for path in backup.parent.iterdir()] == ["satu"]  # what was written aside is gone


def test_on_another_server_everything_is_as_it_was(
    source: Settings, backup: Path, other: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = source.model_copy(
        update={"home": other.home, "warehouse_url": other.owner_url, "secret_file": tmp_path / "kunci" / "sandi.key"}
    )

    def prepare_alone(settings: Settings) -> Prepared:
        with pytest.raises(lease.LeaseHeldError, match="pulih"):  # a refresh that comes now waits
            lease.acquire(settings, "refresh")
        return prepare(settings)

    monkeypatch.setattr(restoring, "prepare", prepare_alone)
    restored = restore_backup(there, backup)
    before, after = contents(source.warehouse_url), contents(there.warehouse_url)
    assert len([name for name in before if name.startswith("marts.")]) > 20
    assert before.keys() == after.keys()
    for name, rows in before.items():
        assert after[name] == rows, name
    assert secret_file(there).read_bytes() == secret_file(source).read_bytes()
    assert stat.S_IMODE(secret_file(there).stat().st_mode) == 0o600
    assert (restored.peran_tanpa_sandi, restored.kiriman_berbeda) == ([READER], [])

    report = refresh(there, "uji-setelah-pulih")
    assert (report["kiriman"], report["rilis"]) == (0, None)
    # What came after the backup is loaded anew, and counts as received last, as it was.
    again = Path(shutil.copytree(source.landing, tmp_path / "landing"))
    since = generate(tmp_path / "sejak", desa=VILLAGES[1:], keluarga=60, seed=5, faults="tanpa").folders[0]
    since.rename(again / "0-sejak-cadangan")
    report = refresh(there.model_copy(update={"landing_url": str(again)}), "uji-sesudah-cadangan")
    assert report["rilis"] == 3
    with transaction(there) as cursor:
        cursor.execute(
            "select folder from ops.rilis_desa join ops.rilis_terbit using (id_rilis) "
            "join ops.kiriman using (id_kiriman) where kode_desa = %s", VILLAGES[1:],
        )  # fmt: skip
        assert cursor.fetchone() == ("0-sejak-cadangan",)
    assert databases(other) == {"postgres", "template0", "template1", "airflow", "regsosek"}
    with psycopg.connect(other.url("postgres", "regsosek")) as admin:
        rights = admin.execute(
            "select has_database_privilege(%(r)s, 'regsosek', 'connect'),"
            " has_schema_privilege(%(r)s, 'marts', 'usage'),"
            " has_table_privilege(%(r)s, 'marts.mart_profil_desa', 'select'),"
            " has_schema_privilege(%(r)s, 'raw', 'usage'), has_database_privilege('public', 'regsosek', 'connect')",
            {"r": READER},
        ).fetchone()
        assert rights == (True, True, True, False, False)
        admin.execute(f"set role {READER}")
        assert admin.execute("select * from bi.laporan").fetchone() == (2,)


def test_what_is_there_is_replaced_only_when_told_and_only_by_something_whole(
    source: Settings, backup: Path, server: EmbeddedServer, tmp_path: Path
) -> None:
    here = embedded(source, server)
    with psycopg.connect(source.warehouse_url, autocommit=True) as connection:
        connection.execute("update ops.kiriman set catatan = 'sesudah cadangan'")
    after_backup = contents(source.warehouse_url)
    with pytest.raises(RestoreRefusedError, match="--timpa"):
        restore_backup(here, backup)
    manifest = json.loads((backup / MANIFEST).read_text())
    with (
        changed(backup, tmp_path, baris=manifest["baris"] | {"ops.kiriman": 99}) as lacking,
        pytest.raises(RestoreRefusedError, match=r"ops\.kiriman"),
    ):
        restore_backup(here, lacking, timpa=True)
    (lacking / DUMP).write_bytes((backup / DUMP).read_bytes()[:-20_000])  # written by a disk that was full
    truncated = {**manifest["berkas"], DUMP: Checksum.of(lacking / DUMP).model_dump()}
    (lacking / MANIFEST).write_text(json.dumps(manifest | {"berkas": truncated}))
    with pytest.raises(RestoreRefusedError, match="pg_restore"):
        restore_backup(here, lacking, timpa=True)
    assert contents(source.warehouse_url) == after_backup
    assert databases(server) >= {"regsosek"} and not any("pulih" in name for name in databases(server))

    with psycopg.connect(source.warehouse_url) as reader:  # somebody who is connected when it happens
        epoch = reader.execute("select epoch from ops.sewa").fetchone()
        reader.commit()
        restore_backup(here, backup, timpa=True)
    with psycopg.connect(source.warehouse_url) as connection:
        assert connection.execute("select count(*) from ops.kiriman where catatan = 'sesudah cadangan'").fetchone() == (
            0,
        )
        assert connection.execute("select epoch > %s, id_jalan from ops.sewa", epoch).fetchone() == (True, None)
        assert connection.execute("select kejadian from ops.kejadian order by waktu desc limit 1").fetchone() == (
            "pulih",
        )
    assert not any("pulih" in name for name in databases(server))


def test_a_server_of_ones_own_needs_one_right_and_the_message_names_it(
    source: Settings, server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(server.url("postgres", "regsosek"), autocommit=True) as admin:
        with pytest.raises(BackupFailedError, match="membaca semua skema"):
            make_backup(source, tmp_path / "kurang")
        admin.execute("drop schema bi cascade")
        made = make_backup(source, tmp_path / "milik-sendiri").folder
        before = contents(source.warehouse_url)
        with pytest.raises(RestoreRefusedError, match=f"alter role {OWNER} createdb"):
            restore_backup(source, made, timpa=True)
        admin.execute(f"alter role {OWNER} createdb")
        monkeypatch.setattr(restoring, "PATIENCE", 0)
        with pytest.raises(RestoreRefusedError, match="masih dipakai"):  # by a superuser, whom the owner cannot end
            restore_backup(source, made, timpa=True)
    with psycopg.connect(source.warehouse_url, autocommit=True) as connection:
        connection.execute("update ops.kiriman set catatan = 'sesudah cadangan'")
        restore_backup(source, made, timpa=True)
    assert contents(source.warehouse_url) == before
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"alter role {OWNER} nocreatedb")


def test_another_key_is_put_aside_and_never_lost(
    source: Settings, backup: Path, server: EmbeddedServer, tmp_path: Path
) -> None:
    key = tmp_path / "lain.key"
    key.write_text("ab" * 32)
    here = embedded(source, server).model_copy(update={"secret_file": key})
    with pytest.raises(RestoreRefusedError, match="bukan kunci cadangan ini"):
        restore_backup(here, backup)
    elsewhere = tmp_path / "lemari"
    with changed(backup, tmp_path) as copy:
        (copy / KEYS).rename(elsewhere)
    with pytest.raises(RestoreRefusedError, match="--kunci"):
        restore_backup(here, copy, timpa=True)
    restored = restore_backup(here, copy, timpa=True, keys=elsewhere)
    assert key.read_bytes() == secret_file(source).read_bytes()
    assert [path.read_text() for path in restored.kunci_lama] == ["ab" * 32]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / MANIFEST).unlink(), "bukan cadangan Regsosek"),
        (lambda folder: (folder / MANIFEST).write_text('{"jenis": "lain"}'), "bukan cadangan Regsosek"),
        (lambda folder: (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:200]), "bukan cadangan"),
        (lambda folder: (folder / DUMP).unlink(), "tidak ada"),
        (lambda folder: flip(folder / DUMP), "bukan lagi yang dicadangkan"),
        (lambda folder: flip(folder / KEYS / "pseudonym.key"), "bukan lagi yang dicadangkan"),
    ],
    ids=["no manifest", "foreign", "cut", "no dump", "dump", "key"],
)
def test_what_is_broken_or_foreign_is_refused(
    source: Settings, backup: Path, tmp_path: Path, damage: Any, said: str
) -> None:
    with changed(backup, tmp_path) as copy:
        damage(copy)
        with pytest.raises(BackupRefusedError, match=said):
            restore_backup(source, copy, timpa=True)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_backup_of_a_newer_program_is_refused(source: Settings, backup: Path, tmp_path: Path) -> None:
    known = Manifest.model_validate_json((backup / MANIFEST).read_bytes())
    with (
        changed(backup, tmp_path, migrasi=[*known.migrasi, "999_later"], versi_program="9.0.0") as newer,
        pytest.raises(BackupRefusedError, match=r"9\.0\.0"),
    ):
        restore_backup(source, newer, timpa=True)
    assert known.bentuk == 1


def test_the_command_overwrites_nothing_and_leaves_nothing_half_made(
    source: Settings, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runner = CliRunner()
    for name, value in {
        "REGSOSEK_HOME": server.home, "LANDING_URL": tmp_path / "tidak-ada",
        "AIRFLOW_CONN_REGSOSEK": source.warehouse_url, "REGSOSEK_SECRET_FILE": secret_file(source),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    made = runner.invoke(app, ["backup"])
    assert made.exit_code == 0, made.output
    assert "Landing tidak terbaca" in made.output and "pindahkan ke media lain" in made.output
    (folder,) = embedded(source, server).backups.iterdir()
    again = runner.invoke(app, ["backup", "--ke", str(folder)])
    assert again.exit_code == 1 and "tidak ditimpa" in again.output
    with lease.holding(source, "refresh"):
        busy = runner.invoke(app, ["backup", "--ke", str(tmp_path / "sibuk")])
    assert busy.exit_code == 1 and "Wait" in busy.output
    with psycopg.connect(source.warehouse_url, autocommit=True) as connection:
        (tmp_path / "file").touch()
        with pytest.raises(BackupFailedError, match="Ruang kosong"):
            make_backup(source, tmp_path / "file" / "dua")
        assert connection.execute(
            "select rincian ->> 'folder' from ops.kejadian where kejadian = 'cadangan' order by waktu desc limit 1"
        ).fetchone() == (str(folder),)
    assert not list(tmp_path.glob(".*")) and not (tmp_path / "sibuk").exists()
    refused = runner.invoke(app, ["restore", str(folder)])
    assert refused.exit_code == 1 and "--timpa" in refused.output


def test_whoever_was_erased_since_the_backup_stays_erased(
    source: Settings, backup: Path, server: EmbeddedServer
) -> None:
    here = embedded(source, server)
    restore_backup(here, backup, timpa=True)
    with transaction(here) as cursor:
        tables = [name for (name,) in cursor.execute("select tabel from ops.berkas where berkas = 'k_art' order by 1")]
        (nik,) = cursor.execute(f"select r403 from raw.{tables[0]} where length(r403) = 16".encode()).fetchone() or (
            "",
        )
        add(here, cursor, trace_of(here, nik), by="uji", reason="uji")
    restore_backup(here, backup, timpa=True)
    with transaction(here) as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'raw' and tablename like 'k_art%'")
        for (table,) in cursor.fetchall():
            held = cursor.execute(f"select count(*) from raw.{table} where r403 = %s".encode(), (nik,)).fetchone()
            assert held == (0,), table


@contextmanager
def killed_while(settings: Settings, *words: str, waits: Callable[[], object]) -> Iterator[None]:
    """A command that is killed, and nothing else with it, as soon as that has happened; two minutes later."""
    names = {
        "REGSOSEK_HOME": settings.home, "LANDING_URL": settings.landing, "REGSOSEK_SECRET_FILE": settings.secret_file,
        "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", "from regsosek.cli import app; app()", *words],
        env=os.environ | {name: str(value) for name, value in names.items()},
    )
    deadline = time.monotonic() + 60
    while not waits():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    yield
    with psycopg.connect(settings.warehouse_url) as connection:
        while connection.execute("select pid from pg_stat_activity where application_name ~ '^regsosek:'").fetchone():
            assert time.monotonic() < deadline  # what it started goes on by itself for a while
            connection.commit()
            time.sleep(0.05)
        connection.execute("update ops.sewa set detak = detak - make_interval(secs => %s)", (lease.STALE_SECONDS + 1,))


def age(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (time.time() - leftovers.UNTOUCHED - 1,) * 2)


def test_what_a_killed_backup_wrote_goes_with_the_next(
    source: Settings, server: EmbeddedServer, tmp_path: Path
) -> None:
    here = embedded(source, server)
    waiting = "select pid from pg_stat_activity where application_name ~ '^regsosek:' and wait_event_type = 'Lock'"
    with (
        psycopg.connect(server.url("postgres", "regsosek"), autocommit=True) as admin,
        psycopg.connect(source.warehouse_url) as holder,
    ):
        holder.execute("lock table ops.landing in access exclusive mode")
        with killed_while(
            here, "backup", "--ke", str(tmp_path / "satu"), waits=lambda: admin.execute(waiting).fetchone()
        ):
            holder.rollback()
    (left,) = tmp_path.glob(".satu.*")
    foreign, young = tmp_path / ".catatan.0123abcd", tmp_path / ".dua.0123abcd"
    for folder in (foreign, young):
        folder.mkdir()
        (folder / (DUMP if folder == young else "penting.txt")).touch()
    age(left)
    age(foreign)
    make_backup(here, tmp_path / "tiga")
    assert {path.name for path in tmp_path.iterdir()} == {"tiga", foreign.name, young.name}


def test_what_a_killed_restore_made_goes_with_the_next(source: Settings, backup: Path, server: EmbeddedServer) -> None:
    here = embedded(source, server)
    before = databases(server)
    with killed_while(here, "restore", str(backup), "--timpa", waits=lambda: databases(server) - before):
        pass
    (left,) = databases(server) - before
    assert leftovers.beside("regsosek")[:-8] == left[:-8]
    foreign = {"regsosek_pulih_saya", "lain_pulih_0123abcd"}
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
        for name in (*foreign, leftovers.put_away("regsosek_pulih_0123abcd")):
            admin.execute(f"create database {name}")
        with psycopg.connect(server.url("postgres", left)):  # as what a killed command had started may still be in it
            restore_backup(here, backup, timpa=True)
        assert databases(server) - before == foreign
        admin.execute("create database regsosek_pulih_0123abcd")
        make_backup(here)  # nobody restores again for a while
        assert databases(server) - before == foreign
        for name in foreign:
            admin.execute(f"drop database {name}")
