"""Rules about a whole village of a delivery: too many rejected, too few left, and what a batch gives away.

A refused village keeps its last good data; the delivery's other villages go on.
"""

from __future__ import annotations

from typing import Any, get_args

import psycopg

from regsosek.codebook import Codebook, Item, Table
from regsosek.normalise.tables import ENTITY
from regsosek.settings import Settings
from regsosek.warehouse.parallel import insert_from


def judge_villages(cursor: psycopg.Cursor, settings: Settings, codebook: Codebook, ids: list[int]) -> None:
    """Write the faults of villages to ``ops.temuan`` and refuse villages in ``ops.kiriman_desa``.

    Judging the same deliveries again replaces what was found before.
    """
    parameters = {"ids": ids, **settings.model_dump(include=set(LIMITS))}
    cursor.execute(
        """
        delete from ops.temuan as t using ops.kiriman as k
        where t.id_kiriman = k.id_kiriman and k.id_kiriman = any(%(ids)s) and t.baris is null
        """,
        parameters,
    )
    for query in (COUNTS, ABSENT):
        insert_from(cursor, FAULTS, query, parameters)
    for table in get_args(Table):
        _count_answers(cursor, codebook, table, parameters)
        insert_from(cursor, FAULTS, _shares(table), parameters)
        _judge_unknown(cursor, codebook, table, parameters)
        cursor.execute(f"drop table {_answers(table)}".encode())
    cursor.execute(REFUSE.encode(), parameters)


def _answers(table: Table) -> str:
    """Temporary table, a row per delivery and village: what its accepted records answered, counted in one scan."""
    return f"jawaban_{table}"


def _count_answers(cursor: psycopg.Cursor, codebook: Codebook, table: Table, parameters: dict[str, Any]) -> None:
    """Make the table: what :data:`SHARES` are shares of, and of every item with a code for "does not know" how many
    said so and how many were asked.
    """
    base = codebook.dasar[table]
    counts = _counted_families(codebook) if table == "k_rt" else dict(COUNTED_PERSONS)
    for item in _coded(codebook, table):
        codes = ", ".join(map(str, item.tidak_tahu))
        counts |= {
            f"{item.kode}_tidak_tahu": f"count(*) filter (where {item.kode} in ({codes}))",
            f"{item.kode}_ditanya": f"count(*) filter (where {base} and ({item.ditanya}))",
        }
    cursor.execute(
        f"""
        create temporary table {_answers(table)} on commit drop as
        select id_kiriman, kode_desa, {", ".join(f"{count} as {name}" for name, count in counts.items())}
        from registri.{ENTITY[table]}
        where id_kiriman = any(%(ids)s) and alasan_tolak is null and kode_desa is not null
        group by 1, 2
        """.encode(),
        parameters,
    )


def _counted_families(codebook: Codebook) -> dict[str, str]:
    assets = [item.kode for item in codebook.typed("k_rt") if item.kode.startswith(("r502", "r503"))]
    no_assets = " and ".join(f"{asset} = 2" for asset in assets)
    return {
        "keluarga": "count(*)",
        "tanpa_aset": f"count(*) filter (where {no_assets})",
        "kk": "count(kk)",
        "kk_nol": "count(*) filter (where kk_berakhir_nol)",
    }


def _shares(table: Table) -> str:
    """Query of the faults of villages where too large a share answered the same."""
    cases = (
        f"case when {whole} >= %(batch_rule_families)s and {part} > %({limit})s * {whole} then '{rule}' end"
        for rule, (part, whole, limit) in SHARES[table].items()
    )
    return f"""
        select d.id_kiriman, '{table}' as berkas, d.kode_desa, a.aturan
        from {_answers(table)} as d
        cross join lateral unnest(array[{", ".join(cases)}]) as a (aturan)
        where a.aturan is not null
    """


def _required(codebook: Codebook, table: Table) -> list[Item]:
    return [item for item in codebook.typed(table) if item.wajib and item.keparahan == "kosongkan"]


def _coded(codebook: Codebook, table: Table) -> list[Item]:
    """Required items with a code for "does not know"."""
    return [item for item in _required(codebook, table) if item.tidak_tahu]


def _judge_unknown(cursor: psycopg.Cursor, codebook: Codebook, table: Table, parameters: dict[str, Any]) -> None:
    """Judge the share of unknown answers, item by item, where there are enough of them to matter."""
    unknown = _unknown_counts(cursor, codebook, table, parameters)
    fewest = parameters["unknown_share"] * parameters["batch_rule_families"]
    many = {kode for (_, _, kode), count in unknown.items() if count > fewest}
    asked = _asked_counts(cursor, codebook, table, many, parameters)
    found = {
        (id_kiriman, kode_desa)
        for (id_kiriman, kode_desa, kode), count in asked.items()
        if count >= parameters["batch_rule_families"]
        and unknown.get((id_kiriman, kode_desa, kode), 0) > parameters["unknown_share"] * count
    }
    cursor.executemany(
        f"insert into {FAULTS} values (%s, %s, %s, %s)".encode(),
        [(id_kiriman, table, desa, f"tidak_tahu_tinggi_{ENTITY[table]}") for id_kiriman, desa in sorted(found)],
    )


Counts = dict[tuple[int, str, str], int]
"""By delivery, village and item."""


def _unknown_counts(cursor: psycopg.Cursor, codebook: Codebook, table: Table, parameters: dict[str, Any]) -> Counts:
    """Unknown answers: empty or blanked cells, which are faults, and codes for "does not know"."""
    counts = _by_item(
        cursor, _answers(table), {each.kode: f"{each.kode}_tidak_tahu" for each in _coded(codebook, table)}
    )
    for id_kiriman, desa, item, count in cursor.execute(
        """
        select t.id_kiriman, t.kode_desa, a.item, count(*)
        from ops.temuan as t
        join ops.aturan as a using (aturan)
        where t.id_kiriman = any(%(ids)s) and t.berkas = %(berkas)s and t.kode_desa is not null
            and (a.keparahan = 'kosongkan' or a.aturan = a.item || '_kosong')
        group by 1, 2, 3
        """,
        {**parameters, "berkas": table},
    ):
        counts[id_kiriman, desa, item] = counts.get((id_kiriman, desa, item), 0) + count
    return counts


def _asked_counts(
    cursor: psycopg.Cursor, codebook: Codebook, table: Table, items: set[str], parameters: dict[str, Any]
) -> Counts:
    """Families or residents who should have answered each of these items; of one that is not required, none.

    Items without a code for "does not know" seldom lack so many answers that they are worth a scan each night.
    """
    base = codebook.dasar[table]
    coded = {each.kode for each in _coded(codebook, table)} & items
    others = {
        each.kode: f"count(*) filter (where {base} and ({each.ditanya}))"
        for each in _required(codebook, table)
        if each.kode in items - coded
    }
    counts = _by_item(cursor, _answers(table), {kode: f"{kode}_ditanya" for kode in coded})
    if others:
        source = f"""
            registri.{ENTITY[table]}
            where id_kiriman = any(%(ids)s) and alasan_tolak is null and kode_desa is not null
            group by id_kiriman, kode_desa
        """
        counts |= _by_item(cursor, source, others, parameters)
    return counts


def _by_item(
    cursor: psycopg.Cursor, source: str, expressions: dict[str, str], parameters: dict[str, Any] | None = None
) -> Counts:
    """What the SQL expression of each item gives by delivery and village."""
    columns = "".join(f", {expression}" for expression in expressions.values())
    rows = cursor.execute(f"select id_kiriman, kode_desa{columns} from {source}".encode(), parameters).fetchall()
    return {
        (id_kiriman, desa, item): number
        for id_kiriman, desa, *numbers in rows
        for item, number in zip(expressions, numbers, strict=True)
    }


FAULTS = "ops.temuan (id_kiriman, berkas, kode_desa, aturan)"

LIMITS = (
    "reject_families",
    "reject_share",
    "max_decline",
    "family_change",
    "unknown_share",
    "age_heaping_share",
    "all_no_share",
    "trailing_zero_share",
    "batch_rule_families",
)

COUNTS = """
    select d.id_kiriman, 'k_rt' as berkas, d.kode_desa, a.aturan
    from (
        select
            d.*,
            d.keluarga_diterima + d.keluarga_ditolak as dikirim,
            (k.desa_dinyatakan ->> d.kode_desa)::integer as dinyatakan,
            l.keluarga_diterima as terakhir
        from ops.kiriman_desa as d
        join ops.kiriman as k using (id_kiriman)
        left join ops.rilis_terbit as t on true
        left join ops.rilis_desa as r on r.id_rilis = t.id_rilis and r.kode_desa = d.kode_desa
        left join ops.kiriman_desa as l on l.id_kiriman = r.id_kiriman and l.kode_desa = d.kode_desa
        where d.id_kiriman = any(%(ids)s)
    ) as d
    cross join lateral unnest(array[
        case when keluarga_ditolak > greatest(%(reject_families)s, %(reject_share)s * dikirim)
            then 'keluarga_ditolak_berlebih' end,
        case when keluarga_diterima = 0 and dinyatakan is distinct from 0
            then 'keluarga_tidak_ada' end,
        case when keluarga_diterima <= (1 - %(max_decline)s) * terakhir and terakhir > 0
            and dinyatakan is distinct from dikirim
            then 'keluarga_turun_tajam' end,
        case when dinyatakan <> dikirim
            then 'jumlah_keluarga_kiriman' end,
        case when abs(keluarga_diterima - terakhir) > %(family_change)s * terakhir
            then 'jumlah_keluarga_rilis' end
    ]) as a (aturan)
    where a.aturan is not null
"""

ABSENT = """
    select k.id_kiriman, 'kiriman' as berkas, n.kode_desa, 'desa_tidak_terkirim' as aturan
    from ops.kiriman as k
    cross join lateral jsonb_each_text(k.desa_dinyatakan) as n (kode_desa, keluarga)
    where k.id_kiriman = any(%(ids)s) and n.keluarga::integer > 0 and not exists (
        select from ops.kiriman_desa as d where d.id_kiriman = k.id_kiriman and d.kode_desa = n.kode_desa
    )
"""

COUNTED_PERSONS = {
    "umur": "count(r407) filter (where penduduk)",
    "membulat": "count(*) filter (where penduduk and r407 %% 5 = 0)",
    "nik": "count(nik) filter (where penduduk)",
    "nik_nol": "count(*) filter (where penduduk and nik_berakhir_nol)",
}

SHARES: dict[Table, dict[str, tuple[str, str, str]]] = {
    "k_rt": {
        "aset_semua_tidak": ("tanpa_aset", "keluarga", "all_no_share"),
        "kk_berakhiran_nol": ("kk_nol", "kk", "trailing_zero_share"),
    },
    "k_art": {
        "umur_membulat": ("membulat", "umur", "age_heaping_share"),
        "nik_berakhiran_nol": ("nik_nol", "nik", "trailing_zero_share"),
    },
}
"""Rules that a village breaks where the first count is more than a limit's share of the second."""

REFUSE = """
    update ops.kiriman_desa as d
    set keadaan = case when f.aturan is null then 'diterima' else 'ditolak' end, aturan = f.aturan
    from ops.kiriman_desa as asal
    left join (
        select t.id_kiriman, t.kode_desa, min(t.aturan) as aturan
        from ops.temuan as t
        join ops.aturan as a using (aturan)
        where t.id_kiriman = any(%(ids)s) and a.keparahan = 'tolak_desa'
        group by 1, 2
    ) as f using (id_kiriman, kode_desa)
    where asal.id_kiriman = any(%(ids)s)
        and d.id_kiriman = asal.id_kiriman and d.kode_desa = asal.kode_desa
"""
