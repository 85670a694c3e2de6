"""Lists of families, asked for and taken as whoever logs in; ``lists.sql`` says how the database keeps record of it."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from regsosek.private_file import open_private
from regsosek.settings import TIMEZONE
from regsosek.spreadsheet import PRIVATE_OPTIONS, add_sheet, write_cells

SLS_FIGURES = "indikator_sls"

LISTS = {
    "desil_1_2_tanpa_bantuan": "Keluarga desil 1 dan 2 tanpa BPNT, PKH, BLT Desa, maupun bantuan pemda",
    "rtlh": "Keluarga dengan rumah tidak layak huni",
    "anak_tidak_sekolah": "Anak 7-18 tahun yang tidak sekolah",
    "lansia_tunggal": "Penduduk 60 tahun ke atas yang tinggal sendiri",
    SLS_FIGURES: "Angka setiap indikator menurut SLS",
}
"""What can be asked for, with its name for people."""

HEADINGS = {
    "kode_sls": ("SLS", 8),
    "kode_sub_sls": ("Sub-SLS", 8),
    "nama_sls": ("RT/RW/dusun", 24),
    "nama_kepala_keluarga": ("Kepala keluarga", 30),
    "alamat": ("Alamat", 40),
    "nama": ("Nama", 30),
    "umur": ("Umur", 7),
    "desil": ("Desil", 7),
    "penduduk": ("Anggota", 9),
    "keterangan": ("Keterangan", 44),
    "baris_keluarga": ("Baris k_rt", 11),
}

REFUSED = "RS"
"""Class of the SQLSTATEs of ``lists.sql``, whose messages are for people and quote no row."""


class ListRefusedError(RuntimeError):
    """The list is not handed out; the message says why."""


@dataclass(frozen=True)
class FamilyList:
    """A list that was handed out.

    Attributes:
        daftar: which one.
        kode_desa: of which village.
        keperluan: what it was asked for.
        pengguna: the login.
        tiket: the record of the request.
        diminta: when.
        columns: names of the columns.
        rows: as many as the record says.
    """

    daftar: str
    kode_desa: str
    keperluan: str
    pengguna: str
    tiket: str
    diminta: datetime
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def ask(url: str, daftar: str, kode_desa: str, keperluan: str) -> FamilyList:
    """Ask for a list and take it, in two transactions of one session.

    Raises:
        ListRefusedError: the login may not see the village, or something of the request is wrong.
    """
    try:
        # Who sits at this machine is part of the record: the login may be an office's.
        with psycopg.connect(url, autocommit=True, application_name=f"regsosek daftar: {getpass.getuser()}") as session:
            with session.transaction():
                asked = session.execute(
                    "select m.tiket::text, session_user::text from restricted.minta(%s, %s, %s) as m",
                    (daftar, kode_desa, keperluan),
                ).fetchone()
            assert asked is not None
            taken = "ambil_sls" if daftar == SLS_FIGURES else "ambil"
            cursor = session.execute(f"select * from restricted.{taken}(%s)".encode(), (asked[0],))
            names = tuple(column.name for column in cursor.description or ())
            rows = cursor.fetchall()
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise ListRefusedError(
                "Server menolak masuk dengan akun ini: kata sandinya lain, atau sambungannya sudah terlalu banyak. "
                "`regsosek setup` menyamakan kata sandi."
            ) from None
        if error.sqlstate.startswith(REFUSED):
            raise ListRefusedError(error.diag.message_primary or "Permintaan ditolak.") from None
        if error.sqlstate == "42501":
            raise ListRefusedError("Akun ini tidak berhak meminta daftar keluarga.") from None
        raise
    return FamilyList(daftar, kode_desa, keperluan, asked[1], asked[0], datetime.now(TIMEZONE), *_filled(names, rows))


def _filled(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The table without columns that this list never fills."""
    kept = [number for number, _ in enumerate(names) if not rows or any(row[number] not in (None, "") for row in rows)]
    return tuple(names[number] for number in kept), [tuple(row[number] for number in kept) for row in rows]


def heading(column: str) -> str:
    """A column's name for people."""
    return HEADINGS[column][0] if column in HEADINGS else column.replace("_", " ")


def write_workbook(found: FamilyList, path: Path) -> None:
    """Write sheets ``Daftar`` and ``Keterangan`` to a file that only its owner reads.

    Raises:
        OSError: it cannot be written there.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it

    with open_private(path) as file, Workbook(file, PRIVATE_OPTIONS) as book:
        widths = [HEADINGS[column][1] if column in HEADINGS else 14 for column in found.columns]
        sheet = add_sheet(book, "Daftar", [heading(column) for column in found.columns], widths)
        for number, row in enumerate(found.rows, start=1):
            write_cells(sheet, number, row)
        sheet = add_sheet(book, "Keterangan", ("Perihal", "Isi"), (24, 100))
        for number, line in enumerate(explanation(found), start=1):
            write_cells(sheet, number, line)


def explanation(found: FamilyList) -> list[tuple[str, str | int]]:
    """What the list is, and what whoever holds it owes the families on it."""
    return [
        ("Daftar", LISTS[found.daftar]),
        ("Desa", found.kode_desa),
        ("Banyaknya", len(found.rows)),
        ("Keperluan", found.keperluan),
        ("Diminta oleh", found.pengguna),
        ("Diminta pada", found.diminta.strftime("%d-%m-%Y %H:%M")),
        ("Tiket", found.tiket),
        (
            "Ingat",
            "Memuat data pribadi: hanya untuk keperluan di atas, hapus setelah selesai. Permintaan ini tercatat.",
        ),
        ("Ingat", "Keadaan saat pendataan; periksa di lapangan sebelum memutuskan sesuatu tentang sebuah keluarga."),
    ]
