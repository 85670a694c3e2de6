"""Where the data of one person is: tables, workbooks, files of the landing, backups."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from regsosek.codebook import load_codebook
from regsosek.correction.base import CorrectionRefused
from regsosek.correction.deliver import local_landing
from regsosek.normalise.cells import identity_number
from regsosek.normalise.source import Group, groups
from regsosek.retention.deliveries import by_family_or_person
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

CHUNK = 1 << 20


@dataclass(frozen=True)
class Record:
    """A record of the person: delivery, its state, records of person and family, village."""

    id_kiriman: int
    keadaan: str
    baris: int
    baris_keluarga: int | None
    kode_desa: str | None


@dataclass(frozen=True)
class Place:
    """One place: its kind, where, and what is there."""

    jenis: str
    lokasi: str
    rincian: str


def find(settings: Settings, nik: str) -> tuple[list[Place], Searched]:
    """Every place that holds, or may hold, data of the person with that NIK, and how far the landing was searched."""
    with transaction(settings) as cursor:
        records = find_records(cursor, nik)
        places = [place for record in records for place in _tables(cursor, record)]
        places += _derived(cursor, records)
        places += _workbooks(cursor, records)
    searched = search_landing(settings, nik)
    places += [Place("landing", str(path), "berkas kiriman; milik pengirim") for path in searched.berkas]
    places += [Place("cadangan", str(path), "mungkin memuat: isi cadangan tidak dibaca") for path in backups(settings)]
    return places, searched


def find_records(cursor: psycopg.Cursor, nik: str) -> list[Record]:
    """Records of that person in the raw tables of all deliveries that are kept."""
    ids = [
        id_kiriman
        for (id_kiriman,) in cursor.execute("select distinct id_kiriman from ops.berkas order by 1").fetchall()
    ]
    found: list[Record] = []
    for group in groups(cursor, load_codebook(), ids):
        found += _in_group(cursor, group, nik)
    return sorted(found, key=lambda record: (record.id_kiriman, record.baris))


def _in_group(cursor: psycopg.Cursor, group: Group, nik: str) -> Iterator[Record]:
    if not group.has("k_art", "r403"):
        return
    query = f"""
        select s.id_kiriman, k.keadaan, s.baris, a.baris_keluarga, coalesce(f.kode_desa, a.kode_desa)
        from (select id_kiriman, baris, {identity_number("r403")} as nomor from {group.relation("k_art")} as r) as s
        join ops.kiriman as k using (id_kiriman)
        left join registri.anggota as a on a.id_kiriman = s.id_kiriman and a.baris = s.baris
        left join registri.keluarga as f on f.id_kiriman = s.id_kiriman and f.baris = a.baris_keluarga
        where s.nomor = %(nik)s
    """
    for row in cursor.execute(query.encode(), {"nik": nik}).fetchall():
        yield Record(*row)


def _tables(cursor: psycopg.Cursor, record: Record) -> Iterator[Place]:
    what = f"kiriman {record.id_kiriman} ({record.keadaan}), desa {record.kode_desa or 'tidak dikenal'}"
    for berkas, tabel in cursor.execute(
        "select berkas, tabel from ops.berkas where id_kiriman = %s order by 1", (record.id_kiriman,)
    ).fetchall():
        baris = record.baris if berkas == "k_art" else record.baris_keluarga
        if baris is not None:
            yield Place("raw", f"raw.{tabel}", f"{what}, record {baris}: identitas dan jawaban")
    if record.kode_desa is not None:
        yield Place("registri", "registri.anggota", f"{what}, record {record.baris}: jawaban, dengan samaran")
        yield Place("registri", "registri.keluarga", f"{what}, record {record.baris_keluarga}: jawaban keluarga")


def _derived(cursor: psycopg.Cursor, records: list[Record]) -> Iterator[Place]:
    ids = [record.id_kiriman for record in records]
    for table in by_family_or_person(cursor):
        query = sql.SQL("select distinct id_kiriman from {} where id_kiriman = any(%s) order by 1").format(table)
        for (id_kiriman,) in cursor.execute(query, (ids,)).fetchall():
            name = table.as_string().replace('"', "")
            yield Place(name.split(".")[0], name, f"kiriman {id_kiriman}: hitungan menurut keluarga atau anggota")


def _workbooks(cursor: psycopg.Cursor, records: list[Record]) -> list[Place]:
    return [
        Place("buku perbaikan", str(path), "nama, nomor identitas, dan isian yang salah")
        for path in workbooks(cursor, records)
    ]


def workbooks(cursor: psycopg.Cursor, records: list[Record]) -> list[Path]:
    """Workbooks of corrections, still there, that name the person or the family."""
    found: dict[Path, None] = {}
    for record in records:
        rows = cursor.execute(
            """
            select distinct b.nama_berkas from ops.perbaikan_buku as b
            join ops.perbaikan_isian as s using (id_buku)
            join ops.kiriman as k using (id_kiriman)
            join ops.kiriman as e on e.id_kiriman = %(kiriman)s
            where b.nama_berkas is not null
                and coalesce(k.id_asal, k.id_kiriman) = coalesce(e.id_asal, e.id_kiriman)
                and (
                    (s.berkas = 'k_art' and s.baris = %(baris)s)
                    or (s.berkas = 'k_rt' and s.baris = %(keluarga)s)
                    -- A line about anybody of the family names its head.
                    or (s.berkas = 'k_art' and s.baris in (
                        select a.baris from registri.anggota as a
                        where a.id_kiriman = %(kiriman)s and a.baris_keluarga = %(keluarga)s
                    ))
                )
            """,
            {"kiriman": record.id_kiriman, "baris": record.baris, "keluarga": record.baris_keluarga},
        ).fetchall()
        found |= {Path(name): None for (name,) in rows if Path(name).exists()}
    return list(found)


@dataclass(frozen=True)
class Searched:
    """A look through the landing: files with the NIK, files nobody can read, and whether it could be looked into."""

    berkas: list[Path]
    tak_terbaca: list[Path]
    dicari: bool


def search_landing(settings: Settings, nik: str) -> Searched:
    """Look for these digits in the files of the landing, packed (XLSX) or not, if it is a folder of this machine."""
    try:
        landing = local_landing(settings)
    except CorrectionRefused:
        return Searched([], [], dicari=False)
    found = {path: _holds(path, nik.encode("ascii")) for path in sorted(landing.rglob("*")) if path.is_file()}
    return Searched(
        [path for path, holds in found.items() if holds], [path for path, holds in found.items() if holds is None],
        dicari=True,
    )  # fmt: skip


def backups(settings: Settings) -> list[Path]:
    """Backups in their folder; nobody looks into them."""
    return sorted(settings.backups.iterdir()) if settings.backups.is_dir() else []


def _holds(path: Path, needle: bytes) -> bool | None:
    """Whether the file holds that; None where it cannot be read to its end."""
    try:
        with path.open("rb") as file:
            if holds_in_stream(file, needle):
                return True
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(holds_in_stream(archive.open(name), needle) for name in archive.namelist())
    except Exception:  # a broken archive raises whatever its broken bytes lead to
        return None


def holds_in_stream(stream: IO[bytes], needle: bytes) -> bool:
    """Whether these bytes are in the stream, however they are divided over reads."""
    tail = b""
    while chunk := stream.read(CHUNK):
        seen = tail + chunk
        if needle in seen:
            return True
        tail = seen[-len(needle) :]  # of a packed file a read may be shorter than what is looked for
    return False
