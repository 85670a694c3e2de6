"""Out and back: a workbook of a village's faults, and its answers as a delivery, with every step in ``ops``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from regsosek.codebook import Table, load_codebook
from regsosek.correction.answers import check, fault_of, read_workbook
from regsosek.correction.base import Base, CorrectionRefused, find_base, village_rows
from regsosek.correction.cells import Cell, Fault, find_cells, title
from regsosek.correction.deliver import Staged, local_landing, stage
from regsosek.correction.sheet import Book, write_workbook
from regsosek.release.overtaken import overtaking
from regsosek.rules import rule
from regsosek.settings import TIMEZONE, Settings
from regsosek.warehouse.connection import connect, transaction
from regsosek.warehouse.history import write_event

Place = dict[Table, dict[int, tuple[str, str, str]]]
"""File → record → (SLS, head of the family, person)."""


@dataclass(frozen=True)
class Exported:
    """A workbook: its number, file, and how many cells wait in it, and how many faults no cell settles."""

    id_buku: int
    path: Path
    isian: int
    lainnya: int


@dataclass(frozen=True)
class Imported:
    """A correction in the landing: its number, folder and how many cells it changes."""

    id_impor: int
    folder: str
    jawaban: int
    kode_desa: str


def export_workbook(
    settings: Settings, kode_desa: str, *, by: str, purpose: str, path: Path | None, id_kiriman: int | None = None
) -> Exported:
    """Write the faults of the village to a workbook; who, when and what for is kept in ``ops.perbaikan_buku``.

    Raises:
        CorrectionRefused: there is nothing to correct.
        WorkbookExistsError: the file cannot be written.
    """
    with transaction(settings) as cursor:
        base = find_base(cursor, kode_desa, id_kiriman)
        cells, others = find_cells(cursor, base)
        if not cells and not others:
            raise CorrectionRefused(f"Tidak ada temuan per record di desa {kode_desa} pada kiriman {base.id_kiriman}.")
        id_buku = _enter_book(cursor, base, by, purpose, cells)
        path = (path or settings.corrections / f"perbaikan_{kode_desa}_buku{id_buku}.xlsx").resolve()
        cursor.execute("update ops.perbaikan_buku set nama_berkas = %s where id_buku = %s", (str(path), id_buku))
        about = {
            "Buku": str(id_buku), "Kode desa": kode_desa, "Desa": base.nama_desa, "Kiriman": str(base.id_kiriman),
            "Folder": base.folder, "Dibuat": f"{datetime.now(TIMEZONE):%d-%m-%Y %H:%M}", "Oleh": by, "Tujuan": purpose,
        }  # fmt: skip
        write_workbook(path, Book(about, _rows(cursor, base, id_buku, cells), [_other(fault) for fault in others]))
    return Exported(id_buku, path, len(cells), len(others))


def import_workbook(settings: Settings, path: Path, *, by: str) -> Imported:
    """Make the filled workbook a delivery of its village in the landing; the next refresh takes it in.

    Raises:
        CorrectionRefused: anything in it is wrong, it is of another installation, or overtaken; nothing was changed.
    """
    filled = read_workbook(path)
    with _one_at_a_time(settings), transaction(settings) as cursor:
        book = cursor.execute(
            "select kode_desa, id_kiriman from ops.perbaikan_buku where id_buku = %s", (filled.id_buku,)
        ).fetchone()
        if book is None:
            raise CorrectionRefused(f"Buku {filled.id_buku} bukan dari gudang data ini. Ekspor buku baru.")
        kode_desa, id_kiriman = book
        if filled.kode_desa != kode_desa:
            raise CorrectionRefused(
                f"Lembar Petunjuk menyebut desa lain daripada desa {kode_desa} milik buku {filled.id_buku}. "
                "Kembalikan kode desanya, atau ekspor buku untuk desa itu."
            )
        base = _fresh(settings, cursor, kode_desa, id_kiriman)
        answers = check(base, filled, _cells(cursor, filled.id_buku))
        _require_families(cursor, base, answers)
        staged, id_impor = _stage(settings, cursor, base, filled.id_buku, answers, by)
        _land(cursor, staged)
    return Imported(id_impor, staged.folder, len(answers), kode_desa)


def import_answers(
    settings: Settings, kode_desa: str, id_kiriman: int, answers: Mapping[Cell, str], *, by: str, purpose: str
) -> Imported:
    """The same for answers that no workbook was asked for.

    Raises:
        CorrectionRefused: an answer is not possible, or the delivery is overtaken.
    """
    with _one_at_a_time(settings), transaction(settings) as cursor:
        base = _fresh(settings, cursor, kode_desa, id_kiriman)
        wrong = [each for cell, answer in answers.items() if (each := _impossible(base, cell, answer))]
        if wrong:
            raise CorrectionRefused(*wrong, "Tidak ada yang diubah.")
        id_buku = _enter_book(cursor, base, by, purpose, {cell: [] for cell in answers})
        staged, id_impor = _stage(settings, cursor, base, id_buku, answers, by)
        _land(cursor, staged)
    return Imported(id_impor, staged.folder, len(answers), kode_desa)


def _impossible(base: Base, cell: Cell, answer: str) -> str | None:
    if base.column(cell.berkas, cell.item) is None:
        return f"Kolom {cell.item} tidak ada pada kiriman {base.id_kiriman}."
    return fault_of(base, cell, answer)


def _fresh(settings: Settings, cursor: psycopg.Cursor, kode_desa: str, id_kiriman: int) -> Base:
    """The delivery of the book, if nothing overtook it.

    Raises:
        CorrectionRefused: it was withdrawn, another delivery of the village came since, or a correction still waits.
    """
    if (newer := overtaking(cursor, kode_desa, id_kiriman)) is not None:
        raise CorrectionRefused(
            f"Perbaikan ini dibuat dari kiriman {id_kiriman}, sedangkan kiriman {newer} untuk desa {kode_desa} datang "
            "sesudahnya. Ekspor buku baru dan isi di sana."
        )
    base = find_base(cursor, kode_desa, id_kiriman)
    landing = local_landing(settings)
    waiting = cursor.execute(
        """
        select i.folder from ops.perbaikan_impor as i
        join ops.perbaikan_buku as b using (id_buku)
        where b.kode_desa = %s and not exists (select from ops.kiriman as k where k.sidik = i.sidik and not k.uji_coba)
        """,
        (kode_desa,),
    ).fetchall()
    for (folder,) in waiting:
        if (landing / folder).is_dir():
            raise CorrectionRefused(
                f"Perbaikan sebelumnya untuk desa {kode_desa} ({folder}) masih menunggu penyegaran. Jalankan "
                "`regsosek refresh`, lalu ekspor buku baru; atau hapus folder itu dari landing untuk membatalkannya."
            )
    return base


def _require_families(cursor: psycopg.Cursor, base: Base, answers: Mapping[Cell, str]) -> None:
    """A person can be given to a family of the village only."""
    wanted = {cell: answer for cell, answer in answers.items() if cell.item == "id_rt"}
    if not wanted:
        return
    columns, rows = village_rows(cursor, base, "k_rt")
    at = columns.index(str(base.column("k_rt", "id")))
    changed = {cell.baris: answer for cell, answer in answers.items() if (cell.berkas, cell.item) == ("k_rt", "id")}
    known = {changed.get(baris, cells[at].strip()) for baris, cells in rows}
    lost = sorted(cell.baris for cell, answer in wanted.items() if answer not in known)
    if lost:
        raise CorrectionRefused(
            f"Nomor keluarga (id_rt) untuk record {', '.join(map(str, lost))} pada k_art tidak ada di desa "
            f"{base.kode_desa}. Isi nomor keluarga yang ada pada k_rt. Tidak ada yang diubah."
        )


def _enter_book(cursor: psycopg.Cursor, base: Base, by: str, purpose: str, cells: Mapping[Cell, list[Fault]]) -> int:
    row = cursor.execute(
        "insert into ops.perbaikan_buku (id_kiriman, kode_desa, oleh, tujuan) values (%s, %s, %s, %s) "
        "returning id_buku",
        (base.id_kiriman, base.kode_desa, by, purpose),
    ).fetchone()
    assert row is not None
    id_buku = int(row[0])
    numbered = list(enumerate(cells.items(), start=1))
    cursor.executemany(
        "insert into ops.perbaikan_isian (id_buku, nomor, berkas, baris, item) values (%s, %s, %s, %s, %s)",
        [(id_buku, nomor, cell.berkas, cell.baris, cell.item) for nomor, (cell, _) in numbered],
    )
    cursor.executemany(
        "insert into ops.perbaikan_temuan (id_buku, nomor, aturan, berkas, baris) values (%s, %s, %s, %s, %s)",
        [
            (id_buku, nomor, fault.aturan, fault.berkas, fault.baris)
            for nomor, (_, faults) in numbered
            for fault in set(faults)
        ],
    )
    write_event(
        cursor,
        "buku perbaikan",
        None,
        {
            "id_buku": id_buku,
            "kode_desa": base.kode_desa,
            "id_kiriman": base.id_kiriman,
            "isian": len(cells),
            "oleh": by,
        },
    )
    return id_buku


def _cells(cursor: psycopg.Cursor, id_buku: int) -> dict[int, Cell]:
    rows = cursor.execute("select nomor, berkas, baris, item from ops.perbaikan_isian where id_buku = %s", (id_buku,))
    return {nomor: Cell(berkas, baris, item) for nomor, berkas, baris, item in rows.fetchall()}


def _stage(
    settings: Settings, cursor: psycopg.Cursor, base: Base, id_buku: int, answers: Mapping[Cell, str], by: str
) -> tuple[Staged, int]:
    """Write the delivery and enter it in the books."""
    row = cursor.execute("select coalesce(max(id_impor), 0) + 1 from ops.perbaikan_impor").fetchone()
    assert row is not None
    folder = f"perbaikan_{base.kode_desa}_{datetime.now(TIMEZONE):%Y-%m-%d}_{row[0]}"
    note = f"Perbaikan dari buku {id_buku} atas kiriman {base.id_kiriman}."
    plain = {(cell.berkas, cell.baris, cell.item): answer for cell, answer in answers.items()}
    staged = stage(settings, cursor, base, plain, folder=folder, note=note)
    try:
        return staged, _enter_import(cursor, id_buku, staged, answers, by)
    except BaseException:
        staged.drop()
        raise


def _enter_import(cursor: psycopg.Cursor, id_buku: int, staged: Staged, answers: Mapping[Cell, str], by: str) -> int:
    row = cursor.execute(
        "insert into ops.perbaikan_impor (id_buku, oleh, folder, sidik) values (%s, %s, %s, %s) returning id_impor",
        (id_buku, by, staged.folder, staged.sidik),
    ).fetchone()
    assert row is not None
    id_impor = int(row[0])
    cursor.executemany(
        "insert into ops.perbaikan_jawaban (id_impor, id_buku, nomor) "
        "select %s, id_buku, nomor from ops.perbaikan_isian "
        "where id_buku = %s and berkas = %s and baris = %s and item = %s",
        [(id_impor, id_buku, cell.berkas, cell.baris, cell.item) for cell in answers],
    )
    concerned = cursor.execute(
        """
        select t.berkas, t.baris from ops.perbaikan_temuan as t
        join ops.perbaikan_jawaban as j using (id_buku, nomor) where j.id_impor = %s
        """,
        (id_impor,),
    ).fetchall()
    records = set(concerned) | {(cell.berkas, cell.baris) for cell in answers}
    cursor.executemany(
        "insert into ops.perbaikan_record (id_impor, berkas, baris, baris_baru) values (%s, %s, %s, %s)",
        [(id_impor, berkas, baris, staged.numbers[berkas, baris]) for berkas, baris in sorted(records)],
    )
    write_event(
        cursor,
        "perbaikan diimpor",
        None,
        {"id_impor": id_impor, "id_buku": id_buku, "folder": staged.folder, "jawaban": len(answers), "oleh": by},
    )
    return id_impor


def _land(cursor: psycopg.Cursor, staged: Staged) -> None:
    """Commit what the books say, then put the delivery in place: killed in between, it can be imported once more."""
    try:
        cursor.connection.commit()
    except BaseException:
        staged.drop()
        raise
    staged.show()


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Two imports for one village would each miss what the other changes."""
    with connect(settings, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('regsosek.perbaikan'))")
        yield


def _rows(
    cursor: psycopg.Cursor, base: Base, id_buku: int, cells: Mapping[Cell, list[Fault]]
) -> list[tuple[object, ...]]:
    """Cells of the sheet; names and current values come straight from raw."""
    codebook = load_codebook()
    read = {table: village_rows(cursor, base, table) for table in base.delivered.tables}
    values = {table: dict(rows) for table, (_, rows) in read.items()}
    places = _places(cursor, base, values, {table: columns for table, (columns, _) in read.items()})
    rows: list[tuple[object, ...]] = []
    for nomor, (cell, faults) in enumerate(cells.items(), start=1):
        item = codebook.item(cell.item, cell.berkas)
        columns = read[cell.berkas][0]
        now = values[cell.berkas][cell.baris][columns.index(str(base.column(cell.berkas, cell.item)))]
        told = [rule(each) for each in dict.fromkeys(fault.aturan for fault in faults)]
        options = "; ".join(f"{code} = {label}" for code, label in item.labels(base.delivered.versi).items())
        rows.append((
            f"{id_buku}-{nomor}", cell.berkas, cell.baris, *places[cell.berkas][cell.baris], title(item),
            " ".join(each.pesan for each in told), " ".join(dict.fromkeys(each.tindakan for each in told)),
            options or (f"{item.rentang[0]}–{item.rentang[1]}" if item.rentang else ""),
            base.to_form(cell.berkas, cell.item, now),
        ))  # fmt: skip
    return rows


def _places(
    cursor: psycopg.Cursor,
    base: Base,
    values: dict[Table, dict[int, list[str]]],
    columns: dict[Table, list[str]],
) -> Place:
    """SLS, head and person of every record of the village."""

    def cell(table: Table, baris: int | None, *items: str) -> str:
        cells = values[table].get(baris) if baris is not None else None
        there = [column for item in items if (column := base.column(table, item)) is not None]
        return next((text for column in there if cells and (text := cells[columns[table].index(column)].strip())), "")

    families: dict[int, int | None] = dict(
        cursor.execute(
            "select baris, baris_keluarga from registri.anggota where id_kiriman = %s and baris = any(%s)",
            (base.id_kiriman, list(values["k_art"])),
        ).fetchall()
    )
    places: Place = {"k_rt": {}, "k_art": {}}
    for baris in values["k_rt"]:
        places["k_rt"][baris] = (cell("k_rt", baris, "r106", "r105"), cell("k_rt", baris, "r108"), "")
    for baris in values["k_art"]:
        family = families.get(baris)
        sls = cell("k_rt", family, "r106", "r105") or cell("k_art", baris, "r106", "r105")
        places["k_art"][baris] = (sls, cell("k_rt", family, "r108"), cell("k_art", baris, "r402"))
    return places


def _other(fault: Fault) -> tuple[object, ...]:
    told = rule(fault.aturan)
    return fault.berkas, fault.baris, told.pesan, told.tindakan
