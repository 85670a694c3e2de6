"""From raw text to registry rows: what a cell means, who belongs to whom, who is rejected."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from regsosek.codebook import load_codebook
from regsosek.gates.villages import judge_villages
from regsosek.normalise.run import normalise
from regsosek.settings import Settings

DESA = "3328040010"
PLACE = {"r101": "33", "r102": "28", "r103": "040", "r104": "010"}
ELSEWHERE = {**PLACE, "r104": "011"}
FAMILY = {"id": "1", **PLACE, "r105": "000100", "r114": "9900000000000011", "r112": "1", "r305": "2"}
PERSON = {
    "id_rt": "1", **PLACE, "r401": "1", "r403": "9900014101800017", "r404": "1", "r405": "2", "r406tgl": "1",
    "r406bln": "1", "r406thn": "1980", "r407": "42", "r409": "1",
}  # fmt: skip

Row = dict[str, str]
Load = Callable[..., int]


@pytest.fixture
def load(warehouse: psycopg.Connection) -> Load:
    """Puts rows into raw as the loader would; returns the delivery's id."""

    def put(families: list[Row], persons: list[Row], *, versi: str = "final", sumber: str = "bps") -> int:
        id_kiriman = _one(
            warehouse,
            "insert into ops.kiriman (folder, sidik, versi, keadaan) values ('uji', %s, %s, 'dimuat')"
            " returning id_kiriman",
            uuid.uuid4().hex, versi,
        )  # fmt: skip
        for berkas, rows in (("k_rt", families), ("k_art", persons)):
            columns = list(dict.fromkeys(key for row in rows for key in row))
            listed = ", ".join(columns)
            warehouse.execute(
                f"create table raw.{berkas}_{id_kiriman} (baris integer generated always as identity (start with 2), "
                f"{', '.join(f'{column} text' for column in columns)})".encode()
            )
            with warehouse.cursor() as cursor:
                cursor.executemany(
                    f"insert into raw.{berkas}_{id_kiriman} ({listed}) values ({', '.join(['%s'] * len(columns))})"
                    .encode(),
                    [[row.get(column, "") for column in columns] for row in rows],
                )  # fmt: skip
            warehouse.execute(
                "insert into ops.berkas (id_kiriman, berkas, nama_berkas, tabel, sha256, ukuran_bita, jumlah_baris,"
                " kolom, sumber_kode) values (%s, %s, %s, %s, '', 0, %s, %s, %s)",
                (id_kiriman, berkas, f"{berkas}.csv", f"{berkas}_{id_kiriman}", len(rows),
                 json.dumps({column: column for column in columns}), sumber),
            )  # fmt: skip
        return id_kiriman

    return put


def _one(connection: psycopg.Connection, query: str, *parameters: Any) -> Any:
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]


def _faults(connection: psycopg.Connection, id_kiriman: int) -> set[tuple[str, int, str]]:
    rows = connection.execute("select berkas, baris, aturan from ops.temuan where id_kiriman = %s", (id_kiriman,))
    return {(berkas, baris, aturan) for berkas, baris, aturan in rows}


def _run(settings: Settings, *ids: int) -> None:
    normalise(settings, list(ids), guard=lambda cursor: None)


@pytest.mark.parametrize(
    ("text", "value", "fault"),
    [
        ("2", 2, None),
        ("02", 2, None),
        ("2.0", 2, None),
        ("2,00", 2, None),
        ("'2", 2, None),
        (" 2\t", 2, None),
        ("\u00a02", 2, None),
        ("", None, "r305_kosong"),
        ("   ", None, "r305_kosong"),
        ("x", None, "r305_bukan_bilangan"),
        ("2.5", None, "r305_bukan_bilangan"),
        ("dua", None, "r305_bukan_bilangan"),
        ("0", None, "r305_di_luar_domain"),
        ("9", None, "r305_di_luar_domain"),
        ("-1", None, "r305_di_luar_domain"),
        ("99999", None, "r305_di_luar_domain"),
        ("12345678901", None, "r305_bukan_bilangan"),
    ],
)
def test_what_a_cell_means(
    settings: Settings, warehouse: psycopg.Connection, load: Load, text: str, value: int | None, fault: str | None
) -> None:
    id_kiriman = load([{**FAMILY, "r305": text}], [PERSON])
    _run(settings, id_kiriman)
    assert _one(warehouse, "select r305 from registri.keluarga") == value
    found = {aturan for _, _, aturan in _faults(warehouse, id_kiriman) if aturan.startswith("r305")}
    assert found == ({fault} if fault else set())


def test_a_whole_column_saved_as_decimals_costs_no_fault(
    settings: Settings, warehouse: psycopg.Connection, load: Load
) -> None:
    persons = [{**PERSON, "r404": "1.0", "r405": "2.0", "r407": "42.0", "id_rt": "1.0"}]
    id_kiriman = load([FAMILY], persons)
    _run(settings, id_kiriman)
    row = warehouse.execute("select penduduk, r404, r405, r407, baris_keluarga from registri.anggota").fetchone()
    assert row == (True, 1, 2, 42, 2)
    assert _faults(warehouse, id_kiriman) <= {("k_rt", 2, "x")}


def test_lost_leading_zeros_find_their_village(settings: Settings, warehouse: psycopg.Connection, load: Load) -> None:
    bare = {"r101": "33", "r102": "28", "r103": "40", "r104": "10"}
    id_kiriman = load([{**FAMILY, **bare, "r105": "100"}], [{**PERSON, **bare}])
    _run(settings, id_kiriman)
    assert warehouse.execute("select kode_desa, kode_sls, kode_sub_sls from registri.keluarga").fetchall() == [
        (DESA, "0001", "00")
    ]


@pytest.mark.parametrize(("versi", "code", "resident"), [
    ("final", "4", False), ("final", "5", True), ("draft", "4", True), ("draft", "5", False),
])  # fmt: skip
def test_who_is_a_resident_depends_on_the_form(
    settings: Settings, warehouse: psycopg.Connection, load: Load, versi: str, code: str, resident: bool
) -> None:
    _run(settings, load([FAMILY], [{**PERSON, "r404": code}], versi=versi))
    assert _one(warehouse, "select penduduk from registri.anggota") is resident


def test_codes_of_opensid_are_exchanged_all_at_once(
    settings: Settings, warehouse: psycopg.Connection, load: Load
) -> None:
    families = [{**FAMILY, "id": str(n), "r305": code} for n, code in enumerate(("5", "6", "2"), start=1)]
    _run(settings, load(families, [PERSON], sumber="opensid"))
    assert warehouse.execute("select r305 from registri.keluarga order by baris").fetchall() == [(6,), (5,), (2,)]


def test_items_the_form_or_the_file_lacks_are_null_and_no_fault(
    settings: Settings, warehouse: psycopg.Connection, load: Load
) -> None:
    id_kiriman = load([{**FAMILY, "r501f": "1"}], [PERSON], versi="draft")
    _run(settings, id_kiriman)
    assert warehouse.execute("select r501f, r306a from registri.keluarga").fetchone() == (None, None)
    assert not {f for f in _faults(warehouse, id_kiriman) if f[2].startswith(("r501f", "r306a"))}


@pytest.mark.parametrize(
    ("number", "quality", "rule"),
    [
        ("9900014101800017", 0, None),
        ("'9900014101800017", 0, None),
        ("", 1, "nik_kosong"),
        ("3.32805E+15", 2, "nik_tidak_sah"),
        ("990001410180001", 2, "nik_tidak_sah"),
        ("+990001410180001", 2, "nik_tidak_sah"),
        ("99000141018000x7", 2, "nik_tidak_sah"),
        ("9900010101800017", 3, "nik_tidak_cocok"),
        ("9900014102800017", 3, "nik_tidak_cocok"),
    ],
)
def test_quality_of_a_nik(
    settings: Settings, warehouse: psycopg.Connection, load: Load, number: str, quality: int, rule: str | None
) -> None:
    id_kiriman = load([FAMILY], [{**PERSON, "r403": number}])
    _run(settings, id_kiriman)
    row = warehouse.execute("select nik is not null, nik_mutu from registri.anggota").fetchone()
    assert row == (quality in (0, 3), quality)
    assert {f[2] for f in _faults(warehouse, id_kiriman) if f[2].startswith("nik")} == ({rule} if rule else set())


def test_pseudonyms_are_stable_keyed_and_apart(settings: Settings, warehouse: psycopg.Connection, load: Load) -> None:
    same = "9900014101800017"
    first, second = (load([{**FAMILY, "r114": same}], [{**PERSON, "r403": same}]) for _ in range(2))
    _run(settings, first, second)
    nik = {row[0] for row in warehouse.execute("select nik from registri.anggota")}
    kk = {row[0] for row in warehouse.execute("select kk from registri.keluarga")}
    assert len(nik) == len(kk) == 1
    assert nik.isdisjoint(kk)
    other = settings.model_copy(update={"secret_file": settings.home / "another.key"})
    _run(other, load([FAMILY], [PERSON]))
    assert len({row[0] for row in warehouse.execute("select nik from registri.anggota")}) == 2


@pytest.mark.parametrize(
    ("families", "persons", "faults", "rejected"),
    [
        ([{**FAMILY, "id": ""}], [PERSON],
         {("k_rt", 2, "id_keluarga_hilang"), ("k_art", 2, "anggota_tanpa_keluarga")}, ([2], [2])),
        ([FAMILY, {**FAMILY, "r114": ""}], [PERSON],
         {("k_rt", 2, "id_keluarga_ganda"), ("k_rt", 3, "id_keluarga_ganda"), ("k_rt", 3, "kk_kosong")},
         ([2, 3], [2])),
        ([{**FAMILY, "r104": "999"}], [{**PERSON, "r104": "999"}],
         {("k_rt", 2, "desa_tidak_dikenal")}, ([2], [2])),
        ([FAMILY], [PERSON, {**PERSON, "r403": "9900014101800025", "r404": "7", "r409": "3"}],
         {("k_art", 3, "keberadaan_tidak_sah")}, ([2], [2, 3])),
        ([FAMILY], [PERSON, {**PERSON, "r403": "9900014101800025", "r404": "", "r409": "3"}],
         {("k_art", 3, "keberadaan_tidak_sah")}, ([2], [2, 3])),
        ([FAMILY], [PERSON, {**PERSON, **ELSEWHERE, "r403": "9900014101800025", "r409": "3"}],
         {("k_art", 3, "desa_anggota_berbeda")}, ([2], [2, 3])),
        ([FAMILY], [PERSON, {**PERSON, "id_rt": "7", "r403": "9900014101800025", "r409": "3"}],
         {("k_art", 3, "anggota_tanpa_keluarga")}, ([], [3])),
        ([{**FAMILY, **ELSEWHERE}, {**FAMILY, "id": "2", "r114": "9900000000000013"}],
         [{**PERSON, **ELSEWHERE}, {**PERSON, "id_rt": "2", "r403": "9900014101800025"}],
         set(), ([], [])),
    ],
    ids=["no id", "id twice", "unknown village", "r404 unknown", "r404 empty", "person of another village",
         "person without family", "the same id in another village is another family"],
)  # fmt: skip
def test_who_is_rejected(
    settings: Settings, warehouse: psycopg.Connection, load: Load, families: list[Row], persons: list[Row],
    faults: set[tuple[str, int, str]], rejected: tuple[list[int], list[int]],
) -> None:  # fmt: skip
    id_kiriman = load(families, persons)
    _run(settings, id_kiriman)
    ignored = ("_kosong",)
    found = {f for f in _faults(warehouse, id_kiriman) if not f[2].endswith(ignored) or f[2] == "kk_kosong"}
    assert found == faults
    for entity, records in zip(("keluarga", "anggota"), rejected, strict=True):
        rows = warehouse.execute(
            f"select baris from registri.{entity} where alasan_tolak is not null order by 1".encode()
        )
        assert [baris for (baris,) in rows] == records
    counted = warehouse.execute(
        "select sum(keluarga_diterima + keluarga_ditolak), sum(anggota_diterima + anggota_ditolak)"
        " from ops.kiriman_desa where id_kiriman = %s", (id_kiriman,)
    ).fetchone()  # fmt: skip
    known = [row for row in families if row["r104"] != "999"], [row for row in persons if row["r104"] != "999"]
    assert tuple(int(value or 0) for value in counted or ()) == (len(known[0]), len(known[1]))


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [({}, {"r305": ""}), ({"r306a": "5", "r306b": "1"}, {"r306b": "8"}), ({"r306a": "5", "r306b": "1"}, {"r306b": ""})],
    ids=["an empty cell", "the code for it", "an empty cell of an item that has a code"],
)
@pytest.mark.parametrize(("share", "found"), [(0.3, False), (0.29, True)])
def test_too_many_unknown_answers_are_a_fault_of_the_village(
    settings: Settings, warehouse: psycopg.Connection, load: Load,
    asked: Row, unknown: Row, share: float, found: bool,
) -> None:  # fmt: skip
    """Three of ten families do not know; two more were not asked, and count for nothing."""
    told = [{**FAMILY, "id": str(number), **asked, **(unknown if number < 3 else {})} for number in range(10)]
    absent = [{**FAMILY, "id": str(number), "r205": "4", "r305": ""} for number in (10, 11)]
    id_kiriman = load([*told, *absent], [{**PERSON, "id_rt": str(number)} for number in range(12)])
    _run(settings, id_kiriman)
    limits = settings.model_copy(update={"batch_rule_families": 10, "unknown_share": share})
    with warehouse.transaction(), warehouse.cursor() as cursor:
        judge_villages(cursor, limits, load_codebook(), [id_kiriman])
    high = ("k_rt", None, "tidak_tahu_tinggi_keluarga")
    assert (high in _faults(warehouse, id_kiriman)) is found


def test_deliveries_of_one_shape_share_a_partition_and_are_normalised_once(
    settings: Settings, warehouse: psycopg.Connection, load: Load
) -> None:
    first, second = load([FAMILY], [PERSON]), load([{**FAMILY, "id": "5"}], [{**PERSON, "id_rt": "5"}])
    other = load([{key: value for key, value in FAMILY.items() if key != "r305"}], [PERSON])
    _run(settings, first, second, other)
    _run(settings, first, second, other)
    rows = warehouse.execute("select id_kiriman, baris, baris_keluarga from registri.anggota order by 1").fetchall()
    assert rows == [(first, 2, 2), (second, 2, 2), (other, 2, 2)]
    partitions = warehouse.execute("select count(*) from pg_inherits where inhparent = 'registri.anggota'::regclass")
    assert partitions.fetchone() == (2,)


def test_a_run_that_loses_its_lease_leaves_nothing(
    settings: Settings, warehouse: psycopg.Connection, load: Load
) -> None:
    id_kiriman = load([FAMILY], [PERSON])
    calls: list[int] = []

    def lost_at_the_end(cursor: psycopg.Cursor) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        normalise(settings, [id_kiriman], guard=lost_at_the_end)
    assert _one(warehouse, "select count(*) from ops.temuan") == 0
    assert _one(warehouse, "select count(*) from pg_class where relnamespace = 'registri'::regnamespace") == 2
    _run(settings, id_kiriman)
    assert _one(warehouse, "select count(*) from registri.anggota") == 1
