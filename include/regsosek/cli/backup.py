"""``regsosek backup`` and ``regsosek restore``."""

from __future__ import annotations

from pathlib import Path

import typer

from regsosek.backup import make_backup, restore_backup
from regsosek.backup.manifest import KEYS
from regsosek.local.installation import Installation
from regsosek.settings import Settings


def back_up(settings: Settings, folder: Path | None) -> None:
    """Make a backup and say where it is and what to do with it."""
    made = make_backup(settings, folder)
    typer.echo(f"Cadangan selesai: {made.folder} ({made.ukuran_bita / 1e6:.1f} MB). Isinya memuat identitas.")
    if made.kunci:
        typer.echo(
            f"Kunci pseudonim ada di {made.folder / KEYS}: pindahkan ke media lain, jangan simpan bersama datanya."
        )
    else:
        typer.echo("Kunci pseudonim belum ada (dibuat pada kiriman pertama), jadi tidak ikut dicadangkan.")
    if not made.landing:
        typer.echo("Landing tidak terbaca: daftar berkasnya kosong pada cadangan ini.")


def restore(settings: Settings, folder: Path, *, timpa: bool, keys: Path | None) -> None:
    """Restore a backup and say what was restored, and what is left to do."""
    installation = Installation(settings)
    with installation.exclusive():
        if not settings.warehouse_url:
            installation.server.start()
        restored = restore_backup(settings, folder, timpa=timpa, keys=keys)
    manifest = restored.manifest
    shown = "tanpa rilis" if manifest.rilis is None else f"rilis {manifest.rilis} tampil"
    typer.echo(f"Gudang dipulihkan seperti pada {manifest.dibuat_pada:%d-%m-%Y %H:%M} ({shown}).")
    for path in restored.kunci_lama:
        typer.echo(f"Kunci yang lama disisihkan ke {path}.")
    if restored.peran_tanpa_sandi:
        typer.echo(f"Buat kata sandi baru untuk: {', '.join(restored.peran_tanpa_sandi)}.")
    if restored.kiriman_berbeda:
        typer.echo(
            f"Di landing tidak ada atau lain isinya: {', '.join(restored.kiriman_berbeda)}. Isinya tetap ada di gudang."
        )
