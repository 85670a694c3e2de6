"""Restoring a backup: into a new database, which takes the name of the old one only when it is whole."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from regsosek.backup.administrator import administrator, administrator_url, database_name
from regsosek.backup.contents import holds_data, row_counts
from regsosek.backup.leftovers import beside, drop_databases, end_sessions, put_away
from regsosek.backup.manifest import DUMP, KEYS, LANDING, Checksum, Manifest, read_backup
from regsosek.backup.programs import ProgramFailedError, run_program
from regsosek.backup.roles import create_missing, grant_database
from regsosek.keyring import key_files
from regsosek.landing.discover import Found, LandingMissingError, discover
from regsosek.private_file import replace
from regsosek.settings import TIMEZONE, Settings
from regsosek.subject.tombstones import uphold
from regsosek.warehouse import lease
from regsosek.warehouse.history import RESTORE, write_event
from regsosek.warehouse.prepare import prepare

PATIENCE = 10
"""Seconds that sessions of the old database have to end."""


class RestoreRefusedError(RuntimeError):
    """Nothing was restored and the warehouse is as it was; the message says why."""


@dataclass(frozen=True)
class Restored:
    """What came of restoring.

    Attributes:
        manifest: the backup's.
        peran_tanpa_sandi: logins that were made without a password.
        kiriman_berbeda: folders of the landing's list that are missing or different in the landing of now.
        kunci_lama: where keys went that other ones replaced.
    """

    manifest: Manifest
    peran_tanpa_sandi: list[str]
    kiriman_berbeda: list[str]
    kunci_lama: list[Path]


def restore_backup(settings: Settings, folder: Path, *, timpa: bool = False, keys: Path | None = None) -> Restored:
    """Replace the warehouse by that of the backup, and bring it to what this version of the code expects.

    ``keys`` is the backup's folder of keys where it is kept elsewhere. The old database is dropped when the new one
    has its name, and not before.

    Raises:
        BackupRefusedError: the folder is no backup, or is broken.
        RestoreRefusedError: the warehouse holds data and ``timpa`` is not set, keys differ or are missing, or the
            database could not be made whole.
        LeaseHeldError: a refresh is running.
    """
    manifest = read_backup(folder, keys)
    new_keys = _new_keys(settings, manifest, keys or folder / KEYS, timpa=timpa)
    database = database_name(settings)
    fresh = beside(database)
    _refuse_data(settings, database, timpa=timpa)
    with lease.holding_if_there(settings, RESTORE) as epoch, administrator(settings, "postgres") as admin:
        _refuse_older_server(admin, manifest)
        drop_databases(admin, database, alone=epoch > 0)
        owner = _create(admin, database, fresh)
        try:
            without_password = create_missing(admin.cursor(), manifest.peran, owner)
            id_jalan, taken = _fill(settings, fresh, folder, manifest, owner, epoch)
            grant_database(admin.cursor(), fresh, manifest.hak)
            if epoch:  # whoever took the lease meanwhile would write into what is dropped
                lease.beat(settings, epoch)
            _swap(admin, database, fresh)
        except BaseException:
            admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(fresh)))
            raise
    with lease.keeping(settings, taken):  # a refresh waits until keys, schema and traces are in order
        replaced = [_install(source, target) for source, target in new_keys]
        prepare(settings)
        guard, purpose = lease.guard(taken), lease.backend_name(taken)
        # Whoever was erased since the backup.
        uphold(settings, guard=guard, id_jalan=id_jalan, purpose=purpose, everything=True)
    kept = settings.home / "passwords"  # of the project's own roles, which set-up has just given
    without_password = [name for name in without_password if not (kept / name).exists()]
    return Restored(
        manifest, without_password, _differing(settings, folder), [path for path in replaced if path is not None]
    )


def _new_keys(settings: Settings, manifest: Manifest, folder: Path, *, timpa: bool) -> list[tuple[Path, Path]]:
    """(file of the backup, its place here) of every key that is not the one in place already."""
    wanted = []
    for name, checksum in manifest.kunci.items():
        source, target = folder / name, key_files(settings)[name]
        if target.exists() and Checksum.of(target) == checksum:
            continue
        if not source.exists():
            raise RestoreRefusedError(
                f"Kunci {name} tidak ada di {folder} dan tidak terpasang di sini. Sebutkan foldernya: --kunci FOLDER."
            )
        if target.exists() and not timpa:
            raise RestoreRefusedError(
                f"Kunci di {target} bukan kunci cadangan ini. Dengan --timpa kunci itu disisihkan, tidak dihapus."
            )
        wanted.append((source, target))
    return wanted


def _refuse_data(settings: Settings, database: str, *, timpa: bool) -> None:
    with administrator(settings, database) as old:
        if holds_data(old.cursor()) and not timpa:
            raise RestoreRefusedError(
                "Gudang ini sudah berisi kiriman. Tambahkan --timpa untuk menggantinya dengan isi cadangan: "
                "yang ada sekarang hilang. (`regsosek backup` mencadangkannya lebih dulu.)"
            )


def _refuse_older_server(admin: psycopg.Connection, manifest: Manifest) -> None:
    if admin.info.server_version // 10000 < manifest.postgres // 10000:
        raise RestoreRefusedError(
            f"Cadangan ini dari PostgreSQL {manifest.postgres // 10000}, server ini "
            f"{admin.info.server_version // 10000}. Pakai server yang sama atau lebih baru."
        )


def _create(admin: psycopg.Connection, database: str, fresh: str) -> str:
    """Make an empty database with the owner of the old one; returns the owner's name."""
    ((owner,),) = admin.execute(
        "select pg_get_userbyid(datdba)::text from pg_database where datname = %s", (database,)
    ).fetchall()
    statement = sql.SQL("create database {} owner {} template template0")
    try:
        admin.execute(statement.format(sql.Identifier(fresh), sql.Identifier(owner)))
    except psycopg.errors.InsufficientPrivilege:
        raise RestoreRefusedError(
            "Pemilik gudang tidak boleh membuat basis data. Pengelola server memberinya hak itu: "
            f"alter role {owner} createdb;"
        ) from None
    return str(owner)


def _fill(settings: Settings, fresh: str, folder: Path, manifest: Manifest, owner: str, epoch: int) -> tuple[str, int]:
    """Restore the dump, see that every row is there, and take its lease; returns run and epoch, which nobody had."""
    purpose = lease.backend_name(epoch)
    owned = [] if owner == manifest.pemilik else ["--no-owner", f"--role={owner}"]
    try:
        run_program(
            "pg_restore", administrator_url(settings, fresh), "--exit-on-error", "--jobs=2", *owned,
            str(folder / DUMP), purpose=purpose,
        )  # fmt: skip
    except ProgramFailedError as error:
        raise RestoreRefusedError(
            f"Cadangan tidak dapat dipulihkan ({error}); gudang yang lama tidak berubah. "
            "Periksa ruang disk server, lalu ulangi, atau pakai cadangan lain."
        ) from None
    with administrator(settings, fresh, purpose=purpose) as connection, connection.transaction():
        cursor = connection.cursor()
        if differing := sorted(name for name, _ in manifest.baris.items() ^ row_counts(cursor).items()):
            raise RestoreRefusedError(
                f"Isi {differing[0]} tidak seperti pada cadangan; gudang yang lama tidak berubah. Pakai cadangan lain."
            )
        id_jalan = lease.new_run(RESTORE)
        ((taken,),) = cursor.execute(
            "update ops.sewa set epoch = greatest(epoch, %s) + 1, id_jalan = %s, detak = clock_timestamp() "
            "returning epoch",
            (epoch, id_jalan),
        ).fetchall()
        write_event(cursor, RESTORE, id_jalan, {"dibuat_pada": manifest.dibuat_pada.isoformat()})
    return id_jalan, int(taken)


def _swap(admin: psycopg.Connection, database: str, fresh: str) -> None:
    """Give the new database the name of the old one, both in one transaction, and drop the old one."""
    old = sql.Identifier(put_away(fresh))
    deadline = time.monotonic() + PATIENCE
    while True:
        end_sessions(admin, [database, fresh])
        try:
            with admin.transaction():  # sessions that come meanwhile wait for it, and then find the new one
                admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(database), old))
                admin.execute(
                    sql.SQL("alter database {} rename to {}").format(sql.Identifier(fresh), sql.Identifier(database))
                )
            break
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise RestoreRefusedError(
                    "Gudang yang lama masih dipakai sambungan lain, dan tidak berubah. Hentikan alat BI, lalu ulangi."
                ) from None
    admin.execute(sql.SQL("drop database {}").format(old))


def _install(source: Path, target: Path) -> Path | None:
    """Put a key in its place; returns where the one before is now."""
    aside = None
    if target.exists():  # at no moment is there no key: without one a refresh would make another
        aside = target.with_name(f"{target.name}.{datetime.now(TIMEZONE):%Y-%m-%d_%H%M%S}")
        aside.hardlink_to(target)
    replace(target, source.read_bytes())
    return aside


def _differing(settings: Settings, folder: Path) -> list[str]:
    """Deliveries of the backup's list that the landing of now holds no more, or otherwise."""
    listed = [Found.model_validate(each) for each in json.loads((folder / LANDING).read_text("utf-8"))["kiriman"]]
    try:
        here = {each.folder: each.sidik for each in discover(settings)[0]}
    except (LandingMissingError, OSError):
        here = {}
    return [each.folder for each in listed if here.get(each.folder) != each.sidik]
