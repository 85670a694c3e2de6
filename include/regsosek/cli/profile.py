"""``regsosek profile``: profiles of villages and kecamatan, with a bar while they are made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from regsosek.cli.screen import bar, screen
from regsosek.profile import Copy, Made, Order, Paper, ProfileRefusedError, make_profiles
from regsosek.settings import Settings


def make(
    settings: Settings,
    kode: Sequence[str],
    *,
    semua: bool,
    papers: Sequence[str],
    folder: Path | None,
    publik: bool | None,
    as_json: bool,
) -> None:
    """Make the profiles, and say where they lie and which could not be made.

    Raises:
        ProfileRefusedError: nothing is published, no such area, or the folder cannot be written to.
        typer.Exit: 1, some could not be made.
    """
    copies = tuple(Copy) if publik is None else (Copy.publik if publik else Copy.internal,)
    order = Order(tuple(kode), semua, copies, tuple(map(Paper, papers)), folder)
    with bar("Profil") as tell:
        try:
            made = make_profiles(settings, order, tell=tell)
        except OSError as error:
            where = folder or settings.profiles
            raise ProfileRefusedError(
                f"{where} tidak dapat ditulis ({error.strerror}). Pilih folder lain dengan --folder."
            ) from None
    _print(made, as_json=as_json)
    if made.gagal:
        raise typer.Exit(1)


def _print(made: Made, *, as_json: bool) -> None:
    if as_json:
        told = {
            "folder": str(made.folder),
            "berkas": sorted(path.name for path in made.berkas),
            "menunggu_persetujuan": made.menunggu,
            "gagal": made.gagal,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    console = screen()
    console.print(f"{len(made.berkas)} berkas ditulis ke {made.folder}", soft_wrap=True, highlight=False)
    if made.menunggu:
        console.print(f"{made.menunggu} salinan publik belum memuat angka: belum ada yang disetujui.", highlight=False)
    for stem, reason in sorted(made.gagal.items()):
        console.print(f"[red]{stem}[/]: {reason}", soft_wrap=True, highlight=False)
