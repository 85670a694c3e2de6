"""Preparing a public release from the one that ``marts`` shows, and publishing it once a person has agreed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from regsosek.normalise.pseudonym import secret_key
from regsosek.publik.counts import Counts, add_up
from regsosek.publik.manifest import choose_public
from regsosek.publik.rules import Public, public_rules
from regsosek.publik.suppress import suppress
from regsosek.refresh.run import Run
from regsosek.settings import Settings
from regsosek.transform import build_aggregates, definition_version, run_dbt
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.history import write_event

NUMBERS = (
    "pembilang", "penyebut", "tidak_tahu", "keluarga_pembilang", "keluarga_bukan", "keluarga_penyebut",
)  # fmt: skip
COPIED = ("dim_indikator", "dim_wilayah")
"""Marts that hold no figures: they are public as they are."""


class PublicationRefusedError(RuntimeError):
    """There is nothing to publish, or it is not what was agreed to; the message says what to do."""


@dataclass(frozen=True)
class Prepared:
    """What waits for approval.

    Attributes:
        id_rilis: the release it was made from.
        desa: villages in it.
        desa_tertahan: villages that stay as they were last published, because too few of their families changed.
        angka: figures in all; ``disembunyikan`` of them are hidden.
    """

    id_rilis: int
    desa: int
    desa_tertahan: int
    angka: int
    disembunyikan: int


def prepare_public(settings: Settings, run: Run) -> Prepared:
    """Decide what is hidden of the release that ``marts`` shows, and build the public figures in ``kandidat_publik``.

    Raises:
        PublicationRefusedError: nothing is published, or by other definitions than these.
        TransformError: dbt failed.
    """
    version = definition_version()
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        id_rilis = _release(cursor, version)
        lagging = choose_public(cursor)
        lacking = _lacking(cursor, "agg_indikator_desa", version)
    if lacking:
        build_aggregates(settings, lacking, purpose=run.purpose)
    with transaction(settings, purpose=run.purpose) as cursor:
        lacking = _lacking(cursor, "agg_kontributor_desa", version)
    if lacking:
        variables = {"versi_definisi": version, "id_kiriman": lacking}
        run_dbt(settings, "run", select=["+agg_kontributor_desa"], variables=variables, purpose=run.purpose)
    rules = public_rules()
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        counts = _counts(cursor, rules, version)
        shown, hidden = _earlier(cursor, rules, counts, version)
        closed = suppress(rules, counts, secret_key(settings), hidden_before=hidden, shown_before=shown)
        _decide(cursor, rules, counts, closed)
        prepared = Prepared(id_rilis, len(counts.induk) - _larger(counts), lagging, closed.size, int(closed.sum()))
        cursor.execute("delete from ops.publik_siap")
        cursor.execute(
            "insert into ops.publik_siap (id_jalan, id_rilis, versi_definisi, ringkasan) values (%s, %s, %s, %s)",
            (run.id_jalan, id_rilis, version, json.dumps(asdict(prepared))),
        )
    variables = {"versi_definisi": version}
    run_dbt(settings, "run", select=["pub_indikator_wilayah"], variables=variables, purpose=run.purpose)
    return prepared


def publish_public(settings: Settings, run: Run, *, prepared_by: str, approved_by: str | None) -> int:
    """Publish what was prepared in the run ``prepared_by``; returns the id of the public release.

    Readers of ``publik`` see the release before or all of this one.

    Raises:
        PublicationRefusedError: something else was prepared since.
    """
    with transaction(settings, purpose=run.purpose) as cursor:
        run.guard(cursor)
        row = cursor.execute("select id_jalan, id_rilis, versi_definisi, ringkasan from ops.publik_siap").fetchone()
        if row is None or row[0] != prepared_by:
            raise PublicationRefusedError(
                "Yang disetujui bukan lagi yang disiapkan. Jalankan DAG regsosek_publik sekali lagi dan setujui itu."
            )
        _, id_rilis, version, summary = row
        number = cursor.execute(
            "insert into ops.rilis_publik (id_rilis, disetujui_oleh, id_jalan, ringkasan) values (%s, %s, %s, %s) "
            "returning id_rilis_publik",
            (id_rilis, approved_by, run.id_jalan, json.dumps(summary)),
        ).fetchone()
        assert number is not None
        id_rilis_publik = int(number[0])
        _replace(cursor, "fct_indikator_wilayah", FIGURES, id_rilis, id_rilis_publik)
        _replace(cursor, "fct_indikator_desa", VILLAGES, id_rilis, id_rilis_publik)
        for name in COPIED:
            _replace(cursor, name, f"select * from terbit.{name} where id_rilis = {int(id_rilis)}", id_rilis, None)
        _remember(cursor, id_rilis_publik, version)
        cursor.execute("delete from ops.publik_siap")
        write_event(cursor, "publik terbit", run.id_jalan, {"id_rilis": id_rilis, "id_rilis_publik": id_rilis_publik})
    return id_rilis_publik


FIGURES = "select * from kandidat_publik.pub_indikator_wilayah"
VILLAGES = """
    select kode_wilayah as kode_desa, nama_wilayah as nama_desa, kode_indikator, pembilang, penyebut, tidak_tahu,
        semesta_tidak_tahu, nilai, batas_bawah, batas_atas, alasan_kosong, desil_skala,
        tanggal_acuan_min, tanggal_acuan_max, sumber, versi_definisi, versi
    from kandidat_publik.pub_indikator_wilayah where tingkat = 'desa'
"""


def _release(cursor: psycopg.Cursor, version: str) -> int:
    row = cursor.execute("select id_rilis, versi_definisi from ops.rilis join ops.rilis_terbit using (id_rilis)")
    found = row.fetchone()
    if found is None:
        raise PublicationRefusedError("Belum ada rilis yang terbit. Jalankan penyegaran dahulu.")
    if found[1] != version:
        raise PublicationRefusedError("Definisi berubah sejak rilis terakhir. Jalankan penyegaran dahulu.")
    return int(found[0])


def _lacking(cursor: psycopg.Cursor, aggregate: str, version: str) -> list[int]:
    """Deliveries of the public manifest that lack this aggregate and can still be counted."""
    cursor.execute("select to_regclass(%s) is null", (f"agregat.{aggregate}",))
    none = cursor.fetchone() == (True,)
    there = "" if none else "and not exists (select 1 from agregat.{} as a where a.id_kiriman = d.id_kiriman " \
        "and a.kode_desa = d.kode_desa and a.versi_definisi = %(versi)s)"  # fmt: skip
    query = sql.SQL(
        "select distinct d.id_kiriman from ops.publik_desa as d "
        "where exists (select 1 from registri.keluarga as k where k.id_kiriman = d.id_kiriman) " + there + " order by 1"
    ).format(sql.Identifier(aggregate))
    return [int(each) for (each,) in cursor.execute(query, {"versi": version}).fetchall()]


def _counts(cursor: psycopg.Cursor, rules: Public, version: str) -> Counts:
    """The counts of the public manifest; a village that cannot be counted any more leaves it."""
    cursor.execute(
        """
        delete from ops.publik_desa as d where not exists (
            select 1 from agregat.agg_kontributor_desa as a
            where a.id_kiriman = d.id_kiriman and a.kode_desa = d.kode_desa and a.versi_definisi = %s
        )
        """,
        (version,),
    )
    rows = cursor.execute(
        """
        select a.kode_desa, a.kode_indikator, a.pembilang, coalesce(a.penyebut, a.pembilang),
            a.tidak_tahu + a.semesta_tidak_tahu, coalesce(k.keluarga_pembilang, 0), coalesce(k.keluarga_bukan, 0),
            coalesce(k.keluarga_penyebut, 0)
        from ops.publik_desa as d
        join agregat.agg_indikator_desa as a
            on a.id_kiriman = d.id_kiriman and a.kode_desa = d.kode_desa and a.versi_definisi = %(versi)s
        left join agregat.agg_kontributor_desa as k
            on k.id_kiriman = a.id_kiriman and k.kode_desa = a.kode_desa and k.versi_definisi = %(versi)s
                and k.kode_indikator = a.kode_indikator
        order by 1
        """,
        {"versi": version},
    ).fetchall()
    if not rows:
        raise PublicationRefusedError("Tidak ada desa yang dapat diterbitkan. Jalankan penyegaran dahulu.")
    villages = sorted({row[0] for row in rows})
    at, of = {code: n for n, code in enumerate(villages)}, {code: n for n, code in enumerate(rules.kode)}
    numbers = np.zeros((len(NUMBERS), len(villages), len(rules.kode)), dtype=np.int64)
    for village, indicator, *values in rows:
        numbers[:, at[village], of[indicator]] = values
    named = dict(zip(NUMBERS, numbers, strict=True))
    return add_up(villages, **named)


def _earlier(cursor: psycopg.Cursor, rules: Public, counts: Counts, version: str) -> tuple[Any, Any]:
    """Figures of these deliveries that were shown before, and those that were hidden, by the same definitions."""
    at, of = {code: n for n, code in enumerate(counts.wilayah)}, {code: n for n, code in enumerate(rules.kode)}
    shown, hidden = np.zeros(counts.pembilang.shape, dtype=bool), np.zeros(counts.pembilang.shape, dtype=bool)
    for area, indicator, terbuka in cursor.execute(
        """
        select t.kode_wilayah, t.kode_indikator, t.terbuka
        from ops.publik_terlihat as t
        left join ops.publik_desa as d on d.kode_desa = t.kode_wilayah and d.id_kiriman = t.id_kiriman
        where t.versi_definisi = %s and (d.kode_desa is not null or t.id_kiriman = 0)
        """,
        (version,),
    ).fetchall():
        if area in at and indicator in of:
            (shown if terbuka else hidden)[at[area], of[indicator]] = True
    return shown, hidden


def _decide(cursor: psycopg.Cursor, rules: Public, counts: Counts, closed: Any) -> None:
    cursor.execute("delete from ops.publik_keputusan")
    with cursor.copy("copy ops.publik_keputusan (kode_wilayah, kode_indikator, terbuka) from stdin") as copy:
        for area, code in enumerate(counts.wilayah):
            for number, indicator in enumerate(rules.kode):
                copy.write_row((code, indicator, not closed[area, number]))


def _larger(counts: Counts) -> int:
    return sum(len(code) < len(counts.wilayah[0]) for code in counts.wilayah)


def _replace(cursor: psycopg.Cursor, name: str, query: str, id_rilis: int, id_rilis_publik: int | None) -> None:
    """Put the rows of a query into ``publik.<name>`` in the place of those before; the table is made once."""
    table = sql.Identifier("publik", name)
    numbered = sql.SQL(
        "select {}::bigint as id_rilis_publik, {}::bigint as id_rilis_sumber, q.* from ({}) as q"
    ).format(id_rilis_publik, id_rilis, sql.SQL(query))
    cursor.execute(sql.SQL("create table if not exists {} as {} with no data").format(table, numbered))
    cursor.execute(sql.SQL("delete from {}").format(table))
    cursor.execute(sql.SQL("insert into {} {}").format(table, numbered))
    text = "Angka publik: yang menunjuk keluarga tertentu disembunyikan. Kolom seperti pada skema marts."
    cursor.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(text)))


def _remember(cursor: psycopg.Cursor, id_rilis_publik: int, version: str) -> None:
    cursor.execute(
        "insert into ops.rilis_publik_desa (id_rilis_publik, kode_desa, id_kiriman) "
        "select %s, kode_desa, id_kiriman from ops.publik_desa",
        (id_rilis_publik,),
    )
    # Hidden once, hidden for good; shown once, known for good.
    cursor.execute(
        """
        insert into ops.publik_terlihat (kode_wilayah, id_kiriman, versi_definisi, kode_indikator, terbuka)
        select k.kode_wilayah, coalesce(d.id_kiriman, 0), %s, k.kode_indikator, k.terbuka
        from ops.publik_keputusan as k
        left join ops.publik_desa as d on d.kode_desa = k.kode_wilayah
        where d.kode_desa is not null or not k.terbuka
        on conflict do nothing
        """,
        (version,),
    )
