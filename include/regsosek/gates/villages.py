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
    for query in (COUNTS, _shares_of_families(codebook), SHARES_OF_PERSONS, ABSENT):
        insert_from(cursor, "ops.temuan (id_kiriman, berkas, kode_desa, aturan)", query, parameters)
    for table in get_args(Table):
        _judge_unknown(cursor, codebook, table, parameters)
    cursor.execute(REFUSE.encode(), parameters)


def _shares_of_families(codebook: Codebook) -> str:
    assets = [item.kode for item in codebook.typed("k_rt") if item.kode.startswith(("r502", "r503"))]
    no_assets = " and ".join(f"{asset} = 2" for asset in assets)
    return f"""
        select d.id_kiriman, 'k_rt' as berkas, d.kode_desa, a.aturan
        from (
            select
                id_kiriman, kode_desa,
                count(*) as keluarga,
                count(*) filter (where {no_assets}) as tanpa_aset,
                count(kk) as kk,
                count(*) filter (where kk_berakhir_nol) as kk_nol
            from registri.keluarga
            where id_kiriman = any(%(ids)s) and alasan_tolak is null
            group by 1, 2
        ) as d
        cross join lateral unnest(array[
            case when keluarga >= %(batch_rule_families)s and tanpa_aset > %(all_no_share)s * keluarga
                then 'aset_semua_tidak' end,
            case when kk >= %(batch_rule_families)s and kk_nol > %(trailing_zero_share)s * kk
                then 'kk_berakhiran_nol' end
        ]) as a (aturan)
        where a.aturan is not null
    """


def _judge_unknown(cursor: psycopg.Cursor, codebook: Codebook, table: Table, parameters: dict[str, Any]) -> None:
    """Judge the share of unknown answers, item by item, where there are enough of them to matter.

    The unknown are counted from the faults and the codes for "does not know"; only then, and only for items that can
    pass the limit, the families or residents that should have answered.
    """
    required = {item.kode: item for item in codebook.typed(table) if item.wajib and item.keparahan == "kosongkan"}
    unknown = _unknown_counts(cursor, list(required.values()), table, parameters)
    fewest = parameters["unknown_share"] * parameters["batch_rule_families"]
    many = {kode for (_, _, kode), count in unknown.items() if count > fewest}
    items = [kode for kode in required if kode in many]  # an item that may be empty can have blanked cells too
    if not items:
        return
    base = codebook.dasar[table]
    asked = ", ".join(f"count(*) filter (where {base} and ({required[kode].ditanya}))" for kode in items)
    rows = cursor.execute(
        f"""
        select id_kiriman, kode_desa, {asked} from registri.{ENTITY[table]}
        where id_kiriman = any(%(ids)s) and alasan_tolak is null and kode_desa is not null
        group by 1, 2
        """.encode(),
        parameters,
    ).fetchall()
    found = {
        (id_kiriman, kode_desa)
        for id_kiriman, kode_desa, *counts in rows
        for kode, count in zip(items, counts, strict=True)
        if count >= parameters["batch_rule_families"]
        and unknown.get((id_kiriman, kode_desa, kode), 0) > parameters["unknown_share"] * count
    }
    cursor.executemany(
        "insert into ops.temuan (id_kiriman, berkas, kode_desa, aturan) values (%s, %s, %s, %s)",
        [(id_kiriman, table, desa, f"tidak_tahu_tinggi_{ENTITY[table]}") for id_kiriman, desa in sorted(found)],
    )


def _unknown_counts(
    cursor: psycopg.Cursor, items: list[Item], table: Table, parameters: dict[str, Any]
) -> dict[tuple[int, str, str], int]:
    """Unknown answers by (delivery, village, item): empty or blanked cells, and codes for "does not know"."""
    counts: dict[tuple[int, str, str], int] = {
        (id_kiriman, desa, item): count
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
        )
    }
    coded = [item for item in items if item.tidak_tahu]
    if not coded:
        return counts
    filters = ", ".join(
        f"count(*) filter (where {item.kode} in ({', '.join(map(str, item.tidak_tahu))}))" for item in coded
    )
    rows = cursor.execute(
        f"""
        select id_kiriman, kode_desa, {filters} from registri.{ENTITY[table]}
        where id_kiriman = any(%(ids)s) and alasan_tolak is null and kode_desa is not null
        group by 1, 2
        """.encode(),
        parameters,
    ).fetchall()
    for id_kiriman, desa, *numbers in rows:
        for item, number in zip(coded, numbers, strict=True):
            key = (id_kiriman, desa, item.kode)
            counts[key] = counts.get(key, 0) + number
    return counts


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

SHARES_OF_PERSONS = """
    select d.id_kiriman, 'k_art' as berkas, d.kode_desa, a.aturan
    from (
        select
            id_kiriman, kode_desa,
            count(r407) as umur,
            count(*) filter (where r407 %% 5 = 0) as membulat,
            count(nik) as nik,
            count(*) filter (where nik_berakhir_nol) as nik_nol
        from registri.anggota
        where id_kiriman = any(%(ids)s) and penduduk and alasan_tolak is null
        group by 1, 2
    ) as d
    cross join lateral unnest(array[
        case when umur >= %(batch_rule_families)s and membulat > %(age_heaping_share)s * umur
            then 'umur_membulat' end,
        case when nik >= %(batch_rule_families)s and nik_nol > %(trailing_zero_share)s * nik
            then 'nik_berakhiran_nol' end
    ]) as a (aturan)
    where a.aturan is not null
"""

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
