"""A corrected village as a delivery in the landing: the raw rows of the one before with the answers in their place.

It is loaded, judged and published like any other. It says the same version and cut-off as the delivery it corrects, so
that it wins by being received later, and never ``paksa``: that would also overrule what nobody looked at.
"""

from __future__ import annotations

import csv
import io
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import yaml
from fsspec.implementations.local import LocalFileSystem

from regsosek.codebook import TABLES, Table, load_codebook
from regsosek.correction.base import Answers, Base, CorrectionRefused, village_rows
from regsosek.landing.discover import fingerprint, open_landing
from regsosek.landing.header import resolve_header
from regsosek.normalise.keys import GEOGRAPHY, WIDTHS
from regsosek.private_file import keep
from regsosek.settings import Settings

Rows = list[tuple[int, list[str]]]
"""(record, cells)."""
Numbers = dict[tuple[Table, int], int]
"""(file, record in the delivery before) → record in the new one."""
STAGING = ".perbaikan-"
"""Beginning of the name of a folder that is still being written; hidden, so nobody looks into it."""


@dataclass(frozen=True)
class Staged:
    """A delivery that lies hidden in the landing: nothing sees it until :meth:`show`."""

    hidden: Path
    folder: str
    sidik: str
    numbers: Numbers

    def show(self) -> None:
        """Put it in place, in one go."""
        self.hidden.rename(self.hidden.with_name(self.folder))

    def drop(self) -> None:
        """Forget it."""
        shutil.rmtree(self.hidden, ignore_errors=True)


def stage(
    settings: Settings, cursor: psycopg.Cursor, base: Base, answers: Answers, *, folder: str, note: str
) -> Staged:
    """Write the village's rows with the answers in their place; ``folder`` is the name it will have in the landing.

    Raises:
        CorrectionRefused: the landing is no folder of this machine, or a record would belong to another village.
    """
    landing = local_landing(settings)
    hidden = landing / f"{STAGING}{secrets.token_hex(4)}"
    try:
        hidden.mkdir(mode=0o700)
    except OSError as error:
        raise CorrectionRefused(
            f"Landing {landing} tidak dapat ditulis ({error.strerror}): kiriman perbaikan ditaruh di sana. "
            "Beri hak tulis; pada compose, hapus `:ro` di belakang LANDING_FOLDER."
        ) from None
    try:
        numbers: Numbers = {}
        records: dict[Table, int] = {}
        for table in TABLES:
            columns, rows = village_rows(cursor, base, table)
            _require_same_columns(base, table, columns)
            filled = _filled(base, table, columns, rows, answers)
            _require_village(base, table, columns, filled)
            keep(hidden / f"{table}.csv", _as_csv(columns, [cells for _, cells in filled]))
            numbers |= {(table, baris): number for number, (baris, _) in enumerate(filled, start=2)}
            records[table] = len(filled)
        told = _declaration(base, records, note)
        keep(hidden / "kiriman.yml", yaml.safe_dump(told, allow_unicode=True, sort_keys=False))
        fs, path = open_landing(str(landing))
        files = {each.name: {"name": f"{path}/{hidden.name}/{each.name}"} for each in sorted(hidden.iterdir())}
        sidik = fingerprint(fs, path, hidden.name, files).sidik
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    return Staged(hidden, folder, sidik, numbers)


def local_landing(settings: Settings) -> Path:
    """The landing as a folder of this machine.

    Raises:
        CorrectionRefused: it is none, or not there.
    """
    with suppress(ImportError, ValueError):  # a kind of storage that is not installed, or that nobody knows
        fs, base = open_landing(settings.landing)
        if isinstance(fs, LocalFileSystem) and Path(base).is_dir():
            return Path(base)
    raise CorrectionRefused(
        "Landing bukan folder di mesin ini, jadi perbaikan tidak dapat ditaruh di sana. "
        "Jalankan perintah ini dengan LANDING_URL yang dipakai penyegaran."
    )


def _filled(base: Base, table: Table, columns: list[str], rows: Rows, answers: Answers) -> Rows:
    """The rows with the answers in their place."""
    filled = {baris: list(cells) for baris, cells in rows}
    for (berkas, baris, item), answer in answers.items():
        if berkas == table:
            filled[baris][columns.index(str(base.column(table, item)))] = base.to_source(table, item, answer) or ""
    return list(filled.items())


def _require_same_columns(base: Base, table: Table, columns: list[str]) -> None:
    """The header of the new file has to mean what that of the old one meant."""
    decile = base.column("k_rt", "desil")
    header = resolve_header(columns, table, load_codebook(), nama_berkas=f"{table}.csv", kolom_desil=decile)
    if header.kolom != base.delivered.tables[table][1] or header.sumber_kode != base.sources[table]:
        raise CorrectionRefused(
            f"Judul kolom {table} pada kiriman {base.id_kiriman} tidak dapat ditulis ulang dengan arti yang sama. "
            "Perbaiki berkas aslinya, lalu kirim ulang desa ini."
        )


def _require_village(base: Base, table: Table, columns: list[str], rows: Rows) -> None:
    """Every record has to be of the village: the delivery speaks for it alone."""
    at = [columns.index(str(base.column(table, item))) for item in GEOGRAPHY]
    wrong = [
        baris
        for baris, cells in rows
        if "".join(tidied(cells[place]).zfill(width) for place, width in zip(at, WIDTHS, strict=True)) != base.kode_desa
    ]
    if wrong:
        listed = ", ".join(map(str, wrong[:10])) + (" …" if len(wrong) > 10 else "")
        raise CorrectionRefused(
            f"Record {listed} pada {table} bukan dari desa {base.kode_desa} menurut 101–104. "
            "Isi 101–104 record itu dengan kode desa ini, atau keluarkan dari berkas aslinya lalu kirim ulang. "
            "Tidak ada yang diubah."
        )


def tidied(cell: str) -> str:
    """A code without what a spreadsheet puts around it, as ``registri.rapi`` does."""
    return re.sub(r"[.,]0*$", "", cell.strip(" \t\r\n\u00a0\u200b\ufeff'"))


def _declaration(base: Base, records: dict[Table, int], note: str) -> dict[str, Any]:
    told: dict[str, Any] = {"sumber": "regsosek", "instrumen": "REGSOSEK22-K", "versi": base.delivered.versi}
    if base.cut_off is not None:
        told["cut_off"] = base.cut_off.isoformat()
    if (decile := base.column("k_rt", "desil")) is not None:
        told["peringkat"] = {"kolom": decile, "skala": base.desil_skala, "model": base.desil_model}
        if base.desil_cut_off is not None:
            told["peringkat"]["cut_off"] = base.desil_cut_off.isoformat()
    told["berkas"] = {f"{table}.csv": {"baris": count} for table, count in records.items()}
    # The exact number lets a village pass that was corrected to far fewer families.
    told["desa"] = {base.kode_desa: records["k_rt"]}
    told["catatan"] = note
    return told


def _as_csv(columns: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
