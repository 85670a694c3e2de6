"""The multidimensional index beyond its three indicators: other k, other sets of deprivations, what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pandas as pd

from oracle.files import read
from oracle.recompute import WEIGHTS, deprivations, those_counted

THIRD = Fraction(1, 3)
VARIANTS: dict[str, tuple[Fraction, int | None]] = {
    "utama": (THIRD, None),
    "k_1_5": (Fraction(1, 5), None),
    "k_1_2": (Fraction(1, 2), None),
    **{f"tanpa_{number}": (THIRD, number) for number in range(1, 11)},
}


def poverty(folder: Path, villages: Mapping[str, int | None]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums of the index by (kode_desa, varian), and residents by (kode_desa, nomor) of the deprivation."""
    families, persons = those_counted(read(folder, set(villages)), villages)
    flags = [
        (bad.fillna(False).astype(bool), ~bad.fillna(False).astype(bool) & unknown.fillna(False).astype(bool))
        for bad, unknown in deprivations(families, persons)
    ]
    variants = [_variant(families, flags, name, k, without) for name, (k, without) in VARIANTS.items()]
    poor = _scores(flags, None)[0] * 3 >= sum(WEIGHTS)
    parts = [_deprivation(families, number, bad, unknown, poor) for number, (bad, unknown) in enumerate(flags, 1)]
    return pd.concat(variants, ignore_index=True), pd.concat(parts, ignore_index=True)


def _scores(flags: list[tuple[pd.Series, pd.Series]], without: int | None) -> tuple[pd.Series, pd.Series]:
    kept = [
        (weight, *flag)
        for number, (weight, flag) in enumerate(zip(WEIGHTS, flags, strict=True), 1)
        if number != without
    ]
    certain = sum(weight * bad.astype(int) for weight, bad, _ in kept)
    return certain, certain + sum(weight * unknown.astype(int) for weight, _, unknown in kept)


def _variant(
    f: pd.DataFrame, flags: list[tuple[pd.Series, pd.Series]], name: str, k: Fraction, without: int | None
) -> pd.DataFrame:
    weight = sum(WEIGHTS) - (WEIGHTS[without - 1] if without else 0)
    certain, possible = _scores(flags, without)
    poor, not_poor = certain >= k * weight, possible < k * weight
    sums = {
        "keluarga": pd.Series(1, f.index),
        "keluarga_miskin": poor.astype(int),
        "penduduk": f.residents,
        "penduduk_ditentukan": f.residents.where(poor | not_poor, 0),
        "penduduk_miskin": f.residents.where(poor, 0),
        "skor_penduduk_miskin": (f.residents * certain).where(poor, 0),
        "skor_penduduk_mungkin": (f.residents * possible).where(~not_poor, 0),
    }
    frame = pd.DataFrame(sums).groupby(f.desa).sum().rename_axis("kode_desa").reset_index()
    return frame.assign(varian=name, bobot=weight)


def _deprivation(f: pd.DataFrame, number: int, bad: pd.Series, unknown: pd.Series, poor: pd.Series) -> pd.DataFrame:
    sums = {
        "penduduk_kekurangan": f.residents.where(bad, 0),
        "penduduk_diketahui": f.residents.where(~unknown, 0),
        "penduduk_tidak_tahu": f.residents.where(unknown, 0),
        "penduduk_miskin_kekurangan": f.residents.where(bad & poor, 0),
    }
    return pd.DataFrame(sums).groupby(f.desa).sum().rename_axis("kode_desa").reset_index().assign(nomor=number)
