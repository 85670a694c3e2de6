"""``regsosek ekspor``: the published marts as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from regsosek.cli.screen import bar, screen
from regsosek.release.export import ExportRefusedError, export_marts, export_metadata
from regsosek.settings import Settings
from regsosek.warehouse.connection import connect


def write_marts(settings: Settings, folder: Path, marts: Sequence[str], formats: set[str]) -> None:
    """Write the marts to the folder, and where all are meant their metadata too, and say where.

    Raises:
        ExportRefusedError: nothing is published, no such mart, or the folder cannot be written to.
    """
    with connect(settings) as connection, bar("Ekspor") as tell:
        try:
            written = export_marts(connection, folder, marts, formats, tell=tell)
            if not marts:
                written += export_metadata(folder, formats)
        except OSError as error:
            raise ExportRefusedError(f"{folder} tidak dapat ditulis ({error.strerror}). Pilih tempat lain.") from None
    screen().print(f"{len(written)} berkas ditulis ke {folder}", soft_wrap=True, highlight=False)
