"""``regsosek simulasi``: a programme's quota by village, on the screen or in a workbook."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich.table import Table

from regsosek.cli.screen import screen
from regsosek.settings import Settings
from regsosek.simulation import Simulation, SimulationRefusedError, simulate, write_workbook
from regsosek.simulation.workbook import explanation
from regsosek.warehouse.connection import transaction


def show_simulation(
    settings: Settings,
    program: str,
    desil: str,
    quota: int,
    areas: Sequence[str],
    *,
    xlsx: Path | None,
    as_json: bool,
) -> None:
    """Simulate, and print or write what came of it.

    Raises:
        SimulationRefusedError: it cannot be made, or the workbook cannot be written there.
    """
    with transaction(settings) as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        simulation = simulate(cursor, program, deciles(desil), quota, areas)
    if as_json:
        told = asdict(simulation) | {"program": simulation.program.model_dump()}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    if xlsx is not None:
        try:
            write_workbook(simulation, xlsx)
        except OSError as error:
            raise SimulationRefusedError(f"{xlsx} tidak dapat ditulis ({error.strerror}). Pilih tempat lain.") from None
        screen().print(f"Simulasi ditulis ke {xlsx}", soft_wrap=True, highlight=False)
        return
    _print(simulation)


def deciles(text: str) -> tuple[int, int]:
    """``1-3`` or ``2`` as first and last decile.

    Raises:
        SimulationRefusedError: it is neither.
    """
    found = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= first <= last <= 10:
        raise SimulationRefusedError(f"Desil {text}: tulis satu desil atau rentang antara 1 dan 10, misalnya 1-3.")
    return first, last


def _print(simulation: Simulation) -> None:
    console = screen()
    table = Table(box=None, pad_edge=False, show_footer=True)
    sums = (simulation.memenuhi, simulation.mendapat, simulation.memenuhi - simulation.mendapat, simulation.tidak_tahu)
    table.add_column("Desa", footer="Jumlah")
    for title, total in zip(("Memenuhi syarat", "Mendapat", "Terlewat", "Tidak diketahui"), sums, strict=True):
        table.add_column(title, footer=str(total), justify="right")
    for code, name in simulation.desa.items():
        own = [each for each in simulation.hasil if each.need.kode_desa == code]
        numbers = (
            sum(each.need.memenuhi for each in own),
            sum(each.mendapat for each in own),
            sum(each.terlewat for each in own),
            sum(each.need.tidak_tahu for each in own),
        )
        table.add_row(f"{code} {name}", *map(str, numbers))
    console.print(table, markup=False)
    for subject, text in explanation(simulation):
        console.print(f"{subject}: {text}", markup=False, highlight=False, soft_wrap=True)
