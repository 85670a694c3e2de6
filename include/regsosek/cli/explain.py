"""``regsosek explain``: what an indicator means, and its way from the form to the marts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

import typer
from rich.padding import Padding
from rich.table import Table

from regsosek.cli.screen import screen
from regsosek.transform.explain import Explanation, Source, explain, names


def show_indicator(code: str | None, *, as_json: bool) -> None:
    """Print one indicator, or code and name of all.

    Raises:
        UnknownIndicatorError: there is none of that code.
    """
    if code is None:
        _list(as_json=as_json)
        return
    told = explain(code)
    if as_json:
        typer.echo(json.dumps(asdict(told), ensure_ascii=False, indent=2))
    else:
        _print(told)


def suggest_codes(incomplete: str) -> list[tuple[str, str]]:
    """Codes and names for the shell's completion."""
    return [(code, name) for code, name in names().items() if code.startswith(incomplete)]


def _list(*, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(names(), ensure_ascii=False, indent=2))
        return
    screen().print(_grid(names().items()))


def _print(told: Explanation) -> None:
    console = screen()
    console.print(f"[bold]{told.nama}[/]  [dim]{told.kode}[/]\n", highlight=False)
    said = {
        "Pokok": told.pokok,
        "Satuan": told.satuan,
        "Semesta": told.semesta,
        "Dihitung": told.dihitung,
        "Rumus": told.rumus,
        "Tidak diketahui bila": told.tidak_diketahui or "tidak pernah",
        "Semesta tidak diketahui bila": told.semesta_tidak_diketahui,
        "Arah": told.arah,
        "Kelompok": ", ".join(told.kelompok),
        "Catatan": told.catatan,
    }
    console.print(_grid((name, text) for name, text in said.items() if text))
    console.print("\n[bold]Sumber pada formulir[/]")
    console.print(Padding(_grid((item.kode, _source(item)) for item in told.sumber), (0, 0, 0, 2)))
    console.print("\n[bold]Jalannya[/]")
    way = asdict(told.silsilah).items()
    rows = ((layer, steps if isinstance(steps, str) else ", ".join(steps)) for layer, steps in way)
    console.print(Padding(_grid(rows), (0, 0, 0, 2)))


def _source(item: Source) -> str:
    return f"{item.label} ({item.berkas}{f', rincian {item.nomor}' if item.nomor else ''})"


def _grid(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, text)
    return table
