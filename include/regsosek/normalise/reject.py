"""Which families go to quarantine with all their persons, and which persons alone.

Half a family makes false figures, so a family is rejected whole: for a missing or repeated id, an unknown village, a
person of another village, or a person whose presence (404) is not known.
"""

from __future__ import annotations

import psycopg

from regsosek.normalise.build import partition
from regsosek.normalise.cells import tidy
from regsosek.normalise.keys import GEOGRAPHY, family_map, village_map
from regsosek.normalise.source import Group

REJECTED = "tolak_keluarga"
"""Work table: ``id_kiriman``, ``baris`` of the family, ``aturan``."""


def reject(cursor: psycopg.Cursor, group: Group) -> None:
    """Find the rejected, write their faults to ``ops.temuan`` and the reason into both entities."""
    cursor.execute(
        f"create temporary table {REJECTED} (id_kiriman bigint, baris integer, aturan text) on commit drop".encode()
    )
    for statement in (*_families(group), *_persons(group), *_faults(group), *_reasons(group)):
        cursor.execute(statement.encode())


def _families(group: Group) -> list[str]:
    """Families rejected for what their own record says."""
    geography = ", ".join(GEOGRAPHY)
    return [
        f"""
        insert into {REJECTED}
        select id_kiriman, baris, 'id_keluarga_hilang'
        from {group.relation("k_rt")} as s where {tidy("s.id")} = ''
        """,
        f"""
        insert into {REJECTED}
        select s.id_kiriman, s.baris, 'id_keluarga_ganda'
        from {group.relation("k_rt")} as s
        join {village_map(group)} as d using ({geography})
        join {family_map(group)} as k
            on k.id_kiriman = s.id_kiriman and k.kunci_desa = d.kunci_desa and k.id = {tidy("s.id")}
        where k.banyak > 1
        """,
        f"""
        insert into {REJECTED}
        select id_kiriman, baris, 'desa_tidak_dikenal'
        from {partition(group, "k_rt")} where kode_desa is null
        """,
    ]


def _persons(group: Group) -> list[str]:
    """Families rejected for a person of theirs; persons that find a family elsewhere or none at all."""
    return [
        f"""
        create temporary table anggota_lepas on commit drop as
        select p.id_kiriman, p.baris, p.kode_desa, p.ctid as tid, {tidy("s.id_rt")} as id
        from {partition(group, "k_art")} as p
        join {group.relation("k_art")} as s on s.id_kiriman = p.id_kiriman and s.baris = p.baris
        where p.baris_keluarga is null
        """,
        f"""
        create temporary table anggota_pindah on commit drop as
        select l.id_kiriman, l.baris, l.kode_desa, l.tid, min(k.baris) as baris_keluarga
        from anggota_lepas as l
        join {family_map(group)} as k on k.id_kiriman = l.id_kiriman and k.id = l.id
        group by 1, 2, 3, 4
        having sum(k.banyak) = 1
        """,
        f"""
        insert into {REJECTED}
        select distinct p.id_kiriman, p.baris_keluarga, 'keberadaan_tidak_sah'
        from ops.temuan as f
        join {partition(group, "k_art")} as p on p.id_kiriman = f.id_kiriman and p.baris = f.baris
        where f.id_kiriman = any('{{{",".join(map(str, group.ids))}}}')
            and f.aturan = 'keberadaan_tidak_sah' and p.baris_keluarga is not null
        """,
        f"""
        insert into {REJECTED}
        select distinct id_kiriman, baris_keluarga, 'desa_anggota_berbeda' from anggota_pindah
        """,
    ]


def _faults(group: Group) -> list[str]:
    return [
        f"""
        insert into ops.temuan (id_kiriman, berkas, baris, kode_desa, aturan)
        select r.id_kiriman, 'k_rt', r.baris, k.kode_desa, r.aturan
        from {REJECTED} as r
        join {partition(group, "k_rt")} as k using (id_kiriman, baris)
        where r.aturan in ('id_keluarga_hilang', 'id_keluarga_ganda', 'desa_tidak_dikenal')
        """,
        """
        insert into ops.temuan (id_kiriman, berkas, baris, kode_desa, aturan)
        select l.id_kiriman, 'k_art', l.baris, l.kode_desa,
            case when p.baris is null then 'anggota_tanpa_keluarga' else 'desa_anggota_berbeda' end
        from anggota_lepas as l
        left join anggota_pindah as p using (id_kiriman, baris)
        """,
    ]


def _reasons(group: Group) -> list[str]:
    """The persons first find their family, then share its fate."""
    families, persons = partition(group, "k_rt"), partition(group, "k_art")
    return [
        f"""
        update {persons} as t
        set baris_keluarga = p.baris_keluarga,
            alasan_tolak = case when p.baris is null then 'anggota_tanpa_keluarga' end
        from anggota_lepas as l
        left join anggota_pindah as p using (id_kiriman, baris)
        where t.ctid = l.tid
        """,
        f"""
        update {families} as t
        set alasan_tolak = r.aturan
        from (select id_kiriman, baris, min(aturan) as aturan from {REJECTED} group by 1, 2) as r
        where t.id_kiriman = r.id_kiriman and t.baris = r.baris
        """,
        f"""
        update {persons} as t
        set alasan_tolak = r.aturan
        from (select id_kiriman, baris, min(aturan) as aturan from {REJECTED} group by 1, 2) as r
        where t.id_kiriman = r.id_kiriman and t.baris_keluarga = r.baris
        """,
    ]
