"""``regsosek perbaikan``: the faults of a village as a workbook, its answers as a delivery, and what became of them."""

from __future__ import annotations

import getpass
from pathlib import Path

import typer
from rich.table import Table

from regsosek.cli.screen import screen
from regsosek.correction import export_workbook, import_workbook
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

TRACE = """
    select id_buku, kode_desa, id_kiriman, oleh, count(distinct (id_impor, nomor)) as jawaban, folder, id_kiriman_baru,
        keadaan_baru, count(distinct (aturan, berkas, baris)) filter (where hilang) as hilang,
        count(distinct (aturan, berkas, baris)) filter (where not hilang) as tetap
    from ops.perbaikan_jejak
    where %(desa)s::text is null or kode_desa = %(desa)s
    group by id_impor, id_buku, kode_desa, id_kiriman, oleh, folder, id_kiriman_baru, keadaan_baru
    order by id_impor desc
"""
HEADINGS = ("Buku", "Desa", "Kiriman", "Oleh", "Jawaban", "Folder", "Menjadi", "Keadaan", "Hilang", "Tetap")


def export(settings: Settings, desa: str, *, path: Path | None, purpose: str, delivery: int | None) -> None:
    """Write the workbook and say where it is and what to do with it."""
    done = export_workbook(settings, desa, by=getpass.getuser(), purpose=purpose, path=path, id_kiriman=delivery)
    typer.echo(f"Buku {done.id_buku}: {done.isian} isian untuk diperbaiki, ditulis ke {done.path}")
    if done.lainnya:
        typer.echo(f"{done.lainnya} temuan lain hanya dapat diperbaiki pada berkas aslinya (lembar Lainnya).")
    typer.echo("Buku ini memuat nama dan nomor identitas: hanya untuk petugas yang memperbaiki.")
    typer.echo("Isi kolom Nilai baru, lalu `regsosek perbaikan impor BERKAS`.")


def bring_in(settings: Settings, path: Path) -> None:
    """Import the workbook and say what happens next."""
    done = import_workbook(settings, path, by=getpass.getuser())
    typer.echo(f"{done.jawaban} isian desa {done.kode_desa} menjadi kiriman {done.folder} di landing.")
    typer.echo(
        f"Penyegaran berikutnya memuatnya (paling cepat {settings.settle_seconds} detik lagi: `regsosek refresh`, "
        "atau pukul 01.00). Sesudahnya `regsosek perbaikan jejak` menyebut temuan yang hilang. Hapus buku yang diimpor."
    )


def show_trace(settings: Settings, desa: str | None) -> None:
    """What became of the imported answers, the last import first."""
    with transaction(settings) as cursor:
        rows = cursor.execute(TRACE.encode(), {"desa": desa}).fetchall()
    if not rows:
        typer.echo("Belum ada perbaikan yang diimpor.")
        return
    table = Table(*HEADINGS, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row))
    screen().print(table, markup=False)
