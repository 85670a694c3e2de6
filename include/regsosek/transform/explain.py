"""What one indicator means and where it comes from, put together from seed, codebook and models."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import get_close_matches

from regsosek.codebook import TABLES, Item, load_codebook
from regsosek.transform.definition import DBT_PROJECT
from regsosek.transform.generate import indicators
from regsosek.transform.lineage import Lineage, lineage
from regsosek.transform.measures import DIRECTION, SUBJECTS, formula

SUGGESTIONS = 5
OF_THE_VILLAGE = {"klas": "Klasifikasi desa: 1 perkotaan, 2 perdesaan"}
"""What indicators use of the list of villages, which no family is asked for."""


class UnknownIndicatorError(RuntimeError):
    """There is no indicator of that code; the message names those that look like it."""


@dataclass(frozen=True)
class Source:
    """An item of the form, or what else is known of a village: code, number as printed, label, where it stands.

    ``berkas`` is the delivered file, or the reference table; ``nomor`` is None for what is not on the form.
    """

    kode: str
    nomor: str | None
    label: str
    berkas: str


@dataclass(frozen=True)
class Explanation:
    """An indicator in words, for people and programs; texts are Bahasa Indonesia, None where there is nothing to say.

    Attributes:
        kode: as in ``dim_indikator.kode_indikator``.
        dihitung: what is counted.
        rumus: how the figure follows from the four integers.
        tidak_diketahui: when a unit's answer counts as unknown.
        semesta_tidak_diketahui: when it is not even known whether a unit belongs to the universe.
        sumber: items of the form it is computed from.
        kelompok: groupings it is also counted by.
    """

    kode: str
    nama: str
    pokok: str
    satuan: str
    unit_analisis: str
    semesta: str
    dihitung: str
    rumus: str
    tidak_diketahui: str | None
    semesta_tidak_diketahui: str | None
    arah: str
    catatan: str | None
    sumber: tuple[Source, ...]
    kelompok: tuple[str, ...]
    silsilah: Lineage


def explain(code: str) -> Explanation:
    """Everything about one indicator.

    Raises:
        UnknownIndicatorError: there is none of that code.
    """
    rows = {row["kode_indikator"]: row for row in indicators()}
    row = rows.get(code)
    if row is None:
        raise UnknownIndicatorError(_did_you_mean(code, {name: each["nama"] for name, each in rows.items()}))
    codes = row["rincian"].split()
    groupings = _groupings(code)
    return Explanation(
        kode=code,
        nama=row["nama"],
        pokok=SUBJECTS[row["dimensi"]],
        satuan=row["satuan"],
        unit_analisis=row["unit_analisis"],
        semesta=row["semesta"],
        dihitung=row["rumus"],
        rumus=formula(row),
        tidak_diketahui=row["tidak_tahu"] or None,
        semesta_tidak_diketahui=row["semesta_tidak_tahu"] or None,
        arah=DIRECTION[row["arah"]],
        catatan=row["catatan"] or None,
        sumber=tuple(_source(each) for each in codes),
        kelompok=groupings,
        silsilah=lineage(
            code, row["model"], [_items()[each] for each in codes if each in _items()], grouped=bool(groupings)
        ),
    )


def names() -> dict[str, str]:
    """Code -> name of every indicator, in order."""
    return {row["kode_indikator"]: row["nama"] for row in indicators()}


def _items() -> dict[str, Item]:
    return {item.kode: item for table in TABLES for item in load_codebook().typed(table)}


def _source(code: str) -> Source:
    if code in OF_THE_VILLAGE:
        return Source(code, None, OF_THE_VILLAGE[code], "ref_desa")
    item = _items()[code]
    return Source(code, item.nomor, item.label, item.tabel)


def _groupings(code: str) -> tuple[str, ...]:
    with (DBT_PROJECT / "seeds" / "ref_indikator_kelompok.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["pengelompokan"] for row in csv.DictReader(file) if row["kode_indikator"] == code)


def _did_you_mean(code: str, known: dict[str, str]) -> str:
    """One sentence: codes that contain what was written or whose names do, else those spelled like it."""
    wanted = code.lower().strip()
    alike = [name for name, title in known.items() if wanted and (wanted in name or wanted in title.lower())]
    alike += [name for name in get_close_matches(wanted, known, n=SUGGESTIONS) if name not in alike]
    hint = f"Maksud Anda: {', '.join(alike[:SUGGESTIONS])}? " if alike else ""
    return f"Tidak ada indikator {code}. {hint}Daftarnya: regsosek explain."
