"""Loading into a real PostgreSQL: once, whole or not at all, and nothing of the data in what is said."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import openpyxl
import psycopg
import pytest

from regsosek.landing.discover import Found, discover
from regsosek.landing.ledger import Sorted, drop_unclaimed, new_deliveries
from regsosek.landing.load import load_delivery
from regsosek.landing.refusal import DeliveryChanged, DeliveryRefused
from regsosek.settings import Settings
from regsosek.warehouse import lease
from regsosek.warehouse.embedded import EmbeddedServer

K_RT = [
    ["id", "r101", "r102", "r103", "r104", "R306A", "r501f", "nama"],
    ["1", "33", "28", "010", "001", "4", "1", "RAHASIA"],
    ["2", "33", "28", "10", "1.0", "", "2", "RAHASIA"],
]
RAW_K_RT = [(2, *K_RT[1]), (3, "2", "33", "28", "10", "1.0", None, "2", "RAHASIA")]
"""What is loaded of it: an answer that is not there is null."""
K_ART = [
    ["id", "id_rt", "r101", "r102", "r103", "r104", "r404", "r403"],
    ["1", "1", "33", "28", "010", "001", "1", "3.32805E+15"],
    ["2", "1", "33", "28", "010", "001", "5", "RAHASIA"],
    ["3", "2", "33", "28", "010", "001", "6", ""],
]
Rows = list[list[str]]


@pytest.fixture
def landing(settings: Settings, warehouse: psycopg.Connection) -> Path:
    """The landing of an installation whose district has one village."""
    warehouse.execute("create table if not exists acuan.ref_desa (kode_desa text primary key)")
    warehouse.execute("insert into acuan.ref_desa (kode_desa) values ('3328010001')")
    folder = Path(settings.landing)
    folder.mkdir(parents=True)
    return folder


def put(folder: Path, k_rt: Rows = K_RT, k_art: Rows = K_ART, kiriman: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("k_rt.csv", k_rt), ("k_art.csv", k_art)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    if kiriman is not None:
        (folder / "kiriman.yml").write_text(kiriman)
    return folder


def nothing(cursor: psycopg.Cursor) -> None:
    """A lease that is never lost."""


def load(settings: Settings, found: Found, guard: Callable[[psycopg.Cursor], None] = nothing, **options: bool) -> int:
    return load_delivery(settings, found, id_jalan="uji", guard=guard, **options)


def only(settings: Settings) -> Found:
    (found,) = discover(settings)[0]
    return found


def sort(settings: Settings, **options: bool) -> Sorted:
    with psycopg.connect(settings.warehouse_url) as connection, connection.cursor() as cursor:
        return new_deliveries(cursor, discover(settings)[0], **options)


def raw_tables(warehouse: psycopg.Connection) -> set[str]:
    return {
        name for (name,) in warehouse.execute("select relname from pg_class where relnamespace = 'raw'::regnamespace")
    }


def left_behind(warehouse: psycopg.Connection) -> tuple[set[str], list[tuple[object, ...]]]:
    """Raw tables, and the ledger, as the next run has them after its start."""
    with warehouse.transaction(), warehouse.cursor() as cursor:
        drop_unclaimed(cursor)
    return raw_tables(warehouse), ledger(warehouse)


def ledger(warehouse: psycopg.Connection, columns: str = "keadaan") -> list[tuple[object, ...]]:
    return warehouse.execute(f"select {columns} from ops.kiriman order by id_kiriman").fetchall()


def test_cells_arrive_as_they_are_with_their_record_number(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    put(landing / "a", kiriman="versi: final\ncut_off: 2022-11-30\ndesa: {3328010001: 2}\n")
    number = load(settings, only(settings))
    rows = warehouse.execute(f"select * from raw.k_rt_{number} order by baris").fetchall()
    assert rows == RAW_K_RT
    rows = warehouse.execute(f"select * from raw.k_art_{number} order by baris").fetchall()
    assert rows == [(record, *row) for record, row in enumerate(K_ART[1:], start=2)]
    assert ledger(warehouse, "keadaan, versi, cut_off::text, desa_dinyatakan, uji_coba") == [
        ("dimuat", "final", "2022-11-30", {"3328010001": 2}, False)
    ]
    files = warehouse.execute(
        "select berkas, tabel, sha256, jumlah_baris, kolom, sumber_kode from ops.berkas"
    ).fetchall()
    k_rt = next(file for file in files if file[0] == "k_rt")
    sha256 = hashlib.sha256((landing / "a" / "k_rt.csv").read_bytes()).hexdigest()
    assert k_rt[1:4] == (f"k_rt_{number}", sha256, 2)
    assert k_rt[4] == {
        "id": "id", "r101": "r101", "r102": "r102", "r103": "r103", "r104": "r104", "r306a": "r306a", "r501f": "r501f",
    }  # fmt: skip
    assert k_rt[5] == "bps"


def test_every_dialect_gives_the_same_table(settings: Settings, warehouse: psycopg.Connection, landing: Path) -> None:
    plain = put(landing / "1-biasa")
    tables = {name: (plain / name).read_text() for name in ("k_rt.csv", "k_art.csv")}
    quoted = "".join('"' + line.replace(",", '";"') + '"\r\n' for line in tables["k_rt.csv"].splitlines())
    variants = {
        "2-titik-koma": tables["k_rt.csv"].replace(",", ";").encode("utf-8-sig"),
        "3-tab-crlf": tables["k_rt.csv"].replace(",", "\t").replace("\n", "\r\n").encode(),
        "4-berkutip": quoted.encode(),
        "5-cr": tables["k_rt.csv"].replace("\n", "\r").encode(),
        "6-baris-kosong": tables["k_rt.csv"].replace("\n", "\n\n,,\n").rstrip("\n,").encode(),
    }
    for name, content in variants.items():
        put(landing / name)
        (landing / name / "k_rt.csv").write_bytes(content)
    contents = set()
    for found in discover(settings)[0]:
        number = load(settings, found)
        contents.add(tuple(warehouse.execute(f"select * from raw.k_rt_{number} order by baris").fetchall()))
    assert contents == {tuple(RAW_K_RT)}


def test_a_workbook_is_loaded_like_csv(settings: Settings, warehouse: psycopg.Connection, landing: Path) -> None:
    put(landing / "a")
    book = openpyxl.Workbook()
    for row in K_RT:
        book.worksheets[0].append([int(cell) if cell.isdecimal() else cell for cell in row])
    book.save(landing / "a" / "K_RT.XLSX")
    (landing / "a" / "k_rt.csv").unlink()
    number = load(settings, only(settings))
    rows = warehouse.execute(f"select baris, id, r103, r104, nama from raw.k_rt_{number} order by baris").fetchall()
    assert rows == [(2, "1", "10", "1", "RAHASIA"), (3, "2", "10", "1.0", "RAHASIA")]


def test_opensid_names_are_remembered(settings: Settings, warehouse: psycopg.Connection, landing: Path) -> None:
    put(landing / "a", k_rt=[[*K_RT[0][:-1], "kd_jenis_atap"], *K_RT[1:]])
    load(settings, only(settings))
    kinds = warehouse.execute("select sumber_kode, kolom ->> 'r305' from ops.berkas order by berkas desc").fetchall()
    assert kinds == [("opensid", "kd_jenis_atap"), ("bps", None)]


def test_loading_twice_loads_once(settings: Settings, warehouse: psycopg.Connection, landing: Path) -> None:
    put(landing / "a")
    assert [found.folder for found in sort(settings).new] == ["a"]
    number = load(settings, only(settings))
    tables = raw_tables(warehouse)
    assert load(settings, only(settings)) == number  # a task that is retried
    assert [found.folder for found in sort(settings).new] == ["a"]  # loaded, not judged: the run was killed
    warehouse.execute("update ops.kiriman set keadaan = 'terbit'")
    judged = sort(settings, force=True)
    assert (judged.new, [found.folder for found in judged.known], judged.notes) == ([], ["a"], [])
    assert raw_tables(warehouse) == tables
    assert len(ledger(warehouse)) == 1


def test_the_same_content_in_two_folders_is_loaded_once(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    put(landing / "a")
    put(landing / "b")
    both = sort(settings)
    assert ([found.folder for found in both.new], [found.folder for found in both.known]) == (["a"], ["b"])
    assert "dimuat sekali" in both.notes[0]
    load(settings, both.new[0])
    warehouse.execute("update ops.kiriman set keadaan = 'terbit'")
    assert "tidak dimuat lagi" in sort(settings).notes[0]
    assert sort(settings).notes == []  # said once


def test_an_undone_correction_is_seen_and_said(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    corrected = [K_RT[0], [*K_RT[1][:5], "5", *K_RT[1][6:]], K_RT[2]]
    put(landing / "a")
    first = load(settings, only(settings))
    put(landing / "a", k_rt=corrected)
    second = load(settings, only(settings))
    warehouse.execute(
        "update ops.kiriman set keadaan = case id_kiriman when %s then 'digantikan' else 'terbit' end", [first]
    )
    put(landing / "a")

    dry = sort(settings, dry_run=True)
    assert "koreksi sesudahnya dibatalkan" in dry.notes[0]
    latest = "select id_kiriman from ops.kiriman order by diterima_pada desc limit 1"
    assert warehouse.execute(latest).fetchone() == (second,)
    assert warehouse.execute("select count(*) from ops.kejadian").fetchone() == (0,)

    undone = sort(settings)
    assert (undone.new, undone.notes) == ([], dry.notes)
    assert warehouse.execute(latest).fetchone() == (first,)
    events = warehouse.execute("select kejadian, rincian from ops.kejadian").fetchall()
    assert events == [("koreksi dibatalkan", {"folder": "a", "id_kiriman": first})]
    assert sort(settings).notes == []
    assert len(ledger(warehouse)) == 2


def test_a_withdrawn_delivery_does_not_come_back_by_itself(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    put(landing / "a")
    first = load(settings, only(settings))
    put(landing / "a", k_rt=K_RT[:2])
    load(settings, only(settings))
    warehouse.execute(
        "update ops.kiriman set keadaan = case id_kiriman when %s then 'ditarik' else 'terbit' end", [first]
    )
    received = ledger(warehouse, "diterima_pada")
    put(landing / "a")
    assert f"aktifkan {first}" in sort(settings).notes[0]
    assert ledger(warehouse, "diterima_pada") == received


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_lost_lease_leaves_nothing(
    settings: Settings, warehouse: psycopg.Connection, landing: Path, call: int
) -> None:
    calls = 0

    def guard(cursor: psycopg.Cursor) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise RuntimeError("lease lost")

    put(landing / "a")
    with pytest.raises(RuntimeError, match="lease lost"):
        load(settings, only(settings), guard)
    assert calls == call
    assert left_behind(warehouse) == (set(), [])
    loaded = load(settings, only(settings))
    assert left_behind(warehouse) == ({f"k_rt_{loaded}", f"k_art_{loaded}"}, [("dimuat",)])


def test_a_killed_backend_leaves_nothing_and_says_nothing_of_the_data(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    calls = 0

    def guard(cursor: psycopg.Cursor) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:  # between COPY and commit
            warehouse.execute("select pg_terminate_backend(%s, 5000)", [cursor.connection.info.backend_pid])

    put(landing / "a")
    with pytest.raises(psycopg.OperationalError):
        load(settings, only(settings), guard)
    assert left_behind(warehouse) == (set(), [])


def test_a_load_that_is_about_to_enter_its_files_keeps_them(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    """Somebody cleans up in the moment when the families are committed and the ledger is not."""
    epoch = lease.acquire(settings, "jalan")
    held = lease.guard(epoch)
    cleaning: list[threading.Thread] = []

    def clean() -> None:
        with psycopg.connect(settings.warehouse_url) as connection, connection.cursor() as cursor:
            drop_unclaimed(cursor)

    def guard(cursor: psycopg.Cursor) -> None:
        held(cursor)
        if not cleaning and "k_rt_1" in raw_tables(warehouse):  # the last call, before the ledger is committed
            cleaning.append(threading.Thread(target=clean))
            cleaning[0].start()
            cleaning[0].join(timeout=1)
            assert cleaning[0].is_alive()

    put(landing / "a")
    assert load(settings, only(settings), guard) == 1
    cleaning[0].join()
    assert raw_tables(warehouse) == {"k_rt_1", "k_art_1"}


@pytest.mark.parametrize("name", ["k_rt.csv", "k_art.csv", "kiriman.yml"])
def test_a_file_replaced_while_it_is_read_rolls_the_load_back(
    settings: Settings, warehouse: psycopg.Connection, landing: Path, name: str
) -> None:
    put(landing / "a", kiriman="versi: final\n")
    found = only(settings)
    with (landing / "a" / name).open("a") as file:
        file.write("x,y,z\n")  # broken too, which must not be held against the district
    with pytest.raises(DeliveryChanged, match=name):
        load(settings, found)
    (landing / "a" / name).unlink()
    with pytest.raises(DeliveryChanged, match=name):
        load(settings, found)
    assert (raw_tables(warehouse), ledger(warehouse)) == (set(), [])


WRONG_VILLAGE = [[*row[:4], "999", *row[5:]] for row in K_RT[1:]]
NO_EVIDENCE = [[*row[:6], "", row[7]] for row in K_RT[1:]]
REFUSALS = {
    "ragged": ({"k_rt": [*K_RT, ["3", "RAHASIA"]]}, "berkas_tidak_terbaca", "k_rt", 4),
    "ragged-behind-lines-in-cells": (
        {"k_art": [*K_ART[:2], [*K_ART[2][:7], "RAHASIA\n\nRAHASIA"], [*K_ART[3], "RAHASIA"]]},
        "berkas_tidak_terbaca", "k_art", 4,
    ),
    "no-records": ({"k_art": K_ART[:1]}, "berkas_tidak_terbaca", "k_art", None),
    "both-broken": (
        {"k_rt": [row[1:] for row in K_RT], "k_art": K_ART[:1]}, "kolom_kunci_hilang", "k_rt", 1,
    ),
    "no-key": ({"k_rt": [row[1:] for row in K_RT]}, "kolom_kunci_hilang", "k_rt", 1),
    "no-header": ({"k_rt": K_RT[1:]}, "kolom_kunci_hilang", "k_rt", 1),
    "same-column-twice": ({"k_rt": [[*row, "306a"] for row in K_RT]}, "judul_kolom_ganda", "k_rt", 1),
    "other-district": ({"k_rt": [K_RT[0], *WRONG_VILLAGE]}, "desa_bukan_kabupaten", "kiriman", None),
    "no-version": ({"k_rt": [K_RT[0], *NO_EVIDENCE], "k_art": K_ART[:3]}, "versi_ambigu", "kiriman", None),
    "bad-declaration": ({"kiriman": "versi: RAHASIA"}, "kiriman_yml_tidak_sah", "kiriman", None),
    "unknown-file-declared": ({"kiriman": "berkas: {lain.csv: {}}"}, "kiriman_yml_tidak_sah", "kiriman", None),
    "record-count": ({"kiriman": "berkas: {K_RT.csv: {baris: 3}}"}, "jumlah_baris_berbeda", "k_rt", None),
    "checksum": (
        {"kiriman": f"berkas: {{k_art.csv: {{sha256: {'0' * 63 + 'a'}}}}}"}, "sidik_berkas_berbeda", "k_art", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "aturan", "berkas", "baris"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_delivery_leaves_one_line_in_the_ledger_and_no_table(  # noqa: PLR0917
    settings: Settings, warehouse: psycopg.Connection, landing: Path, server: EmbeddedServer,
    given: dict[str, object], aturan: str, berkas: str, baris: int | None,
) -> None:  # fmt: skip
    put(landing / "a", **given)
    with pytest.raises(DeliveryRefused) as refused:
        load(settings, only(settings))
    assert (refused.value.aturan, refused.value.berkas, refused.value.baris) == (aturan, berkas, baris)
    assert raw_tables(warehouse) == set()
    assert ledger(warehouse, "keadaan, alasan, uji_coba") == [("ditolak gerbang 1", str(refused.value), False)]
    faults = warehouse.execute("select berkas, baris, kode_desa, aturan from ops.temuan").fetchall()
    assert faults == [(berkas, baris, None, aturan)]
    assert warehouse.execute("select kejadian from ops.kejadian").fetchall() == [("kiriman ditolak",)]
    told = "".join(traceback.format_exception(refused.value)) + str(refused.value.__context__)
    assert "RAHASIA" not in told
    assert "RAHASIA" not in server.log.read_text(encoding="utf-8", errors="replace")

    assert [found.folder for found in sort(settings).known] == ["a"]  # refused once is enough
    assert [found.folder for found in sort(settings, force=True).new] == ["a"]
    with pytest.raises(DeliveryRefused):
        load(settings, only(settings))
    assert len(ledger(warehouse)) == 1
    assert warehouse.execute("select count(*) from ops.temuan").fetchone() == (1,)


def test_force_judges_what_a_gate_refused_without_loading_it_again(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    put(landing / "a")
    number = load(settings, only(settings))
    warehouse.execute("update ops.kiriman set keadaan = 'ditolak gerbang 2', alasan = 'x'")
    assert sort(settings).new == []
    (again,) = sort(settings, force=True).new
    assert load(settings, again) == number
    assert ledger(warehouse, "keadaan, alasan") == [("dimuat", None)]


def test_a_declared_draft_and_an_inferred_final(
    settings: Settings, warehouse: psycopg.Connection, landing: Path
) -> None:
    put(landing / "a", k_rt=[K_RT[0], *NO_EVIDENCE], k_art=K_ART[:3], kiriman="versi: draft")
    put(landing / "b", k_rt=[K_RT[0], *NO_EVIDENCE])  # r404 = 6
    put(landing / "c", k_art=K_ART[:3])  # r501f
    put(
        landing / "d",
        k_rt=[[*K_RT[0][:6], "506", "x"], *([*row[:6], " 4.0", "x"] for row in K_RT[1:])],
        k_art=K_ART[:3],
    )
    for found in discover(settings)[0]:
        load(settings, found)
    assert ledger(warehouse, "folder, versi") == [("a", "draft"), ("b", "final"), ("c", "final"), ("d", "final")]


def test_a_dry_run_touches_nothing_else(settings: Settings, warehouse: psycopg.Connection, landing: Path) -> None:
    put(landing / "a")
    tried = load(settings, only(settings), dry_run=True)
    assert load(settings, only(settings), dry_run=True) == tried
    put(landing / "a", k_rt=[*K_RT, ["x"]])
    with pytest.raises(DeliveryRefused):
        load(settings, only(settings), dry_run=True)
    assert ledger(warehouse, "keadaan, uji_coba") == [("dimuat", True), ("ditolak gerbang 1", True)]
    for table in ("ops.landing", "ops.kejadian"):
        assert warehouse.execute(f"select count(*) from {table}").fetchone() == (0,)
    put(landing / "a")
    assert sort(settings).new == [only(settings)]
    assert load(settings, only(settings)) != tried


MEASURE = """
import resource, sys
from pathlib import Path
from regsosek.landing.discover import discover
from regsosek.landing.load import load_delivery
from regsosek.settings import Settings
settings = Settings(settle_seconds=0)
load_delivery(settings, discover(settings)[0][0], id_jalan="uji", guard=lambda cursor: None)
if sys.platform == "linux":  # where getrusage starts from the parent's peak
    print(next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmHWM")) // 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20)
"""


@pytest.mark.parametrize("dialect", ["clean", "rewritten"])
def test_memory_does_not_grow_with_the_file(
    settings: Settings, warehouse: psycopg.Connection, landing: Path, dialect: str
) -> None:
    put(landing / "a", kiriman="versi: final")
    size = 150_000_000 if dialect == "clean" else 30_000_000
    line = ",".join(K_RT[1]) + "," + "x" * 400 + "\n"
    if dialect == "rewritten":
        line = "\n" + line.replace("x" * 400, 'x "y" \xe9' * 40)
    with (landing / "a" / "k_rt.csv").open("w", encoding="latin-1") as file:
        file.write(",".join(K_RT[0]) + ",catatan\n")
        for _ in range(size // (1000 * len(line))):
            file.write(line * 1000)
    environment = os.environ | {"LANDING_URL": settings.landing, "AIRFLOW_CONN_REGSOSEK": settings.warehouse_url}
    child = subprocess.run([sys.executable, "-c", MEASURE], env=environment, capture_output=True, text=True, check=True)
    assert int(child.stdout) < 300
    assert warehouse.execute("select max(jumlah_baris) from ops.berkas").fetchone() == (
        size // (1000 * len(line)) * 1000,
    )
