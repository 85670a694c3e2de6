"""Writing workbooks that no spreadsheet takes for more than data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""How xlsxwriter opens a workbook: row by row, and text stays text."""
PRIVATE_OPTIONS = {**OPTIONS, "constant_memory": False, "in_memory": True}
"""The same of one that names people: row by row means by way of the system's folder for temporary files."""


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula, however it is copied on."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_cells(sheet: Any, number: int, values: Iterable[Any]) -> None:
    """Write a row: numbers as numbers, nothing for None, everything else as defused text."""
    for position, value in enumerate(values):
        if isinstance(value, bool):
            sheet.write_boolean(number, position, value)
        elif isinstance(value, int | float):
            sheet.write_number(number, position, value)
        elif value is not None:
            sheet.write_string(number, position, defused(str(value)))


def add_sheet(book: Any, title: str, headings: Sequence[str], widths: Sequence[int]) -> Any:
    """A sheet with a bold first row that stays in sight."""
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for position, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(position, position, width)
        sheet.write_string(0, position, heading, bold)
    return sheet
