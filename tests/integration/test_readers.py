"""What readers are told is so: the way of an indicator, the page of a release, the queries of the documents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import psycopg
import pytest

from regsosek.access.roles import repair_access
from regsosek.cli.dsn import role_url
from regsosek.refresh import refresh
from regsosek.release.page import release_page
from regsosek.sample import generate
from regsosek.settings import PROJECT, Settings
from regsosek.transform import run_dbt
from regsosek.transform.explain import explain, names
from regsosek.transform.lineage import model_graph

RUN = "manual__2026-01-01T00:00:00+00:00"
DECIDED = {"model", "seed", "source"}


@pytest.fixture(scope="module")
def published(module_settings: Settings) -> Settings:
    """One village, published."""
    generate(Path(module_settings.landing), desa=["3328040010"], keluarga=60, faults="tanpa")
    refresh(module_settings, RUN)
    repair_access(module_settings)
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


def test_the_page_of_a_release_says_what_is_in_it(published: Settings) -> None:
    page = release_page(published, RUN)
    assert page is not None
    assert "<h1>Rilis 1</h1>" in page and "yang sedang tampil" in page and "1 desa dari 1 kiriman" in page
    assert not re.search(r"""<script|(src|href)=["']?(https?:)?//""", page)
    assert release_page(published, "manual__tiada") is None


def test_the_page_of_a_release_that_was_rolled_back_says_so(published: Settings) -> None:
    with psycopg.connect(published.warehouse_url) as connection:
        connection.execute("delete from ops.rilis_terbit")
        connection.execute("update ops.rilis set keadaan = 'ditarik'")
        connection.commit()
        try:
            assert "Rilis ini ditarik." in str(release_page(published, RUN))
        finally:
            connection.execute("insert into ops.rilis_terbit (id_rilis) values (1)")
            connection.execute("update ops.rilis set keadaan = 'terbit'")
            connection.commit()


QUERIES = {
    f"{document.stem}-{number}": query
    for document in (PROJECT / "docs" / "bi.md", PROJECT / "docs" / "marts.md")
    for number, query in enumerate(re.findall(r"```sql\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL), 1)
}
MAY_BE_EMPTY = {"marts-5", "marts-8"}
"""Of complete kecamatan, of what changed since the release before: the sample has none."""


def test_the_document_about_tools_has_a_query_for_each() -> None:
    text = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    for tool in ("psql", "Metabase", "Power BI", "Tableau", "QGIS", "Excel"):
        assert "```sql" in sections[tool], tool


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_every_query_of_the_documents_runs_as_a_planner(published: Settings, name: str) -> None:
    with psycopg.connect(role_url(published, "planner")) as connection:
        rows = connection.execute(QUERIES[name].encode()).fetchall()
    assert rows or name in MAY_BE_EMPTY
