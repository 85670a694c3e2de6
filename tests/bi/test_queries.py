"""Every query of every chart, on the marts of two villages in two kecamatan, as the role the dashboards read with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from regsosek.access.roles import repair_access
from regsosek.bi.assets import BOUNDARIES, assets
from regsosek.bi.declaration import declaration
from regsosek.cli.dsn import role_url
from regsosek.refresh import refresh
from regsosek.sample import generate
from regsosek.settings import Settings

FILES = assets(declaration())
DATASETS = {content["uuid"]: content for name, content in FILES.items() if name.startswith("datasets/")}
CHARTS = {Path(name).stem: content for name, content in FILES.items() if name.startswith("charts/")}
OTHERS = {Path(name).stem: content for name, content in FILES.items() if name.startswith(f"{BOUNDARIES}/")}
CHARTS |= {f"{name} with boundaries": chart for name, chart in OTHERS.items()}
BY_UUID = {content["uuid"]: content for name, content in FILES.items() if "uuid" in content and "with" not in name}
VILLAGES = ["3328040010", "3328120016"]

Planner = psycopg.Connection[dict[str, Any]]


@pytest.fixture(scope="module")
def planner(module_settings: Settings) -> Iterator[Planner]:
    generate(Path(module_settings.landing), desa=VILLAGES, keluarga=160, faults="tanpa")
    refresh(module_settings, "uji-1")
    repair_access(module_settings)
    with psycopg.connect(role_url(module_settings, "planner"), row_factory=dict_row, autocommit=True) as connection:
        yield connection


def test_a_village_of_several_parts_is_one_among_those_it_is_compared_with(
    planner: Planner, module_settings: Settings
) -> None:
    """Islands must not move the others to another fifth."""
    sql = FILES["datasets/regsosek/peta.yaml"]["sql"]
    classes = f"select distinct kode_desa, kode_indikator, kelas from ({sql}) as peta".encode()
    lines = f"select count(distinct garis_batas) as banyak from ({sql}) as peta where kode_desa = %s".encode()
    before = {tuple(row.values()) for row in planner.execute(classes)}
    with psycopg.connect(module_settings.warehouse_url, autocommit=True) as owner:
        parts = [(VILLAGES[0], part, f"[[109, {part}]]") for part in range(1, 6)]
        owner.cursor().executemany("insert into acuan.batas_desa values (%s, %s, %s)", parts)
        try:
            after = {tuple(row.values()) for row in planner.execute(classes)}
            drawn = [planner.execute(lines, (village,)).fetchall() for village in VILLAGES]
        finally:
            owner.execute("delete from acuan.batas_desa")
    assert before == after and len(before) > 100
    assert drawn == [[{"banyak": 5}], [{"banyak": 1}]]


def chosen(uuid: str) -> dict[str, str]:
    """Column -> what the dashboards of a chart have chosen before a reader does; the village is the first one."""
    columns = {each["column_name"] for each in DATASETS[BY_UUID[uuid]["dataset_uuid"]]["columns"]}
    found = {}
    for page in (content for name, content in FILES.items() if name.startswith("dashboards/")):
        boxes = [box for box in page["position"].values() if isinstance(box, dict) and box["type"] == "CHART"]
        numbers = {box["meta"]["uuid"]: box["meta"]["chartId"] for box in boxes}
        for each in page["metadata"]["native_filter_configuration"] if uuid in numbers else ():
            column = each["targets"][0]["column"]["name"]
            one = each["controlValues"]["enableEmptyFilter"] and numbers[uuid] not in each["scope"]["excluded"]
            if one and column in columns:
                found[column] = each["defaultDataMask"]["filterState"].get("value", ["Pagerwangi (Balapulang)"])[0]
    return found


def query(chart: dict[str, Any]) -> str:
    """What Superset asks for: the dataset's query within the chart's."""
    params, data = chart["params"], DATASETS[chart["dataset_uuid"]]
    figures = {metric["metric_name"]: metric["expression"] for metric in data["metrics"]}
    named = [params.get(key) for key in ("metric", "x", "y", "size")] + params.get("metrics", [])
    groups = [params[key] for key in ("x_axis", "entity", "series", "line_column") if params.get(key)] + params.get(
        "groupby", []
    )
    groups += params.get("all_columns", [])
    conditions = ["true"] + [
        each.get("sqlExpression") or f"{each['subject']} = '{each['comparator']}'" for each in params["adhoc_filters"]
    ]
    conditions += [f"{column} = '{value}'" for column, value in chosen(chart["uuid"]).items()]
    shown = groups + [f"{figures[name]} as {name}" for name in named if name]
    by = f" group by {', '.join(groups)}" if groups else ""
    order = params.get("timeseries_limit_metric")
    last = f" order by {figures[order] if isinstance(order, str) else order['sqlExpression']}" if order else ""
    where = " and ".join(f"({each})" for each in conditions)
    return f"select {', '.join(shown)} from ({data['sql']}) as virtual_table where {where}{by}{last}"


@pytest.mark.parametrize("uuid", DATASETS, ids=lambda uuid: str(DATASETS[uuid]["table_name"]))
def test_a_dataset_has_the_columns_it_declares(planner: Planner, uuid: str) -> None:
    data = DATASETS[uuid]
    cursor = planner.execute(data["sql"].encode())
    assert cursor.description is not None and cursor.fetchone() is not None
    assert [column.name for column in cursor.description] == [each["column_name"] for each in data["columns"]]
    for metric in data["metrics"]:
        planner.execute(f"select {metric['expression']} from ({data['sql']}) as t".encode())


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_something_to_show(planner: Planner, name: str) -> None:
    rows = planner.execute(query(CHARTS[name]).encode()).fetchall()
    assert rows
    figures = {metric["metric_name"] for metric in DATASETS[CHARTS[name]["dataset_uuid"]]["metrics"]} & rows[0].keys()
    for figure in figures:
        assert any(row[figure] is not None for row in rows), figure


def test_figures_are_those_of_the_marts_for_every_area(planner: Planner) -> None:
    data = next(each for each in DATASETS.values() if each["table_name"] == "indikator_desa")
    offered = {metric["metric_name"]: metric["expression"] for metric in data["metrics"]}
    for level, column in (("kabupaten", "nama_kabupaten"), ("kecamatan", "nama_kecamatan")):
        counted = planner.execute(
            f"""
            select f.kode_indikator, t.angka, f.nilai, t.bawah, f.batas_bawah, t.atas, f.batas_atas
            from marts.fct_indikator_wilayah as f
            left join (
                select {column}, kode_indikator, {offered["angka"]} as angka, {offered["batas_bawah"]} as bawah,
                    {offered["batas_atas"]} as atas
                from ({data["sql"]}) as virtual_table group by 1, 2
            ) as t on t.{column} = f.nama_wilayah and t.kode_indikator = f.kode_indikator
            where f.tingkat = '{level}'
            """.encode()
        ).fetchall()
        assert len(counted) >= 75
        for row in counted:
            for ours, theirs in (("angka", "nilai"), ("bawah", "batas_bawah"), ("atas", "batas_atas")):
                found = None if row[ours] is None else pytest.approx(float(row[ours]))
                assert row[theirs] == found, (level, row)


def test_no_chart_can_ask_for_a_list_of_families(planner: Planner, module_settings: Settings) -> None:
    asked = b"select restricted.minta('rtlh', '3328040010', 'percobaan dari sebuah grafik')"
    options = FILES["databases/regsosek.yaml"]["extra"]["engine_params"]["connect_args"]
    with (
        psycopg.connect(role_url(module_settings, "planner"), **options) as chart,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        chart.execute(asked)
    planner.execute(asked)  # a planner who says what for may


def test_a_figure_of_several_indicators_at_once_is_none(planner: Planner) -> None:
    data = next(each for each in DATASETS.values() if each["table_name"] == "indikator_desa")
    offered = {metric["metric_name"]: metric["expression"] for metric in data["metrics"]}
    row = planner.execute(f"select {offered['angka']} as angka from ({data['sql']}) as t".encode()).fetchone()
    assert row == {"angka": None}


def test_a_village_stands_beside_its_kecamatan_and_kabupaten(planner: Planner) -> None:
    data = next(each for each in DATASETS.values() if each["table_name"] == "pembanding")
    offered = {metric["metric_name"]: metric["expression"] for metric in data["metrics"]}
    levels = ("desa", "kecamatan", "kabupaten")
    shown = ", ".join(f"{offered[f'angka_{level}']} as {level}" for level in levels)
    rows = planner.execute(
        f"""
        select kode_indikator, {shown} from ({data["sql"]}) as t where kode_desa = '{VILLAGES[0]}' group by 1
        """.encode()
    ).fetchall()
    codes = {"desa": VILLAGES[0], "kecamatan": VILLAGES[0][:7], "kabupaten": VILLAGES[0][:4]}
    published = {
        (row["tingkat"], row["kode_indikator"]): row["nilai"]
        for row in planner.execute(
            "select tingkat, kode_indikator, nilai from marts.fct_indikator_wilayah where kode_wilayah = any(%s)",
            (list(codes.values()),),
        )
    }
    assert len(rows) == 75
    for row in rows:
        for level in levels:
            found = None if row[level] is None else pytest.approx(float(row[level]))
            assert published[level, row["kode_indikator"]] == found, (level, row)
    both = planner.execute(f"select kode_indikator, {shown} from ({data['sql']}) as t group by 1".encode()).fetchall()
    assert {row["kabupaten"] for row in both} == {None}, "the kabupaten counted once for each of its villages"
