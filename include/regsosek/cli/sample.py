"""``regsosek sample``: synthetic deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import cast

import typer
from rich.console import Console

from regsosek.codebook import Version
from regsosek.sample import generate, pilot_villages
from regsosek.sample.generate import CUT_OFF, Faults, Per, faults_folder


class SampleRefusedError(RuntimeError):
    """The sample cannot be made as asked."""


def write_sample(  # noqa: PLR0913 - the options of one command
    folder: Path,
    *,
    keluarga: int,
    desa: Sequence[str] | None,
    seed: int,
    faults: str,
    versi: str,
    cut_off: date | None,
    per: str,
) -> None:
    """Write deliveries into the landing ``folder`` (``desa`` empty: every village; None: the pilots' kecamatan).

    Raises:
        SampleRefusedError: there is such a delivery already, or villages and families do not suffice.
    """
    villages = pilot_villages() if desa is None else (list(desa) or None)
    try:
        with Console(stderr=True).status(f"{keluarga} keluarga sintetis"):
            made = generate(
                folder,
                keluarga=keluarga,
                desa=villages,
                seed=seed,
                faults=cast(Faults, faults),
                versi=cast(Version, versi),
                cut_off=cut_off or CUT_OFF,
                per=cast(Per, per),
            )
    except FileExistsError as error:
        raise SampleRefusedError(f"Sudah ada: {error.filename or folder}. Pilih folder lain atau hapus dulu.") from None
    except ValueError as error:
        raise SampleRefusedError(str(error)) from None
    rows = made.rows
    typer.echo(
        f"{len(made.folders)} kiriman sintetis di {folder}: {rows['k_rt']} keluarga, {rows['k_art']} anggota. "
        f"Kesalahan yang ditanam tercatat di {faults_folder(folder)}."
    )
