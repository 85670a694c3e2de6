"""Deliveries in the landing: which folders hold one, and the checksum of each.

The landing may be any path fsspec understands. Nothing of it is written to, and nothing needs the warehouse.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
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
    still being written, or is the only one of the two. Hidden files and folders are not looked at.

    Raises:
        LandingMissingError: the landing does not exist.
    """
    fs, base = open_landing(settings.landing if root is None else root)
    fs.invalidate_cache()
    if not fs.isdir(base):
        raise LandingMissingError(
            f"Landing {fs.unstrip_protocol(base)} tidak ada. Buat foldernya atau ubah LANDING_URL."
        )
    found: list[Found] = []
    waiting: list[Waiting] = []
    for folder, files in sorted(_folders(fs, base).items()):
        reason = _unready(files, settings.settle_seconds)
        if reason is None:
            found.append(fingerprint(fs, base, folder, files))
        elif reason:
            waiting.append(Waiting(folder=folder, reason=reason))
    return found, waiting


def _folders(fs: AbstractFileSystem, base: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Folder -> file name -> what the file system knows about it; hidden ones left out, lock files kept."""
    folders: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for path, info in fs.find(base, detail=True).items():
        relative = PurePosixPath(path.replace("\\", "/")).relative_to(base)
        hidden = [part for part in relative.parts if part.startswith(".")]
        if (not hidden or (hidden == [relative.name] and _temporary(relative.name))) and (
            relative.name.lower() not in BY_THE_WAY
        ):
            folders[str(relative.parent)][relative.name] = info
    return folders


def _temporary(name: str) -> bool:
    low = name.lower()
    return low.startswith(TEMPORARY_STARTS) or low.endswith(TEMPORARY_ENDINGS)


def _unready(files: dict[str, dict[str, Any]], settle_seconds: int) -> str | None:
    """Why the folder is not picked up: None if it is ready, empty if it holds no delivery at all."""
    names = [name.lower() for name in files]
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
    return _unsettled(min(map(_age, files.values())), settle_seconds)


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
