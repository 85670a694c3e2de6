"""Boundaries of villages from a GeoJSON file of the office's own, for the map; without one villages are points.

``python -m regsosek.bi.polygons`` reads the file of the settings into the warehouse.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

CODES = ("adm4_pcode", "kode_desa", "kode_bps", "iddesa", "kode")
"""Properties that may hold the code of a village, in any case; the first one that is there counts."""

DECIMALS = 4
"""Of a degree: 11 m. Rounding moves a corner that two villages share to the same place in both."""

Ring = list[tuple[float, float]]


class PolygonFileError(RuntimeError):
    """The file of boundaries cannot be used; the message names file, feature and remedy."""


def sync_polygons(settings: Settings) -> bool:
    """Make ``acuan.batas_desa`` hold what the file says, nothing if there is none; returns whether it holds anything.

    Raises:
        PolygonFileError: the file is not one of boundaries of villages of this district.
    """
    with transaction(settings) as cursor:
        villages = {code for (code,) in cursor.execute("select kode_desa from acuan.ref_desa")}
        found = read_polygons(settings.village_polygons, villages) if settings.village_polygons else {}
        rows = [(code, part, json.dumps(ring)) for code, rings in found.items() for part, ring in enumerate(rings, 1)]
        cursor.execute("delete from acuan.batas_desa")
        cursor.executemany("insert into acuan.batas_desa (kode_desa, bagian, cincin) values (%s, %s, %s)", rows)
    return bool(rows)


def read_polygons(path: Path, villages: Collection[str]) -> dict[str, list[Ring]]:
    """Outlines of these villages by code, one for each part; features of other villages are passed over.

    Raises:
        PolygonFileError: the file is not one of boundaries of villages of this district.
    """
    found: dict[str, list[Ring]] = {}
    for number, feature in enumerate(_features(path), 1):
        name = f"{path}, fitur ke-{number}"
        code = _code(feature.get("properties"), name)
        if code not in villages:
            continue
        if code in found:
            raise PolygonFileError(f"{name}: desa {code} sudah ada di atasnya. Gabungkan menjadi satu MultiPolygon.")
        found[code] = list(_outlines(feature.get("geometry"), f"{name} (desa {code})"))
    if not found:
        raise PolygonFileError(
            f"{path}: tidak satu pun fiturnya desa kabupaten ini. Ambil berkas desa (admin 4) wilayahnya."
        )
    return found


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolygonFileError(
            f"{path} tidak dapat dibaca ({error.strerror}). Betulkan REGSOSEK_VILLAGE_POLYGONS."
        ) from None
    except ValueError:
        raise PolygonFileError(f"{path} bukan JSON. Simpan petanya sebagai GeoJSON (EPSG:4326, UTF-8).") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise PolygonFileError(f"{path} bukan FeatureCollection. Simpan petanya sebagai GeoJSON (EPSG:4326, UTF-8).")
    return features


def _code(properties: Any, name: str) -> str:
    """The BPS code; HDX writes the letters of the country in front."""
    held = {key.lower(): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    value = next((str(held[key]) for key in CODES if held.get(key) is not None), "")
    match = re.fullmatch(r"(?:ID)?(\d{10})", value)
    if match is None:
        shown = re.sub(r"\d", "#", value)  # in another file than one of villages it might be somebody's number
        raise PolygonFileError(
            f"{name}: tanpa kode desa. Salah satu dari {', '.join(CODES)} harus berisi kode BPS 10 angka, misalnya "
            f"3328040010 atau ID3328040010; {f'isinya {shown!r}' if value else 'tidak satu pun ada'}."
        )
    return match[1]


def _outlines(geometry: Any, name: str) -> Iterator[Ring]:
    """The outer ring of every part; a hole is another village, which has a feature of its own."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise PolygonFileError(
            f"{name}: geometrinya {kind}, bukan Polygon atau MultiPolygon. Ambil peta batas, bukan titik."
        )
    parts = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    try:
        rings = [[_position(each) for each in part[0]] for part in parts]
    except (IndexError, KeyError, TypeError, ValueError):
        rings = []
    if not rings or any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise PolygonFileError(
            f"{name}: garis batasnya tidak tertutup, atau koordinatnya bukan derajat bujur dan lintang. Perbaiki "
            "geometrinya (misalnya dengan Fix geometries di QGIS) dan simpan dalam EPSG:4326."
        )
    for ring in rings:
        kept = [ring[0], *(after for before, after in pairwise(ring) if before != after)]
        if len(kept) >= 4:  # what is left of a part smaller than a few metres is no area
            yield kept


def _position(pair: Any) -> tuple[float, float]:
    """Longitude and latitude, rounded; a ValueError where they are not degrees."""
    longitude, latitude = round(float(pair[0]), DECIMALS), round(float(pair[1]), DECIMALS)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError("not degrees")
    return longitude, latitude


if __name__ == "__main__":
    try:
        sync_polygons(Settings())
    except PolygonFileError as reason:
        sys.exit(str(reason))
