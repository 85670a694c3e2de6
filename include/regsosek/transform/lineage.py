"""What depends on what, read from the models themselves: no dbt, no database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regsosek.codebook import Item
from regsosek.normalise.tables import ENTITY
from regsosek.release.published import TREND, TREND_OF
from regsosek.transform.definition import DBT_PROJECT
from regsosek.yaml_file import read_yaml

if TYPE_CHECKING:
    from networkx import DiGraph

MODELS = DBT_PROJECT / "models"
REFERENCE = re.compile(r"\bref\(\s*['\"](\w+)['\"]\s*\)|\bsource\(\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]\s*\)")


@dataclass(frozen=True)
class Lineage:
    """The way of one indicator, each step a list of relations in the order they are built.

    Attributes:
        registri: tables of the registry its items are in.
        staging: their views.
        antara: intermediate models from there to the one that decides the indicator, which is the last.
        agregat: aggregates with rows of the indicator.
        marts: marts that are built from those and name the indicator in a row or a column.
        letak: file and line, relative to the project, where it is defined.
    """

    registri: tuple[str, ...]
    staging: tuple[str, ...]
    antara: tuple[str, ...]
    agregat: tuple[str, ...]
    marts: tuple[str, ...]
    letak: str


def lineage(code: str, model: str, items: Iterable[Item], *, grouped: bool) -> Lineage:
    """The lineage of indicator ``code``, which ``model`` makes from ``items``.

    ``grouped`` says whether it is also counted by groups.

    Raises:
        LookupError: no model or macro has a word of it.
    """
    from networkx import ancestors, descendants, lexicographical_topological_sort  # noqa: PLC0415 - a third of a second

    graph = model_graph()
    order = {name: place for place, name in enumerate(lexicographical_topological_sort(graph))}

    def sort(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=order.__getitem__))

    entities = {ENTITY[item.tabel] for item in items}
    staging = {f"stg_regsosek__{entity}" for entity in entities}
    between = {model} | (ancestors(graph, model) & set().union(*(descendants(graph, each) for each in staging)))
    below = {name for name in descendants(graph, model) if _names(name, code, grouped=grouped)}
    aggregates = {name for name in below if _layer(name) == "aggregates"}
    built = set().union(*(descendants(graph, each) for each in aggregates))
    marts = {name for name in below & built if _layer(name) == "marts"}
    return Lineage(
        registri=tuple(f"registri.{entity}" for entity in sorted(entities)),
        staging=sort(staging),
        antara=sort(name for name in between if _layer(name) == "intermediate"),
        agregat=sort(aggregates),
        marts=sort(marts) + ((TREND,) if TREND_OF in marts else ()),
        letak=_place(model, code),
    )


@cache
def model_graph() -> DiGraph:
    """Models, seeds and sources by name, with an edge from each to what reads it."""
    from networkx import DiGraph  # noqa: PLC0415

    graph: DiGraph = DiGraph()
    for name, path in _files().items():
        graph.add_node(name)
        for reference, schema, table in REFERENCE.findall(path.read_text(encoding="utf-8")):
            graph.add_edge(reference or f"{schema}.{table}", name)
    return graph


def _names(model: str, code: str, *, grouped: bool) -> bool:
    """Whether the model has rows or a column of that indicator, by what its YAML says of its columns."""
    columns = _columns().get(model, frozenset())
    return code in columns or ("kode_indikator" in columns and (grouped or "pengelompokan" not in columns))


@cache
def _columns() -> dict[str, frozenset[str]]:
    contents: list[dict[str, Any]] = [read_yaml(path) for path in sorted(MODELS.rglob("*.yml"))]
    return {
        model["name"]: frozenset(column["name"] for column in model.get("columns", ()))
        for content in contents
        for model in content.get("models", ())
    }


@cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(MODELS.rglob("*.sql"))}


def _layer(model: str) -> str:
    path = _files().get(model)
    return path.relative_to(MODELS).parts[0] if path else ""


def _place(model: str, code: str) -> str:
    """Where the code stands first: in the model, else in a macro that it calls."""
    for path in (_files()[model], *sorted((DBT_PROJECT / "macros").glob("*.sql"))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(rf"\b{code}\b", line):
                return f"{path.relative_to(DBT_PROJECT.parent).as_posix()}:{number}"
    raise LookupError(code)
