"""A programme, its deciles and its quota against the figures of the published release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
from pydantic import BaseModel, ConfigDict

from regsosek.simulation.allocate import Allotted, Need, allocate
from regsosek.yaml_file import read_yaml

PROGRAMS = Path(__file__).parent / "programs.yml"


class SimulationRefusedError(RuntimeError):
    """The simulation cannot be made; the message says why and what to do."""


class Program(BaseModel):
    """Who qualifies: units with ``jawaban`` (ya: pembilang; tidak: the rest of penyebut) to the indicator."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nama: str
    kode_indikator: str
    jawaban: Literal["ya", "tidak"]


@dataclass(frozen=True)
class Simulation:
    """What came of it, and all that is needed to read it.

    Attributes:
        unit: what is counted, keluarga or penduduk.
        semesta: of whom the indicator speaks, in words.
        desa: code -> name of the villages that have figures.
        hasil: every village and decile in the target.
        di_luar: units that would qualify but for their decile.
        desil_tidak_diketahui: units that would qualify and whose decile is not known.
    """

    program: Program
    unit: str
    semesta: str
    rumus: str
    desil: tuple[int, int]
    kuota: int
    id_rilis: int
    tanggal_acuan: str
    desil_skala: str
    desa: dict[str, str]
    hasil: tuple[Allotted, ...]
    di_luar: int
    desil_tidak_diketahui: int

    @property
    def memenuhi(self) -> int:
        """Units that qualify."""
        return sum(each.need.memenuhi for each in self.hasil)

    @property
    def mendapat(self) -> int:
        """Units that the quota reaches."""
        return sum(each.mendapat for each in self.hasil)

    @property
    def tidak_tahu(self) -> int:
        """Units of the target deciles of which it is not known whether they qualify."""
        return sum(each.need.tidak_tahu for each in self.hasil)


def programs() -> dict[str, Program]:
    """The programmes that can be simulated, by the name of the command line."""
    content = read_yaml(PROGRAMS)
    return {name: Program.model_validate(entry) for name, entry in content.items()}


def simulate(
    cursor: psycopg.Cursor, program: str, desil: tuple[int, int], quota: int, areas: Sequence[str] = ()
) -> Simulation:
    """Hand out ``quota`` among those who qualify in the deciles from ``desil[0]`` to ``desil[1]``.

    Args:
        cursor: on the warehouse; only ``marts`` is read.
        program: a key of :func:`programs`.
        desil: first and last decile of the target.
        quota: families or residents that can be served.
        areas: BPS codes of kabupaten, kecamatan or villages; none means all.

    Raises:
        SimulationRefusedError: no such programme or area, nothing is published, or the deciles of the villages are
            of different scopes.
    """
    chosen = programs().get(program)
    if chosen is None:
        raise SimulationRefusedError(f"Tidak ada program {program}. Yang ada: {', '.join(programs())}.")
    rows = _figures(cursor, chosen, areas)
    scopes = {row.desil_skala or "tidak diketahui" for row in rows}
    if len(scopes) > 1:
        raise SimulationRefusedError(
            f"Desil desa-desa ini dari skala yang berbeda ({', '.join(sorted(scopes))}) dan tidak dapat dibandingkan. "
            "Batasi dengan --wilayah."
        )
    inside = [row for row in rows if row.kelompok.isdigit() and desil[0] <= int(row.kelompok) <= desil[1]]
    needs = [Need(row.kode_desa, int(row.kelompok), row.memenuhi(chosen), row.tidak_tahu) for row in inside]
    unknown = sum(row.memenuhi(chosen) for row in rows if not row.kelompok.isdigit())
    qualifying = sum(row.memenuhi(chosen) for row in rows)
    return Simulation(
        program=chosen,
        unit=rows[0].unit,
        semesta=rows[0].semesta,
        rumus=rows[0].rumus,
        desil=desil,
        kuota=quota,
        id_rilis=rows[0].id_rilis,
        tanggal_acuan=_dates(rows),
        desil_skala=scopes.pop(),
        desa={row.kode_desa: row.nama_desa for row in rows},
        hasil=tuple(allocate(needs, quota)),
        di_luar=qualifying - unknown - sum(need.memenuhi for need in needs),
        desil_tidak_diketahui=unknown,
    )


@dataclass(frozen=True)
class _Figure:
    """The indicator in one village and decile."""

    id_rilis: int
    kode_desa: str
    nama_desa: str
    kelompok: str
    pembilang: int
    penyebut: int
    tidak_tahu: int
    desil_skala: str | None
    tanggal_acuan: str | None
    unit: str
    semesta: str
    rumus: str

    def memenuhi(self, program: Program) -> int:
        return self.pembilang if program.jawaban == "ya" else self.penyebut - self.pembilang


def _figures(cursor: psycopg.Cursor, program: Program, areas: Sequence[str]) -> list[_Figure]:
    cursor.execute("select to_regclass('marts.fct_indikator_desa_kelompok') is null")
    if cursor.fetchone() == (True,):
        raise SimulationRefusedError("Belum ada rilis yang terbit. Jalankan penyegaran dahulu.")
    rows = cursor.execute(
        """
        select k.id_rilis, k.kode_desa, k.nama_desa, k.kelompok, k.pembilang, k.penyebut,
            k.tidak_tahu + k.semesta_tidak_tahu, k.desil_skala, k.tanggal_acuan_max::text,
            i.unit_analisis, i.semesta, i.rumus
        from marts.fct_indikator_desa_kelompok as k
        join marts.dim_indikator as i using (kode_indikator)
        where k.pengelompokan = 'desil' and k.kode_indikator = %(indikator)s
            and (%(wilayah)s::text[] = '{}' or k.kode_desa like any (%(wilayah)s))
        order by k.kode_desa, k.kelompok
        """,
        {"indikator": program.kode_indikator, "wilayah": [f"{area}%" for area in areas]},
    ).fetchall()
    figures = [_Figure(*row) for row in rows]
    unknown = [area for area in areas if not any(figure.kode_desa.startswith(area) for figure in figures)]
    if unknown or not figures:
        where = f"wilayah {', '.join(unknown)}" if unknown else "rilis yang terbit"
        raise SimulationRefusedError(
            f"Tidak ada data untuk {where}. Kode wilayah adalah kode BPS: 4, 7, atau 10 angka; lihat `regsosek status`."
        )
    return figures


def _dates(rows: Sequence[_Figure]) -> str:
    known = sorted({row.tanggal_acuan for row in rows if row.tanggal_acuan})
    return " sampai ".join(dict.fromkeys((known[0], known[-1]))) if known else "tidak disebut"
