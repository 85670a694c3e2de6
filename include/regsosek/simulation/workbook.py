"""A simulation as a workbook: where the quota goes, who is missed, and how to read it."""

from __future__ import annotations

from pathlib import Path

from regsosek.simulation.simulate import Simulation
from regsosek.spreadsheet import OPTIONS, add_sheet, write_cells

HEADINGS = ("Kode desa", "Desa", "Desil", "Memenuhi syarat", "Mendapat", "Terlewat", "Tidak diketahui")


def write_workbook(simulation: Simulation, path: Path) -> None:
    """Write sheets ``Desa dan desil`` and ``Keterangan``.

    Raises:
        OSError: it cannot be written there.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this needs it

    with path.open("wb") as file, Workbook(file, OPTIONS) as book:
        sheet = add_sheet(book, "Desa dan desil", HEADINGS, (14, 28, 8, 18, 12, 12, 18))
        for number, each in enumerate(simulation.hasil, start=1):
            need = each.need
            name = simulation.desa[need.kode_desa]
            cells = (need.kode_desa, name, need.desil, need.memenuhi, each.mendapat, each.terlewat, need.tidak_tahu)
            write_cells(sheet, number, cells)
        sheet = add_sheet(book, "Keterangan", ("Perihal", "Isi"), (34, 100))
        for number, line in enumerate(explanation(simulation), start=1):
            write_cells(sheet, number, line)


def explanation(simulation: Simulation) -> list[tuple[str, str | int]]:
    """What the figures are and are not, in words."""
    first, last = simulation.desil
    answer = "termasuk" if simulation.program.jawaban == "ya" else "TIDAK termasuk"
    return [
        ("Program", simulation.program.nama),
        ("Yang dihitung", simulation.unit),
        ("Memenuhi syarat", f"{simulation.semesta}; {answer}: {simulation.rumus}"),
        ("Desil sasaran", f"{first} sampai {last} (skala {simulation.desil_skala})"),
        ("Kuota", simulation.kuota),
        ("Memenuhi syarat, jumlah", simulation.memenuhi),
        ("Mendapat, jumlah", simulation.mendapat),
        ("Terlewat karena kuota", simulation.memenuhi - simulation.mendapat),
        ("Di luar desil sasaran", simulation.di_luar),
        ("Desilnya tidak diketahui", simulation.desil_tidak_diketahui),
        ("Jawabannya tidak diketahui, dalam desil sasaran", simulation.tidak_tahu),
        (
            "Cara membagi",
            "Desil terendah lebih dahulu; pada desil tempat kuota habis, tiap desa menurut bagiannya dari yang "
            "memenuhi syarat, sisa pembulatan ke sisa terbesar.",
        ),
        ("Rilis", simulation.id_rilis),
        ("Tanggal acuan data", simulation.tanggal_acuan),
        ("Ingat", "Desil adalah peringkat, bukan status kemiskinan. Angka ini untuk merencanakan, bukan daftar nama."),
    ]
