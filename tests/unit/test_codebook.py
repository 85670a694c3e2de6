"""The codebook against the printed form, walked item by item from lists that do not come from it."""

from __future__ import annotations

import string

import pytest

from regsosek.codebook import TABLES, VERSIONS, Codebook, codes_in, generate, header_key, load_codebook

LETTERS = string.ascii_lowercase

KEYS = ["r101", "r102", "r103", "r104", "r105", "r106"]
FAMILY = [
    "id",
    *KEYS,
    *("r107", "r108", "r109", "r110", "r111", "r112", "r113", "r114", "r115", "r205"),
    *("r301a", "r301b", "r302", "r303", "r304", "r305", "r306a", "r306b", "r307a", "r307b1", "r307b2", "r307b3"),
    *("r308", "r309a", "r309b", "r310"),
    *(f"r501{letter}{part}" for letter in LETTERS[:7] for part in ("", "_bln", "_thn")),
    *(f"r502{letter}" for letter in LETTERS[:14]),
    *("r503a", "r503b"),
    *(f"r504{letter}" for letter in LETTERS[:5]),
    *("r505", "r506", "desil"),
]
PERSON = [
    *("id", "id_rt"),
    *KEYS,
    *("r401", "r402", "r403", "r404", "r405", "r406tgl", "r406bln", "r406thn", "r407", "r408", "r409", "r410", "r411"),
    *("r412", "r413", "r414", "r415", "r416a", "r416b", "r417", "r417_desk", "r418", "r419"),
    *("r420a", "r420b", "r421", "r421_desk", "r422", "r423", "r424", "r425", "r426", "r427"),
    *(f"r428{letter}" for letter in LETTERS[:10]),
    *("r429", "r430"),
    *(f"r431{letter}" for letter in LETTERS[:6]),
]

# Highest code of the items that count up from 1 without a gap.
LAST_CODE = {
    **{"r205": 5, "r301a": 5, "r301b": 6, "r303": 9, "r304": 7, "r305": 8, "r306a": 11, "r307a": 4, "r307b1": 5},
    **{"r307b2": 5, "r307b3": 5, "r309a": 6, "r309b": 4, "r310": 6, "desil": 10},
    **{"r405": 2, "r408": 4, "r409": 8, "r410": 2, "r412": 3, "r413": 22, "r414": 8, "r415": 23, "r416a": 2},
    **{"r417": 26, "r418": 8, "r419": 3, "r420a": 2, "r421": 26, "r424": 12, "r425": 7, "r429": 3, "r430": 18},
    **{f"r428{letter}": 4 for letter in LETTERS[:10]},
    **{f"r501{letter}": 2 for letter in LETTERS[:5]},
    **{f"r502{letter}": 2 for letter in LETTERS[:14]},
    **{"r503a": 2, "r503b": 2},
}
OTHER_DOMAIN = {
    **{"r109": range(1000), "r110": range(1000), "r111": range(10), "r112": range(1, 100), "r115": (0, 1, 2)},
    **{"r302": range(1, 998), "r306b": (1, 2, 8), "r308": range(12), "r505": range(4)},
    **{"r401": range(1, 100), "r406tgl": range(1, 32), "r406bln": range(1, 13), "r406thn": range(1900, 2023)},
    **{"r407": range(99), "r411": range(8), "r416b": range(1, 100), "r422": range(1000), "r423": range(100)},
    **{"r426": range(64), "r427": (1, 2, 3, 8), "r431a": (*range(16), 99), "r431f": (*range(32), 99)},
    **{f"r431{letter}": (1, 2, 8) for letter in "bcde"},
    **{f"r504{letter}": range(1000) for letter in LETTERS[:5]},
    **{f"r501{letter}_bln": range(1, 13) for letter in LETTERS[:5]},
    **{f"r501{letter}_thn": (2021, 2022) for letter in LETTERS[:5]},
}
FINAL_ONLY = {
    "r420b": range(1, 100),
    **{"r501f": (1, 2), "r501f_bln": range(1, 13), "r501f_thn": (2021, 2022)},
    **{"r501g": (1, 2), "r501g_bln": range(1, 13), "r501g_thn": (2021, 2022)},
}
CHANGED = {"r404": (range(1, 7), range(1, 6)), "r506": (range(1, 5), range(1, 3))}

CONFLICTS = {
    *("r115", "r301a", "r305", "r306a", "r306b", "r308", "r310", "r404", "r410", "r411", "r416a", "r420b", "r426"),
    *("r427", "r428e", "r429", "r431a", "r431f", "r501f", "r501g", "r506"),
}


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return load_codebook()


def test_every_item_of_the_form_is_there_once_and_in_order(codebook: Codebook) -> None:
    assert [item.kode for item in codebook.table("k_rt")] == FAMILY
    assert [item.kode for item in codebook.table("k_art")] == PERSON


def test_only_answers_become_integer_columns(codebook: Codebook) -> None:
    free = {"id", "id_rt", *KEYS, "r107", "r108", "r113", "r114", "r402", "r403", "r417_desk", "r421_desk"}
    assert {item.kode for item in codebook.items if not item.bertipe} == free
    assert {item.kode for item in codebook.items if item.jenis == "identitas"} == {
        *("r107", "r108", "r114", "r402", "r403")
    }


def test_domains_of_both_versions(codebook: Codebook) -> None:
    both = {**{kode: range(1, last + 1) for kode, last in LAST_CODE.items()}, **OTHER_DOMAIN}
    expected = {
        **{kode: (tuple(domain), tuple(domain)) for kode, domain in both.items()},
        **{kode: (tuple(domain), ()) for kode, domain in FINAL_ONLY.items()},
        **{kode: (tuple(final), tuple(draft)) for kode, (final, draft) in CHANGED.items()},
    }
    found = {
        item.kode: (tuple(item.domain("final")), tuple(item.domain("draft")))
        for tabel in TABLES
        for item in codebook.typed(tabel)
    }
    assert found == expected


def test_every_code_has_a_label_in_each_version(codebook: Codebook) -> None:
    for item in codebook.items:
        for versi in VERSIONS:
            labels = item.labels(versi)
            if item.jenis == "kode":
                assert sorted(labels) == list(item.domain(versi))
            assert all(label.strip() == label != "" for label in labels.values())
            assert set(item.tidak_tahu) <= set(item.domain(versi))


def test_residents_are_codes_of_their_version(codebook: Codebook) -> None:
    labels = {
        versi: [codebook.item("r404").labels(versi)[kode] for kode in codebook.penduduk[versi]] for versi in VERSIONS
    }
    assert labels["final"] == labels["draft"] == ["Tinggal bersama keluarga", "Anggota keluarga baru"]


@pytest.mark.parametrize("tabel", TABLES)
def test_conditions_name_typed_items_of_their_own_file(codebook: Codebook, tabel: str) -> None:
    typed = {item.kode for item in codebook.typed(tabel)}
    for item in codebook.table(tabel):
        assert codes_in(item.ditanya) <= typed - {item.kode}
        assert (item.ditanya == "true") == (item.ditanya_kepada == "semua"), item.kode
    assert codes_in(codebook.dasar[tabel]) <= typed


def test_an_item_and_those_it_depends_on_are_on_the_same_versions(codebook: Codebook) -> None:
    for item in codebook.items:
        for kode in codes_in(item.ditanya):
            assert set(item.versi) <= set(codebook.item(kode, item.tabel).versi), item.kode


@pytest.mark.parametrize("tabel", TABLES)
def test_a_header_means_one_item(codebook: Codebook, tabel: str) -> None:
    names = [name for item in codebook.table(tabel) for name, _ in item.names()]
    assert sorted(names) == sorted(set(names))
    assert set(codebook.wajib_kolom[tabel]) <= {item.kode for item in codebook.table(tabel)}


def test_headers_of_the_public_layouts(codebook: Codebook) -> None:
    family, person = codebook.headers("k_rt"), codebook.headers("k_art")
    expected_family = {
        **{" R306A ": ("r306a", None), "306b": ("r306b", None), "501a Bulan": ("r501a_bln", None)},
        **{"tahun_pkh": ("r501b_thn", "opensid"), "kd_jenis_atap": ("r305", "opensid")},
        **{"kode kartu kerluarga": ("r115", "opensid"), "id_sumber_airminum": ("r306a", "dtsen")},
        **{"No Kartu Keluarga": ("r114", "opensid"), "desil_nasional": ("desil", "dtsen")},
    }
    expected_person = {
        **{"r420": ("r420a", "lain"), "420A": ("r420a", None), "417 Tulis": ("r417_desk", None)},
        **{"402 Nama": ("r402", "opensid"), "kd_sulit_mandiri": ("r428h", "opensid"), "nik": ("r403", "dtsen")},
    }
    assert {name: family[header_key(name)] for name in expected_family} == expected_family
    assert {name: person[header_key(name)] for name in expected_person} == expected_person
    assert "r416" not in person


def test_every_disagreement_of_the_sources_is_recorded(codebook: Codebook) -> None:
    assert {item.kode for item in codebook.items if item.konflik} == CONFLICTS
    for kode in [f"r502{letter}" for letter in LETTERS[:14]] + ["r503a", "r503b"]:
        assert "bawaan" in (codebook.item(kode).catatan or "")


def test_codes_of_opensid_are_exchanged_under_its_names_only(codebook: Codebook) -> None:
    exchanged = {item.kode: item.recode("opensid") for item in codebook.items if item.recode("opensid")}
    assert exchanged == {"r305": {5: 6, 6: 5}, "r306b": {3: 8}, "r308": {12: 0}}
    assert not any(item.recode(family) for item in codebook.items for family in (None, "dtsen", "lain"))
    for kode, codes in exchanged.items():
        assert set(codes.values()) <= set(codebook.item(kode).domain("final"))


def test_generated_files_are_fresh() -> None:
    stale = [path.name for path, text in generate.generated_files().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: regsosek codegen"
