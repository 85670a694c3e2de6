"""Headers in any naming, and the columns they become."""

from __future__ import annotations

import pytest

from regsosek.codebook import load_codebook
from regsosek.landing.header import Header, resolve_header
from regsosek.landing.refusal import DeliveryRefused

KEYS = ["id", "r101", "r102", "r103", "r104"]
PERSON_KEYS = ["id_rt", "r101", "r102", "r103", "r104", "r404"]


def k_rt(*more: str, keys: list[str] = KEYS, **options: str) -> Header:
    return resolve_header([*keys, *more], "k_rt", load_codebook(), nama_berkas="k_rt.csv", **options)


@pytest.mark.parametrize("name", ["r306a", " R306A ", "306a", "306.a"[:3] + "a", "R306a.", "kd_sumber_air_minum"])
def test_an_item_in_any_naming(name: str) -> None:
    assert k_rt(name).kolom["r306a"] == k_rt(name).columns[-1]


def test_every_naming_of_every_item_is_found() -> None:
    codebook = load_codebook()
    for table, keys in (("k_rt", KEYS), ("k_art", PERSON_KEYS)):
        for name, (code, _) in codebook.headers(table).items():
            if code not in keys:
                header = resolve_header([*keys, name.upper()], table, codebook, nama_berkas="x.csv")
                assert header.kolom[code] == header.columns[-1]


def test_opensid_names_tell_whose_codes_the_answers_are_in() -> None:
    assert k_rt("kd_jenis_atap").sumber_kode == "opensid"
    assert k_rt("kd_rek_aktif").sumber_kode == "bps"  # the same codes in both
    assert k_rt("id_atap_terluas").sumber_kode == "bps"
    assert k_rt("r305").sumber_kode == "bps"


def test_unknown_columns_are_kept_under_names_of_their_own() -> None:
    names = ["Catatan", "catatan ", "", "baris", "ctid", "x" * 80, "x" * 90, "Ñ"]
    columns = k_rt(*names).columns[len(KEYS) :]
    assert columns[:3] == ("catatan", "catatan_2", "kolom_8")
    assert columns[3:5] == ("baris_2", "ctid_2")
    assert len({*columns}) == len(names)
    assert all(len(column.encode()) <= 63 for column in columns)


def test_items_may_be_missing_keys_may_not() -> None:
    assert set(k_rt().kolom) == set(KEYS)
    with pytest.raises(DeliveryRefused) as refused:
        k_rt(keys=["id", "r101", "NAMA ORANG", "r104"])
    assert refused.value.aturan == "kolom_kunci_hilang"
    assert "r102, r103" in refused.value.pesan
    assert "ORANG" not in str(refused.value)  # a file without a header shows data in its place


@pytest.mark.parametrize("more", [["r305", "R305 "], ["r305", "305"], ["r305", "kd_jenis_atap"], ["r420", "x", "r101"]])
def test_two_columns_for_one_item_are_refused(more: list[str]) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        k_rt(*more)
    assert (refused.value.aturan, refused.value.baris) == ("judul_kolom_ganda", 1)
    assert "kolom ke-" in refused.value.pesan


def test_the_declared_column_is_the_decile() -> None:
    assert k_rt("desil").kolom["desil"] == "desil"
    assert k_rt("desil", "Desil Daerah", kolom_desil="desil daerah").kolom["desil"] == "desil_daerah"
    assert "desil" not in k_rt("x").kolom
    with pytest.raises(DeliveryRefused) as refused:
        k_rt("desil", kolom_desil="peringkat")
    assert refused.value.aturan == "kiriman_yml_tidak_sah"


def test_more_columns_than_a_table_can_have_are_refused() -> None:
    with pytest.raises(DeliveryRefused, match="kolom"):
        k_rt(*[f"x{i}" for i in range(1600)])
