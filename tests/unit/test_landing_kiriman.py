"""kiriman.yml: what may stand in it, and what is said when it may not."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

import pytest

from regsosek.landing.kiriman import Kiriman, read_kiriman
from regsosek.landing.refusal import DeliveryRefused

COMPLETE = """\
sumber: regsosek
instrumen: REGSOSEK22-K
versi: final
cut_off: 2022-11-30
peringkat: {kolom: desil, skala: kabupaten, model: PMT 2023, cut_off: 2023-06-30}
berkas:
  k_rt.csv: {baris: 10, sha256: %s}
desa: {3328010001: 7, "3328010002": 3}
catatan: Kiriman pertama
paksa: true
""" % ("a" * 64)


def test_every_key() -> None:
    kiriman = read_kiriman(COMPLETE.encode())
    assert kiriman.versi == "final"
    assert kiriman.cut_off == date(2022, 11, 30)
    assert kiriman.peringkat is not None and kiriman.peringkat.skala == "kabupaten"
    assert kiriman.desa == {"3328010001": 7, "3328010002": 3}
    assert kiriman.berkas["k_rt.csv"].baris == 10
    assert kiriman.paksa is True


@pytest.mark.parametrize("content", [b"", b"# kosong\n", b"\xef\xbb\xbf", b"{}"])
def test_every_key_is_optional(content: bytes) -> None:
    assert read_kiriman(content) == Kiriman()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("verzi: final", ["`verzi`", "tidak dikenal"]),
        ("peringkat: {kolm: RAHASIA}", ["`kolm`", "`peringkat`", "tidak dikenal"]),
        ("versi: RAHASIA", ["`versi`", "final atau draft"]),
        ("instrumen: RAHASIA", ["`instrumen`", "REGSOSEK22-K"]),
        ("cut_off: RAHASIA", ["`cut_off`", "TTTT-BB-HH"]),
        ("cut_off: 2022-13-01", ["`cut_off`", "TTTT-BB-HH"]),
        ("paksa: RAHASIA", ["`paksa`", "true atau false"]),
        ("paksa: 1", ["`paksa`"]),
        ("catatan: [RAHASIA]", ["`catatan`", "teks"]),
        ("desa: {RAHASIA: 3}", ["desa", "sepuluh angka"]),
        ("desa: {3328010001: RAHASIA}", ["`desa.3328010001`", "bilangan bulat"]),
        ("desa: {3328010001: -1}", ["negatif"]),
        ("desa: RAHASIA", ["`desa`", "pasangan"]),
        ("berkas: {k_rt.csv: {baris: '10'}}", ["`berkas.k_rt.csv.baris`", "bilangan bulat"]),
        ("berkas: {k_rt.csv: {sha256: RAHASIA}}", ["sha256", "heksadesimal"]),
        ("peringkat: {kolom: ''}", ["`peringkat.kolom`", "kosong"]),
        ("RAHASIA", ["pasangan kunci dan nilai"]),
        ("a: [RAHASIA\nb: {", ["YAML", "baris 2"]),
        ("a: !!python/object/apply:os.system [RAHASIA]", ["YAML"]),
    ],
)
def test_what_is_wrong_is_named_by_its_key(content: str, words: list[str]) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_kiriman(content.encode())
    said = str(refused.value)
    assert refused.value.aturan == "kiriman_yml_tidak_sah"
    assert all(word in said for word in words), said
    assert refused.value.tindakan in said
    if "`RAHASIA`" not in said:
        assert content.count("RAHASIA") == 0 or "RAHASIA" not in said, said


@pytest.mark.parametrize(("minute", "latest"), [("16:59", "2022-12-01"), ("17:00", "2022-12-02")])
def test_a_day_begins_in_jakarta_wherever_the_server_is(
    minute: str, latest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tomorrow's date may be today's in the east; what is later is a day to come. 17:00 UTC is midnight in Jakarta."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromisoformat(f"2022-11-30T{minute}+00:00").astimezone(tz)

    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("regsosek.landing.kiriman.datetime", Clock)
    last = date.fromisoformat(latest)
    assert read_kiriman(f"cut_off: {last}".encode()).cut_off == last
    with pytest.raises(DeliveryRefused, match="masa depan"):
        read_kiriman(f"cut_off: {last + timedelta(days=1)}".encode())


def test_text_that_is_no_utf_8_and_a_file_that_is_too_large() -> None:
    for content in (b"catatan: \xe9", b"#" * (5 << 20)):
        with pytest.raises(DeliveryRefused):
            read_kiriman(content)
