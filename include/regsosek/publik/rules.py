"""The rules of what is hidden, read from ``rules.yml`` and the list of indicators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import networkx as nx
from pydantic import BaseModel, ConfigDict

from regsosek.transform.generate import indicators
from regsosek.yaml_file import read_yaml

RULES = Path(__file__).parent / "rules.yml"
NOT = "bukan "


class Rules(BaseModel):
    """``rules.yml``; what each part means is said there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ambang: int
    ambang_dimensi: dict[str, int]
    tidak_terbit: list[str]
    bersama: list[list[str]]
    bagian: dict[str, list[str]]


Side = tuple[int, int]
"""A number of people: position of the indicator, and ``YES`` for its pembilang or ``NO`` for the complement."""

YES, NO, UNKNOWN, ALL = range(4)


@dataclass(frozen=True)
class Implication:
    """Who is counted in ``bagian`` is counted in ``dari``, or it is not known there.

    Attributes:
        sesemesta: whether both have the same universe, so that whole less part is a number of people too.
    """

    bagian: Side
    dari: Side
    sesemesta: bool

    @property
    def turned(self) -> Implication:
        """Who is not in the whole is not in the part; true within one universe."""
        (part, side), (whole, of) = self.bagian, self.dari
        return Implication((whole, NO - of), (part, NO - side), self.sesemesta)


@dataclass(frozen=True)
class Public:
    """The indicators and what hides them, by position.

    Attributes:
        kode: codes of the indicators.
        ambang: least number of families behind each.
        dua_sisi: whether pembilang and its complement are people (shares), or a sum whose only people are penyebut.
        tanpa_penyebut: whether it is a plain count.
        jiwa: whether residents are counted, not families.
        menyeluruh: whether the universe is everybody.
        ukuran: position of the number of families and of residents, which bound every other number.
        tidak_terbit: positions that are never shown.
        bersama: position -> positions that are hidden with it, itself included.
        implikasi: what one figure tells about another.
        komponen: positions that tell of each other in any way; between two components nothing does.
    """

    kode: list[str]
    ambang: list[int]
    dua_sisi: list[bool]
    tanpa_penyebut: list[bool]
    jiwa: list[bool]
    menyeluruh: list[bool]
    ukuran: tuple[int, int]
    tidak_terbit: list[int]
    bersama: list[list[int]]
    implikasi: list[Implication]

    @cached_property
    def komponen(self) -> list[list[int]]:
        """See above."""
        graph = nx.Graph()
        graph.add_nodes_from(range(len(self.kode)))
        graph.add_edges_from((rule.bagian[0], rule.dari[0]) for rule in self.implikasi)
        for group in self.bersama:
            nx.add_path(graph, group)
        return [sorted(component) for component in nx.connected_components(graph)]


@cache
def public_rules() -> Public:
    """The rules, resolved against the list of indicators."""
    rules = Rules.model_validate(read_yaml(RULES))
    rows = indicators()
    at = {row["kode_indikator"]: number for number, row in enumerate(rows)}
    together = {at[kode]: [at[each] for each in group] for group in rules.bersama for kode in group}
    return Public(
        kode=list(at),
        ambang=[rules.ambang_dimensi.get(row["dimensi"], rules.ambang) for row in rows],
        dua_sisi=[row["jenis"] == "persen" and row["kode_indikator"] != "ikm_a" for row in rows],
        tanpa_penyebut=[row["jenis"] == "jumlah" for row in rows],
        jiwa=[row["unit_analisis"] == "penduduk" for row in rows],
        menyeluruh=[row["semesta"] in ("semua keluarga", "semua penduduk") for row in rows],
        ukuran=(at["jumlah_keluarga"], at["jumlah_penduduk"]),
        tidak_terbit=[at[kode] for kode in rules.tidak_terbit],
        bersama=[together.get(number, [number]) for number in range(len(rows))],
        implikasi=[_implication(rows, at, part, whole) for part, wholes in rules.bagian.items() for whole in wholes],
    )


def _implication(rows: list[dict[str, Any]], at: dict[str, int], part: str, whole: str) -> Implication:
    a, b = _side(at, part), _side(at, whole)
    return Implication(a, b, rows[a[0]]["semesta"] == rows[b[0]]["semesta"])


def _side(at: dict[str, int], text: str) -> Side:
    return at[text.removeprefix(NOT)], NO if text.startswith(NOT) else YES
