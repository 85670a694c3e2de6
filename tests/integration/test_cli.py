"""The command on a real warehouse: refresh, status, quarantine and its workbook, rollback, aktifkan."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import psycopg
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.settings import Settings

runner = CliRunner()
VILLAGE = "3328130005"


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("LANDING_URL", settings.landing)
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)
    monkeypatch.setenv("REGSOSEK_SETTLE_SECONDS", "0")
    monkeypatch.setenv("REGSOSEK_SECRET_FILE", str(settings.secret_file))


def invoke(*arguments: str, code: int = 0) -> str:
    result = runner.invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def deliver(settings: Settings, cut_off: str) -> None:
    invoke("sample", settings.landing, "--keluarga", "60", "--desa", VILLAGE, "--faults", "tanpa", "--cut-off", cut_off)


def test_from_a_delivery_to_a_rollback(settings: Settings) -> None:
    assert "Belum ada kiriman" in invoke("status")
    deliver(settings, "2022-11-30")
    tried = invoke("refresh", "--dry-run")
    assert "Tidak ada yang diterbitkan." in tried
    assert json.loads(invoke("status", "--json")) == {"kiriman": [], "gerbang": [], "rilis": [], "perhatian": []}

    assert re.search(r"^rilis: 1$", invoke("refresh"), re.MULTILINE)
    assert "Tidak ada yang baru untuk diterbitkan." in invoke("refresh")
    assert "Tidak ada rilis sebelum rilis 1" in invoke("rollback", code=1)
    deliver(settings, "2023-11-30")
    assert re.search(r"^rilis: 2$", invoke("refresh"), re.MULTILINE)

    shown = json.loads(invoke("status", "--json"))
    assert [each["keadaan"] for each in shown["kiriman"]] == ["terbit", "digantikan"]
    new, old = (str(each["id"]) for each in shown["kiriman"])
    assert [(each["id"], each["tampil"]) for each in shown["rilis"]] == [(2, True), (1, False)]
    assert all(Path(each["halaman"]).exists() and each["lulus"] for each in shown["gerbang"])
    assert "30-11-2023" in invoke("status")

    settings.profiles.mkdir(parents=True)
    (settings.profiles / "profil_3328040010.pdf").touch()  # of release 2
    told = invoke("rollback")
    assert "Rilis 1 ditampilkan kembali; ditarik: rilis 2." in told
    assert "masih memuat angka yang ditarik" in told
    assert "Tidak ada yang baru" in invoke("refresh")
    assert f"Kiriman {new} ikut lagi" in invoke("aktifkan", new)
    assert "hanya yang ditarik" in invoke("aktifkan", old, code=1)
    assert re.search(r"^rilis: 3$", invoke("refresh"), re.MULTILINE)


def test_nobody_rolls_back_during_a_refresh(warehouse: psycopg.Connection) -> None:
    warehouse.execute("update ops.sewa set epoch = epoch + 1, id_jalan = 'scheduled__x', detak = clock_timestamp()")
    assert "scheduled__x" in invoke("rollback", code=1)


def test_quarantine_on_screen_and_as_a_workbook(warehouse: psycopg.Connection, tmp_path: Path) -> None:
    assert "Tidak ada temuan." in invoke("quarantine")
    delivery = warehouse.execute(
        "insert into ops.kiriman (folder, sidik, keadaan) values ('=cmd|calc', 's', 'diterima gerbang 1') "
        "returning id_kiriman"
    ).fetchone()
    assert delivery is not None
    for baris, rule in ((2, "r303_kosong"), (9, "r303_kosong"), (None, "keluarga_turun_tajam")):
        warehouse.execute("insert into ops.temuan values (%s, 'k_rt', %s, %s, %s)", (delivery[0], baris, VILLAGE, rule))
    listed = invoke("quarantine")
    assert "3 temuan." in listed
    assert "r303_kosong" in listed
    assert "2 temuan." in invoke("quarantine", "--aturan", "r303_kosong", "--desa", VILLAGE)
    assert "1 temuan." in invoke("quarantine", "--keparahan", "tolak_desa")
    assert "Tidak ada temuan." in invoke("quarantine", "--desa", "3328130001")

    told = json.loads(invoke("quarantine", "--json"))
    assert [(each["aturan"], each["jumlah"]) for each in told] == [("keluarga_turun_tajam", 1), ("r303_kosong", 2)]
    each_one = [json.loads(line) for line in invoke("quarantine", "--records", "--json").splitlines()]
    assert [(fault["berkas"], fault["baris"]) for fault in each_one] == [("k_rt", None), ("k_rt", 2), ("k_rt", 9)]
    assert invoke("quarantine", "--desa", "3328130001", "--json").strip() == "[]"

    path = tmp_path / "karantina.xlsx"
    assert "3 temuan ditulis" in invoke("quarantine", "--xlsx", str(path))
    book = load_workbook(path)
    assert book.sheetnames == ["Ringkasan", "Temuan"]
    summary, faults = (list(sheet.iter_rows(values_only=True)) for sheet in book)
    assert [(row[4], row[5], row[6]) for row in summary[1:]] == [
        ("tolak_desa", "keluarga_turun_tajam", 1), ("peringatan", "r303_kosong", 2),
    ]  # fmt: skip
    assert [(row[2], row[3], row[7]) for row in faults[1:]] == [
        ("k_rt", None, "keluarga_turun_tajam"), ("k_rt", 2, "r303_kosong"), ("k_rt", 9, "r303_kosong"),
    ]  # fmt: skip
    assert {row[1] for row in faults[1:]} == {"'=cmd|calc"}
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "tidak dapat ditulis" in invoke("quarantine", "--xlsx", str(tmp_path / "tiada" / "x.xlsx"), code=1)

    warehouse.execute("update ops.kiriman set keadaan = 'digantikan'")
    assert "Tidak ada temuan." in invoke("quarantine")
    assert "3 temuan." in invoke("quarantine", "--kiriman", str(delivery[0]))


def test_every_mart_is_exported_with_its_definitions(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "ekspor"
    assert "Belum ada rilis yang terbit" in invoke("ekspor", str(folder), code=1)
    deliver(settings, "2022-11-30")
    invoke("refresh")
    assert "Tidak ada tabel mart_ngawur" in invoke("ekspor", str(folder), "--mart", "mart_ngawur", code=1)
    invoke("ekspor", str(folder))
    with psycopg.connect(settings.warehouse_url) as connection:
        views = connection.execute("select relname from pg_class where relnamespace = 'marts'::regnamespace").fetchall()
        (families,) = connection.execute("select jumlah_keluarga from marts.mart_profil_desa").fetchall()[0]
    for (view,) in views:
        with (folder / f"{view}.csv").open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        with (folder / f"{view}_definisi.csv").open(encoding="utf-8-sig", newline="") as file:
            definitions = {row["kolom"]: row["arti"] for row in csv.DictReader(file)}
        book = load_workbook(folder / f"{view}.xlsx", read_only=True)
        data = list(book["Data"].iter_rows(values_only=True))
        assert len(data) == len(rows) + 1 and list(data[0]) == header, view
        assert set(data[0]) < set(definitions) and all(definitions.values()), view
        assert book["Definisi"].max_row == len(data[0]) + 2
    with (folder / "mart_profil_desa.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["jumlah_keluarga"] for row in csv.DictReader(file)] == [str(families)]


def test_a_simulation_has_the_figures_of_the_marts(settings: Settings, tmp_path: Path) -> None:
    wanted = ("simulasi", "--program", "rtlh", "--desil", "1-3", "--kuota", "5")
    assert "Belum ada rilis yang terbit" in invoke(*wanted, code=1)
    deliver(settings, "2022-11-30")
    invoke("refresh")
    with psycopg.connect(settings.warehouse_url) as connection:
        expected = dict(
            connection.execute(
                "select kelompok, pembilang from marts.fct_indikator_desa_kelompok "
                "where pengelompokan = 'desil' and kode_indikator = 'pct_rtlh'"
            ).fetchall()
        )
        (everyone,) = connection.execute(
            "select pembilang from marts.fct_indikator_desa where kode_indikator = 'pct_rtlh'"
        ).fetchall()[0]
    told = json.loads(invoke(*wanted, "--json"))
    found = {str(each["need"]["desil"]): each["need"]["memenuhi"] for each in told["hasil"]}
    assert found == {decile: count for decile, count in expected.items() if decile in ("1", "2", "3")}
    assert sum(each["mendapat"] for each in told["hasil"]) == min(5, sum(found.values()))
    assert sum(found.values()) + told["di_luar"] + told["desil_tidak_diketahui"] == everyone

    shown = invoke(*wanted, "--wilayah", VILLAGE)
    assert "Sidapurna" in shown and f"Memenuhi syarat, jumlah: {sum(found.values())}" in shown
    path = tmp_path / "simulasi.xlsx"
    invoke(*wanted, "--xlsx", str(path))
    rows = list(load_workbook(path)["Desa dan desil"].iter_rows(values_only=True))[1:]
    assert {str(row[2]): row[3] for row in rows} == found
    assert "tidak dapat ditulis" in invoke(*wanted, "--xlsx", str(tmp_path / "tiada" / "x.xlsx"), code=1)
    assert "Tidak ada data untuk wilayah 3328999" in invoke(*wanted, "--wilayah", "3328999", code=1)
    assert "Yang ada: rtlh" in invoke("simulasi", "--program", "ngawur", "--kuota", "5", code=1)
    assert "misalnya 1-3" in invoke("simulasi", "--program", "rtlh", "--kuota", "5", "--desil", "9-1", code=1)
