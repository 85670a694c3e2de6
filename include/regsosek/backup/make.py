"""Making a backup: written aside, complete on the disk, then given its name."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

import regsosek
from regsosek.backup.administrator import administrator, administrator_url, database_name
from regsosek.backup.contents import row_counts
from regsosek.backup.leftovers import aside, drop_databases, remove_folders
from regsosek.backup.manifest import DUMP, KEYS, LANDING, MANIFEST, Checksum, Manifest
from regsosek.backup.programs import ProgramFailedError, run_program
from regsosek.backup.roles import database_privileges, named_roles
from regsosek.keyring import key_files
from regsosek.landing.discover import LandingMissingError, discover
from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import BACKUP, write_event


class BackupFailedError(RuntimeError):
    """No backup was made and nothing was left behind; the message says why."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made: where, how large, with how many files of keys, and whether the landing was listed."""

    folder: Path
    ukuran_bita: int
    kunci: int
    landing: bool


def make_backup(settings: Settings, folder: Path | None = None) -> Backup:
    """Write a backup into ``folder``, which must not exist; by default a new one below ``settings.backups``.

    Nobody refreshes meanwhile. What it holds is one moment of the warehouse.

    Raises:
        BackupFailedError: the folder exists, or the dump could not be made or written.
        LeaseHeldError: a refresh is running.
    """
    now = datetime.now(TIMEZONE)
    target = (folder or settings.backups / now.strftime("%Y-%m-%d_%H%M%S")).absolute()
    _refuse_existing(target)
    unfinished = aside(target)
    with lease.holding(settings, BACKUP) as (id_jalan, epoch):
        _clear(settings, target.parent)
        try:
            unfinished.mkdir(mode=0o700, parents=True)
            manifest, listed = _write(settings, unfinished, now, lease.backend_name(epoch))
            _to_disk(unfinished)
            _refuse_existing(target)
            unfinished.rename(target)
        except (ProgramFailedError, OSError) as error:
            reason = str(error) if isinstance(error, ProgramFailedError) else type(error).__name__
            free = shutil.disk_usage(next(each for each in unfinished.parents if each.exists())).free
            raise BackupFailedError(
                f"Cadangan tidak dibuat ({reason}). Ruang kosong pada {target.parent}: {free // 2**20} MB. Periksa "
                "ruang dan hak tulisnya, dan apakah pemilik gudang boleh membaca semua skema; lalu ulangi."
            ) from None
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        size = sum(checksum.ukuran_bita for checksum in manifest.berkas.values())
        with transaction(settings, purpose=lease.backend_name(epoch)) as cursor:
            write_event(cursor, BACKUP, id_jalan, {"folder": str(target), "ukuran_bita": size})
    return Backup(target, size, len(manifest.kunci), listed)


def _clear(settings: Settings, folder: Path) -> None:
    """Remove what earlier backups and restores left when they were killed; it would fill the disk."""
    remove_folders(folder)
    database = database_name(settings)
    with administrator(settings, database) as admin:
        drop_databases(admin, database, alone=True)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise BackupFailedError(f"{target} sudah ada dan tidak ditimpa. Pilih nama lain.")


def _write(settings: Settings, aside: Path, now: datetime, purpose: str) -> tuple[Manifest, bool]:
    database = database_name(settings)
    with administrator(settings, database, purpose=purpose) as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read")
        connection.execute("set local idle_in_transaction_session_timeout = 0")  # idle while pg_dump works
        ((snapshot,),) = connection.execute("select pg_export_snapshot()").fetchall()
        run_program(
            "pg_dump", administrator_url(settings, database), "--format=custom", "--compress=gzip:1",
            f"--snapshot={snapshot}", f"--file={aside / DUMP}", purpose=purpose,
        )  # fmt: skip
        listed = _list_landing(settings, aside / LANDING)
        keys = _copy_keys(settings, aside / KEYS)
        manifest = _describe(connection.cursor(), aside, now, keys)
    (aside / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest, listed


def _list_landing(settings: Settings, path: Path) -> bool:
    """Names and checksums of the files of every delivery in the landing; whether the landing could be read."""
    try:
        found, listed = [each.model_dump(mode="json") for each in discover(settings)[0]], True
    except (LandingMissingError, OSError):
        found, listed = [], False
    path.write_text(json.dumps({"terbaca": listed, "kiriman": found}, indent=1), encoding="utf-8")
    return listed


def _copy_keys(settings: Settings, folder: Path) -> dict[str, Checksum]:
    folder.mkdir(mode=0o700)
    for name, path in key_files(settings).items():
        if path.exists():
            shutil.copyfile(path, folder / name)
    return {path.name: Checksum.of(path) for path in sorted(folder.iterdir())}


def _describe(cursor: psycopg.Cursor, aside: Path, now: datetime, keys: dict[str, Checksum]) -> Manifest:
    row = cursor.execute(
        """
        select current_setting('server_version_num')::integer, datname::text, pg_get_userbyid(datdba)::text,
            (select id_rilis from ops.rilis_terbit)
        from pg_database where datname = current_database()
        """
    ).fetchone()
    assert row is not None
    return Manifest(
        dibuat_pada=now,
        versi_program=regsosek.__version__,
        migrasi=[name for (name,) in cursor.execute("select nama from public.migrasi order by 1").fetchall()],
        postgres=row[0],
        basis_data=row[1],
        pemilik=row[2],
        rilis=row[3],
        baris=row_counts(cursor),
        peran=named_roles(cursor),
        hak=database_privileges(cursor),
        berkas={name: Checksum.of(aside / name) for name in (DUMP, LANDING)},
        kunci=keys,
    )


def _to_disk(folder: Path) -> None:
    """Let only the owner read the files, and have the disk hold them before the folder gets its name."""
    for path in sorted(folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
