"""``regsosek refresh``: the steps of the DAG, one after the other, in this process."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.logging import RichHandler

from regsosek import refresh as steps
from regsosek.gates.failure import GateFailed
from regsosek.refresh import Run
from regsosek.settings import TIMEZONE, Settings


def refresh_here(settings: Settings, *, only: list[str] | None, force: bool, dry_run: bool) -> None:
    """Refresh once; what is refused does not keep the rest from being published, and ends the command with code 1."""
    console = Console(stderr=True)
    logging.basicConfig(
        level=logging.INFO, format="%(message)s", handlers=[RichHandler(console=console, show_path=False, markup=False)]
    )
    id_jalan = f"cli__{datetime.now(TIMEZONE).isoformat(timespec='seconds')}"
    run = steps.start(settings, id_jalan, dry_run=dry_run)
    try:
        _go(settings, run, console, only=only, force=force)
        report = steps.summarise(settings, run)
    finally:
        steps.finish(settings, run)
    for name, value in report.items():
        typer.echo(f"{name.replace('_', ' ')}: {'–' if value is None else value}")


def _go(settings: Settings, run: Run, console: Console, *, only: list[str] | None, force: bool) -> None:
    with console.status("Mencari kiriman"):
        batches = steps.discover(settings, run, only=only, force=force)
    for number, batch in enumerate(batches, start=1):
        _load_and_judge(settings, run, console, batch, f"kelompok {number} dari {len(batches)}")
    with console.status("Memilih kiriman tiap desa"):
        manifest = steps.choose(settings, run)
    if not manifest["perlu_terbit"]:
        typer.echo("Tidak ada yang baru untuk diterbitkan.")
        return
    with console.status("Menghitung indikator"):
        steps.aggregate(settings, run)
    with console.status("Menyusun kandidat"):
        steps.build_candidate(settings, run)
    with console.status("Gerbang 2"):
        steps.validate_candidate(settings, run)
    with console.status("Menerbitkan"):
        steps.publish(settings, run)


def _load_and_judge(settings: Settings, run: Run, console: Console, batch: list[dict[str, Any]], label: str) -> None:
    """Load, normalise and judge one batch; what gate 1 refuses is told again at the end."""
    with console.status(f"Memuat {label}"):
        ids = steps.load(settings, run, batch)
    with console.status(f"Menormalkan {label}"):
        steps.normalise(settings, run, ids)
    with console.status(f"Gerbang 1, {label}"):
        try:
            steps.validate(settings, run, ids)
        except GateFailed as failed:
            for line in failed.lines:
                logging.getLogger(__name__).error("%s", line)
