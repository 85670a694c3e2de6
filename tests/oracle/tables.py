"""Counts by group, as the subject marts publish them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from oracle.files import read
from oracle.recompute import parts_of_dwelling, those_counted

SEX = {1: "laki-laki", 2: "perempuan"}
UNKNOWN = "tidak diketahui"
CERTIFICATE = {
    **dict.fromkeys(range(1, 6), "SD"), **dict.fromkeys(range(6, 11), "SMP"), **dict.fromkeys(range(11, 18), "SMA"),
    18: "Diploma", **dict.fromkeys(range(19, 23), "S1 ke atas"), 23: "tidak punya",
}  # fmt: skip
PROGRAMMES = {"PKH": "r501b", "BPNT": "r501a", "BLT Desa": "r501c"}


def tables(folder: Path, villages: Mapping[str, int | None]) -> dict[str, pd.Series]:
    """Mart -> its counts, indexed by (kode_desa, group, ...)."""
    families, persons = those_counted(read(folder, set(villages)), villages)
    return {
        "mart_demografi_desa": _demography(persons),
        "mart_pendidikan_desa": _schooling(persons),
        "mart_ketenagakerjaan_desa": _work(persons),
        "mart_rtlh_desa": _dwellings(families),
        "mart_desil_desa": families.groupby([families["desa"], families["desil"].fillna(0).astype(int)]).size(),
        "mart_ketepatan_sasaran": _targeting(families, persons),
        "mart_komplementaritas_bantuan": _complementarity(families),
    }


def _words(values: pd.Series, words: Mapping[int, str]) -> pd.Series:
    return values.map(lambda value: UNKNOWN if pd.isna(value) else words[int(value)])


def _size(*keys: pd.Series) -> pd.Series:
    return pd.Series(1, keys[0].index).groupby([key.rename(str(n)) for n, key in enumerate(keys)]).sum()


def _demography(p: pd.DataFrame) -> pd.Series:
    def group(age: int) -> str:
        return "75+" if age >= 75 else f"{age - age % 5:02d}-{age - age % 5 + 4:02d}"

    ages = p["r407"].map(lambda age: UNKNOWN if pd.isna(age) else group(int(age)))
    return _size(p["desa"], ages, _words(p["r405"], SEX))


def _schooling(p: pd.DataFrame) -> pd.Series:
    bands = {
        (5, 6): "05-06",
        (7, 12): "07-12",
        (13, 15): "13-15",
        (16, 18): "16-18",
        (19, 24): "19-24",
        (25, 98): "25+",
    }
    words = {age: name for (low, high), name in bands.items() for age in range(low, high + 1)}
    p = p[p["r407"].isna() | (p["r407"] >= 5).fillna(False)]
    certificate = p["r415"].mask((p["r412"] == 1).fillna(False), 23)
    attending = {1: "belum pernah", 2: "masih sekolah", 3: "tidak lagi"}
    return _size(
        p["desa"], _words(p["r407"], words), _words(p["r405"], SEX), _words(p["r412"], attending),
        _words(certificate, CERTIFICATE),
    )  # fmt: skip


def _work(p: pd.DataFrame) -> pd.Series:
    p = p[(p["r407"] >= 15).fillna(False)]
    works = (p["r416a"] == 1).fillna(False)
    codes = p["r418"].map(lambda code: 0 if pd.isna(code) else int(code)).where(works, -1)
    return _size(p["desa"], _words(p["r405"], SEX), _words(p["r416a"], {1: "bekerja", 2: "tidak bekerja"}), codes)


def _dwellings(f: pd.DataFrame) -> pd.Series:
    def answer(bad: pd.Series, unknown: pd.Series) -> pd.Series:
        words = pd.Series("tidak", f.index).mask(unknown.fillna(False), UNKNOWN)
        return words.mask(bad.fillna(False), "ya")

    parts = parts_of_dwelling(f)
    return _size(f["desa"], *(answer(*parts[name]) for name in ("sempit", "bangunan", "sanitasi", "air")))


def _targeting(f: pd.DataFrame, p: pd.DataFrame) -> pd.Series:
    """By (desa, programme, decile, answer)."""
    decile = f["desil"].map(lambda value: UNKNOWN if pd.isna(value) else str(int(value)))
    answers = {1: "penerima", 2: "bukan_penerima"}
    parts = [
        _size(f["desa"], pd.Series(name, f.index), decile, _words(f[item], answers).replace(UNKNOWN, "tidak_tahu"))
        for name, item in PROGRAMMES.items()
    ]
    insured = p["r431a"].map(
        lambda value: "tidak_tahu" if pd.isna(value) or value == 99 else ("penerima" if value & 1 else "bukan_penerima")
    )
    counted = p["family"].isin(f.index)
    of_family = p["family"][counted].map(decile)
    parts.append(_size(p["desa"][counted], pd.Series("PBI-JKN", of_family.index), of_family, insured[counted]))
    return pd.concat(parts)


def _complementarity(f: pd.DataFrame) -> pd.Series:
    decile = f["desil"].map(lambda value: UNKNOWN if pd.isna(value) else str(int(value)))
    items = [f[f"r501{letter}"] for letter in "abce"]
    number = sum((item == 1).fillna(False).astype(int) for item in items).astype(str)
    unknown = pd.concat([item.isna() for item in items], axis=1).any(axis=1)
    return _size(f["desa"], decile, number.mask(unknown, UNKNOWN))
