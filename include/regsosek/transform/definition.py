"""The version of the definitions: what the figures of a village are computed by."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from regsosek.settings import PROJECT
from regsosek.yaml_file import read_yaml

DBT_PROJECT = PROJECT / "dbt_project"

FORMULA_SEEDS = ("ref_indikator", "ref_indikator_kelompok")
PARAMETER_SEEDS = ("ref_ijazah", "ref_ikm_varian")
"""Seeds that aggregates are computed from: what is counted, and by which numbers."""


def definition_version(project: Path = DBT_PROJECT) -> str:
    """Twelve hex digits that change with anything an aggregate depends on but the data.

    Six are of the formulas: the list of indicators and the SQL up to the aggregates; six are of the parameters: seeds
    of numbers, variables, and the class of every village. Aggregates of different versions are kept apart and never
    mixed in a release.
    """
    return _digest(_formulas(project)) + _digest(_parameters(project))


def _digest(parts: list[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in parts:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:6]


def _formulas(project: Path) -> list[tuple[str, bytes]]:
    paths = [project / "seeds" / f"{seed}.csv" for seed in FORMULA_SEEDS]
    for folder in ("macros", "models/staging", "models/intermediate", "models/aggregates"):
        paths += sorted((project / folder).rglob("*.sql"))
    return [_content(project, path) for path in paths]


def _parameters(project: Path) -> list[tuple[str, bytes]]:
    parts = [("vars", _json(parameters(project))), ("klas", _json(_classes(project / "seeds" / "ref_desa.csv")))]
    return parts + [_content(project, project / "seeds" / f"{seed}.csv") for seed in PARAMETER_SEEDS]


def _content(project: Path, path: Path) -> tuple[str, bytes]:
    # Line endings are the checkout's, not the definition's.
    return path.relative_to(project).as_posix(), path.read_bytes().replace(b"\r\n", b"\n")


def parameters(project: Path = DBT_PROJECT) -> dict[str, Any]:
    """The parameters of the definitions: the variables of the dbt project."""
    project_file = read_yaml(project / "dbt_project.yml")
    variables: dict[str, Any] = project_file["vars"]
    return variables


def _classes(villages: Path) -> list[tuple[str, str]]:
    with villages.open(encoding="utf-8", newline="") as file:
        return sorted((row["kode_desa"], row["klas"]) for row in csv.DictReader(file))


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
