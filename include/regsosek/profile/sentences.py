"""Plain sentences about figures, from the templates of ``sentences.yml``; never more than the figures can bear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from regsosek.profile.facts import Figure, Place, Rank, Release
from regsosek.profile.language import age, between, day, listed, number, percent
from regsosek.yaml_file import read_yaml

TEMPLATES = Path(__file__).parent / "sentences.yml"
WIDE = 10.0
"""Percentage points between the bounds from which a sentence warns."""

TITLES = {"desa": "Desa", "kecamatan": "Kecamatan", "kabupaten": "Kabupaten"}


class Relation(StrEnum):
    """How one figure stands to another; by name a template of ``banding``."""

    lebih_tinggi = "lebih_tinggi"
    lebih_rendah = "lebih_rendah"
    sama = "sama"
    tidak_dapat_dibedakan = "tidak_dapat_dibedakan"


def relation(one: Figure, other: Figure) -> Relation | None:
    """How two shares stand to each other; None where one has no figure: nobody answered, or it is hidden.

    A figure is higher only if the least it can be is more than the most the other can be. Where the bounds overlap,
    nobody can tell; where both are certain, what reads the same is the same.
    """
    low, high, other_low, other_high = one.low, one.high, other.low, other.high
    if one.nilai is None or other.nilai is None:
        return None
    assert low is not None and high is not None and other_low is not None and other_high is not None
    certain = low == high and other_low == other_high
    if certain and percent(one.nilai) == percent(other.nilai):
        return Relation.sama
    if low > other_high:
        return Relation.lebih_tinggi
    if high < other_low:
        return Relation.lebih_rendah
    return Relation.tidak_dapat_dibedakan


def share(kode: str, figure: Figure | None, *, unit: str, wilayah: str) -> str:
    """What a share says: how many of how many, and what the missing answers leave open.

    Args:
        kode: the indicator, one of ``predikat``.
        figure: None where there is none of it.
        unit: what is counted, keluarga or penduduk.
        wilayah: the area, as it is called.
    """
    words = _templates()["predikat"][kode]
    case = _case(figure)
    text: str = _templates()["bagian"][case].format(
        **words,
        wilayah=wilayah,
        unit=_people(unit),
        diketahui=_templates()["diketahui"] if figure and figure.tidak_tahu else "",
        **_numbers(figure),
    )
    return f"{text.strip()} {_doubt(figure, unit)}".strip() if case in {"biasa", "nol", "semua"} else text.strip()


def comparison(kode: str, places: Iterable[Place]) -> str:
    """The figure of the first area beside those of the others; empty where nothing can be said."""
    own, *others = places
    figure = own.figures.get(kode)
    if figure is None:
        return ""
    templates = _templates()["banding"]
    found: dict[Relation, list[str]] = {}
    for other in others:
        if (theirs := other.figures.get(kode)) is None or alone_in(own, other):
            continue
        if (how := relation(figure, theirs)) is not None:
            text = templates["tempat" if other.lengkap else "tempat_tak_lengkap"].format(
                nama=f"{TITLES[other.tingkat]} {other.nama}",
                angka=_with_bounds(theirs),
                masuk=other.desa_masuk,
                seluruh=other.desa_seluruh,
            )
            found.setdefault(how, []).append(text)
    told = [templates[how.value].format(tempat=listed(names)) for how, names in found.items()]
    return str(templates["kalimat"].format(perbandingan=listed(told))) if told else ""


def rank(found: Rank) -> str:
    """Where a village stands: a rank only where it is certain, a range otherwise."""
    templates = _templates()["peringkat"]
    case = "tanpa" if found.terbaik is None else "pasti" if found.terbaik == found.terburuk else "rentang"
    text: str = templates[case].format(
        jumlah=number(found.jumlah_desa),
        lingkup=f"{TITLES[found.lingkup]} {found.nama_lingkup}",
        terbaik=found.terbaik,
        terburuk=found.terburuk,
        arah=templates["arah"],
        alasan=found.alasan or "",
    )
    return text.strip()


def state_of_data(release: Release, today: date) -> str:
    """How old the data is."""
    templates = _templates()["keadaan"]
    if release.acuan_min is None or release.acuan_max is None:
        return str(templates["tanpa_tanggal"])
    old = age(release.acuan_max, today)
    if release.acuan_min == release.acuan_max:
        text = templates["satu_tanggal"].format(tanggal=day(release.acuan_max), umur=old)
    else:
        text = templates["rentang"].format(awal=day(release.acuan_min), akhir=day(release.acuan_max), umur=old)
    if release.tanpa_tanggal:
        text += " " + templates["sebagian"].format(jumlah=number(release.tanpa_tanggal))
    return str(text)


def called(place: Place) -> str:
    """Kecamatan Adiwerna; of an incomplete area also how many of its villages are in."""
    name = f"{TITLES[place.tingkat]} {place.nama}"
    return name if place.lengkap else f"{name}, {place.desa_masuk} dari {place.desa_seluruh} desa"


def alone_in(own: Place, larger: Place) -> bool:
    """Whether the larger area has the data of nobody else: then there is nothing to compare with."""
    return own.desa_masuk == larger.desa_masuk


def _case(figure: Figure | None) -> str:
    if figure is None:
        return "tidak_ada"
    if figure.hidden:
        return "disembunyikan"
    if figure.nilai is None:
        if figure.penyebut:
            return "tanpa_angka"
        return "tanpa_jawaban" if figure.tidak_tahu else "kosong"
    if figure.pembilang == 0:
        return "nol"
    return "semua" if figure.pembilang == figure.penyebut else "biasa"


def _numbers(figure: Figure | None) -> Mapping[str, str]:
    if figure is None:
        return {}
    return {
        "pembilang": number(figure.pembilang),
        "penyebut": number(figure.penyebut),
        "tidak_tahu": number(figure.tidak_tahu),
        "nilai": percent(figure.nilai),
        "alasan": figure.alasan or "",
    }


def _doubt(figure: Figure | None, unit: str) -> str:
    if figure is None or not figure.tidak_tahu or figure.bawah is None or figure.atas is None:
        return ""
    template = "batas_lebar" if figure.atas - figure.bawah >= WIDE else "batas"
    return str(
        _templates()[template].format(
            tidak_tahu=number(figure.tidak_tahu), unit=_people(unit), rentang=_range(figure.bawah, figure.atas)
        )
    )


def _range(low: float, high: float) -> str:
    same = percent(low) == percent(high)
    return f"sekitar {percent(low)}" if same else f"antara {percent(low)} dan {percent(high)}"


def _with_bounds(figure: Figure) -> str:
    if figure.low == figure.high or percent(figure.low) == percent(figure.high):
        return percent(figure.nilai)
    return f"{between(figure.low, figure.high)}%"


def _people(unit: str) -> str:
    return "jiwa" if unit == "penduduk" else unit


@cache
def _templates() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(TEMPLATES)
    return content
