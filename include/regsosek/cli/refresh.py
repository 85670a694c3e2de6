"""``regsosek refresh``: the refresh of the DAG in this process, with progress on the screen."""

from __future__ import annotations

import logging

import typer
from rich.console import Console
from rich.logging import RichHandler

from regsosek.refresh import refresh
from regsosek.settings import Settings
from regsosek.warehouse.lease import new_run

STEPS = {
    "start": "Memulai",
    "discover": "Mencari kiriman",
    "load": "Memuat",
    "normalise": "Menormalkan",
    "validate": "Gerbang 1",
    "choose": "Memilih kiriman tiap desa",
    "aggregate": "Menghitung indikator",
    "build_candidate": "Menyusun kandidat",
    "validate_candidate": "Gerbang 2",
    "publish": "Menerbitkan",
    "summarise": "Meringkas",
}


def refresh_here(settings: Settings, *, only: list[str] | None, force: bool, dry_run: bool) -> None:
    """Refresh once; what is refused does not keep the rest from being published, and ends the command with code 1."""
    console = Console(stderr=True)
    log = RichHandler(console=console, show_path=False, show_level=False, markup=False, highlighter=None)
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[log])
    logging.getLogger("regsosek.transform").setLevel(logging.WARNING)  # a line for every model and test
    with console.status("Memulai") as shown:
        report = refresh(
            settings,
            new_run("cli"),
            only=only,
            force=force,
            dry_run=dry_run,
            tell=lambda step: shown.update(STEPS[step]),
        )
    if report["rilis"] is None:
        typer.echo("Tidak ada yang diterbitkan." if dry_run else "Tidak ada yang baru untuk diterbitkan.")
    for name, value in report.items():
        typer.echo(f"{name.replace('_', ' ')}: {'–' if value is None else value}")
