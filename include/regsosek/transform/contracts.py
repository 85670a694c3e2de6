"""Contracts of the aggregates: their tables are never made anew, so they grow where a later version counts more."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from regsosek.transform.definition import DBT_PROJECT
from regsosek.warehouse.evolve import Columns, evolve_table, table_columns
from regsosek.yaml_file import read_yaml

FILES = ("aggregates/_aggregates__models.yml", "publik/_publik__models.yml")
SCHEMA = "agregat"


def grow_aggregates(cursor: psycopg.Cursor) -> list[str]:
    """Bring the aggregates that are there to the contracts of this version; returns the columns that were added.

    Raises:
        ContractBrokenError: a column has another type than before; give it another name.
    """
    return [
        f"{SCHEMA}.{name}.{column}"
        for name, wanted, key in _contracts()
        if table_columns(cursor, SCHEMA, name)
        for column in evolve_table(cursor, SCHEMA, name, wanted, key)
    ]


def _contracts() -> Iterator[tuple[str, Columns, list[str]]]:
    """Name, columns and primary key of every aggregate."""
    for file in FILES:
        for model in read_yaml(DBT_PROJECT / "models" / file)["models"]:
            if model["name"].startswith("agg_"):
                keys = [each["columns"] for each in model.get("constraints", ()) if each["type"] == "primary_key"]
                columns = {each["name"]: each["data_type"] for each in model["columns"]}
                yield model["name"], columns, keys[0] if keys else []
