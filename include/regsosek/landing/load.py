"""A delivery into the warehouse: both files and the ledger, or nothing.

Two files are copied side by side, so one of them needs a transaction of its own. The other's enters both in the ledger;
a raw table that the ledger does not name holds no delivery, and is dropped (:func:`ledger.drop_unclaimed`).
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from fsspec import AbstractFileSystem
from psycopg import sql
from psycopg.types.json import Jsonb

from regsosek.codebook import TABLES, Table, load_codebook
from regsosek.landing import ledger
from regsosek.landing.csv_stream import CsvStream
from regsosek.landing.discover import Found, FoundFile, chunks, open_landing
from regsosek.landing.header import Header, resolve_header
from regsosek.landing.kiriman import Kiriman, read_kiriman
from regsosek.landing.refusal import DeliveryChanged, DeliveryRefused, refusal
from regsosek.landing.workbook import workbook_as_csv
from regsosek.settings import Settings
from regsosek.warehouse.connection import transaction

Guard = Callable[[psycopg.Cursor], None]

KODE_DESA = (("r101", 2), ("r102", 2), ("r103", 3), ("r104", 3))
"""Parts of a village code and their digits."""


def load_delivery(
    settings: Settings,
    found: Found,
    *,
    id_jalan: str,
    guard: Guard,
    dry_run: bool = False,
    root: object | None = None,
    purpose: str = "regsosek",
) -> int:
    """Load a delivery into ``raw.k_rt_<id>`` and ``raw.k_art_<id>`` and enter it in the ledger; returns its id.

    Content that is in ``raw`` already is left as it is.

    Args:
        settings: the installation.
        found: the delivery as ``discover`` saw it.
        id_jalan: the run.
        guard: fails when the lease is lost; called first and last in every transaction.
        dry_run: enter it as ``uji_coba`` and leave the rest of the ledger alone.
        root: the landing, if its URL alone does not open it.
        purpose: application name of the connection.

    Raises:
        DeliveryRefused: it breaks a rule; that is in the ledger by then, and nothing else is.
        DeliveryChanged: a file is no longer what ``discover`` saw; nothing happened.
        psycopg.Error: of the warehouse, without a word of the data.
    """
    declared = Kiriman()
    id_kiriman = None
    try:
        source = _Source(settings, found, *open_landing(settings.landing if root is None else root))
        declared = source.declaration()
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            if (in_place := ledger.loaded(cursor, found, dry_run=dry_run)) is not None:
                return in_place
            id_kiriman = ledger.enter(cursor, found, declared, "dimuat", id_jalan=id_jalan, dry_run=dry_run)
            loaded = _copy_both(cursor, source, declared, id_kiriman, guard=guard, purpose=purpose)
            for each in loaded.values():
                each.enter(cursor, id_kiriman)
            _settle_version(cursor, declared, loaded, id_kiriman)
            _require_known_village(cursor, loaded["k_rt"])
            guard(cursor)
        return id_kiriman
    except (DeliveryRefused, DeliveryChanged) as left_out:
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            if id_kiriman is not None:
                families = sql.Identifier("raw", _raw_name("k_rt", id_kiriman))
                cursor.execute(sql.SQL("drop table if exists {}").format(families))
            if isinstance(left_out, DeliveryRefused):
                ledger.enter_refused(cursor, found, declared, left_out, id_jalan=id_jalan, dry_run=dry_run)
            guard(cursor)
        raise


@dataclass(frozen=True)
class _Source:
    """The files of one delivery in the landing."""

    settings: Settings
    found: Found
    fs: AbstractFileSystem
    base: str

    @contextmanager
    def open(self, file: FoundFile) -> Iterator[_Reading]:
        folder = "" if self.found.folder == "." else f"/{self.found.folder}"
        try:
            opened = self.fs.open(f"{self.base.rstrip('/')}{folder}/{file.nama}", "rb")
        except (FileNotFoundError, PermissionError, IsADirectoryError):
            raise DeliveryChanged(file.nama) from None
        with opened:
            reading = _Reading(opened)
            try:
                yield reading
            except DeliveryRefused:
                # Half an old file and half a new one look broken: that is no fault of the district.
                reading.require(file)
                raise
            reading.require(file)

    def declaration(self) -> Kiriman:
        """What kiriman.yml says, as far as it can be compared with the files without reading them."""
        file = self.found.file("kiriman")
        if file is None:
            return Kiriman()
        with self.open(file) as reading:
            declared = read_kiriman(b"".join(reading), file.nama)
        there = {each.nama.lower(): each for each in self.found.files}
        for name, stated in declared.berkas.items():
            if name.lower() not in there:
                raise refusal(
                    "kiriman_yml_tidak_sah",
                    "kiriman",
                    f"Kunci `berkas` pada {file.nama} menyebut berkas yang tidak ada.",
                )
            delivered = there[name.lower()]
            if stated.sha256 is not None and stated.sha256.lower() != delivered.sha256:
                berkas = delivered.bagian or "kiriman"
                pesan = f"Sidik (SHA-256) {delivered.nama} berbeda dari yang dinyatakan pada {file.nama}."
                raise refusal("sidik_berkas_berbeda", berkas, pesan)
        return declared

    def file(self, table: Table) -> FoundFile:
        file = self.found.file(table)
        assert file is not None, "discover finds complete deliveries only"
        return file


class _Reading:
    """The bytes of an open file, hashed while they pass."""

    def __init__(self, opened: Any) -> None:
        self._chunks = chunks(opened)
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._digest.update(chunk)
            yield chunk

    def require(self, file: FoundFile) -> None:
        """Read what is left, and fail if the whole is not the file that was discovered."""
        for _ in self:
            pass
        if self._digest.hexdigest() != file.sha256:
            raise DeliveryChanged(file.nama)


@dataclass(frozen=True)
class _Loaded:
    berkas: Table
    file: FoundFile
    header: Header
    records: int
    name: str

    @property
    def table(self) -> sql.Identifier:
        return sql.Identifier("raw", self.name)

    def column(self, item: str) -> sql.Identifier | None:
        name = self.header.kolom.get(item)
        return None if name is None else sql.Identifier(name)

    def enter(self, cursor: psycopg.Cursor, id_kiriman: int) -> None:
        """Enter the file in the ledger."""
        cursor.execute(
            """
            insert into ops.berkas
                (id_kiriman, berkas, nama_berkas, tabel, sha256, ukuran_bita, jumlah_baris, kolom, sumber_kode)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                id_kiriman,
                self.berkas,
                self.file.nama,
                self.name,
                self.file.sha256,
                self.file.ukuran_bita,
                self.records,
                Jsonb(self.header.kolom),
                self.header.sumber_kode,
            ),
        )


def _raw_name(table: Table, id_kiriman: int) -> str:
    return f"{table}_{id_kiriman}"


def _copy_both(
    cursor: psycopg.Cursor, source: _Source, declared: Kiriman, id_kiriman: int, *, guard: Guard, purpose: str
) -> dict[Table, _Loaded]:
    """Copy the persons in the caller's transaction and, meanwhile, the families in another, which is committed first.

    What is wrong with the families is said before what is wrong with the persons.
    """

    def copy_families() -> _Loaded:
        with transaction(source.settings, purpose=purpose) as beside:
            guard(beside)
            loaded = _copy(beside, source, declared, "k_rt", id_kiriman)
            guard(beside)
            return loaded

    with ThreadPoolExecutor(max_workers=len(TABLES)) as executor:
        copying: dict[Table, Future[_Loaded]] = {
            "k_rt": executor.submit(copy_families),
            "k_art": executor.submit(_copy, cursor, source, declared, "k_art", id_kiriman),
        }
    return {table: each.result() for table, each in copying.items()}


def _copy(cursor: psycopg.Cursor, source: _Source, declared: Kiriman, table: Table, id_kiriman: int) -> _Loaded:
    """Create the raw table and fill it."""
    file = source.file(table)
    codebook = load_codebook()
    with source.open(file) as reading, _as_csv(source.settings, reading, table, file.nama) as csv_chunks:
        known = frozenset(codebook.headers(table))
        stream = CsvStream(csv_chunks, berkas=table, nama_berkas=file.nama, known=known)
        decile = declared.peringkat.kolom if declared.peringkat else None
        header = resolve_header(stream.header, table, codebook, nama_berkas=file.nama, kolom_desil=decile)
        name = _raw_name(table, id_kiriman)
        _create(cursor, name, header)
        _stream(cursor, name, header, stream, table, file.nama)
        _count_places(cursor, name, header)
        _check_records(declared, stream.records, table, file.nama)
    return _Loaded(table, file, header, stream.records, name)


@contextmanager
def _as_csv(settings: Settings, reading: _Reading, table: Table, nama_berkas: str) -> Iterator[Iterator[bytes]]:
    if nama_berkas.lower().endswith(".csv"):
        yield iter(reading)
        return
    # A workbook is read from its end: it has to lie on a disk, under no name.
    with tempfile.TemporaryFile() as spool:
        for chunk in reading:
            spool.write(chunk)
        with workbook_as_csv(settings, spool, table, nama_berkas) as csv_chunks:
            yield csv_chunks


def _create(cursor: psycopg.Cursor, name: str, header: Header) -> None:
    """The raw table: the file's own columns as text, and the record number."""
    # COPY itself marks these rows as committed (`freeze`): no reader has to, so nothing is gained by a log of them.
    cursor.execute("set local wal_skip_threshold = '2MB'")
    cursor.execute(
        # Written once and read once or twice: nothing for autovacuum to do.
        sql.SQL("create table {table} (baris integer not null, {columns}) with (autovacuum_enabled = false)").format(
            table=sql.Identifier("raw", name),
            columns=sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(each)) for each in header.columns),
        )
    )


def _stream(
    cursor: psycopg.Cursor, name: str, header: Header, stream: CsvStream, table: Table, nama_berkas: str
) -> None:
    statement = sql.SQL(
        "copy {table} (baris, {columns}) from stdin (format csv, header true, delimiter {delimiter}, encoding 'UTF8', "
        "{empty}, freeze true)"
    ).format(
        table=sql.Identifier("raw", name),
        columns=_columns(header.columns),
        delimiter=sql.Literal(stream.dialect.delimiter),
        empty=_what_is_empty(header, table),
    )
    failure: psycopg.Error | None = None
    try:
        with cursor.copy(statement) as copy:
            # An empty header line makes COPY count as we do, the header being line 1, and tells it the line end.
            copy.write(stream.dialect.eol)
            for block in _ahead(stream.blocks()):
                copy.write(block)
    except psycopg.Error as error:
        failure = error
    if failure is not None:
        # Outside of the handler: the original quotes a line of the data and must not travel along as context.
        raise _without_data(failure, name, stream, table, nama_berkas)
    if cursor.rowcount != stream.records:
        pesan = f"{nama_berkas} berisi {stream.records} baris data, tetapi hanya {cursor.rowcount} yang terbaca."
        raise refusal("berkas_tidak_terbaca", table, pesan)


def _what_is_empty(header: Header, table: Table) -> sql.Composed:
    """An answer that is not there is null, quoted or not; in any other column it is an empty text.

    Most answers of a form are not there, and a null takes neither room nor time later on. Places and ids are joined.
    """
    answers = {header.kolom[item.kode] for item in load_codebook().typed(table) if item.kode in header.kolom}
    options = {
        "force_null": [each for each in header.columns if each in answers],
        "force_not_null": [each for each in header.columns if each not in answers],
    }
    return sql.SQL(", ").join(
        sql.SQL("{} ({})").format(sql.SQL(option), _columns(names)) for option, names in options.items() if names
    )


def _columns(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks; each is prepared while PostgreSQL reads the one before."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        following = executor.submit(next, blocks, None)
        while (block := following.result()) is not None:
            following = executor.submit(next, blocks, None)
            yield block


def _count_places(cursor: psycopg.Cursor, name: str, header: Header) -> None:
    """Statistics of the columns that records are joined by; without any the planner sorts millions of wide rows."""
    columns = [header.kolom[item] for item, _ in KODE_DESA]
    cursor.execute(
        sql.SQL("analyze {table} ({columns})").format(
            table=sql.Identifier("raw", name), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
        )
    )


def _without_data(error: psycopg.Error, name: str, stream: CsvStream, table: Table, nama_berkas: str) -> Exception:
    """What to raise for a failed COPY: class, SQLSTATE and record number, and not a word of its message."""
    state = error.sqlstate or "tanpa SQLSTATE"
    line = re.search(rf"\b{re.escape(name)}\b\D*(\d+)", error.diag.context or "")
    if not state.startswith(("22", "54")):
        return type(error)(f"COPY {table}: {type(error).__name__} ({state})")
    if state.startswith("54"):  # PostgreSQL notices this records later, and names the wrong one
        pesan = f"{nama_berkas} memuat baris yang terlalu lebar untuk disimpan ({state}); hapus kolom tambahannya."
        return refusal("berkas_tidak_terbaca", table, pesan)
    baris = stream.record_of_line(int(line[1])) if line else None
    where = f", baris {baris}," if baris is not None else ""
    if state == "22P04":
        pesan = f"{nama_berkas}{where} tidak sama jumlah selnya dengan judul kolom, atau tanda kutipnya tidak ditutup."
    else:
        pesan = f"{nama_berkas}{where} tidak dapat dibaca ({state})."
    return refusal("berkas_tidak_terbaca", table, pesan, baris=baris)


def _check_records(declared: Kiriman, records: int, table: Table, nama_berkas: str) -> None:
    if records == 0:
        raise refusal("berkas_tidak_terbaca", table, f"{nama_berkas} tidak berisi satu baris data pun.")
    for name, stated in declared.berkas.items():
        if name.lower() == nama_berkas.lower() and stated.baris not in (None, records):
            pesan = f"{nama_berkas} berisi {records} baris data, sedangkan kiriman.yml menyatakan {stated.baris}."
            raise refusal("jumlah_baris_berbeda", table, pesan)


def _settle_version(cursor: psycopg.Cursor, declared: Kiriman, loaded: dict[Table, _Loaded], id_kiriman: int) -> None:
    """Take the version that was declared, or find an answer that only the final form allows."""
    if declared.versi is not None:
        return
    if not any(_any_row(cursor, *evidence) for evidence in _evidence_of_final(loaded)):
        raise refusal(
            "versi_ambigu",
            "kiriman",
            "Versi formulir tidak dinyatakan, dan tidak ada isian yang hanya mungkin pada formulir final "
            "(404 berkode 6, 501f terisi, atau 506 di atas 2).",
        )
    cursor.execute("update ops.kiriman set versi = 'final' where id_kiriman = %s", (id_kiriman,))


def _evidence_of_final(loaded: dict[Table, _Loaded]) -> Iterator[tuple[_Loaded, sql.Composed]]:
    """(file, predicate of a record) for every item with codes that the draft does not have, cheapest first."""
    codebook = load_codebook()
    for table in TABLES:
        for item in codebook.typed(table):
            codes = set(item.domain("final")) - set(item.domain("draft"))
            column = loaded[table].column(item.kode)
            if item.jenis == "kode" and codes and column is not None:
                pattern = rf"^[\s']*0*({'|'.join(map(str, sorted(codes)))})([.,]0*)?\s*$"
                yield loaded[table], sql.SQL("{} ~ {}").format(column, sql.Literal(pattern))


def _require_known_village(cursor: psycopg.Cursor, k_rt: _Loaded) -> None:
    parts = [
        # lpad alone would cut a longer code down to a wrong one.
        sql.SQL("lpad({cell}, greatest({width}, length({cell})), '0')").format(
            cell=sql.SQL("regexp_replace(btrim({}, E' \\t''\\u00a0'), '[.,]0*$', '')").format(k_rt.column(item)),
            width=sql.Literal(width),
        )
        for item, width in KODE_DESA
    ]
    village = sql.SQL(" || ").join(parts)
    known = sql.SQL("{} in (select kode_desa from acuan.ref_desa)").format(village)
    if not _any_row(cursor, k_rt, known):
        pesan = "Tidak satu keluarga pun pada kiriman ini bertempat di desa yang terdaftar untuk kabupaten ini."
        raise refusal("desa_bukan_kabupaten", "kiriman", pesan)


def _any_row(cursor: psycopg.Cursor, loaded: _Loaded, predicate: sql.Composable) -> bool:
    row = cursor.execute(sql.SQL("select exists (select from {} where {})").format(loaded.table, predicate)).fetchone()
    return row is not None and bool(row[0])
