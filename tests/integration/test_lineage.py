"""What is said of an indicator's way is what dbt knows and what the marts hold."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.transform import run_dbt
from regsosek.transform.explain import explain, names
from regsosek.transform.lineage import model_graph

DECIDED = {"model", "seed", "source"}


@pytest.fixture(scope="module")
def published(module_settings: Settings) -> Settings:
    """One village, published."""
    generate(Path(module_settings.landing), desa=["3328130005"], keluarga=60, faults="tanpa")
    refresh(module_settings, "uji")
    return module_settings


def test_the_graph_is_the_one_of_dbt(module_settings: Settings, tmp_path: Path) -> None:
    run_dbt(module_settings, "parse", target_path=tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    kinds = {name: name.split(".")[0] for name in manifest["parent_map"]}
    edges = {
        (_short(parent), _short(child))
        for child, parents in manifest["parent_map"].items()
        for parent in parents
        if kinds[child] == "model" and kinds[parent] in DECIDED
    }
    assert set(model_graph().edges) == edges


def _short(name: str) -> str:
    kind, *rest = name.split(".")
    return ".".join(rest[-2:]) if kind == "source" else rest[-1]


def test_every_mart_with_rows_of_an_indicator_is_named(published: Settings) -> None:
    with psycopg.connect(published.warehouse_url) as connection:
        views = connection.execute(
            "select table_name from information_schema.columns"
            " where table_schema = 'marts' and column_name = 'kode_indikator' and table_name <> 'dim_indikator'"
        ).fetchall()
        held = {
            view: {code for (code,) in connection.execute(f"select distinct kode_indikator from marts.{view}".encode())}
            for (view,) in views
        }
    assert len(held) >= 4
    for code in names():
        assert {view for view, codes in held.items() if code in codes} <= set(explain(code).silsilah.marts), code
