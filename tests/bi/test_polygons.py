"""Boundaries of villages from a file of the office's own: read, or refused with file, feature and remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from regsosek.bi.polygons import PolygonFileError, read_polygons, sync_polygons
from regsosek.settings import Settings

VILLAGES = {"3328040010", "3328120016"}
SQUARE = [[109.1, -7.0], [109.2, -7.0], [109.2, -7.1], [109.1, -7.1], [109.1, -7.0]]
FAR = [[109.3, -7.0], [109.4, -7.0], [109.4, -7.1], [109.3, -7.0]]


def feature(code: object, geometry: Any = None, name: str = "ADM4_PCODE") -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [SQUARE]} if geometry is None else geometry
    return {"type": "Feature", "properties": {"ADM4_EN": "Entah", name: code}, "geometry": geometry}


def written(folder: Path, *features: Any) -> Path:
    path = folder / "batas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_outlines_by_code_whatever_the_property_is_called(tmp_path: Path) -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[SQUARE, FAR], [FAR]]}  # the first with a hole
    path = written(
        tmp_path,
        feature("ID3328040010", parts),
        feature(3328120016, name="kode_desa"),
        feature("ID3327040010"),  # of another district
    )
    found = read_polygons(path, VILLAGES)
    assert {code: [len(ring) for ring in rings] for code, rings in found.items()} == {
        "3328040010": [5, 4],
        "3328120016": [5],
    }


def test_corners_are_rounded_and_what_is_left_of_nothing_is_dropped(tmp_path: Path) -> None:
    dense = [[109.1, -7.0], [109.10001, -7.0], [109.12345678, -7.0], [109.2, -7.1], [109.1, -7.0]]
    speck = [[109.1, -7.0], [109.10001, -7.0], [109.10001, -7.00001], [109.1, -7.0]]
    shape = {"type": "MultiPolygon", "coordinates": [[dense], [speck]]}
    (rings,) = read_polygons(written(tmp_path, feature("ID3328040010", shape)), VILLAGES).values()
    assert rings == [[(109.1, -7.0), (109.1235, -7.0), (109.2, -7.1), (109.1, -7.0)]]


def polygon(*ring: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


WRONG = {
    "no code": (feature("Pagerwangi"), r"fitur ke-2: tanpa kode desa.*ADM4_PCODE.*'Pagerwangi'"),
    "number of a person": (feature("3328040010000001"), r"fitur ke-2: tanpa kode desa.*'################'"),
    "no property": (feature("x", name="lain"), r"fitur ke-2: tanpa kode desa.*tidak satu pun ada"),
    "no properties": ({"geometry": None}, r"fitur ke-2: tanpa kode desa"),
    "twice": (feature("3328040010"), r"fitur ke-2: desa 3328040010 sudah ada.*MultiPolygon"),
    "points": (feature("3328120016", {"type": "Point", "coordinates": [1, 2]}), r"ke-2 \(desa 3328120016\).*Point"),
    "no geometry": (feature("3328120016", {}), r"ke-2 \(desa 3328120016\): geometrinya None"),
    "open": (feature("3328120016", polygon(*SQUARE[:-1])), r"ke-2 \(desa 3328120016\).*tidak tertutup.*QGIS"),
    "short": (feature("3328120016", polygon(*SQUARE[:2], SQUARE[0])), r"ke-2 .*tidak tertutup"),
    "metres": (feature("3328120016", polygon([284000, 9e6], [285000, 9e6], [1, 1], [284000, 9e6])), "EPSG:4326"),
    "words": (feature("3328120016", polygon(["a", "b"])), r"ke-2 .*EPSG:4326"),
    "nothing in it": (feature("3328120016", {"type": "Polygon", "coordinates": []}), r"ke-2 .*tidak tertutup"),
    "null in it": (feature("3328120016", {"type": "MultiPolygon", "coordinates": None}), r"ke-2 .*tidak tertutup"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_file_feature_and_remedy(tmp_path: Path, case: str) -> None:
    second, said = WRONG[case]
    path = written(tmp_path, feature("ID3328040010"), second)
    with pytest.raises(PolygonFileError, match=said.replace("ADM4_PCODE", "adm4_pcode")) as refused:
        read_polygons(path, VILLAGES)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bukan", "bukan JSON"),
        ("[]", "bukan FeatureCollection"),
        ('{"features": [1]}', "bukan FeatureCollection"),
        ('{"features": []}', "tidak satu pun fiturnya desa kabupaten ini"),
        (None, "tidak dapat dibaca .*REGSOSEK_VILLAGE_POLYGONS"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "batas.geojson"
    if text is not None:
        path.write_text(text)
    with pytest.raises(PolygonFileError, match=said):
        read_polygons(path, VILLAGES)


def test_the_warehouse_holds_what_the_file_says_and_nothing_without_one(
    settings: Settings, warehouse: psycopg.Connection, tmp_path: Path
) -> None:
    held = "select kode_desa, bagian, cincin::json -> 0 ->> 0 from acuan.batas_desa order by 1, 2"
    parts = {"type": "MultiPolygon", "coordinates": [[SQUARE], [FAR]]}
    path = written(tmp_path, feature("ID3328040010", parts))
    assert sync_polygons(settings.model_copy(update={"village_polygons": path}))
    there = [("3328040010", 1, "109.1"), ("3328040010", 2, "109.3")]
    assert warehouse.execute(held).fetchall() == there
    path.write_text("{")
    with pytest.raises(PolygonFileError):
        sync_polygons(settings.model_copy(update={"village_polygons": path}))
    assert warehouse.execute(held).fetchall() == there
    assert not sync_polygons(settings)
    assert warehouse.execute(held).fetchall() == []
