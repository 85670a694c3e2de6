"""What sentences of a profile claim: nothing beyond what the figures bear, whatever is missing, hidden or tied."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regsosek.profile.facts import Figure, Place, Rank, Release
from regsosek.profile.language import age, between, day, listed, number, percent
from regsosek.profile.sentences import Relation, comparison, rank, relation, share, state_of_data


def figure(yes: int, known: int, unknown: int = 0) -> Figure:
    """A share with the bounds that measures.md gives it."""
    universe = known + unknown
    return Figure(
        pembilang=yes,
        penyebut=known,
        tidak_tahu=unknown,
        nilai=100 * yes / known if known else None,
        bawah=100 * yes / universe if universe else None,
        atas=100 * (yes + unknown) / universe if universe else None,
        alasan=None if known else "Tidak ada yang dapat dihitung: penyebutnya nol.",
    )


HIDDEN = Figure(None, None, 0, None, None, None, "Disembunyikan untuk melindungi keluarga.")
MIXED = Figure(5, 20, 0, None, None, None, "Desil dari skala yang berbeda tidak dapat dijumlahkan.")


def told(each: Figure | None, kode: str = "pct_rtlh", unit: str = "keluarga") -> str:
    return share(kode, each, unit=unit, wilayah="Desa Contoh")


def places(*figures: Figure, complete: bool = True) -> list[Place]:
    levels = ("desa", "kecamatan", "kabupaten")
    return [
        Place(level, level, "Contoh", n, n if complete or n == 1 else n + 9, {"pct_rtlh": each}, {})
        for n, (level, each) in enumerate(zip(levels, figures, strict=False), start=1)
    ]


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (figure(3, 12), "3 dari 12 keluarga (25,0%) menempati rumah tidak layak huni."),
        (figure(0, 1200), "Tidak satu pun dari 1.200 keluarga menempati rumah tidak layak huni."),
        (figure(1200, 1200), "Seluruh 1.200 keluarga menempati rumah tidak layak huni."),
        (
            figure(10, 990, 10),
            "10 dari 990 keluarga yang diketahui (1,0%) menempati rumah tidak layak huni. "
            "Jawaban 10 keluarga tidak diketahui; angka sebenarnya antara 1,0% dan 2,0%.",
        ),
        (
            figure(0, 60, 40),
            "Tidak satu pun dari 60 keluarga yang diketahui menempati rumah tidak layak huni. "
            "Hati-hati: jawaban 40 keluarga tidak diketahui, sehingga angka sebenarnya antara 0,0% dan 40,0%.",
        ),
        (
            figure(1, 99_999, 1),
            "1 dari 99.999 keluarga yang diketahui (0,0%) menempati rumah tidak layak huni. "
            "Jawaban 1 keluarga tidak diketahui; angka sebenarnya sekitar 0,0%.",
        ),
        (
            figure(0, 0, 7),
            "Tidak diketahui berapa keluarga yang menempati rumah tidak layak huni: jawaban 7 keluarga tidak ada.",
        ),
        (figure(0, 0), "Tidak ada keluarga di Desa Contoh."),
        (HIDDEN, "Berapa keluarga yang menempati rumah tidak layak huni disembunyikan untuk melindungi keluarga."),
        (
            MIXED,
            "Berapa keluarga yang menempati rumah tidak layak huni tidak dapat dihitung. "
            "Desil dari skala yang berbeda tidak dapat dijumlahkan.",
        ),
        (None, "Belum ada angka tentang keluarga yang menempati rumah tidak layak huni."),
    ],
)
def test_a_share_is_told_with_everything_that_limits_it(each: Figure | None, expected: str) -> None:
    assert told(each) == expected


def test_of_persons_it_says_jiwa() -> None:
    text = told(figure(1, 99, 1), "ikm_h", "penduduk")
    assert text.startswith("1 dari 99 jiwa yang diketahui (1,0%) hidup dalam keluarga yang miskin multidimensi. ")
    assert "Jawaban 1 jiwa tidak diketahui" in text


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        (figure(30, 100), figure(20, 100), Relation.lebih_tinggi),
        (figure(10, 100), figure(20, 100), Relation.lebih_rendah),
        (figure(20, 100), figure(200, 1000), Relation.sama),
        (figure(20_001, 100_000), figure(20, 100), Relation.sama),  # both read 20,0%
        (figure(30, 100, 20), figure(30, 100), Relation.tidak_dapat_dibedakan),
        (figure(30, 100, 20), figure(41, 100, 1), Relation.tidak_dapat_dibedakan),
        (figure(20, 80, 20), figure(40, 100), Relation.tidak_dapat_dibedakan),  # they touch: 20-40 and 40
        (figure(20, 80, 20), figure(41, 100), Relation.lebih_rendah),
        (figure(0, 0, 9), figure(20, 100), None),
        (HIDDEN, figure(20, 100), None),
        (figure(20, 100), HIDDEN, None),
    ],
)
def test_only_bounds_that_do_not_overlap_tell_two_areas_apart(
    own: Figure, other: Figure, expected: Relation | None
) -> None:
    assert relation(own, other) == expected


@given(*(st.tuples(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50)) for _ in range(2)))
def test_whatever_the_missing_answers_were_no_claim_turns_out_wrong(
    one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    own, other = (figure(min(yes, known), known, unknown) for yes, known, unknown in (one, two))
    claimed = relation(own, other)
    # Every answer that is missing may be yes or no: the extreme cases are enough.
    truths = {
        (a > b, a < b)
        for a in (own.bawah, own.atas)
        for b in (other.bawah, other.atas)
        if a is not None and b is not None
    }
    if claimed is Relation.lebih_tinggi:
        assert truths == {(True, False)}
    elif claimed is Relation.lebih_rendah:
        assert truths == {(False, True)}


def test_areas_are_compared_by_their_bounds_and_say_how_complete_they_are() -> None:
    own = figure(30, 100, 20)
    assert comparison("pct_rtlh", places(own, figure(30, 100), figure(60, 100))) == (
        "Angka itu tidak dapat dibedakan dari Kecamatan Contoh (30,0%) dan lebih rendah daripada Kabupaten Contoh "
        "(60,0%)."
    )
    assert comparison("pct_rtlh", places(own, figure(30, 100, 9), figure(35, 100), complete=False)) == (
        "Angka itu tidak dapat dibedakan dari Kecamatan Contoh (27,5–35,8%; 2 dari 11 desa) dan Kabupaten Contoh "
        "(35,0%; 3 dari 12 desa)."
    )
    assert comparison("pct_rtlh", places(HIDDEN, figure(30, 100), figure(60, 100))) == ""
    assert comparison("pct_ats_7_18", places(own, figure(30, 100))) == ""


def test_an_area_that_holds_nobody_else_is_no_comparison() -> None:
    village, district, regency = places(figure(30, 100), figure(30, 100), figure(60, 100))
    alone = Place("kecamatan", "k", "Contoh", 1, 9, district.figures, {})
    assert comparison("pct_rtlh", [village, alone, regency]) == (
        "Angka itu lebih rendah daripada Kabupaten Contoh (60,0%)."
    )


def test_a_rank_is_claimed_only_where_it_is_certain() -> None:
    def stands(first: int | None, last: int | None, reason: str | None = None) -> str:
        return rank(Rank("kecamatan", "Contoh", "ikm_h", 20, first, last, reason))

    assert stands(3, 3) == "Di antara 20 desa di Kecamatan Contoh, desa ini di urutan ke-3 (urutan 1 paling mendesak)."
    overlapping = stands(3, 9)
    assert "antara ke-3 dan ke-9" in overlapping and "tidak dapat dibedakan" in overlapping
    unknown = stands(None, None, "Terlalu banyak jawaban yang tidak diketahui.")
    assert unknown.endswith("tidak disebut. Terlalu banyak jawaban yang tidak diketahui.") and "ke-" not in unknown


@pytest.mark.parametrize(
    ("first", "last", "without", "expected"),
    [
        (date(2022, 11, 30), date(2022, 11, 30), 0, "Keadaan 30 November 2022, 3 tahun 11 bulan sebelum"),
        (
            date(2022, 11, 30),
            date(2023, 6, 30),
            0,
            "Keadaan 30 November 2022 sampai 30 Juni 2023; yang terbaru 3 tahun",
        ),
        (date(2022, 11, 30), date(2022, 11, 30), 4, "4 desa tidak menyebut tanggal acuannya."),
        (None, None, 0, "Tanggal acuan data tidak disebut dalam kirimannya."),
    ],
)
def test_the_data_says_how_old_it_is(first: date | None, last: date | None, without: int, expected: str) -> None:
    release = Release(1, None, "abc", "final", "regsosek", first, last, without)
    assert expected in state_of_data(release, date(2026, 11, 24))


def test_numbers_dates_and_lists_are_indonesian() -> None:
    assert number(1234567) == "1.234.567"
    assert number(1234.56, 1) == "1.234,6"
    assert number(None) == percent(None) == between(None, 3) == day(None) == "–"
    assert percent(12.34) == "12,3%"
    assert between(12.34, 15.6) == "12,3–15,6" and between(12.31, 12.33) == "12,3"
    assert day(date(2022, 8, 1)) == "1 Agustus 2022"
    assert age(date(2022, 11, 30), date(2023, 11, 29)) == "11 bulan"
    assert age(date(2022, 11, 30), date(2023, 11, 30)) == "1 tahun"
    assert age(date(2022, 11, 30), date(2022, 12, 1)) == "kurang dari sebulan"
    assert listed(["a"]) == "a" and listed(["a", "b"]) == "a dan b" and listed(["a", "b", "c"]) == "a, b, dan c"
