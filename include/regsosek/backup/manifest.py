"""What a backup says of itself, and whether it is whole."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from regsosek.backup.roles import Role
from regsosek.warehouse.schema import migrations

MANIFEST, DUMP, LANDING, KEYS = "manifes.json", "gudang.dump", "landing.json", "kunci"
"""Names within a backup: its description, the warehouse, the list of files of the landing, the folder of keys."""


class BackupRefusedError(RuntimeError):
    """The folder is no backup, or a broken one, or one that this program cannot restore; the message says which."""


class Checksum(BaseModel):
    """Size in bytes and sha256 of a file."""

    model_config = ConfigDict(frozen=True)

    ukuran_bita: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Checksum:
        """Those of that file."""
        with path.open("rb") as file:
            return cls(ukuran_bita=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


class Manifest(BaseModel):
    """What a backup holds.

    Attributes:
        versi_program, migrasi: the program that made it, and the migrations of its warehouse.
        postgres: ``server_version_num`` of its server.
        basis_data, pemilik: names of the database and its owner.
        rilis: the release that ``marts`` showed.
        baris: rows of every table, ``schema.table``.
        peran, hak: roles that the warehouse names, and (role, privilege) on the database itself.
        berkas, kunci: checksums of the files of the data, and of the keys, which may be kept elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    jenis: Literal["cadangan regsosek"] = "cadangan regsosek"
    bentuk: Literal[1] = 1
    dibuat_pada: datetime
    versi_program: str
    migrasi: list[str]
    postgres: int
    basis_data: str
    pemilik: str
    rilis: int | None
    baris: dict[str, int]
    peran: list[Role]
    hak: list[tuple[str, str]]
    berkas: dict[str, Checksum]
    kunci: dict[str, Checksum]


def read_backup(folder: Path, keys: Path | None = None) -> Manifest:
    """The manifest of a backup whose files are all as they were written; those of the keys only if they are there.

    Raises:
        BackupRefusedError: it is none, or files are missing or changed, or a newer program made it.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise BackupRefusedError(
            f"{folder} bukan cadangan Regsosek yang utuh: {MANIFEST} tidak ada atau tidak terbaca "
            f"({type(error).__name__}). Pilih folder yang dibuat oleh `regsosek backup`."
        ) from None
    known = [name for name, _ in migrations()]
    if unknown := [name for name in manifest.migrasi if name not in known]:
        raise BackupRefusedError(
            f"Cadangan ini dibuat oleh program versi {manifest.versi_program}, yang lebih baru daripada yang ini "
            f"(skema {unknown[-1]} tidak dikenal). Perbarui program dahulu."
        )
    _check(folder, manifest.berkas)
    if (keys := keys or folder / KEYS).is_dir():
        _check(keys, manifest.kunci)
    return manifest


def _check(folder: Path, expected: dict[str, Checksum]) -> None:
    for name, checksum in expected.items():
        path = folder / name
        if not path.is_file():
            raise BackupRefusedError(f"Cadangan rusak: {path} tidak ada.")
        if Checksum.of(path) != checksum:
            raise BackupRefusedError(f"Cadangan rusak: isi {path} bukan lagi yang dicadangkan. Pakai cadangan lain.")
