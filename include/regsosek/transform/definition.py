"""The version of the definitions: what the figures of a village are computed by."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from regsosek.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_project"

SEEDS = ("ref_indikator", "ref_ijazah", "ref_ikm_varian")
"""Seeds that aggregates are computed from."""


def definition_version(project: Path = DBT_PROJECT) -> str:
    """Twelve hex digits that change with anything an aggregate depends on but the data.

    That is the list of indicators, the parameters (seeds and variables), the class of every village, and the SQL up
    to the aggregates. Aggregates of different versions are kept apart and never mixed in a release.
    """
    digest = hashlib.sha256()
    for name, content in _parts(project):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _parts(project: Path) -> list[tuple[str, bytes]]:
    parts = [("vars", _json(parameters(project))), ("klas", _json(_classes(project / "seeds" / "ref_desa.csv")))]
    paths = [project / "seeds" / f"{seed}.csv" for seed in SEEDS]
    for folder in ("macros", "models/staging", "models/intermediate", "models/aggregates"):
        paths += sorted((project / folder).rglob("*.sql"))
    # Line endings are the checkout's, not the definition's.
    parts += [(path.relative_to(project).as_posix(), path.read_bytes().replace(b"\r\n", b"\n")) for path in paths]
    return parts


def parameters(project: Path = DBT_PROJECT) -> dict[str, Any]:
    """The parameters of the definitions: the variables of the dbt project."""
    project_file = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
    variables: dict[str, Any] = project_file["vars"]
    return variables


def _classes(villages: Path) -> list[tuple[str, str]]:
    with villages.open(encoding="utf-8", newline="") as file:
        return sorted((row["kode_desa"], row["klas"]) for row in csv.DictReader(file))


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
