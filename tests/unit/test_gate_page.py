"""The gate page: self-contained, escaped, in words."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from regsosek.gates.page import page_path, render
from regsosek.gates.result import Failure, GateResult
from regsosek.settings import Settings

FAULT = Failure("r306b_kosong", "peringatan", 1234, ("3328010001", "3328010002"), "Rincian 306b kosong.", "Lengkapi.")
SHUT = Failure("delivery/keluarga.r303", "gagal", 3, ("3328010001",), "Lantai: hanya kode formulir.", "Laporkan.")


def content(**changes: Any) -> dict[str, Any]:
    delivery = {
        "id_kiriman": 7,
        "folder": "<script>alert(1)</script>",
        "versi": "final",
        "cut_off": date(2022, 11, 30),
        "alasan": None,
        "lulus": True,
        "desa": 2,
        "desa_ditolak": 1,
        "keluarga": 1500,
        "keluarga_ditolak": 4,
        "anggota": 5000,
        "anggota_ditolak": 12,
    }
    return {
        "lulus": True,
        "kiriman": [delivery],
        "desa_ditolak": [],
        "kegagalan": [],
        "temuan": [FAULT],
        "peringatan": [],
        "harapan": [
            {
                "judul": "Isi registri keluarga",
                "baris": [{"nama": "r303", "teks": "Lantai: hanya kode.", "tingkat": "critical", "gagal": 0}],
            }
        ],
        "nama_desa": {"3328010001": "Prupuk Selatan"},
        "manifes": None,
        **changes,
    }


class Reader(HTMLParser):
    """Collects tags and attributes; complains about what is not closed."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def test_page_needs_nothing_but_itself() -> None:
    for gate, changes in ((1, {}), (2, {"manifes": {"desa": 59, "kiriman": 3, "desa_baru": 1}, "peringatan": [FAULT]})):
        reader = read(render("manual__2026", gate, content(**changes)))
        assert not reader.tags & {"script", "link", "img", "iframe", "object"}
        assert not {name for name, _ in reader.attributes} & {"src", "href", "action"}
        assert ("lang", "id") in reader.attributes
        assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes
    assert "http" not in re.sub(r"http-equiv", "", render("manual__2026", 1, content()))


def test_what_people_write_stays_text() -> None:
    html = render("<b>", 1, content())
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_page_says_counts_villages_message_and_remedy() -> None:
    html = render("manual__2026", 1, content(lulus=False, kegagalan=[("folder", SHUT)]))
    for said in (
        "1.234",
        "Prupuk Selatan",
        "3328010002",
        "Rincian 306b kosong.",
        "Lengkapi.",
        "30-11-2022",
        "Laporkan.",
    ):
        assert said in html


def test_path_is_safe_and_tells_runs_apart(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    runs = [
        "manual__2026-01-01T00:00:00+07:00",
        "manual__2026-01-01T00_00_00+07_00",
        "../../etc/passwd",
        "..",
        "cli__1",
    ]
    paths = [page_path(settings, run, 1) for run in runs]
    assert len(set(paths)) == len(runs)
    for path in paths:
        assert path.parent.parent == settings.artefacts / "gates"
        assert path.name == "gerbang-1.html"
    assert page_path(settings, "cli__1", 2).parent.name == "cli__1"


def test_first_lines_say_what_shuts_the_gate() -> None:
    many = Failure(
        "kk_ganda", "peringatan", 20, tuple(f"33280100{n:02}" for n in range(1, 21)), "KK ganda.", "Periksa."
    )
    result = GateResult(7, False, (many, SHUT), Path("halaman.html"))
    assert result.lines[0].startswith("[gagal] delivery/keluarga.r303: 3 di desa 3328010001.")
    assert "dan 12 desa lain" in result.lines[1]
    assert result.as_dict()["page"] == "halaman.html"
