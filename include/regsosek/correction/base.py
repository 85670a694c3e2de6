"""The delivery that is corrected, and its rows of one village."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from regsosek.codebook import Table, load_codebook
from regsosek.normalise.source import Delivered, groups
from regsosek.release.manifest import CURRENT
from regsosek.release.overtaken import overtaking
from regsosek.warehouse.evolve import table_columns

Answers = Mapping[tuple[Table, int, str], str]
"""(file, record, item) → new content of the cell, in the codes of the form."""

MEMBERS: dict[Table, str] = {
    "k_rt": "select n.baris from registri.keluarga as n where n.id_kiriman = %(kiriman)s and n.kode_desa = %(desa)s",
    "k_art": """
        select n.baris from registri.anggota as n
        left join registri.keluarga as k on k.id_kiriman = n.id_kiriman and k.baris = n.baris_keluarga
        where n.id_kiriman = %(kiriman)s and coalesce(k.kode_desa, n.kode_desa) = %(desa)s
    """,
}
"""Records of a village: its families with all their persons, and persons of it who have no family."""


class CorrectionRefused(RuntimeError):
    """Nothing was changed; ``lines`` say why, where, and what to do."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = list(lines)


@dataclass(frozen=True)
class Base:
    """The delivery whose faults are corrected, and the village."""

    kode_desa: str
    nama_desa: str
    folder: str
    delivered: Delivered
    sources: dict[Table, str]
    cut_off: date | None
    desil_skala: str | None
    desil_model: str | None
    desil_cut_off: date | None

    @property
    def id_kiriman(self) -> int:
        """Id of the delivery."""
        return self.delivered.id_kiriman

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of :data:`MEMBERS`."""
        return {"kiriman": self.id_kiriman, "desa": self.kode_desa}

    def column(self, table: Table, item: str) -> str | None:
        """Raw column of an item; None where it was not delivered."""
        return self.delivered.tables[table][1].get(item)

    def to_form(self, table: Table, item: str, cell: str) -> str:
        """The cell in the codes of the form."""
        codes = load_codebook().item(item, table).recode(self.delivered.naming)
        return str(codes.get(int(cell), cell)) if codes and cell.isdecimal() else cell

    def to_source(self, table: Table, item: str, answer: str) -> str | None:
        """The answer in the codes of the delivered file; None where that has no code for it."""
        codes = load_codebook().item(item, table).recode(self.delivered.naming)
        if not codes or not answer.isdecimal():
            return answer
        fitting = [old for old, new in codes.items() if new == int(answer)]
        if int(answer) not in codes:
            fitting.append(int(answer))
        return str(fitting[0]) if fitting else None


def find_base(cursor: psycopg.Cursor, kode_desa: str, id_kiriman: int | None = None) -> Base:
    """The delivery of that id, or else the current one of the village; without any, the last one that was refused.

    Raises:
        CorrectionRefused: there is none, it is not kept, another one came after it, or a correction of it would lose to
            the current one.
    """
    current = _one(cursor, f"select id_kiriman from ({CURRENT}) as c where kode_desa = %(desa)s", kode_desa)
    refused = _one(
        cursor,
        """
        select k.id_kiriman from ops.kiriman as k
        join ops.kiriman_desa as d using (id_kiriman)
        where d.kode_desa = %(desa)s and not k.uji_coba and k.dibersihkan_pada is null
            and (k.keadaan = 'ditolak gerbang 1' or d.keadaan = 'ditolak')
        order by k.diterima_pada desc limit 1
        """,
        kode_desa,
    )
    chosen = id_kiriman or current or refused
    if chosen is None:
        raise CorrectionRefused(
            f"Tidak ada kiriman yang memuat desa {kode_desa}. `regsosek status` menampilkan kiriman yang ada."
        )
    base = _base(cursor, kode_desa, chosen)
    if (newer := overtaking(cursor, kode_desa, chosen)) is not None:
        raise CorrectionRefused(
            f"Kiriman {newer} untuk desa {kode_desa} datang sesudah kiriman {chosen}; perbaikan kiriman {chosen} akan "
            "menghilangkannya. Ekspor buku baru dari kiriman yang berlaku (tanpa --kiriman)."
        )
    if current is not None and current != chosen and _loses(cursor, chosen, current):
        raise CorrectionRefused(
            f"Kiriman {chosen} lebih tua (versi atau cut_off) daripada kiriman {current} yang berlaku untuk desa "
            f"{kode_desa}; perbaikannya tidak akan berlaku. Perbaiki kiriman {current}."
        )
    return base


def village_rows(cursor: psycopg.Cursor, base: Base, table: Table) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Raw columns of the file, and (record, cells) of the village in the order of the file."""
    name = base.delivered.tables[table][0]
    columns = [column for column in table_columns(cursor, "raw", name) if column != "baris"]
    query = sql.SQL("select r.baris, {} from {} as r join ({}) as m using (baris) order by 1").format(
        sql.SQL(", ").join(sql.Identifier("r", column) for column in columns),
        sql.Identifier("raw", name),
        sql.SQL(MEMBERS[table]),
    )
    rows = cursor.execute(query, base.parameters).fetchall()
    return columns, [(baris, [cell or "" for cell in cells]) for baris, *cells in rows]


def _base(cursor: psycopg.Cursor, kode_desa: str, id_kiriman: int) -> Base:
    row = cursor.execute(
        """
        select r.nama_desa, k.folder, k.cut_off, k.desil_skala, k.desil_model, k.desil_cut_off
        from ops.kiriman as k
        join ops.kiriman_desa as d using (id_kiriman)
        left join acuan.ref_desa as r using (kode_desa)
        where k.id_kiriman = %s and d.kode_desa = %s and not k.uji_coba and k.dibersihkan_pada is null
            and k.keadaan not in ('dimuat', 'ditarik', 'ditolak gerbang 2')
        """,
        (id_kiriman, kode_desa),
    ).fetchone()
    if row is None:
        raise CorrectionRefused(
            f"Kiriman {id_kiriman} tidak memuat desa {kode_desa}, sudah ditarik, atau isinya sudah dibersihkan. "
            "Ekspor perbaikan dari kiriman yang berlaku (tanpa --kiriman)."
        )
    (group,) = groups(cursor, load_codebook(), [id_kiriman])
    sources: dict[Table, str] = dict(
        cursor.execute("select berkas, sumber_kode from ops.berkas where id_kiriman = %s", (id_kiriman,)).fetchall()
    )
    return Base(kode_desa, row[0] or kode_desa, row[1], group.deliveries[0], sources, *row[2:])


def _loses(cursor: psycopg.Cursor, chosen: int, current: int) -> bool:
    row = cursor.execute(
        """
        select (a.versi = 'final', coalesce(a.cut_off, '-infinity'))
            < (b.versi = 'final', coalesce(b.cut_off, '-infinity'))
        from ops.kiriman as a, ops.kiriman as b where a.id_kiriman = %s and b.id_kiriman = %s
        """,
        (chosen, current),
    ).fetchone()
    return row == (True,)


def _one(cursor: psycopg.Cursor, query: str, kode_desa: str) -> int | None:
    row = cursor.execute(query.encode(), {"desa": kode_desa, "uji_coba": False}).fetchone()
    return None if row is None else int(row[0])
