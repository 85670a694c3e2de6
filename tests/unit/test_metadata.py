"""MS-Keg, MS-Ind and MS-Var: complete, and from the same sources as the figures."""

from __future__ import annotations

from regsosek.codebook import TABLES, load_codebook
from regsosek.gates.expectations import mart_models
from regsosek.metadata import metadata_tables
from regsosek.metadata.generate import overview
from regsosek.transform.generate import indicators

TABLES_BY_NAME = {table.name: table for table in metadata_tables()}


def test_no_cell_is_empty() -> None:
    assert set(TABLES_BY_NAME) == {"ms_keg", "ms_ind", "ms_var"}
    for table in TABLES_BY_NAME.values():
        for row in table.rows:
            assert len(row) == len(table.headings) and all(row), row


def test_every_indicator_is_described_once() -> None:
    table = TABLES_BY_NAME["ms_ind"]
    codes = [row[table.headings.index("kode_indikator")] for row in table.rows]
    assert codes == [row["kode_indikator"] for row in indicators()]
    goals = {row[0]: row[table.headings.index("sdgs_desa")] for row in table.rows}
    assert goals["pct_babs"] == "6 Desa layak air bersih dan sanitasi" and goals["jumlah_penduduk"] == "tidak ada"


def test_every_published_column_and_every_item_is_a_variable() -> None:
    table = TABLES_BY_NAME["ms_var"]
    names = {row[table.headings.index("nama_pada_tabel")] for row in table.rows}
    columns = {f"marts.{model['name']}.{column['name']}" for model in mart_models() for column in model["columns"]}
    items = {f"{each}.{item.kode}" for each in TABLES for item in load_codebook().typed(each)}
    assert names == columns | items


def test_dbt_docs_open_with_the_activity_and_every_indicator() -> None:
    page = overview()
    assert page.startswith("{% docs __overview__ %}") and page.endswith("{% enddocs %}\n")
    for name, text in TABLES_BY_NAME["ms_keg"].rows:
        assert f"- **{name}**: {text}" in page
    for row in indicators():
        assert f"### {row['nama']} (`{row['kode_indikator']}`)" in page
    assert "{{" not in page and page.count("{%") == 2
