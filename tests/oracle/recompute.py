"""The 75 indicators, one after the other, in pandas' three-valued logic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from oracle.files import Delivery, read

FOUR = ["pembilang", "penyebut", "tidak_tahu", "semesta_tidak_tahu"]
SCHOOL_YEARS = {
    **dict.fromkeys(range(1, 6), 6), **dict.fromkeys(range(6, 11), 9), **dict.fromkeys(range(11, 18), 12),
    18: 14, 19: 16, 20: 17, 21: 18, 22: 18, 23: 0,
}  # fmt: skip
WEIGHTS = (3, 3, 3, 3, 1, 1, 1, 1, 1, 1)


@dataclass(frozen=True)
class Indicator:
    """What every unit says: universe, condition, unknown; ``count_unknown`` if an unknown universe is counted."""

    name: str
    universe: pd.Series
    condition: pd.Series
    unknown: pd.Series
    count_unknown: bool = False


def recompute(folder: Path, villages: Mapping[str, int | None]) -> pd.DataFrame:
    """The four integers of every indicator of every village that a delivery is accepted for.

    Args:
        folder: the delivery.
        villages: code -> class of the village (1 urban, 2 rural, None not known).

    Returns:
        Columns kode_desa, kode_indikator, pembilang, penyebut (NA for counts), tidak_tahu, semesta_tidak_tahu.
    """
    return figures(read(folder, set(villages)), villages)


def figures(delivery: Delivery, villages: Mapping[str, int | None]) -> pd.DataFrame:
    """The same of a delivery that was read already."""
    families, persons = those_counted(delivery, villages)
    return _figures(families, persons, delivery.versi, sorted(set(delivery.families["desa"])))


def grouped(folder: Path, villages: Mapping[str, int | None], by: str) -> pd.DataFrame:
    """The four integers by village and group, with a column ``kelompok``.

    ``by`` is sls, desil, jenis_kelamin_kepala or kelompok_umur, the last of persons only.
    """
    delivery = read(folder, set(villages))
    families, persons = those_counted(delivery, villages)
    of_family, of_person = _groups(delivery, persons, by)
    families["desa"] = families["desa"] + "|" + of_family.reindex(families.index)
    persons = persons.assign(desa=persons["desa"] + "|" + of_person)
    keys = sorted(set(families["desa"]) | set(persons["desa"]))
    table = _figures(families, persons, delivery.versi, keys)
    table[["kode_desa", "kelompok"]] = table["kode_desa"].str.split("|", expand=True)
    return table[table[FOUR].fillna(0).sum(axis=1) > 0].reset_index(drop=True)


def _groups(delivery: Delivery, persons: pd.DataFrame, by: str) -> tuple[pd.Series, pd.Series]:
    """Group of every accepted family and of every resident, in words."""
    everyone = delivery.families
    if by == "kelompok_umur":
        edges = ((0, 4, "00-04"), (5, 14, "05-14"), (15, 24, "15-24"), (25, 59, "25-59"), (60, 98, "60+"))
        of_person = pd.Series("tidak diketahui", persons.index)
        for low, high, name in edges:
            of_person = of_person.mask(_between(persons["r407"], low, high).fillna(False).astype(bool), name)
        return pd.Series("tidak diketahui", everyone.index), of_person
    if by == "jenis_kelamin_kepala":
        heads = persons[(persons["r409"] == 1).fillna(False)]
        single = heads[~heads["family"].duplicated(keep=False)].set_index("family")["r405"]
        of_family = single.map({1: "laki-laki", 2: "perempuan"}).reindex(everyone.index).fillna("tidak diketahui")
    elif by == "desil":
        of_family = everyone["desil"].astype("string").fillna("tidak diketahui")
    else:
        of_family = everyone["sls"]
    return of_family.astype(object), persons["family"].map(of_family)


def _figures(families: pd.DataFrame, persons: pd.DataFrame, versi: str, codes: list[str]) -> pd.DataFrame:
    parts = [_count(each, families["desa"], codes) for each in _of_families(families, persons, versi)]
    parts += [_count(each, persons["desa"], codes) for each in _of_persons(persons)]
    parts += _numbers(families, persons, codes)
    parts += _poverty(families, persons, codes)
    return pd.concat(parts, ignore_index=True)


def those_counted(delivery: Delivery, villages: Mapping[str, int | None]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The families that figures are about, with ``residents`` and ``klas``, and their residents."""
    persons = delivery.persons[delivery.persons["penduduk"]]
    families = delivery.families
    members = persons.groupby("family").size()
    gone = families["r205"].isin([3, 4, 5])
    families = families[families.index.isin(members.index) & ~gone].copy()
    families["residents"] = members.reindex(families.index).astype("int64")
    families["klas"] = families["desa"].map(villages).astype("Int16")
    return families, persons


def _count(each: Indicator, village: pd.Series, codes: list[str]) -> pd.DataFrame:
    inside = each.universe.fillna(False).astype(bool)
    unknown = inside & each.unknown.fillna(False).astype(bool)
    known = inside & ~unknown
    undecided = each.universe.isna() & each.count_unknown
    columns = (known & each.condition.fillna(False).astype(bool), known, unknown, undecided)
    return _rows(each.name, [column.groupby(village).sum() for column in columns], codes)


def _rows(name: str, columns: list[pd.Series], codes: list[str]) -> pd.DataFrame:
    table = {
        four: column.reindex(codes, fill_value=0).astype("Int64") for four, column in zip(FOUR, columns, strict=True)
    }
    return pd.DataFrame({"kode_desa": codes, "kode_indikator": name} | {k: v.array for k, v in table.items()})


def _in(column: pd.Series, *codes: int) -> pd.Series:
    """``column in (...)``, unknown where the column is."""
    return column.isin(codes).astype("boolean").mask(column.isna())


def _between(column: pd.Series, low: int, high: int) -> pd.Series:
    return (column >= low) & (column <= high)


def _bit(column: pd.Series, mask: int) -> pd.Series:
    bits = pd.Series(np.bitwise_and(column.fillna(0).to_numpy(dtype="int64"), mask) > 0, index=column.index)
    return bits.astype("boolean").mask(column.isna())


def _always(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=frame.index, dtype="boolean")


def _any_of(persons: pd.DataFrame, flag: pd.Series, families: pd.DataFrame) -> pd.Series:
    """Whether some resident of each family has the flag for certain."""
    seen = persons["family"][flag.fillna(False).astype(bool)]
    return pd.Series(families.index.isin(set(seen)), index=families.index, dtype="boolean")


# Families -----------------------------------------------------------------------------------------------------


def _sanitation(f: pd.DataFrame, *, pit: bool) -> tuple[pd.Series, pd.Series]:
    """(decent, unknown)."""
    shared = _in(f.r309a, 1, 2, 3)
    decent = shared & (f.r309b == 1) & _in(f.r310, 1, 2)
    unknown = f.r309a.isna() | (shared & (f.r309b.isna() | ((f.r309b == 1) & f.r310.isna())))
    if pit:
        hole = shared & (f.r309b == 1) & (f.r310 == 4)
        decent = decent | (hole & (f.klas == 2))
        unknown = unknown | (hole & f.klas.isna())
    return decent.fillna(False), unknown.fillna(False)


def parts_of_dwelling(f: pd.DataFrame) -> dict[str, tuple[pd.Series, pd.Series]]:
    """Part of the dwelling -> (not decent, unknown)."""
    sanitation, unknown = _sanitation(f, pit=True)
    parts = {
        "sempit": (10 * f.r302.astype("Int64") < 72 * f.residents, f.r302.isna()),
        "lantai": (_in(f.r303, 7, 8, 9), f.r303.isna()),
        "dinding": (~_in(f.r304, 1, 2, 3, 5), f.r304.isna()),
        "atap": (~_in(f.r305, 1, 2, 3, 6), f.r305.isna()),
        "sanitasi": (~sanitation & ~unknown, unknown),
        "air": (~_in(f.r306a, 1, 2, 3, 4, 5, 7, 10), f.r306a.isna()),
    }
    building = [parts[name] for name in ("lantai", "dinding", "atap")]
    bad = _some([bad for bad, _ in building])
    parts["bangunan"] = (bad, ~bad & _some([unknown for _, unknown in building]))
    return {name: (bad.fillna(False), unknown) for name, (bad, unknown) in parts.items()}


def _some(flags: list[pd.Series]) -> pd.Series:
    result = flags[0].fillna(False).astype("boolean")
    for flag in flags[1:]:
        result = result | flag.fillna(False).astype("boolean")
    return result


def _poor_in_assets(f: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    small = [f.r502b, f.r502f, f.r502h, f.r502i, f.r502j, f.r502n]
    owned = sum((column == 1).fillna(False).astype(int) for column in small)
    unknown = _some([column.isna() for column in [*small, f.r502k]])
    return (f.r502k == 2).fillna(False) & (owned <= 1), unknown


def _of_families(f: pd.DataFrame, p: pd.DataFrame, versi: str) -> Iterator[Indicator]:
    every = _always(f)

    def plain(name: str, condition: pd.Series, unknown: pd.Series) -> Indicator:
        return Indicator(name, every, condition, unknown)

    def among(name: str, universe: pd.Series, condition: pd.Series, unknown: pd.Series) -> Indicator:
        return Indicator(name, universe, condition, unknown, count_unknown=True)

    heads = p[(p.r409 == 1).fillna(False)]
    number = heads.groupby("family").size().reindex(f.index, fill_value=0)
    sex = heads.drop_duplicates("family").set_index("family")["r405"].reindex(f.index).astype("Int16")
    one_head = (number == 1).astype("boolean")
    yield Indicator("pct_kepala_keluarga_perempuan", one_head, sex == 2, sex.isna())
    age = p.drop_duplicates("family").set_index("family")["r407"].reindex(f.index).astype("Int16")
    alone = f.residents == 1
    yield plain("pct_keluarga_lansia_tunggal", alone & (age >= 60), alone & age.isna())

    dwelling = parts_of_dwelling(f)
    for name, part in (
        ("pct_lantai_tidak_layak", "lantai"),
        ("pct_dinding_tidak_layak", "dinding"),
        ("pct_atap_tidak_layak", "atap"),
        ("pct_hunian_sempit", "sempit"),
    ):
        yield plain(name, *dwelling[part])
    components = [dwelling[name] for name in ("sempit", "lantai", "dinding", "atap", "sanitasi", "air")]
    failing = _some([bad for bad, _ in components])
    yield plain("pct_rtlh", failing, ~failing & _some([unknown for _, unknown in components]))
    yield plain("pct_bukan_milik_sendiri", f.r301a != 1, f.r301a.isna())
    yield among("pct_tanpa_sertifikat", f.r301a == 1, _in(f.r301b, 5, 6), f.r301b.isna())

    yield plain("pct_sanitasi_layak", *_sanitation(f, pit=True))
    yield plain("pct_sanitasi_layak_ketat", *_sanitation(f, pit=False))
    yield plain("pct_babs", _in(f.r309a, 5, 6), f.r309a.isna())
    yield plain("pct_air_minum_layak", _in(f.r306a, 3, 4, 5, 7, 10), f.r306a.isna() | _in(f.r306a, 1, 2))
    yield plain("pct_air_minum_layak_jmp", _in(f.r306a, 1, 2, 3, 4, 5, 7, 10), f.r306a.isna())
    well = _between(f.r306a, 4, 8)
    yield among("pct_sumber_air_dekat_limbah", well, f.r306b == 1, f.r306b.isna() | (f.r306b == 8))
    yield plain("pct_listrik", _in(f.r307a, 1, 2, 3), f.r307a.isna())
    yield plain("pct_listrik_tanpa_meteran", f.r307a == 2, f.r307a.isna())
    yield among("pct_daya_450", f.r307a == 1, f.r307b1 == 1, f.r307b1.isna())
    cooks = (f.r308 != 0).fillna(True)
    yield Indicator("pct_bahan_bakar_bersih", cooks, _between(f.r308, 1, 6), f.r308.isna())

    business = _any_of(p, p.r420a == 1, f)
    silent = _any_of(p, (p.r407 >= 5) & p.r420a.isna(), f)
    yield plain("pct_keluarga_punya_usaha", business, ~business & silent)

    for name, item in (
        ("pct_bpnt", "a"), ("pct_pkh", "b"), ("pct_blt_desa", "c"), ("pct_subsidi_listrik", "d"),
        ("pct_bantuan_pemda", "e"), ("pct_subsidi_pupuk", "f"), ("pct_subsidi_lpg", "g"),
    ):  # fmt: skip
        yield plain(name, f[f"r501{item}"] == 1, f[f"r501{item}"].isna())
    aid = [f.r501a, f.r501b, f.r501c, f.r501e]
    helped = _some([column == 1 for column in aid])
    missing = _some([column.isna() for column in aid])
    yield among("pct_d1_tanpa_bansos", f.desil == 1, ~helped, ~helped & missing)

    yield plain("pct_tanpa_rekening", f.r506 == (2 if versi == "draft" else 4), f.r506.isna())
    yield plain("pct_internet", _in(f.r505, 1, 2, 3), f.r505.isna())
    yield plain("pct_miskin_aset", *_poor_in_assets(f))

    yield plain("pct_desil_1", f.desil == 1, f.desil.isna())
    yield plain("pct_desil_1_2", f.desil <= 2, f.desil.isna())
    yield plain("pct_desil_1_4", f.desil <= 4, f.desil.isna())
    target = _between(f.desil, 1, 4)
    for name, item in (("pkh", f.r501b), ("bpnt", f.r501a)):
        yield among(f"exclusion_error_{name}", target, item == 2, item.isna())
        yield among(f"inclusion_error_{name}", item == 1, f.desil > 4, f.desil.isna())
    seen, undecided = _pkh_component(p, f)
    component = seen.astype("boolean").mask(~seen & undecided)
    yield among("exclusion_error_pkh_komponen", target & component, f.r501b == 2, f.r501b.isna())


def _pkh_component(p: pd.DataFrame, f: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    early, late = [p[f"r428{x}"] for x in "abcdef"], [p[f"r428{x}"] for x in "ghi"]
    school_age = _between(p.r407, 7, 21)
    cannot = ((p.r407 >= 2) & _some([c == 1 for c in early])) | ((p.r407 >= 5) & _some([c == 1 for c in late]))
    seen = (p.r410 == 1) | (p.r407 <= 6) | (school_age & (p.r412 == 2)) | (p.r407 >= 60) | cannot
    perhaps_pregnant = (p.r405 == 2) & _between(p.r407, 10, 54) & _in(p.r408, 2, 3, 4) & p.r410.isna()
    silent = ((p.r407 >= 2) & _some([c.isna() for c in early])) | ((p.r407 >= 5) & _some([c.isna() for c in late]))
    undecided = p.r407.isna() | perhaps_pregnant | (school_age & p.r412.isna()) | silent
    return _any_of(p, seen, f), _any_of(p, undecided, f)


# Persons ------------------------------------------------------------------------------------------------------


def _difficulty(p: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """(a serious difficulty, none seen but an item missing), by the ages the items are asked at; never unknown."""
    early, late = [p[f"r428{x}"] for x in "abcdef"], [p[f"r428{x}"] for x in "ghi"]
    two, five = (p.r407 >= 2).fillna(False), (p.r407 >= 5).fillna(False)
    has = (two & _some([_in(c, 1, 2) for c in early])) | (five & _some([_in(c, 1, 2) for c in late]))
    silent = (two & _some([c.isna() for c in early])) | (five & _some([c.isna() for c in late]))
    return has, ~has & silent


def _of_persons(p: pd.DataFrame) -> Iterator[Indicator]:
    every = _always(p)

    def plain(name: str, condition: pd.Series, unknown: pd.Series) -> Indicator:
        return Indicator(name, every, condition, unknown)

    def among(name: str, universe: pd.Series, condition: pd.Series, unknown: pd.Series) -> Indicator:
        return Indicator(name, universe, condition, unknown, count_unknown=True)

    yield plain("pct_lansia", p.r407 >= 60, p.r407.isna())
    yield plain("pct_balita", p.r407 < 5, p.r407.isna())
    yield among("pct_dewasa_tanpa_ktp", p.r407 >= 17, ~_bit(p.r411, 4), p.r411.isna())
    yield among("pct_anak_tanpa_akta", p.r407 < 18, ~_bit(p.r411, 1), p.r411.isna())

    for low, high, level, first, last in ((7, 12, "sd", 1, 5), (13, 15, "smp", 6, 10), (16, 18, "sma", 11, 17)):
        age = _between(p.r407, low, high)
        yield among(f"aps_{low}_{high}", age, p.r412 == 2, p.r412.isna())
        enrolled = (p.r412 == 2) & _between(p.r413, first, last)
        yield among(f"apm_{level}", age, enrolled, p.r412.isna() | ((p.r412 == 2) & p.r413.isna()))
    age = _between(p.r407, 7, 18)
    left = (p.r412 == 3) & ((p.r415 == 23) | _between(p.r415, 1, 10))
    unsure = (p.r412 == 3) & p.r415.isna()
    yield among("pct_putus_sekolah_7_18", age & _in(p.r412, 2, 3), left, unsure)
    yield among("pct_ats_7_18", age, (p.r412 == 1) | left, p.r412.isna() | unsure)
    yield among("pct_belum_pernah_sekolah_7_18", age, p.r412 == 1, p.r412.isna())
    uncertified = p.r412.isna() | (_in(p.r412, 2, 3) & p.r415.isna())
    yield among("pct_tanpa_ijazah_15", p.r407 >= 15, (p.r412 == 1) | (p.r415 == 23), uncertified)

    adult = p.r407 >= 15
    yield among("pct_bekerja_15", adult, p.r416a == 1, p.r416a.isna())
    idle = (p.r412 != 2) & (p.r416a == 2)
    yield among("pct_neet_15_24", _between(p.r407, 15, 24), idle, p.r412.isna() | p.r416a.isna())
    worker = adult & (p.r416a == 1)
    yield among("pct_pekerja_informal", worker, _in(p.r418, 1, 2, 6, 7, 8), p.r418.isna())
    yield among("pct_pekerja_pertanian", worker, _between(p.r417, 1, 6), p.r417.isna())
    yield among("pct_anak_bekerja_5_14", _between(p.r407, 5, 14), p.r416a == 1, p.r416a.isna())

    yield among("pct_disabilitas", p.r407 >= 2, *_difficulty(p))
    six = [p[f"r428{x}"] for x in "abcghi"]
    hard = _some([_in(c, 1, 2) for c in six])
    yield among("pct_disabilitas_wg", p.r407 >= 5, hard, ~hard & _some([c.isna() for c in six]))
    yield plain("pct_penyakit_kronis", p.r430 != 1, p.r430.isna())
    yield among("pct_gangguan_gizi_balita", p.r407 < 5, _in(p.r427, 1, 2), p.r427.isna() | _in(p.r427, 3, 8))
    vague = p.r431a.isna() | (p.r431a == 99)
    yield plain("pct_jkn", _bit(p.r431a, 7), vague)
    yield plain("pct_pbi_jkn", _bit(p.r431a, 1), vague)
    yield plain("pct_tanpa_jaminan_kesehatan", p.r431a == 0, vague)
    yield among("pct_jamsostek_pekerja", worker, _bit(p.r431f, 31), p.r431f.isna() | (p.r431f == 99))


# What is not a share ------------------------------------------------------------------------------------------


def _numbers(f: pd.DataFrame, p: pd.DataFrame, codes: list[str]) -> list[pd.DataFrame]:
    def total(values: pd.Series, village: pd.Series) -> pd.Series:
        return values.astype("int64").groupby(village).sum()

    none = pd.Series(dtype="Int64")
    families, persons = f.groupby("desa").size(), p.groupby("desa").size()
    parts = [_rows("jumlah_keluarga", [families, none, none, none], codes)]
    parts.append(_rows("jumlah_penduduk", [persons, none, none, none], codes))
    for part in parts:
        part["penyebut"] = pd.array([pd.NA] * len(codes), dtype="Int64")
    parts.append(_rows("rata_anggota_keluarga", [total(f.residents, f.desa), families, none, none], codes))

    working_age = _between(p.r407, 15, 64)
    sides = [~working_age, working_age, p.r407.isna()]
    parts.append(_rows("rasio_ketergantungan", [total(s.fillna(False), p.desa) for s in sides] + [none], codes))

    dwelling = [parts_of_dwelling(f)[name] for name in ("sempit", "bangunan", "sanitasi", "air")]
    unknown = _some([u for _, u in dwelling])
    failed = sum(bad.fillna(False).astype("int64") for bad, _ in dwelling)
    sums = [total(failed.where(~unknown, 0), f.desa), total(~unknown, f.desa), total(unknown, f.desa), none]
    parts.append(_rows("rata_komponen_rtlh", sums, codes))

    grown = (p.r407 >= 25).fillna(False)
    gaps = p.r413.isna() | p.r414.isna() | p.r415.isna()
    unknown = grown & (p.r412.isna() | (_in(p.r412, 2, 3).fillna(False) & gaps))
    known = grown & ~unknown
    base = p.r415.map(SCHOOL_YEARS).astype("Float64")
    years = base + p.r414 - 1
    years = years.mask(_in(p.r413, 21, 22).fillna(False), base + 1)
    years = years.mask((p.r414 == 8).fillna(False), base)
    years = years.mask((p.r412 == 1).fillna(False), 0)
    sums = [total(years.where(known, 0).fillna(0), p.desa), total(known, p.desa), total(unknown, p.desa), none]
    parts.append(_rows("rata_lama_sekolah_25", sums, codes))
    return parts


def _poverty(f: pd.DataFrame, p: pd.DataFrame, codes: list[str]) -> list[pd.DataFrame]:
    """The multidimensional index, k = 1/3 of 18."""
    zero = pd.Series(0, index=f.index)
    certain, possible = zero, zero
    for weight, (bad, unknown) in zip(WEIGHTS, deprivations(f, p), strict=True):
        sure = bad.fillna(False).astype(bool)
        certain = certain + weight * sure
        possible = possible + weight * (sure | unknown.fillna(False).astype(bool))
    poor, safe = certain >= 6, possible < 6

    def residents(chosen: pd.Series, score: pd.Series | int = 1) -> pd.Series:
        return (f.residents * score).where(chosen, 0).groupby(f.desa).sum()

    none = pd.Series(dtype="Int64")
    decided, undecided = residents(poor | safe), residents(~poor & ~safe)
    return [
        _rows("ikm_h", [residents(poor), decided, undecided, none], codes),
        _rows("ikm_a", [residents(poor, certain), residents(poor), none, none], codes),
        _rows("ikm_m0", [residents(poor, certain), decided, undecided, none], codes),
    ]


def deprivations(f: pd.DataFrame, p: pd.DataFrame) -> list[tuple[pd.Series, pd.Series]]:
    """(true, unknown) of each of the ten; where one is true, unknown does not matter."""
    assets, silent_assets = _poor_in_assets(f)
    has, silent = _difficulty(p)
    small = (p.r407 < 5).fillna(False)
    cared = _in(p.r429, 1, 2).fillna(False)
    ill = (has & ~cared) | (small & _in(p.r427, 1, 2).fillna(False))
    perhaps = silent | (small & (p.r427.isna() | (p.r427 == 8).fillna(False)))
    teen = (p.r407 >= 13).fillna(False)
    certified = _any_of(p, teen & _between(p.r415, 1, 22), f)
    unsure = _any_of(p, teen & (p.r412.isna() | (_in(p.r412, 2, 3) & p.r415.isna())), f)
    pupil = _between(p.r407, 7, 15)
    dwelling = parts_of_dwelling(f)
    return [
        (_any_of(p, ill, f), _any_of(p, perhaps, f)),
        (_any_of(p, p.r431a == 0, f), _any_of(p, p.r431a.isna() | (p.r431a == 99), f)),
        (_any_of(p, teen, f) & ~certified & ~unsure, ~certified & unsure),
        (_any_of(p, pupil & (p.r412 != 2), f), _any_of(p, pupil & p.r412.isna(), f)),
        (_between(f.r308, 7, 11), f.r308.isna()),
        dwelling["sanitasi"],
        dwelling["air"],
        (f.r307a == 4, f.r307a.isna()),
        dwelling["bangunan"],
        (assets & ~silent_assets, silent_assets),
    ]
