"""Reading a delivery as a careful person would: text, integers, who belongs to whom, who is refused."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

YES_NO = range(1, 3)
DOMAINS: dict[str, Iterable[int]] = {
    "r205": range(1, 6), "r301a": range(1, 6), "r301b": range(1, 7), "r302": range(1, 998), "r303": range(1, 10),
    "r304": range(1, 8), "r305": range(1, 9), "r306a": range(1, 12), "r306b": (1, 2, 8), "r307a": range(1, 5),
    "r307b1": range(1, 6), "r308": range(12), "r309a": range(1, 7), "r309b": range(1, 5), "r310": range(1, 7),
    **{f"r501{x}": YES_NO for x in "abcdefg"}, **{f"r502{x}": YES_NO for x in "abcdefghijklmn"},
    "r505": range(4), "r506": range(1, 5), "desil": range(1, 11),
    "r404": range(1, 7), "r405": YES_NO, "r407": range(99), "r408": range(1, 5), "r409": range(1, 9), "r410": YES_NO,
    "r411": range(8), "r412": range(1, 4), "r413": range(1, 23), "r414": range(1, 9), "r415": range(1, 24),
    "r416a": YES_NO, "r417": range(1, 27), "r418": range(1, 9), "r420a": YES_NO, "r427": (1, 2, 3, 8),
    **{f"r428{x}": range(1, 5) for x in "abcdefghij"}, "r429": range(1, 4), "r430": range(1, 19),
    "r431a": (*range(16), 99), "r431f": (*range(32), 99),
}  # fmt: skip
DRAFT: dict[str, Iterable[int]] = {"r404": range(1, 6), "r506": YES_NO, "r501f": (), "r501g": ()}
RESIDENT = {"final": (1, 5), "draft": (1, 4)}


@dataclass
class Delivery:
    """Accepted families and their persons, items as nullable integers.

    Attributes:
        versi: final or draft.
        families: one row per accepted family; index is what ``persons.family`` refers to.
        persons: one row per person of an accepted family.
        refused: villages of which too many families were rejected, or none is left.
    """

    versi: str
    families: pd.DataFrame
    persons: pd.DataFrame
    refused: set[str]


def read(folder: Path, villages: set[str]) -> Delivery:
    """Read the two CSV files of a delivery and apply what a fault costs; villages against the last release aside."""
    told = _described(folder)
    rt, art = _table(folder / "k_rt.csv"), _table(folder / "k_art.csv")
    rank = told.get("peringkat", {}).get("kolom", "desil").lower()
    rt = rt.rename(columns={rank: "desil"})
    versi = told.get("versi") or _guess(rt, art)
    domains = DOMAINS | (DRAFT if versi == "draft" else {})
    families = pd.DataFrame({"desa": _village(rt), "id": _plain(rt["id"])})
    persons = pd.DataFrame({"desa": _village(art), "id": _plain(art["id_rt"])})
    for name, domain in domains.items():
        source, target = (art, persons) if name.startswith("r4") else (rt, families)
        if name in source:
            target[name] = _items(source[name], set(domain))
        else:
            target[name] = pd.array([pd.NA] * len(source), dtype="Int16")
    families["sls"] = _sls(rt["r105"]) if "r105" in rt else ""
    persons["family"], rejected = _belong(families, persons)
    rejected |= ~families["desa"].isin(villages) | (families["id"] == "")
    rejected |= families.duplicated(["desa", "id"], keep=False)
    doubtful = persons[persons["r404"].isna() & persons["family"].notna()]["family"]
    rejected |= families.index.isin(set(doubtful))
    known = families[families["desa"].isin(villages)]
    received, lost = Counter(known["desa"]), Counter(known[rejected[known.index]]["desa"])
    refused = {
        desa for desa, n in received.items() if lost[desa] > max(5, 0.02 * n) or (n == lost[desa] and n > 0)
    }  # fmt: skip
    kept = families[~rejected & ~families["desa"].isin(refused)]
    persons = persons[persons["family"].isin(set(kept.index))].copy()
    persons["family"] = persons["family"].astype("int64")
    persons["desa"] = persons["family"].map(kept["desa"])
    persons["penduduk"] = persons["r404"].isin(RESIDENT[versi])
    return Delivery(versi, kept, persons, refused)


def _described(folder: Path) -> dict[str, Any]:
    path = folder / "kiriman.yml"
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def _table(path: Path) -> pd.DataFrame:
    """The file as text, headers as item codes."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    lines = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(cell.strip() for cell in row)]
    names = [_name(cell) for cell in lines[0]]
    width = len(names)
    return pd.DataFrame([(row + [""] * width)[:width] for row in lines[1:]], columns=names, dtype="object")


def _name(header: str) -> str:
    name = re.sub(r"[\s._-]", "", header.lower())
    if re.fullmatch(r"\d{3}[a-z]?\w*", name):
        name = "r" + name
    return {"r420": "r420a", "idrt": "id_rt"}.get(name, name)


def _plain(column: pd.Series) -> pd.Series:
    """The cell without what spreadsheets add: spaces, a leading apostrophe, a decimal part of zeros."""
    cleaned = column.astype(str).str.strip(" \t\r\n\u00a0'")
    return cleaned.str.replace(r"[.,]0*$", "", regex=True)


def _items(column: pd.Series, domain: set[int]) -> pd.Series:
    text = _plain(column)
    integers = text.where(text.str.fullmatch(r"-?\d{1,9}")).astype("Float64").astype("Int64")
    return integers.where(integers.isin(domain)).astype("Int16")


def _village(table: pd.DataFrame) -> pd.Series:
    parts = [
        _plain(table[name]).str.zfill(width)
        for name, width in (("r101", 2), ("r102", 2), ("r103", 3), ("r104", 3))
    ]  # fmt: skip
    return parts[0] + parts[1] + parts[2] + parts[3]


def _sls(column: pd.Series) -> pd.Series:
    """SLS and sub-SLS in six digits, empty where they are not that."""
    text = _plain(column)
    return text.where(text.str.fullmatch(r"\d{1,6}"), "").map(lambda digits: digits.zfill(6) if digits else "")


def _guess(rt: pd.DataFrame, art: pd.DataFrame) -> str:
    """Only the final form has 404 = 6, an answer to 501f, or 506 beyond 2."""

    def seen(table: pd.DataFrame, name: str, values: Iterable[int]) -> bool:
        return name in table and bool(_items(table[name], set(values)).notna().any())

    if seen(art, "r404", (6,)) or seen(rt, "r501f", YES_NO) or seen(rt, "r506", (3, 4)):
        return "final"
    raise ValueError("the version of the form cannot be told")


def _belong(families: pd.DataFrame, persons: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Family of every person (NA: none), and the families that a person of another village makes suspect."""
    own = {key: number for number, key in enumerate(zip(families["desa"], families["id"], strict=True)) if key[1]}
    by_id: dict[str, list[int]] = {}
    for number, name in enumerate(families["id"]):
        if name:
            by_id.setdefault(name, []).append(number)
    found: list[int | None] = []
    rejected = pd.Series(False, index=families.index)
    for key in zip(persons["desa"], persons["id"], strict=True):
        number = own.get(key)
        if number is None and len(by_id.get(key[1], ())) == 1:
            number = by_id[key[1]][0]
            rejected.iloc[number] = True
        found.append(number)
    return pd.Series(found, index=persons.index, dtype="Int64"), rejected
