"""Rules that one row decides: skip pattern in both directions, answers that do not go together.

Two steps, because millions of rows are in order and a few are not. A scan finds the suspects with a predicate that
takes items asked under the same condition together; the rules themselves are judged on the suspects only.
"""

from __future__ import annotations

from collections import defaultdict

import psycopg

from regsosek.codebook import Codebook, Item, Table
from regsosek.normalise.build import partition
from regsosek.normalise.repair import repairs, suspects, wrong_cell
from regsosek.normalise.source import Group
from regsosek.rules import Rule, all_rules

IDENTITY_FAULT: dict[Table, str] = {
    "k_rt": "case kk_mutu when 1 then 'kk_kosong' when 2 then 'kk_tidak_sah' end",
    "k_art": (
        "case when penduduk then case nik_mutu "
        "when 1 then 'nik_kosong' when 2 then 'nik_tidak_sah' when 3 then 'nik_tidak_cocok' end end"
    ),
}
"""Rules about an identity were judged on the raw cell; what is left of it is a number from 0 to 3."""


def row_rules(codebook: Codebook, group: Group, table: Table) -> list[Rule]:
    """Rules of lingkup ``baris`` that can be judged on this group's files."""
    delivered = {item.kode for item in group.items(codebook, table)}
    return [
        rule
        for rule in all_rules(codebook)
        if rule.berkas == table and rule.predikat is not None and (not _skips(rule) or rule.item in delivered)
    ]


def find_suspects(cursor: psycopg.Cursor, codebook: Codebook, group: Group, table: Table) -> None:
    """Scan the partition once for rows that hold a wrong cell or may break a rule."""
    wrong = wrong_cell(codebook, group, table)
    query = f"""
        create temporary table {suspects(table)} on commit drop as
        select ctid as tid, ctid as asal, id_kiriman, baris, {wrong} as sel
        from {partition(group, table)}
        where {wrong} or {" or ".join(f"({part})" for part in _coarse(codebook, group, table))}
    """
    cursor.execute(query.encode())


def write_row_faults(cursor: psycopg.Cursor, codebook: Codebook, group: Group, table: Table) -> None:
    """Judge every rule on the suspects and write the faults to ``ops.temuan``.

    A cell that was blanked has its fault already and is not listed as empty as well.
    """
    rules = row_rules(codebook, group, table)
    cases = [f"case when {rule.predikat} then '{rule.aturan}' end" for rule in rules]
    cases.append(IDENTITY_FAULT[table])
    query = f"""
        insert into ops.temuan (id_kiriman, berkas, baris, kode_desa, aturan)
        select t.id_kiriman, '{table}', t.baris, t.kode_desa, a.aturan
        from {suspects(table)} as f
        join {partition(group, table)} as t on t.ctid = f.tid
        cross join lateral unnest(array[{", ".join(cases)}]) as a (aturan)
        where a.aturan is not null
            and not exists (
                select from {repairs(table)} as p
                where p.tid = f.asal and p.aturan is not null and a.aturan = p.item || '_kosong'
            )
    """
    cursor.execute(query.encode())


def _skips(rule: Rule) -> bool:
    return rule.aturan in (f"{rule.item}_kosong", f"{rule.item}_terisi")


def _coarse(codebook: Codebook, group: Group, table: Table) -> list[str]:
    """Predicates that together are true for every row that breaks a rule."""
    asked: dict[str, list[Item]] = defaultdict(list)
    for item in group.items(codebook, table):
        if item.keparahan == "kosongkan":
            asked[item.ditanya].append(item)
    skips = []
    for condition, items in asked.items():
        required = ", ".join(item.kode for item in items if item.wajib)
        missing = f"num_nulls({required})" if required else "0"
        answered = f"num_nonnulls({', '.join(item.kode for item in items)})"
        # Where it is not known who should have answered, this looks at rows that break no rule.
        skips.append(f"case when {condition} then {missing} else {answered} end > 0")
    parts = [f"{codebook.dasar[table]} and ({' or '.join(skips)})"]
    parts += [str(rule.predikat) for rule in row_rules(codebook, group, table) if not _skips(rule)]
    parts.append("kk_mutu > 0" if table == "k_rt" else "penduduk and nik_mutu > 0")
    return parts
