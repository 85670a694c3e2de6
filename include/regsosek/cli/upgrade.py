"""``regsosek upgrade``."""

from __future__ import annotations

import typer

import regsosek
from regsosek.local.installation import Installation
from regsosek.local.upgrade import upgrade
from regsosek.settings import Settings
from regsosek.transform import definition_version
from regsosek.warehouse.connection import transaction


def upgrade_here(settings: Settings) -> None:
    """Upgrade, and say what changed and what the next refresh will do."""
    prepared = upgrade(Installation(settings))
    typer.echo(f"Gudang sesuai dengan program versi {regsosek.__version__}.")
    if prepared.migrasi:
        typer.echo(f"Skema: {', '.join(prepared.migrasi)}.")
    if prepared.kolom:
        typer.echo(f"Kolom baru, kosong pada data lama: {', '.join(prepared.kolom)}.")
    if prepared.acuan:
        typer.echo("Tabel acuan dimuat ulang.")
    with transaction(settings) as cursor:
        published = cursor.execute("select versi_definisi from ops.rilis join ops.rilis_terbit using (id_rilis)")
        version = published.fetchone()
    if version is not None and version[0] != definition_version():
        typer.echo("Definisi indikator berubah: penyegaran berikutnya menghitung ulang dan menerbitkan rilis baru.")
