"""Numbers, dates and lists as they are written in Bahasa Indonesia: 1.234,5; 30 November 2022."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
NONE = "–"
"""What stands where there is no number."""

DECIMALS = {"jumlah": 0, "persen": 1, "rasio": 1, "rata": 2, "indeks": 3}
"""Digits after the comma, by kind of indicator."""


def number(value: float | None, decimals: int = 0) -> str:
    """``1234.56, 1`` as ``1.234,6``; a dash for None."""
    if value is None:
        return NONE
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def percent(value: float | None, decimals: int = 1) -> str:
    """``12.34`` as ``12,3%``; a dash for None."""
    return NONE if value is None else f"{number(value, decimals)}%"


def between(low: float | None, high: float | None, decimals: int = 1) -> str:
    """``12,3–15,6``; one number where both read the same, a dash where either is None."""
    if low is None or high is None:
        return NONE
    first, last = number(low, decimals), number(high, decimals)
    return first if first == last else f"{first}–{last}"


def day(value: date | None) -> str:
    """``30 November 2022``; a dash for None."""
    return NONE if value is None else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def age(since: date, until: date) -> str:
    """Whole years and months from one day to a later one: ``3 tahun 11 bulan``; less is ``kurang dari sebulan``."""
    months = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    years, rest = divmod(max(months, 0), 12)
    parts = [f"{count} {word}" for count, word in ((years, "tahun"), (rest, "bulan")) if count]
    return " ".join(parts) or "kurang dari sebulan"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a dan b``, ``a, b, dan c``."""
    if len(words) <= 2:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"


def capital(text: str) -> str:
    """The text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]
