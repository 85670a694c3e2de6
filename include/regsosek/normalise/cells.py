"""SQL for single cells: from delivered text to the integer of an item, and what is wrong with it.

A clean cell costs one validity check and one cast. What is not an integer becomes ``TANDA`` in the first pass, and
only the rows that hold one, or a number outside the item's domain, are looked at again with all tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from regsosek.codebook import Item, Naming, Version

TANDA = -32768
"""Stands for "not an integer" between the first and the second look; never kept."""


MARKS = ("'.'", "','", "' '", "chr(9)", "chr(39)")
"""SQL for the characters (point, comma, blank, tab, apostrophe) that a spreadsheet may have put around an id."""


def tidy(text: str) -> str:
    """SQL for an id without blanks, a leading apostrophe and a decimal ``.0``, where there are any."""
    untidy = " or ".join(f"strpos({text}, {mark}) > 0" for mark in MARKS)
    return f"(case when {untidy} then registri.rapi({text}) else {text} end)"


def identity_number(text: str) -> str:
    """SQL for the sixteen digits of a KK or NIK, null where the cell holds anything else.

    Sixteen characters that begin with a digit above 0 and are an integer of sixteen digits are those digits; a pattern
    costs several times as much. Whatever else there is, blanks around it or a zero before it, is looked at with one.
    """
    return (
        f"(case when length({text}) = 16 and ascii({text}) between 49 and 57 and pg_input_is_valid({text}, 'bigint') "
        f"and {text}::bigint >= 1000000000000000 then {text} else registri.enam_belas_angka({text}) end)"
    )


def recoded(text: str, item: Item, naming: Naming | None) -> str:
    """SQL that exchanges the codes in which the source differs from the form."""
    codes = item.recode(naming)
    if not codes:
        return text
    cases = " ".join(f"when '{old}' then '{new}'" for old, new in codes.items())
    return f"(case {text} {cases} else {text} end)"


def first_look(text: str) -> str:
    """SQL for the integer of a cell: null where it is empty, TANDA where it is no small integer as it stands."""
    return (
        f"(case when {text} = '' then null when pg_input_is_valid({text}, 'smallint') then {text}::smallint "
        f"when {text} is not null then '{TANDA}'::smallint end)"
    )


def intervals(item: Item, versi: Version) -> list[tuple[int, int]]:
    """The item's domain as closed intervals, ascending."""
    values = sorted(item.domain(versi))
    starts = [values[0]] + [after for before, after in pairwise(values) if after != before + 1]
    ends = [before for before, after in pairwise(values) if after != before + 1] + [values[-1]]
    return list(zip(starts, ends, strict=True))


def outside(column: str, item: Item, versi: Version) -> str:
    """SQL predicate: the column's integer is outside the item's domain (null where it is empty)."""
    parts = [
        f"{column} = {low}" if low == high else f"{column} between {low} and {high}"
        for low, high in intervals(item, versi)
    ]
    return f"not ({' or '.join(parts)})"


def outside_any(items: Iterable[Item], versi: Version) -> list[str]:
    """SQL predicates: together they are true where :func:`outside` is for any of the items.

    Items of one domain without gaps are judged by the least and the greatest of their integers: half the comparisons.
    """
    alike: dict[tuple[tuple[int, int], ...], list[Item]] = defaultdict(list)
    for item in items:
        alike[tuple(intervals(item, versi))].append(item)
    parts = []
    for domain, group in alike.items():
        if len(domain) > 1 or len(group) == 1:
            parts += [outside(item.kode, item, versi) for item in group]
        else:
            ((low, high),) = domain
            columns = ", ".join(item.kode for item in group)
            parts += [f"least({columns}) < {low}", f"greatest({columns}) > {high}"]
    return parts


def multirange(item: Item, versi: Version) -> str:
    """The item's domain as an SQL literal."""
    return "'{" + ",".join(f"[{low},{high}]" for low, high in intervals(item, versi)) + "}'::int4multirange"
