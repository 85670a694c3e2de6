"""Deliveries in the landing: which folders hold one, and the checksum of each.

The landing may be any path fsspec understands. Nothing of it is written to, and nothing needs the warehouse.
"""

from __future__ import annotations

import errno
import hashlib
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, cast

import fsspec
from fsspec import AbstractFileSystem
from pydantic import BaseModel, ConfigDict

from regsosek.codebook import TABLES, Table
from regsosek.landing.refusal import File
from regsosek.settings import Settings

CHUNK = 1 << 20
"""Bytes read at a time."""

FILE_NAMES: dict[str, Table] = {f"{table}.{suffix}": table for table in TABLES for suffix in ("csv", "xlsx")}
DECLARATIONS = ("kiriman.yml", "kiriman.yaml")
TEMPORARY_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")
TEMPORARY_STARTS = ("~$", "~lock", ".~lock")
BY_THE_WAY = frozenset({"thumbs.db", "desktop.ini"})
"""Files that looking into a folder leaves behind: no part of a delivery."""
MAX_FOLDER = 1000
"""Bytes of a folder's path; PostgreSQL indexes no more than 2,700."""
CONTROLS = ("Cc", "Cs", "Zl", "Zp")
"""Unicode categories no name is taken with: control characters, bytes that are no UTF-8, line ends."""
CLOSED = frozenset((errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP, errno.EISDIR, errno.ENOTDIR))
"""What the system says of one file or folder that cannot be read; anything else is trouble of the landing itself."""


class FoundFile(BaseModel):
    """A file of a delivery: its name there, its part in it (None: no part), size in bytes and sha256."""

    model_config = ConfigDict(frozen=True)

    nama: str
    bagian: File | None
    ukuran_bita: int
    sha256: str


class Found(BaseModel):
    """A complete delivery, small and plain enough to be handed from task to task.

    ``folder`` is relative to the landing (``.`` is the landing itself), ``url`` is for people and carries no
    password, ``sidik`` is the checksum of the whole folder: names and contents.
    """

    model_config = ConfigDict(frozen=True)

    folder: str
    url: str
    sidik: str
    files: tuple[FoundFile, ...]

    def file(self, bagian: File) -> FoundFile | None:
        """The file with that part, None if the delivery has none."""
        return next((file for file in self.files if file.bagian == bagian), None)


class Waiting(BaseModel):
    """A folder that is left alone for now, and why, in Bahasa Indonesia."""

    model_config = ConfigDict(frozen=True)

    folder: str
    reason: str


class LandingMissingError(FileNotFoundError):
    """There is no such landing; the message says which."""


def open_landing(root: object) -> tuple[AbstractFileSystem, str]:
    """The file system of a landing and its path there.

    ``root`` is a URL or path, or any path object that carries its own file system (an Airflow object storage path
    with a connection does).
    """
    if isinstance(fs := getattr(root, "fs", None), AbstractFileSystem):
        # .path of such an object is the path as that file system wants it.
        return fs, str(cast(Any, root).path).rstrip("/") or "/"
    fs, path = fsspec.url_to_fs(str(root))
    return fs, str(path).rstrip("/") or "/"


def discover(settings: Settings, root: object | None = None) -> tuple[list[Found], list[Waiting]]:
    """Every delivery below the landing, in order of folder name, and the folders not picked up yet.

    A folder is left alone while one of its files is younger than ``settings.settle_seconds``, has the name of a file
    still being written, cannot be read, is no file of the landing (a link that leads out of it, a pipe), or is the
    only one of the two. Hidden files and folders are not looked at; links to folders are not followed.

    Raises:
        LandingMissingError: the landing does not exist.
    """
    fs, base = open_landing(settings.landing if root is None else root)
    fs.invalidate_cache()
    if not fs.isdir(base):
        raise LandingMissingError(
            f"Landing {fs.unstrip_protocol(base)} tidak ada. Buat foldernya atau ubah LANDING_URL."
        )
    folders, closed = _folders(fs, base)
    found: list[Found] = []
    for folder, files in sorted(folders.items()):
        reason = _unready(base, folder, files, settings.settle_seconds)
        if reason is None:
            taken = _taken(fs, base, folder, files)
            found.extend([taken] if isinstance(taken, Found) else [])
            reason = taken if isinstance(taken, str) else None
        if reason:
            closed[folder] = reason
    return found, [Waiting(folder=_shown(folder), reason=reason) for folder, reason in sorted(closed.items())]


def _folders(fs: AbstractFileSystem, base: str) -> tuple[dict[str, dict[str, dict[str, Any]]], dict[str, str]]:
    """(folder -> file name -> what the file system knows about it, folder -> why nothing is known of it).

    Hidden ones are left out, lock files kept. Not recursive: folders may lie deeper than Python calls itself.
    """
    folders: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    closed: dict[str, str] = {}
    waiting = [base]
    while waiting:
        path = waiting.pop()
        folder = str(PurePosixPath(path).relative_to(base))
        try:
            entries = fs.ls(path, detail=True)
        except FileNotFoundError:
            continue  # removed since it was seen
        except OSError as error:
            closed[folder] = _closed(error, "folder")
            continue
        for info in entries:
            name = PurePosixPath(info["name"]).name
            if info["name"].rstrip("/") == path or (name.startswith(".") and not _temporary(name)):
                continue  # object stores list a folder in itself
            if info.get("islink") and os.path.isdir(info["name"]):  # noqa: PTH112 - a path as fsspec writes it
                closed[str(PurePosixPath(folder) / name)] = (
                    "tautan ke folder tidak diikuti; pindahkan foldernya ke sini"
                )
            elif info["type"] == "directory":
                if not name.startswith("."):
                    waiting.append(info["name"].rstrip("/"))
            elif name.lower() not in BY_THE_WAY:
                folders[folder][name] = info
    return folders, closed


def _closed(error: OSError, what: str) -> str:
    """Why a file or folder cannot be read, for people; raises what is no fault of that one."""
    if error.errno not in CLOSED:
        raise error
    return f"{what} tidak dapat dibuka ({error.strerror}); beri hak baca kepada pengguna yang menjalankan penyegaran"


def _shown(name: str) -> str:
    """A name as it may be printed: without what would move a cursor, break a line or be no text at all."""
    return "".join(ascii(each)[1:-1] if unicodedata.category(each) in CONTROLS else each for each in name)


def _temporary(name: str) -> bool:
    low = name.lower()
    return low.startswith(TEMPORARY_STARTS) or low.endswith(TEMPORARY_ENDINGS)


def _unready(base: str, folder: str, files: dict[str, dict[str, Any]], settle_seconds: int) -> str | None:
    """Why the folder is not picked up: None if it is ready, empty if it holds no delivery at all."""
    reason = _incomplete([name.lower() for name in files])
    if reason is None:
        reason = _unfit(base, folder, files) or _unsettled(min(map(_age, files.values())), settle_seconds)
    return reason


def _incomplete(names: list[str]) -> str | None:
    """Why files of these names are no delivery, or not yet one; empty if they are none at all, None if they are one."""
    parts: dict[str, list[str]] = {table: [name for name in names if FILE_NAMES.get(name) == table] for table in TABLES}
    if not any(parts.values()):
        return ""
    if any(map(_temporary, names)):
        return "masih ada berkas sementara: folder masih ditulis atau berkasnya sedang dibuka"
    parts["kiriman.yml"] = [name for name in names if name in DECLARATIONS]
    for part, there in parts.items():
        if not there and part in TABLES:
            return f"{part}.csv atau {part}.xlsx belum ada"
        if len(there) > 1:
            return f"{part} ada lebih dari satu; sisakan satu berkas saja"
    return None


def _unfit(base: str, folder: str, files: dict[str, dict[str, Any]]) -> str | None:
    """Why a complete delivery cannot be taken as it lies there; None if it can."""
    if any(name != _shown(name) for name in (folder, *files)):
        return "nama folder atau berkasnya memuat karakter kendali atau bukan UTF-8; ganti namanya"
    if len(folder.encode()) > MAX_FOLDER:
        return f"nama foldernya lebih panjang dari {MAX_FOLDER} bita; pindahkan ke tempat yang lebih dangkal"
    for name, info in files.items():
        if not _is_file_of(base, info):
            return (
                f"{name} bukan berkas biasa di landing ini (tautan ke tempat lain, pipa, atau perangkat); salin isinya"
            )
    return None


def _is_file_of(base: str, info: dict[str, Any]) -> bool:
    """Whether it is a plain file; a link has to lead to one within the landing."""
    if not info.get("islink"):
        return bool(info["type"] == "file")
    target = Path(os.path.realpath(info["name"]))
    return target.is_file() and target.is_relative_to(os.path.realpath(base))


def _unsettled(age: float, settle_seconds: int) -> str | None:
    """Why a folder whose newest file has that age in seconds is not picked up; None if it is."""
    if age < -settle_seconds:
        return "tanggal berkas berada di masa depan; perbaiki jam komputer asal, lalu salin ulang berkasnya"
    if age < settle_seconds:
        return f"baru saja berubah; diambil setelah {settle_seconds} detik tanpa perubahan"
    return None


def _age(info: dict[str, Any]) -> float:
    """Seconds since the file was last written."""
    return (datetime.now(UTC) - _modified(info)).total_seconds()


def _modified(info: dict[str, Any]) -> datetime:
    """When the file was last written; file systems tell it under names of their own."""
    for key in ("mtime", "LastModified", "last_modified", "updated", "created"):
        value = info.get(key)
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return datetime.fromtimestamp(0, UTC)


def _taken(fs: AbstractFileSystem, base: str, folder: str, files: dict[str, dict[str, Any]]) -> Found | str:
    """The delivery in that folder, or why one of its files cannot be read."""
    try:
        return fingerprint(fs, base, folder, files)
    except FileNotFoundError:
        return "baru saja berubah; diambil pada penyegaran berikutnya"
    except OSError as error:
        return _closed(error, PurePosixPath(str(error.filename or folder)).name)


def fingerprint(fs: AbstractFileSystem, base: str, folder: str, files: dict[str, dict[str, Any]]) -> Found:
    """The delivery in a folder of the landing ``base``; ``files``: name → what the file system knows about it."""
    seen = [_file(fs, info["name"], name) for name, info in sorted(files.items())]
    whole = hashlib.sha256("".join(f"{file.nama}\0{file.sha256}\n" for file in seen).encode())
    path = base if folder == "." else f"{base.rstrip('/')}/{folder}"
    return Found(folder=folder, url=fs.unstrip_protocol(path), sidik=whole.hexdigest(), files=tuple(seen))


def _file(fs: AbstractFileSystem, path: str, name: str) -> FoundFile:
    digest, size = hashlib.sha256(), 0
    with fs.open(path, "rb") as file:
        for chunk in chunks(file):
            digest.update(chunk)
            size += len(chunk)
    return FoundFile(nama=name, bagian=_part(name), ukuran_bita=size, sha256=digest.hexdigest())


def _part(name: str) -> File | None:
    low = name.lower()
    return "kiriman" if low in DECLARATIONS else FILE_NAMES.get(low)


def chunks(file: Any) -> Iterator[bytes]:
    """The bytes of an open file, a bounded piece at a time."""
    while chunk := file.read(CHUNK):
        yield chunk
