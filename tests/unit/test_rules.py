"""Rules: complete, derived as the codebook says, and their predicates decide as the form does."""

from __future__ import annotations

import re

import psycopg
import pytest
import yaml

from regsosek.codebook import TABLES, Codebook, codes_in, load_codebook
from regsosek.rules import RULES, SEVERITIES, Rule, all_rules, generate, item_rules, rule
from regsosek.settings import Settings
from regsosek.warehouse.embedded import EmbeddedServer

NOT_WARNED = {"r109", "r110", "r111", "r112", "r115", "r205", "desil", "r307b2", "r307b3", "r427", "r429"}

STANDING_ALONE = {
    "tolak_kiriman": {
        *("berkas_tidak_terbaca", "kolom_kunci_hilang", "judul_kolom_ganda", "desa_bukan_kabupaten", "versi_ambigu"),
        *("kiriman_yml_tidak_sah", "jumlah_baris_berbeda", "sidik_berkas_berbeda"),
    },
    "tolak_desa": {"keluarga_ditolak_berlebih", "keluarga_tidak_ada", "keluarga_turun_tajam"},
    "tolak_keluarga": {
        *("id_keluarga_hilang", "id_keluarga_ganda", "desa_tidak_dikenal", "desa_anggota_berbeda"),
        *("keberadaan_tidak_sah", "anggota_tanpa_keluarga"),
    },
    "kosongkan": set(),
    "peringatan": {
        *("kk_kosong", "kk_tidak_sah", "kk_ganda", "kk_berakhiran_nol"),
        *("nik_kosong", "nik_tidak_sah", "nik_tidak_cocok", "nik_ganda", "nik_berakhiran_nol"),
        *("isian_tanpa_wawancara", "isian_bukan_penduduk", "umur_tidak_cocok", "tabung_gas_bahan_bakar"),
        *("peralatan_tanpa_listrik", "ijazah_melebihi_jenjang", "kawin_di_bawah_10", "kepala_di_bawah_10"),
        *("kepala_tidak_ada", "kepala_ganda", "pasangan_ganda", "jumlah_anggota_berbeda", "keluarga_tanpa_penduduk"),
        *("jumlah_keluarga_kiriman", "jumlah_keluarga_rilis", "tidak_tahu_tinggi_keluarga"),
        *("tidak_tahu_tinggi_anggota", "umur_membulat", "aset_semua_tidak", "desa_tidak_terkirim"),
    },
}


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return load_codebook()


@pytest.fixture(scope="module")
def rules(codebook: Codebook) -> tuple[Rule, ...]:
    return all_rules(codebook)


def test_ids_are_unique_and_found(rules: tuple[Rule, ...]) -> None:
    ids = [each.aturan for each in rules]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", each) for each in ids)
    assert [rule(each) for each in ids] == list(rules)
    with pytest.raises(KeyError):
        rule("tidak_ada")


def test_every_typed_item_has_the_rules_of_its_kind(codebook: Codebook) -> None:
    expected = set()
    for tabel in TABLES:
        for item in codebook.typed(tabel):
            if item.kode == "r404":
                continue
            expected |= {f"{item.kode}_bukan_bilangan", f"{item.kode}_di_luar_domain"}
            if item.kode not in NOT_WARNED:
                expected.add(f"{item.kode}_kosong")
            if item.ditanya != "true":
                expected.add(f"{item.kode}_terisi")
    assert {each.aturan for each in item_rules(codebook)} == expected


def test_rules_that_stand_alone(codebook: Codebook, rules: tuple[Rule, ...]) -> None:
    alone = set(rules) - set(item_rules(codebook))
    assert {
        severity: {each.aturan for each in alone if each.keparahan == severity} for severity in SEVERITIES
    } == STANDING_ALONE


def test_a_rule_says_how_it_is_decided(codebook: Codebook, rules: tuple[Rule, ...]) -> None:
    for each in set(rules) - set(item_rules(codebook)):
        assert (each.predikat is None) != (each.ketentuan is None), each.aturan
        assert set(each.batas) <= set(Settings.model_fields), each.aturan
    with pytest.raises(ValueError, match="predikat"):
        Rule.model_validate({**rule("r302_kosong").model_dump(), "predikat": None})


def test_predicates_and_items_are_of_the_file_judged(codebook: Codebook, rules: tuple[Rule, ...]) -> None:
    for each in rules:
        if each.predikat is not None:
            assert each.berkas != "kiriman"
            assert codes_in(each.predikat) <= {item.kode for item in codebook.typed(each.berkas)}, each.aturan
            assert codebook.dasar[each.berkas] in each.predikat, each.aturan
        if each.item is not None:
            codebook.item(each.item)


def test_messages_are_plain_sentences_without_places_for_values(rules: tuple[Rule, ...]) -> None:
    for each in rules:
        for text in (each.pesan, each.tindakan):
            assert text.endswith("."), each.aturan
            assert not re.search(r"[{}%$<>]|\d{6}", text), each.aturan


def test_rules_file_holds_no_rule_of_one_item() -> None:
    kinds = re.compile(r"_(bukan_bilangan|di_luar_domain|kosong|terisi)$")
    ids = [entry["aturan"] for entry in yaml.safe_load(RULES.read_text(encoding="utf-8"))]
    assert [each for each in ids if re.match(r"r\d{3}", each) and kinds.search(each)] == []


# Which row rules a row breaks, decided by PostgreSQL itself. A row is given by what is not null in it.
FULL_FAMILY = {
    **{"r301a": 1, "r301b": 1, "r302": 60, "r303": 2, "r304": 1, "r305": 2, "r306a": 3, "r307a": 1, "r307b1": 1},
    **{"r308": 4, "r309a": 1, "r309b": 1, "r310": 1, "r505": 3, "r506": 4, "r503a": 2, "r503b": 2},
    **{f"r501{letter}": 2 for letter in "abcdefg"},
    **{f"r502{letter}": 2 for letter in "abcdefghijklmn"},
    **{f"r504{letter}": 0 for letter in "abcde"},
}
ADULT = {
    **{"penduduk": True, "r401": 1, "r404": 1, "r405": 1, "r406tgl": 1, "r406bln": 11, "r406thn": 1981, "r407": 40},
    **{"r408": 2, "r409": 1, "r411": 5, "r412": 3, "r413": 8, "r414": 8, "r415": 8, "r416a": 2, "r420a": 2},
    **{f"r428{letter}": 4 for letter in "abcdefghij"},
    **{"r430": 1, "r431a": 1, "r431b": 2, "r431c": 2, "r431d": 2, "r431f": 0},
}
TODDLER = {
    **{"penduduk": True, "r401": 3, "r404": 5, "r405": 2, "r406tgl": 5, "r406bln": 5, "r406thn": 2019, "r407": 3},
    **{"r408": 1, "r409": 3, "r411": 1, "r430": 1, "r431a": 0},
    **{f"r428{letter}": 4 for letter in "abcdef"},
}
GONE = {"penduduk": False, "r401": 4, "r404": 2}

ROWS = [
    ("k_rt", FULL_FAMILY, {}, set()),
    ("k_rt", FULL_FAMILY, {"r205": 2}, set()),
    ("k_rt", {}, {"r205": 4}, set()),
    ("k_rt", {}, {"r205": 4, "r302": 9}, {"isian_tanpa_wawancara"}),
    ("k_rt", FULL_FAMILY, {"r301b": None}, {"r301b_kosong"}),
    ("k_rt", FULL_FAMILY, {"r301a": 2}, {"r301b_terisi"}),
    ("k_rt", FULL_FAMILY, {"r301a": None}, {"r301a_kosong"}),
    ("k_rt", FULL_FAMILY, {"r306a": 8}, {"r306b_kosong"}),
    ("k_rt", FULL_FAMILY, {"r306b": 1}, {"r306b_terisi"}),
    ("k_rt", FULL_FAMILY, {"r307a": 2, "r307b2": 1}, {"r307b1_terisi", "r307b2_terisi"}),
    ("k_rt", FULL_FAMILY, {"r309a": 6, "r309b": None}, {"r310_terisi"}),
    ("k_rt", FULL_FAMILY, {"r501b": 1, "r501b_bln": 7}, {"r501b_thn_kosong"}),
    ("k_rt", FULL_FAMILY, {"r501b_thn": 2022}, {"r501b_thn_terisi"}),
    ("k_rt", FULL_FAMILY, {"r308": 3}, {"tabung_gas_bahan_bakar"}),
    ("k_rt", FULL_FAMILY, {"r308": 3, "r502a": 1}, set()),
    ("k_rt", FULL_FAMILY, {"r307a": 4, "r307b1": None, "r502h": 1}, {"peralatan_tanpa_listrik"}),
    ("k_rt", FULL_FAMILY, {"r307a": 4, "r307b1": None, "r502n": 1}, set()),
    ("k_art", ADULT, {}, set()),
    ("k_art", TODDLER, {}, set()),
    ("k_art", GONE, {}, set()),
    ("k_art", GONE, {"r407": 70}, {"isian_bukan_penduduk"}),
    ("k_art", ADULT, {"r405": 2}, {"r410_kosong"}),
    ("k_art", ADULT, {"r410": 2}, {"r410_terisi"}),
    ("k_art", ADULT, {"r405": None, "r410": 2}, {"r405_kosong"}),
    ("k_art", ADULT, {"r412": 1, "r413": None, "r414": None}, {"r415_terisi"}),
    ("k_art", ADULT, {"r415": 13}, {"ijazah_melebihi_jenjang"}),
    ("k_art", ADULT, {"r415": 10}, set()),
    ("k_art", ADULT, {"r415": 23}, set()),
    ("k_art", ADULT, {"r416a": 1}, {"r416b_kosong", "r417_kosong", "r418_kosong", "r419_kosong"}),
    ("k_art", ADULT, {"r426": 3}, {"r426_terisi"}),
    ("k_art", ADULT, {"r427": 3}, {"r427_terisi"}),
    ("k_art", ADULT, {"r428j": 1}, set()),
    ("k_art", ADULT, {"r428j": 1, "r429": 1}, set()),
    ("k_art", ADULT, {"r429": 1}, {"r429_terisi"}),
    ("k_art", TODDLER, {"r429": 1}, {"r429_terisi"}),
    ("k_art", TODDLER, {"r428g": 4, "r431e": 2}, {"r428g_terisi", "r431e_terisi"}),
    ("k_art", ADULT, {"r407": 41}, set()),
    ("k_art", ADULT, {"r407": 42}, {"umur_tidak_cocok"}),
    ("k_art", ADULT, {"r407": 38, "r406thn": None}, {"r406thn_kosong"}),
    ("k_art", ADULT, {"r407": 98, "r406thn": 1915}, set()),
    ("k_art", TODDLER, {"r408": 2}, {"kawin_di_bawah_10"}),
    ("k_art", TODDLER, {"r409": 1}, {"kepala_di_bawah_10"}),
    ("k_art", ADULT, {"r407": None}, {"r407_kosong"}),
]


@pytest.fixture(scope="module")
def judge(codebook: Codebook, rules: tuple[Rule, ...], server: EmbeddedServer):
    """A function from (file, row) to the set of row rules whose predicate is true."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for tabel in TABLES:
            columns = [f"{item.kode} smallint" for item in codebook.typed(tabel)]
            columns += ["penduduk boolean"] if tabel == "k_art" else []
            connection.execute(f"create temporary table {tabel} ({', '.join(columns)})")

        def broken(tabel: str, row: dict[str, int | bool]) -> set[str]:
            judged = [each for each in rules if each.lingkup == "baris" and each.berkas == tabel]
            connection.execute(f"truncate {tabel}")
            names, places = ", ".join(row), ", ".join(["%s"] * len(row))
            connection.execute(f"insert into {tabel} ({names}) values ({places})", list(row.values()))
            found = connection.execute(
                f"select {', '.join(str(each.predikat) for each in judged)} from {tabel}"
            ).fetchone()
            assert found is not None
            return {each.aturan for each, fault in zip(judged, found, strict=True) if fault}

        yield broken


@pytest.mark.parametrize(("tabel", "base", "change", "expected"), ROWS)
def test_predicates_decide_as_the_form_does(judge, tabel, base, change, expected) -> None:
    row = {kode: value for kode, value in {**base, **change}.items() if value is not None}
    assert judge(tabel, row) == expected


def test_generated_files_are_fresh() -> None:
    stale = [path.name for path, text in generate.generated_files().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: regsosek codegen"
