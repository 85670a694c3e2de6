"""``regsosek bersihkan``."""

from __future__ import annotations

import typer

from regsosek.retention import clean
from regsosek.settings import Settings


def clean_up(settings: Settings, *, dry_run: bool) -> None:
    """Clean and say what went, or would go."""
    done = clean(settings, dry_run=dry_run)
    said = "Akan dibersihkan" if dry_run else "Dibersihkan"
    ids = ", ".join(map(str, done.kiriman)) or "tidak ada"
    typer.echo(f"{said}: isi kiriman {ids}.")
    typer.echo(
        f"{said}: {done.log} log, {done.halaman_gerbang} halaman gerbang, {done.buku_perbaikan} buku perbaikan, "
        f"{done.sisa_landing} sisa tulisan di landing ({done.bita / 1e6:.1f} MB)."
    )
    if done.kiriman:
        typer.echo("Berkas aslinya di landing dan di cadangan tidak disentuh: hapus menurut jadwal penyimpanannya.")
