"""From a fault to its correction: workbook, answers, a delivery, a refresh, and the trace of it all."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
import yaml
from openpyxl import load_workbook
from typer.testing import CliRunner

from regsosek.cli import app
from regsosek.correction import CorrectionRefused, export_workbook, import_answers, import_workbook
from regsosek.correction.cells import Cell
from regsosek.refresh import RefreshIncomplete, refresh
from regsosek.release.rollback import aktifkan, rollback
from regsosek.sample import generate
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

VILLAGE, OTHER = "3328130005", "3328130004"
KEY, RECORD, WRONG, NOW, NEW = 0, 2, 7, 10, 11

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def settings(module_settings: Settings) -> Settings:
    """An installation that every test of this module carries on with, in the order they stand here."""
    return module_settings


@pytest.fixture(scope="module")
def broken(settings: Settings) -> dict[str, str]:
    """Two villages in one delivery, one of them with faults; rule -> the right answer."""
    (folder,) = generate(Path(settings.landing), desa=[VILLAGE, OTHER], keluarga=160, faults="tanpa").folders
    families, persons = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("k_rt", "k_art")
    )
    mine = families.index[(families["r104"] == VILLAGE[7:]) & (families["r205"] == "1")]
    size = persons[persons["r404"].isin(["1", "5"])].groupby("id_rt").size()
    pairs = [n for n in mine if size.get(families.at[n, "id"], 0) >= 2]

    def members(family: int) -> pd.Index:
        same = (persons["id_rt"] == families.at[family, "id"]) & (persons["r104"] == VILLAGE[7:])
        return persons.index[same & persons["r404"].isin(["1", "5"])]

    floor, count, heads, absent, nik, unanswered = pairs[:6]
    families.at[unanswered, "r303"] = "18"  # nobody will correct it
    right = {"r303_di_luar_domain": families.at[floor, "r303"]}
    families.at[floor, "r303"] = "17"
    families.at[floor, "r108"] = "=HYPERLINK(1)"
    right["jumlah_anggota_berbeda"] = str(len(members(count)))
    families.at[count, "r112"] = "77"
    second = members(heads)[1]
    right["kepala_ganda"] = persons.at[second, "r409"]
    persons.at[second, "r409"] = "1"
    last = members(absent)[-1]
    right["keberadaan_tidak_sah"] = persons.at[last, "r404"]
    persons.at[last, "r404"] = ""
    one = members(nik)[0]
    right["nik_tidak_sah"] = persons.at[one, "r403"]
    persons.at[one, "r403"] = "123"
    families.to_csv(folder / "k_rt.csv", index=False)
    persons.to_csv(folder / "k_art.csv", index=False)
    told = yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))
    (folder / "kiriman.yml").write_text(yaml.safe_dump({**told, "berkas": {}}), encoding="utf-8")
    with suppress(RefreshIncomplete):
        go(settings)
    return right


def go(settings: Settings) -> None:
    refresh(settings, f"uji-{next(_numbers)}")


def query(settings: Settings, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(settings.warehouse_url) as connection:
        return connection.execute(statement.encode(), parameters).fetchall()


def figure(settings: Settings, village: str, indicator: str, column: str = "pembilang") -> int:
    ((value,),) = query(
        settings,
        f"select {column} from marts.fct_indikator_desa where kode_desa = %s and kode_indikator = %s",
        village, indicator,
    )  # fmt: skip
    return int(value)


def exported(settings: Settings, village: str = VILLAGE) -> Path:
    return export_workbook(settings, village, by="uji", purpose="uji", path=None).path


def fill(path: Path, change: Callable[[Any], None]) -> None:
    book = load_workbook(path)
    change(book)
    book.save(path)


def answer(right: dict[str, str]) -> Callable[[Any], None]:
    """Fill in what is right for every planted fault."""

    def change(book: Any) -> None:
        sheet = book["Isian"]
        for row in range(2, sheet.max_row + 1):
            item, now = str(sheet.cell(row, 7).value), str(sheet.cell(row, NOW + 1).value or "")
            wanted = {
                "303 ": ("17", "r303_di_luar_domain"),
                "112 ": ("77", "jumlah_anggota_berbeda"),
                "404 ": ("", "keberadaan_tidak_sah"),
                "403 ": ("123", "nik_tidak_sah"),
            }.get(item[:4])
            if wanted and now == wanted[0]:
                sheet.cell(row, NEW + 1).value = right[wanted[1]]
        heads = [
            row
            for row in range(2, sheet.max_row + 1)
            if "Lebih dari satu kepala" in sheet.cell(row, WRONG + 1).value and sheet.cell(row, NOW + 1).value == "1"
        ]
        assert len(heads) == 2
        sheet.cell(heads[1], NEW + 1).value = right["kepala_ganda"]

    return change


def everything(settings: Settings) -> tuple[list[Any], list[str]]:
    """What a refused workbook must leave as it was."""
    counts = [
        query(settings, f"select count(*) from ops.perbaikan_{table}") for table in ("impor", "jawaban", "record")
    ]
    return counts, sorted(str(path) for path in Path(settings.landing).rglob("*"))


def test_the_workbook_says_what_is_wrong_and_is_for_one_pair_of_eyes(
    settings: Settings, broken: dict[str, str]
) -> None:
    path = exported(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    book = load_workbook(path)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    rows = list(book["Isian"].iter_rows(min_row=2, values_only=True))
    floor = next(row for row in rows if row[6].startswith("303 "))
    assert floor[NOW] == "17" and floor[4] == "'=HYPERLINK(1)" and "8" in floor[9]
    assert any(row[NOW] == "123" and row[5] for row in rows)  # whoever corrects a NIK has to know whose it is
    ((village, by, purpose, cells),) = query(
        settings, "select kode_desa, oleh, tujuan, (select count(*) from ops.perbaikan_isian) from ops.perbaikan_buku"
    )
    assert (village, by, purpose, cells) == (VILLAGE, "uji", "uji", len(rows))
    # Not one of its cells went into the tables about it.
    stored = str(query(settings, "select * from ops.perbaikan_isian")) + str(
        query(settings, "select * from ops.kejadian")
    )
    assert floor[4][1:] not in stored and all(row[5] not in stored for row in rows if row[5])
    with pytest.raises(CorrectionRefused, match="Tidak ada kiriman"):
        exported(settings, "3328040010")


def altered_key(book: Any) -> None:
    book["Isian"].cell(2, KEY + 1).value = "x"


def altered_record(book: Any) -> None:
    book["Isian"].cell(2, RECORD + 1).value = 999
    book["Isian"].cell(2, NEW + 1).value = "1"


def foreign_row(book: Any) -> None:
    book["Isian"].cell(2, KEY + 1).value = "77-1"


def foreign_village(book: Any) -> None:
    sheet = book["Petunjuk"]
    next(row for row in sheet.iter_rows() if row[0].value == "Kode desa")[1].value = OTHER
    book["Isian"].cell(2, NEW + 1).value = "1"


def formula(book: Any) -> None:
    book["Isian"].cell(3, NEW + 1).value = "=1+1"


def outside_domain(book: Any) -> None:
    sheet = book["Isian"]
    next(row for row in sheet.iter_rows(min_row=2) if row[6].value.startswith("303 "))[NEW].value = 44


def short_nik(book: Any) -> None:
    sheet = book["Isian"]
    next(row for row in sheet.iter_rows(min_row=2) if row[6].value.startswith("403 "))[NEW].value = "33280"


def twice(book: Any) -> None:
    sheet = book["Isian"]
    sheet.cell(3, KEY + 1).value = sheet.cell(2, KEY + 1).value


def nothing(book: Any) -> None:
    pass


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (altered_key, "Lembar Isian, baris 2: kunci"), (altered_record, "baris 2: kunci, berkas, atau nomor record"),
        (foreign_row, "baris 2: baris ini dari buku 77"), (foreign_village, "menyebut desa lain"),
        (formula, "baris 3: ada sel berisi rumus"), (outside_domain, "303 hanya menerima kode"),
        (short_nik, "harus tepat 16 angka"), (twice, "baris 3: kunci .* muncul dua kali"), (nothing, "kosong semua"),
    ],
)  # fmt: skip
def test_a_bad_workbook_is_refused_and_nothing_changes(
    settings: Settings, broken: dict[str, str], change: Callable[[Any], None], told: str
) -> None:
    path = exported(settings)
    fill(path, change)
    before = everything(settings)
    with pytest.raises(CorrectionRefused, match=told):
        import_workbook(settings, path, by="uji")
    assert everything(settings) == before


def test_answers_become_a_delivery_that_settles_the_faults(
    settings: Settings, broken: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    families, unknown = (
        figure(settings, VILLAGE, "jumlah_keluarga"),
        figure(settings, VILLAGE, "pct_lantai_tidak_layak", "tidak_tahu"),
    )
    others = query(
        settings, "select * from ops.rilis_desa join ops.rilis_terbit using (id_rilis) where kode_desa = %s", OTHER
    )
    ours = query(settings, "select count(*) from registri.keluarga where kode_desa = %s", VILLAGE)
    path, late = exported(settings), exported(settings)
    fill(path, answer(broken))
    monkeypatch.setenv("REGSOSEK_HOME", str(settings.home))
    monkeypatch.setenv("LANDING_URL", settings.landing)
    monkeypatch.setenv("AIRFLOW_CONN_REGSOSEK", settings.warehouse_url)
    told = CliRunner().invoke(app, ["perbaikan", "impor", str(path)])
    assert told.exit_code == 0 and "5 isian" in told.output, told.output
    again = CliRunner().invoke(app, ["perbaikan", "impor", str(path)])
    assert again.exit_code == 1 and "masih menunggu penyegaran" in again.output

    (folder,) = Path(settings.landing).glob("perbaikan_*")
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    said = yaml.safe_load((folder / "kiriman.yml").read_text(encoding="utf-8"))
    assert (str(said["cut_off"]), said["desa"], "paksa" in said) == ("2022-11-30", {VILLAGE: ours[0][0]}, False)
    go(settings)

    assert figure(settings, VILLAGE, "jumlah_keluarga") == families + 1
    assert figure(settings, VILLAGE, "pct_lantai_tidak_layak", "tidak_tahu") == unknown - 1
    assert [row[1:3] for row in others] == [
        row[1:3]
        for row in query(
            settings, "select * from ops.rilis_desa join ops.rilis_terbit using (id_rilis) where kode_desa = %s", OTHER
        )
    ]
    left = query(settings, "select aturan from ops.temuan where id_kiriman = (select max(id_kiriman) from ops.kiriman)")
    assert [rule for (rule,) in left if rule in broken] == ["r303_di_luar_domain"]  # that of another record
    trace = query(
        settings,
        "select id_buku, kode_desa, id_kiriman, id_kiriman_baru, keadaan_baru, aturan, hilang from ops.perbaikan_jejak",
    )
    assert {row[5] for row in trace} >= set(broken) and all(row[6] for row in trace)
    assert {row[1:5] for row in trace} == {(VILLAGE, 1, 2, "terbit")}
    shown = CliRunner().invoke(app, ["perbaikan", "jejak", "--desa", VILLAGE])
    assert shown.exit_code == 0 and "terbit" in shown.output
    # Every other cell came back as it was.
    for table in ("k_rt", "k_art"):
        before, after = (
            pd.DataFrame(
                query(settings, f"select * from raw.{table}_{n} where r104 = %s order by baris", VILLAGE[7:])
            ).fillna("")
            for n in (1, 2)
        )
        differing = (before.drop(columns=0) != after.drop(columns=0)).to_numpy().sum()
        assert differing == {"k_rt": 2, "k_art": 3}[table]

    fill(late, answer(broken))
    with pytest.raises(CorrectionRefused, match="datang sesudahnya"):
        import_workbook(settings, late, by="uji")


def test_a_fault_that_the_answer_does_not_settle_stays_in_the_trace(settings: Settings) -> None:
    ((baris,),) = query(
        settings,
        "select min(k.baris) from registri.keluarga as k join registri.anggota as a on a.id_kiriman = k.id_kiriman "
        "and a.baris_keluarga = k.baris where k.id_kiriman = 2 and k.r205 = 1 and a.penduduk",
    )
    with psycopg.connect(settings.warehouse_url) as connection:
        connection.execute("update raw.k_rt_2 set r112 = '77' where baris = %s", (baris,))
        connection.execute(
            "insert into ops.temuan values (2, 'k_rt', %s, %s, 'jumlah_anggota_berbeda')", (baris, VILLAGE)
        )
    path = exported(settings)

    def as_wrong(book: Any) -> None:
        next(row for row in book["Isian"].iter_rows(min_row=2) if row[NOW].value == "77")[NEW].value = 78

    fill(path, as_wrong)
    import_workbook(settings, path, by="uji")
    go(settings)
    rows = query(settings, "select aturan, item, hilang from ops.perbaikan_jejak where id_kiriman_baru = 3")
    assert rows == [("jumlah_anggota_berbeda", "r112", False)]


def imported(settings: Settings, value: str) -> str:
    """A correction of one answer of the current delivery, in the landing; returns its folder."""
    ((current, baris),) = query(
        settings,
        "select k.id_kiriman, min(k.baris) from registri.keluarga as k "
        "join ops.rilis_desa as d using (id_kiriman, kode_desa) join ops.rilis_terbit using (id_rilis) "
        "where kode_desa = %s and k.r205 = 1 group by 1",
        VILLAGE,
    )
    done = import_answers(settings, VILLAGE, current, {Cell("k_rt", baris, "r303"): value}, by="uji", purpose="uji")
    return done.folder


def states(settings: Settings, folder: str) -> list[tuple[str, str | None]]:
    return query(settings, "select keadaan, alasan from ops.kiriman where folder = %s", folder)


def counted(settings: Settings) -> int:
    """The delivery of the village that marts shows."""
    ((number,),) = query(
        settings,
        "select id_kiriman from ops.rilis_desa join ops.rilis_terbit using (id_rilis) where kode_desa = %s",
        VILLAGE,
    )
    return int(number)


def test_a_correction_never_puts_away_what_came_since_it_was_imported(
    settings: Settings, broken: dict[str, str], tmp_path: Path
) -> None:
    """Both are loaded in one night, the correction last."""
    before = counted(settings)
    folder = imported(settings, "3")
    (made,) = generate(tmp_path, desa=[VILLAGE], keluarga=160, seed=9, faults="tanpa").folders
    newer = made.rename(Path(settings.landing) / "kiriman-lagi")
    with pytest.raises(RefreshIncomplete, match=f"Kiriman {folder} DITOLAK.*dibuat dari kiriman {before}"):
        go(settings)
    ((number,),) = query(settings, "select id_kiriman from ops.kiriman where folder = %s", newer.name)
    assert counted(settings) == number
    ((state, reason),) = states(settings, folder)
    assert state == "ditolak gerbang 1" and reason is not None and f"kiriman {number} yang datang" in reason
    with suppress(RefreshIncomplete):  # judged again, it is refused again
        refresh(settings, f"uji-{next(_numbers)}", only=[folder], force=True)
    assert (counted(settings), states(settings, folder)[0][0]) == (number, "ditolak gerbang 1")
    ((refused,),) = query(settings, "select id_kiriman from ops.kiriman where folder = %s", folder)
    for overtaken in (before, refused):
        with pytest.raises(CorrectionRefused, match=f"Kiriman {number} .* datang sesudah kiriman {overtaken}"):
            export_workbook(settings, VILLAGE, by="uji", purpose="uji", path=None, id_kiriman=overtaken)
    with pytest.raises(CorrectionRefused, match="datang sesudahnya"):  # nor without a workbook
        import_answers(settings, VILLAGE, before, {Cell("k_rt", 2, "r303"): "3"}, by="uji", purpose="uji")


def test_a_correction_does_not_bring_back_what_was_withdrawn_since(settings: Settings) -> None:
    withdrawn = counted(settings)
    folder = imported(settings, "4")
    with transaction(settings) as cursor:
        rollback(cursor)
    shown = counted(settings)
    with pytest.raises(RefreshIncomplete, match=f"dibuat dari kiriman {withdrawn}, yang sudah ditarik"):
        go(settings)
    assert counted(settings) == shown != withdrawn
    assert states(settings, folder)[0][0] == "ditolak gerbang 1"


def test_a_correction_of_what_still_counts_is_not_held_up(settings: Settings) -> None:
    folder = imported(settings, "5")
    go(settings)
    ((state, reason),) = states(settings, folder)
    assert (state, reason) == ("terbit", None)
    with transaction(settings) as cursor:  # withdrawn and called back, it was looked at before
        rollback(cursor)
        aktifkan(cursor, max(n for (n,) in query(settings, "select max(id_kiriman) from ops.kiriman")))
    go(settings)
    assert states(settings, folder) == [("terbit", None)]
