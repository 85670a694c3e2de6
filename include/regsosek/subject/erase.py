"""Erasing a person: from raw and registry, from workbooks, and from what is delivered or restored later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from regsosek.settings import Settings
from regsosek.subject import tombstones
from regsosek.subject.find import backups, files_with, find_records, landing, workbooks
from regsosek.subject.request import note
from regsosek.warehouse import lease
from regsosek.warehouse.connection import transaction


@dataclass(frozen=True)
class Erased:
    """What was done, and what is left to others.

    Attributes:
        record: records of the person that were deleted, in all deliveries.
        keluarga: records of families that nobody else belonged to.
        buku: workbooks that were deleted.
        landing: files of the landing in which the NIK still stands.
        cadangan: backups, into which nobody looked.
    """

    record: int
    keluarga: int
    buku: list[Path]
    landing: list[Path]
    cadangan: list[Path]


def erase(settings: Settings, nik: str, *, by: str, reason: str) -> Erased:
    """Erase the person with that NIK; figures follow with the next refresh.

    The trace is kept first, so that a command that was killed is finished by calling it again, or by a refresh.

    Raises:
        LeaseHeldError: a refresh is running.
    """
    with lease.holding(settings, "hapus") as (id_jalan, epoch):
        guard, purpose = lease.guard(epoch), lease.backend_name(epoch)
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            records = find_records(cursor, nik)
            books = workbooks(cursor, records)
            for book in books:  # first: once the person is gone nobody knows which books named them
                book.unlink(missing_ok=True)
            tombstones.add(settings, cursor, tombstones.trace_of(settings, nik), by=by, reason=reason)
        buried = tombstones.uphold(settings, guard=guard, id_jalan=id_jalan, purpose=purpose)
        done = Erased(
            sum(each.anggota for each in buried), sum(each.keluarga for each in buried),
            books, files_with(landing(settings), nik), backups(settings),
        )  # fmt: skip
        with transaction(settings, purpose=purpose) as cursor:
            guard(cursor)
            note(cursor, "hapus", by, {
                "record": done.record, "keluarga": done.keluarga, "kiriman": [each.id_kiriman for each in buried],
                "buku": len(books), "berkas_landing": len(done.landing), "alasan": reason,
            })  # fmt: skip
    return done
