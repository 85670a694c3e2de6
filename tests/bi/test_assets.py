"""What is written for Superset: whole, explained, and unable to average a percentage or to ask a foreign host."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from regsosek.bi.assets import BOUNDARIES, CLASSES, FOLDER, NO_TILES, assets, generated_files
from regsosek.bi.declaration import declaration, definitions
from regsosek.yaml_file import read_yaml

FILES: dict[str, dict[str, Any]] = assets(declaration())
DASHBOARDS = {
    "Ringkasan kabupaten",
    "Profil desa",
    "Kemiskinan multidimensi",
    "Ketepatan sasaran bantuan",
    "Perumahan dan RTLH",
    "Kualitas data",
}
KINDS = {"big_number_total", "bubble_v2", "deck_polygon", "echarts_timeseries_bar", "echarts_timeseries_line", "table"}


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {Path(name).stem: content for name, content in FILES.items() if name.startswith(f"{kind}/")}


DATASETS = of("datasets")
OTHERS = of(BOUNDARIES)
CHARTS = of("charts") | {f"{name} with boundaries": chart for name, chart in OTHERS.items()}
SHOWN = [content for name, content in FILES.items() if "uuid" in content and not name.startswith(BOUNDARIES)]
BY_UUID = {content["uuid"]: content for content in SHOWN}


def test_the_folder_holds_what_is_declared_and_nothing_else() -> None:
    there = {path: path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.is_file()}
    assert there == generated_files()
    assert {str(path.relative_to(FOLDER)): read_yaml(path) for path in there} == FILES


def test_every_dashboard_is_there_and_every_identity_is_one_of_a_kind() -> None:
    assert {page["dashboard_title"] for page in of("dashboards").values()} == DASHBOARDS
    assert [uuid for uuid, times in Counter(each["uuid"] for each in SHOWN).items() if times > 1] == []


def test_a_chart_with_boundaries_takes_the_place_of_one_without() -> None:
    assert list(OTHERS) == ["ringkasan_letak_desa_dan_kelasnya"]
    for name, chart in OTHERS.items():
        assert chart["uuid"] == CHARTS[name]["uuid"] and chart["slice_name"] == CHARTS[name]["slice_name"]
        assert chart["params"]["mapbox_style"] == NO_TILES


def test_every_class_has_its_colour_on_the_map() -> None:
    """As Superset finds it: the first entry whose ends are around the text."""
    (chart,) = OTHERS.values()
    for label, colour in CLASSES.items():
        text = label if label[0].isdigit() else f"0 {label}"
        found = next(
            each for each in chart["params"]["color_breakpoints"] if each["minValue"] <= text <= each["maxValue"]
        )
        assert f"{found['minValue']} {found['maxValue']}" == text
        assert "#{r:02x}{g:02x}{b:02x}".format(**found["color"]) == colour


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_name_unit_universe_cut_off_and_release(name: str) -> None:
    chart = CHARTS[name]
    said = re.fullmatch(
        r"(?P<nama>.+?)\. Satuan: (?P<satuan>.+?)\. Semesta: (?P<semesta>.+?)\. (.+ )?"
        r"Tanggal acuan dan rilis: .+“Rilis yang ditampilkan”\.",
        chart["description"],
    )
    assert said and said["nama"] == chart["slice_name"]
    for condition in chart["params"]["adhoc_filters"]:
        if condition.get("subject") == "kode_indikator":
            meant = definitions()[condition["comparator"]]
            assert (said["satuan"], said["semesta"]) == (meant["satuan"], meant["semesta"])
            assert said["nama"].startswith(meant["nama"]) and meant["rumus"] in chart["description"]


@pytest.mark.parametrize("name", DATASETS)
def test_no_dataset_offers_a_percentage_to_average(name: str) -> None:
    columns = {column["column_name"] for column in DATASETS[name]["columns"]}
    assert not [each for each in columns if re.match(r"nilai|pct_|batas|h$|a$|m0|rata_|persen", each)]
    for metric in DATASETS[name]["metrics"]:
        expression = metric["expression"]
        assert "avg(" not in expression and "nilai" not in expression
        if "/" in expression:
            above, below = expression.split("/", 1)
            assert "sum(" in above and "sum(" in below and "nullif(" in below


def test_figures_of_indicators_are_sums_through_sums() -> None:
    for name in ("indikator_desa", "prioritas", "tren"):
        offered = {metric["metric_name"]: metric["expression"] for metric in DATASETS[name]["metrics"]}
        assert "sum(pembilang) / nullif(max(bobot) * sum(penyebut), 0)" in " ".join(offered["angka"].split())
        assert "100.0" in offered["angka"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_asks_for_what_its_dataset_has(name: str) -> None:
    chart, params = CHARTS[name], CHARTS[name]["params"]
    data = BY_UUID[chart["dataset_uuid"]]
    columns = {column["column_name"] for column in data["columns"]}
    metrics = {metric["metric_name"] for metric in data["metrics"]}
    asked = [params.get(key) for key in ("entity", "series", "x_axis", "line_column")]
    asked += [each["column_name"] for each in params.get("tooltip_contents", [])]
    asked += params.get("groupby", []) + params.get("all_columns", [])
    assert {each for each in asked if each} <= columns
    figures = [params.get(key) for key in ("metric", "x", "y", "size")] + params.get("metrics", [])
    assert {each for each in figures if each} <= metrics
    assert chart["viz_type"] == params["viz_type"] and chart["viz_type"] in KINDS, "a kind that asks for map tiles?"


@pytest.mark.parametrize("name", of("dashboards"))
def test_a_dashboard_shows_its_release_first_and_fills_its_rows(name: str) -> None:
    boxes = of("dashboards")[name]["position"]
    rows = [boxes[key] for key in boxes["GRID_ID"]["children"]]
    assert [sum(boxes[key]["meta"]["width"] for key in row["children"]) for row in rows] == [12] * len(rows)
    assert BY_UUID[boxes[rows[1]["children"][0]]["meta"]["uuid"]]["slice_name"] == "Rilis yang ditampilkan"
    shown = [box["meta"]["uuid"] for box in boxes.values() if isinstance(box, dict) and box["type"] == "CHART"]
    assert {BY_UUID[uuid]["uuid"] for uuid in shown} == set(shown)


@pytest.mark.parametrize("name", of("dashboards"))
def test_filters_lead_from_kabupaten_to_kecamatan_to_desa(name: str) -> None:
    page = of("dashboards")[name]
    filters = {each["name"]: each for each in page["metadata"]["native_filter_configuration"]}
    assert {"Kecamatan", "Desa"} <= set(filters)
    assert filters["Desa"]["cascadeParentIds"] == [filters["Kecamatan"]["id"]]
    ids = {box["meta"]["chartId"]: box["meta"]["uuid"] for box in page["position"].values() if _is_chart(box)}
    for each in filters.values():
        (target,) = each["targets"]
        assert target["column"]["name"] in {c["column_name"] for c in BY_UUID[target["datasetUuid"]]["columns"]}
        reached = [BY_UUID[ids[number]] for number in set(ids) - set(each["scope"]["excluded"])]
        assert any(_has(chart, target["column"]["name"]) for chart in reached), "a filter that changes nothing"
        fixed = [chart for chart in reached if "kode_indikator" in str(chart["params"]["adhoc_filters"])]
        assert each["name"] != "Indikator" or not fixed


def _is_chart(box: Any) -> bool:
    return isinstance(box, dict) and box["type"] == "CHART"


def _has(chart: dict[str, Any], column: str) -> bool:
    return column in {each["column_name"] for each in BY_UUID[chart["dataset_uuid"]]["columns"]}


def test_nothing_names_another_host_or_a_password() -> None:
    text = "\n".join(generated_files().values())
    assert set(re.findall(r"[\w+]+://[^\s'\"]+", text)) == {
        "postgresql+psycopg2://planner:XXXXXXXXXX@127.0.0.1:5432/regsosek"
    }


def test_labels_are_for_readers() -> None:
    labels = [each["verbose_name"] for data in DATASETS.values() for each in (*data["columns"], *data["metrics"])]
    assert [label for label in labels if "_" in label or not label[0].isupper()] == []
