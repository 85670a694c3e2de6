"""Rules that need several records of a delivery: heads, spouses, members, KK and NIK used twice.

They are judged on what is left after rejection: of a quarantined family nothing more is said.
"""

from __future__ import annotations

import psycopg

from regsosek.codebook import Codebook
from regsosek.normalise.build import partition
from regsosek.normalise.source import Group
from regsosek.warehouse.parallel import insert_from


def members(group: Group) -> str:
    """Work table, a row per family with residents: ``penduduk``, ``kepala``, ``pasangan`` (counts of residents)."""
    return f"registri.kerja_susunan_{group.suffix}"


def write_family_faults(cursor: psycopg.Cursor, codebook: Codebook, group: Group) -> None:
    """Count the residents of every family, judge the rules, write the faults to ``ops.temuan``."""
    # As many groups as rows, nearly: to sort them takes half the time of a hash table that no cache holds.
    cursor.execute("set local enable_hashagg = off")
    for statement in _members(group):
        cursor.execute(statement.encode())
    for faults in (_composition(codebook, group), _repeated_kk(group), _repeated_nik(group)):
        insert_from(cursor, "ops.temuan (id_kiriman, berkas, baris, kode_desa, aturan)", faults)
    cursor.execute("set local enable_hashagg = on")


def _members(group: Group) -> list[str]:
    return [
        f"""
        create table {members(group)} as
        select
            id_kiriman, baris_keluarga,
            count(*)::integer as penduduk,
            (count(*) filter (where r409 = 1))::integer as kepala,
            (count(*) filter (where r409 = 2))::integer as pasangan
        from {partition(group, "k_art")}
        where penduduk and alasan_tolak is null
        group by baris_keluarga, id_kiriman
        """,
        f"analyze {members(group)}",
    ]


def _composition(codebook: Codebook, group: Group) -> str:
    return f"""
        select k.id_kiriman, 'k_rt' as berkas, k.baris, k.kode_desa, a.aturan
        from {partition(group, "k_rt")} as k
        left join {members(group)} as s on s.id_kiriman = k.id_kiriman and s.baris_keluarga = k.baris
        cross join lateral unnest(array[
            case when s.penduduk is null and {codebook.dasar["k_rt"]} then 'keluarga_tanpa_penduduk' end,
            case when s.kepala = 0 then 'kepala_tidak_ada' end,
            case when s.kepala > 1 then 'kepala_ganda' end,
            case when s.pasangan > 1 then 'pasangan_ganda' end,
            case when s.penduduk <> k.r112 then 'jumlah_anggota_berbeda' end
        ]) as a (aturan)
        where k.alasan_tolak is null
            and (s.penduduk is null or s.kepala <> 1 or s.pasangan > 1 or s.penduduk <> k.r112)
            and a.aturan is not null
    """


def _repeated_kk(group: Group) -> str:
    families = partition(group, "k_rt")
    return f"""
        select k.id_kiriman, 'k_rt' as berkas, k.baris, k.kode_desa, 'kk_ganda' as aturan
        from {families} as k
        join (
            select id_kiriman, kk from {families}
            where kk is not null and alasan_tolak is null
            group by kk, id_kiriman having count(*) > 1
        ) as g using (id_kiriman, kk)
        where k.alasan_tolak is null and coalesce(k.r115, 0) not in (1, 2)
    """


def _repeated_nik(group: Group) -> str:
    persons = partition(group, "k_art")
    return f"""
        select p.id_kiriman, 'k_art' as berkas, p.baris, p.kode_desa, 'nik_ganda' as aturan
        from {persons} as p
        join (
            select id_kiriman, nik from {persons}
            where nik is not null and penduduk and alasan_tolak is null
            group by nik, id_kiriman having count(*) > 1
        ) as g using (id_kiriman, nik)
        where p.penduduk and p.alasan_tolak is null
    """


def count_villages(cursor: psycopg.Cursor, group: Group) -> None:
    """Write what each village of each delivery received, accepted and lost; the gate decides about the village.

    A village that only appears in rejected records still counts: received = accepted + rejected, everywhere.
    """
    columns = {
        "id_kiriman": "id_kiriman",
        "kode_desa": "kode_desa",
        "keluarga_diterima": "coalesce(k.diterima, 0)",
        "keluarga_ditolak": "coalesce(k.ditolak, 0)",
        "keluarga_tanpa_penduduk": "coalesce(k.tanpa_penduduk, 0)",
        "anggota_diterima": "coalesce(a.diterima, 0)",
        "anggota_ditolak": "coalesce(a.ditolak, 0)",
        "keadaan": "'diterima'",
    }
    query = f"""
        select {", ".join(f"{value} as {name}" for name, value in columns.items())}
        from (
            select
                k.id_kiriman, k.kode_desa,
                count(*) filter (where k.alasan_tolak is null) as diterima,
                count(*) filter (where k.alasan_tolak is not null) as ditolak,
                count(*) filter (where k.alasan_tolak is null and s.penduduk is null) as tanpa_penduduk
            from {partition(group, "k_rt")} as k
            left join {members(group)} as s on s.id_kiriman = k.id_kiriman and s.baris_keluarga = k.baris
            where k.kode_desa is not null
            group by 1, 2
        ) as k
        full join (
            select
                id_kiriman, kode_desa,
                count(*) filter (where alasan_tolak is null) as diterima,
                count(*) filter (where alasan_tolak is not null) as ditolak
            from {partition(group, "k_art")}
            where kode_desa is not null
            group by 1, 2
        ) as a using (id_kiriman, kode_desa)
    """
    insert_from(cursor, f"ops.kiriman_desa ({', '.join(columns)})", query)
