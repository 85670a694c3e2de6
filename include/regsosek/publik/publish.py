"""Preparing a public release from the one that ``marts`` shows, and publishing it once a person has agreed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
import psycopg
from psycopg import sql

from regsosek.keyring import keyring
from regsosek.publik.counts import Booleans, Counts, add_up
from regsosek.publik.manifest import choose_public
from regsosek.publik.rules import Public, public_rules
from regsosek.publik.suppress import may_be_renewed, suppress
from regsosek.refresh.run import Run
from regsosek.settings import Settings
from regsosek.transform import build_aggregates, build_public, definition_version, run_dbt
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.evolve import evolve_table, table_columns
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
        indikator_tertahan: indicators that stay as they were, because the change would tell hidden numbers.
        angka: figures in all; ``disembunyikan`` of them are hidden.
    """

    id_rilis: int
    desa: int
    desa_tertahan: int
    indikator_tertahan: int
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
        last = _last(cursor, version)
        earlier, changed = _earlier(cursor, rules, counts, last)
        closed = suppress(rules, counts, keyring(settings).permanent, hidden_before=earlier)
        gone = _gone(cursor, rules, last)
        renewed = may_be_renewed(rules, earlier, closed, changed, gone) if last else np.ones(len(gone), dtype=bool)
        _decide(cursor, rules, counts, closed)
        held = [kode for kode, anew in zip(rules.kode, renewed, strict=True) if not anew]
        _hold(cursor, held, last)
        prepared = _prepared(cursor, id_rilis, lagging, len(held))
        cursor.execute("delete from ops.publik_siap")
        cursor.execute(
            "insert into ops.publik_siap (id_jalan, id_rilis, versi_definisi, ringkasan) values (%s, %s, %s, %s)",
            (run.id_jalan, id_rilis, version, json.dumps(asdict(prepared))),
        )
    build_public(settings, purpose=run.purpose)
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
            "insert into ops.rilis_publik (id_rilis, versi_definisi, disetujui_oleh, id_jalan, ringkasan) "
            "values (%s, %s, %s, %s, %s) returning id_rilis_publik",
            (id_rilis, version, approved_by, run.id_jalan, json.dumps(summary)),
        ).fetchone()
        assert number is not None
        id_rilis_publik = int(number[0])
        _replace(cursor, "fct_indikator_wilayah", FIGURES, id_rilis, id_rilis_publik)
        _replace(cursor, "fct_indikator_desa", VILLAGES, id_rilis, id_rilis_publik)
        for name in COPIED:
            _replace(cursor, name, f"select * from terbit.{name} where id_rilis = {int(id_rilis)}", id_rilis, None)
        _remember(cursor, id_rilis_publik)
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
        "select distinct d.id_kiriman from ops.publik_manifes as d "
        "where exists (select 1 from registri.keluarga as k where k.id_kiriman = d.id_kiriman) " + there + " order by 1"
    ).format(sql.Identifier(aggregate))
    return [int(each) for (each,) in cursor.execute(query, {"versi": version}).fetchall()]


def _counts(cursor: psycopg.Cursor, rules: Public, version: str) -> Counts:
    """The counts of the public manifest; a village that cannot be counted any more leaves it."""
    cursor.execute(
        """
        delete from ops.publik_manifes as m where exists (
            select 1 from ops.publik_manifes as n
            where n.kode_desa = m.kode_desa and not exists (
                select 1 from agregat.agg_kontributor_desa as a
                where a.id_kiriman = n.id_kiriman and a.kode_desa = n.kode_desa and a.versi_definisi = %s
            )
        )
        """,
        (version,),
    )
    rows = cursor.execute(
        """
        select a.kode_desa, a.kode_indikator, a.pembilang, coalesce(a.penyebut, a.pembilang),
            a.tidak_tahu + a.semesta_tidak_tahu, coalesce(k.keluarga_pembilang, 0), coalesce(k.keluarga_bukan, 0),
            coalesce(k.keluarga_penyebut, 0)
        from ops.publik_manifes as m
        join agregat.agg_indikator_desa as a using (id_kiriman, kode_desa, kode_indikator)
        left join agregat.agg_kontributor_desa as k using (id_kiriman, kode_desa, kode_indikator, versi_definisi)
        where a.versi_definisi = %s
        order by 1
        """,
        (version,),
    ).fetchall()
    if not rows:
        raise PublicationRefusedError("Tidak ada desa yang dapat diterbitkan. Jalankan penyegaran dahulu.")
    villages = sorted({row[0] for row in rows})
    at, of = {code: n for n, code in enumerate(villages)}, {code: n for n, code in enumerate(rules.kode)}
    numbers = np.zeros((len(NUMBERS), len(villages), len(rules.kode)), dtype=np.int64)
    for village, indicator, *values in rows:
        numbers[:, at[village], of[indicator]] = values
    return add_up(villages, **dict(zip(NUMBERS, numbers, strict=True)))


def _last(cursor: psycopg.Cursor, version: str) -> int | None:
    """The publication before, if it was by these definitions."""
    row = cursor.execute(
        "select id_rilis_publik, versi_definisi from ops.rilis_publik order by id_rilis_publik desc limit 1"
    ).fetchone()
    return int(row[0]) if row is not None and row[1] == version else None


def _earlier(cursor: psycopg.Cursor, rules: Public, counts: Counts, last: int | None) -> tuple[Booleans, Booleans]:
    """What was hidden in the publication before, and where this one would have another delivery, by area."""
    at, of = {code: n for n, code in enumerate(counts.wilayah)}, {code: n for n, code in enumerate(rules.kode)}
    hidden, changed = (np.zeros(counts.pembilang.shape, dtype=bool) for _ in range(2))
    for indicator, area, terbuka in cursor.execute(
        "select kode_indikator, kode_wilayah, terbuka from ops.rilis_publik_keputusan where id_rilis_publik = %s",
        (last,),
    ).fetchall():
        if area in at:
            hidden[at[area], of[indicator]] = not terbuka
    for indicator, village in cursor.execute(
        """
        select m.kode_indikator, m.kode_desa
        from ops.publik_manifes as m
        left join ops.rilis_publik_manifes as l
            on l.id_rilis_publik = %s and l.kode_indikator = m.kode_indikator and l.kode_desa = m.kode_desa
        where m.id_kiriman is distinct from l.id_kiriman
        """,
        (last,),
    ).fetchall():
        changed[at[village], of[indicator]] = True
    return hidden, changed


def _gone(cursor: psycopg.Cursor, rules: Public, last: int | None) -> Booleans:
    """Indicators that the publication before hid in a village which has left the manifest since."""
    rows = cursor.execute(
        """
        select distinct k.kode_indikator
        from ops.rilis_publik_keputusan as k
        join ops.rilis_publik_manifes as l using (id_rilis_publik, kode_indikator)
        left join ops.publik_manifes as m on m.kode_indikator = l.kode_indikator and m.kode_desa = l.kode_desa
        where k.id_rilis_publik = %s and k.kode_wilayah = l.kode_desa and not k.terbuka and m.kode_desa is null
        """,
        (last,),
    ).fetchall()
    found = {indicator for (indicator,) in rows}
    return np.array([kode in found for kode in rules.kode])


def _decide(cursor: psycopg.Cursor, rules: Public, counts: Counts, closed: Booleans) -> None:
    cursor.execute("delete from ops.publik_keputusan")
    with cursor.copy("copy ops.publik_keputusan (kode_wilayah, kode_indikator, terbuka) from stdin") as copy:
        for area, code in enumerate(counts.wilayah):
            for number, indicator in enumerate(rules.kode):
                copy.write_row((code, indicator, not closed[area, number]))


def _hold(cursor: psycopg.Cursor, indicators: list[str], last: int | None) -> None:
    """Let these indicators stay as they were in the publication ``last``: its deliveries, its decisions."""
    for table in ("manifes", "keputusan"):
        cursor.execute(f"delete from ops.publik_{table} where kode_indikator = any(%s)".encode(), (indicators,))
    cursor.execute(
        "insert into ops.publik_manifes (kode_indikator, kode_desa, id_kiriman) "
        "select kode_indikator, kode_desa, id_kiriman from ops.rilis_publik_manifes "
        "where id_rilis_publik = %s and kode_indikator = any(%s)",
        (last, indicators),
    )
    cursor.execute(
        "insert into ops.publik_keputusan (kode_indikator, kode_wilayah, terbuka) "
        "select kode_indikator, kode_wilayah, terbuka from ops.rilis_publik_keputusan "
        "where id_rilis_publik = %s and kode_indikator = any(%s)",
        (last, indicators),
    )


def _prepared(cursor: psycopg.Cursor, id_rilis: int, villages_held: int, indicators_held: int) -> Prepared:
    ((villages,),) = cursor.execute("select count(distinct kode_desa) from ops.publik_manifes").fetchall()
    ((figures, hidden),) = cursor.execute(
        "select count(*), count(*) filter (where not terbuka) from ops.publik_keputusan"
    ).fetchall()
    return Prepared(id_rilis, villages, villages_held, indicators_held, figures, hidden)


def _replace(cursor: psycopg.Cursor, name: str, query: str, id_rilis: int, id_rilis_publik: int | None) -> None:
    """Put the rows of a query into ``publik.<name>`` in the place of those before; the table is made once and grows."""
    table = sql.Identifier("publik", name)
    numbered = sql.SQL(
        "select {}::bigint as id_rilis_publik, {}::bigint as id_rilis_sumber, q.* from ({}) as q"
    ).format(id_rilis_publik, id_rilis, sql.SQL(query))
    cursor.execute(sql.SQL("create temporary table publik_kerja on commit drop as {}").format(numbered))
    columns = table_columns(cursor, "pg_temp", "publik_kerja")
    cursor.execute(sql.SQL("create table if not exists {} as table publik_kerja with no data").format(table))
    evolve_table(cursor, "publik", name, columns)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(sql.SQL("delete from {}").format(table))
    cursor.execute(sql.SQL("insert into {} ({}) select {} from publik_kerja").format(table, names, names))
    cursor.execute("drop table publik_kerja")
    text = "Angka publik: yang menunjuk keluarga tertentu disembunyikan. Kolom seperti pada skema marts."
    cursor.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(text)))


def _remember(cursor: psycopg.Cursor, id_rilis_publik: int) -> None:
    """Keep what the public was shown and what it was not."""
    for table, columns in (("manifes", "kode_desa, id_kiriman"), ("keputusan", "kode_wilayah, terbuka")):
        cursor.execute(
            f"insert into ops.rilis_publik_{table} (id_rilis_publik, kode_indikator, {columns}) "
            f"select %s, kode_indikator, {columns} from ops.publik_{table}".encode(),
            (id_rilis_publik,),
        )
