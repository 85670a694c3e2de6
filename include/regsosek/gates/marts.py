"""Gate 2: the candidate release, before anybody can read it.

Great Expectations judges the candidate's tables by their contracts, and ``neraca``, which counts per area what does
not add up. What was taken from the registry is checked for villages that are new in this candidate; aggregates of
the others were checked when they were new, and never change.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import chain

import psycopg

from regsosek.gates.expectations import BALANCE_CHECKS, mart_models, read_suite
from regsosek.gates.page import page_path, write_page
from regsosek.gates.record import record_result, tally
from regsosek.gates.relations import Relation, Row
from regsosek.gates.result import Failure, GateResult
from regsosek.gates.validation import judge, subjects_of
from regsosek.gates.verdict import Subject
from regsosek.settings import Settings
from regsosek.transform.definition import parameters
from regsosek.warehouse.connection import transaction
from regsosek.warehouse.lease import Guard

DRIFT_POINTS = 5.0
DRIFT_MEDIANS = 3.0
LOOK = "Bandingkan dengan kiriman sebelumnya; bila perubahannya nyata, tidak ada yang perlu dilakukan."


def validate_candidate(
    settings: Settings, id_jalan: str, *, guard: Guard | None = None, purpose: str = "regsosek"
) -> GateResult:
    """Gate 2 on schema ``kandidat`` and the manifest in ``ops.kandidat_desa``.

    The result is recorded in ``ops.gerbang`` and shown on the gate's page. ``warnings`` are figures that moved a lot
    since the last release; they refuse nothing.

    Raises:
        GateBrokenError: an expectation could not be evaluated.
    """
    with transaction(settings, purpose=purpose) as cursor:
        warnings = drift(cursor)
        new = _new_deliveries(cursor)
    balance = subjects_of(settings, [("marts/neraca", None, partial(balance_relation, new=new))], purpose)
    verdicts = judge(settings, chain(_tables(), balance), purpose)
    result = GateResult(
        id_kiriman=None,
        success=not any(verdict.shuts for verdict in verdicts),
        failures=tuple(
            verdict.failure(verdict.counts(verdict.broken_rows())) for verdict in verdicts if not verdict.success
        ),
        page=page_path(settings, id_jalan, 2),
        warnings=tuple(warnings),
    )
    with transaction(settings, purpose=purpose) as cursor:
        if guard is not None:
            guard(cursor)
        record_result(cursor, id_jalan, 2, result, tally(verdicts))
    write_page(settings, id_jalan, 2, purpose=purpose)
    return result


def balance_relation(cursor: psycopg.Cursor, new: list[int]) -> Relation:
    """One row per area with anything wrong, a column per check; and one row of zeros for the whole."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    values = {"ids": new, "bobot": sum(parameters()["ikm_bobot"])}
    for query in (FIGURES, SUMS, COVERAGE, REGISTRY):
        for area, check, count in cursor.execute(query.encode(), values):
            counts[area][check] = counts[area].get(check, 0) + count
    rows: list[Row] = [(None, None, *(0 for _ in BALANCE_CHECKS))]
    rows += [(None, area, *(found.get(check, 0) for check in BALANCE_CHECKS)) for area, found in sorted(counts.items())]
    return Relation(
        "neraca",
        ("id_kiriman", "kode_desa", *BALANCE_CHECKS),
        ("int8", "text", *("int8" for _ in BALANCE_CHECKS)),
        rows,
    )


def drift(cursor: psycopg.Cursor) -> list[Failure]:
    """Indicators and villages whose figure moved by more than 5 points and 3 times the indicator's median change.

    Shares move in points, everything else in percent of what it was. The median is over all villages that have a
    figure in both releases. Nothing to compare with, nothing to say.
    """
    cursor.execute("select to_regclass('terbit.fct_indikator_desa') is null")
    if cursor.fetchone() == (True,):
        return []
    changes: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for indicator, village, change in cursor.execute(CHANGES):
        changes[indicator].append((village, change))
    warnings = []
    for indicator, moved in sorted(changes.items()):
        limit = max(DRIFT_POINTS, DRIFT_MEDIANS * statistics.median(abs(change) for _, change in moved))
        beyond = [(village, change) for village, change in moved if abs(change) > limit]
        if beyond:
            least, most = min(change for _, change in beyond), max(change for _, change in beyond)
            span = _points(most) if least == most else f"{_points(least)} sampai {_points(most)}"
            text = f"Berubah {span} poin sejak rilis terakhir (batas {_points(limit).removeprefix('+')})."
            villages = tuple(sorted(village for village, _ in beyond))
            warnings.append(Failure(indicator, "perubahan", len(beyond), villages, text, LOOK))
    return warnings


def _tables() -> Iterator[Subject]:
    """The candidate's tables, each with the suite of its contract."""
    for model in mart_models():
        suite = f"marts/{model['name']}"
        yield Subject(suite, read_suite(suite)["expectations"], table=str(model["name"]))


def _new_deliveries(cursor: psycopg.Cursor) -> list[int]:
    """Deliveries of the manifest of which the published release, if any, has not the same villages."""
    rows = cursor.execute(
        """
        select distinct c.id_kiriman from ops.kandidat_desa as c
        left join ops.rilis_terbit as t on true
        left join ops.rilis_desa as r on r.id_rilis = t.id_rilis and r.kode_desa = c.kode_desa
        where r.id_kiriman is distinct from c.id_kiriman
        order by 1
        """
    )
    return [id_kiriman for (id_kiriman,) in rows]


CHANGES = b"""
    select f.kode_indikator, f.kode_desa,
        case when i.jenis in ('persen', 'rasio') then f.nilai - l.nilai
            else 100 * (f.nilai - l.nilai) / nullif(abs(l.nilai), 0) end as perubahan
    from kandidat.fct_indikator_desa as f
    join kandidat.dim_indikator as i using (kode_indikator)
    join ops.rilis_terbit as t on true
    join terbit.fct_indikator_desa as l
        on l.id_rilis = t.id_rilis and l.kode_desa = f.kode_desa and l.kode_indikator = f.kode_indikator
    where f.nilai is not null and l.nilai is not null and (l.nilai <> 0 or i.jenis in ('persen', 'rasio'))
"""

FIGURES = """
    with angka as (
        select f.kode_desa as wilayah, f.kode_indikator, f.pembilang, f.penyebut, f.tidak_tahu, f.semesta_tidak_tahu,
            f.nilai, f.batas_bawah, f.batas_atas, false as boleh_kosong
        from kandidat.fct_indikator_desa as f
        union all
        select kode_wilayah, kode_indikator, pembilang, penyebut, tidak_tahu, semesta_tidak_tahu,
            nilai, batas_bawah, batas_atas, alasan_kosong is not null
        from kandidat.fct_indikator_wilayah
    ),
    diperiksa as (
        select wilayah,
            pembilang is null or pembilang < 0
                or tidak_tahu is null or tidak_tahu < 0
                or semesta_tidak_tahu is null or semesta_tidak_tahu < 0
                or penyebut < 0 or (penyebut is null) <> (jenis = 'jumlah') as bilangan,
            -- ikm_a adds up scores: up to the whole weight for each person.
            jenis = 'persen'
                and pembilang > penyebut * case kode_indikator when 'ikm_a' then %(bobot)s else 1 end as melebihi,
            case
                when nilai is null then not boleh_kosong and penyebut is distinct from 0
                when jenis = 'jumlah' then nilai <> pembilang
                when penyebut = 0 then true
                when kode_indikator like 'ikm%%' or jenis = 'indeks' then nilai < 0 or nilai > 100
                else abs(nilai - case when jenis = 'rata' then 1 else 100 end * pembilang::float8 / penyebut) > 1e-9
                    or (jenis = 'persen' and (nilai < 0 or nilai > 100))
            end as nilai,
            batas_bawah > batas_atas or batas_bawah < 0 or batas_atas > 100
                or nilai < batas_bawah - 1e-9 or nilai > batas_atas + 1e-9
                or (batas_bawah is null) <> (batas_atas is null) as batas
        from angka
        join (select kode_indikator, jenis from kandidat.dim_indikator) as i using (kode_indikator)
    )
    select wilayah, p.nama, count(*)
    from diperiksa
    cross join lateral (values
        ('bilangan_tidak_sah', bilangan), ('pembilang_melebihi_penyebut', melebihi),
        ('nilai_tidak_sah', nilai), ('batas_tidak_mengapit', batas)
    ) as p (nama, salah)
    where p.salah
    group by 1, 2
"""

SUMS = """
    with wilayah as (
        select d.kode_desa, w.tingkat, w.kode_wilayah
        from kandidat.dim_wilayah as d
        cross join lateral (values
            ('desa', d.kode_desa), ('kecamatan', d.kode_kecamatan), ('kabupaten', d.kode_kabupaten)
        ) as w (tingkat, kode_wilayah)
    ),
    jumlah as (
        select w.tingkat, w.kode_wilayah, f.kode_indikator,
            sum(f.pembilang) as pembilang, sum(f.penyebut) as penyebut,
            sum(f.tidak_tahu) as tidak_tahu, sum(f.semesta_tidak_tahu) as semesta_tidak_tahu
        from wilayah as w
        join kandidat.fct_indikator_desa as f using (kode_desa)
        group by 1, 2, 3
    ),
    desa as (
        select w.tingkat, w.kode_wilayah, count(*) as seluruh, count(c.kode_desa) as masuk
        from wilayah as w
        left join ops.kandidat_desa as c using (kode_desa)
        group by 1, 2
    )
    select kode_wilayah, 'jumlah_wilayah_beda', count(*)
    from jumlah as j
    full join kandidat.fct_indikator_wilayah as f using (tingkat, kode_wilayah, kode_indikator)
    where (j.pembilang, j.penyebut, j.tidak_tahu, j.semesta_tidak_tahu)
        is distinct from (f.pembilang, f.penyebut, f.tidak_tahu, f.semesta_tidak_tahu)
    group by 1
    union all
    select kode_wilayah, 'kelengkapan_beda', count(*)
    from kandidat.fct_indikator_wilayah as f
    join desa as d using (tingkat, kode_wilayah)
    where (f.desa_masuk, f.desa_seluruh, f.lengkap) is distinct from (d.masuk, d.seluruh, d.masuk = d.seluruh)
    group by 1
"""

COVERAGE = """
    select c.kode_desa, 'desa_tanpa_indikator', 1
    from ops.kandidat_desa as c
    left join kandidat.fct_indikator_desa as f using (kode_desa)
    group by 1
    having count(distinct f.kode_indikator) <> (select count(*) from kandidat.dim_indikator)
    union all
    select c.kode_desa, 'desa_tanpa_profil', 1
    from ops.kandidat_desa as c
    left join kandidat.mart_profil_desa as p using (kode_desa)
    left join kandidat.mart_kualitas_data_desa as q on q.kode_desa = c.kode_desa and q.keadaan = 'dipakai'
    where p.kode_desa is null or q.kode_desa is null
    union all
    select kode_desa, 'desa_di_luar_manifes', 1
    from (
        select kode_desa from kandidat.fct_indikator_desa
        union select kode_desa from kandidat.mart_profil_desa
        union select kode_desa from kandidat.mart_kualitas_data_desa where keadaan = 'dipakai'
        except select kode_desa from ops.kandidat_desa
    ) as asing
    union all
    select p.kode_desa, 'profil_beda', count(*)
    from kandidat.mart_profil_desa as p
    cross join lateral jsonb_each_text(to_jsonb(p)) as e (kode_indikator, nilai)
    join kandidat.fct_indikator_desa as f on f.kode_desa = p.kode_desa and f.kode_indikator = e.kode_indikator
    where e.nilai::float8 is distinct from f.nilai
    group by 1
"""

REGISTRY = """
    with baru as (
        select kode_desa, id_kiriman from ops.kandidat_desa where id_kiriman = any(%(ids)s)
    ),
    keluarga as (
        select id_kiriman, kode_desa,
            count(*) filter (where alasan_tolak is null) as diterima,
            count(*) filter (where alasan_tolak is not null) as ditolak
        from registri.keluarga where id_kiriman = any(%(ids)s) group by 1, 2
    ),
    anggota as (
        select id_kiriman, kode_desa,
            count(*) filter (where alasan_tolak is null) as diterima,
            count(*) filter (where alasan_tolak is not null) as ditolak,
            count(*) filter (where alasan_tolak is null and penduduk) as penduduk
        from registri.anggota where id_kiriman = any(%(ids)s) group by 1, 2
    ),
    tanpa_wawancara as (
        select a.id_kiriman, a.kode_desa, count(distinct a.baris_keluarga) as keluarga
        from registri.anggota as a
        join registri.keluarga as k on k.id_kiriman = a.id_kiriman and k.baris = a.baris_keluarga
        where k.id_kiriman = any(%(ids)s) and k.alasan_tolak is null and k.r205 in (3, 4, 5)
            and a.id_kiriman = any(%(ids)s) and a.penduduk and a.alasan_tolak is null
        group by 1, 2
    ),
    neraca as (
        select b.kode_desa, d.*,
            coalesce(k.diterima, 0) as k_diterima, coalesce(k.ditolak, 0) as k_ditolak,
            coalesce(a.diterima, 0) as a_diterima, coalesce(a.ditolak, 0) as a_ditolak,
            coalesce(a.penduduk, 0) as penduduk, coalesce(w.keluarga, 0) as tanpa_wawancara,
            fk.pembilang as mart_keluarga, fp.pembilang as mart_penduduk
        from baru as b
        left join keluarga as k using (id_kiriman, kode_desa)
        left join anggota as a using (id_kiriman, kode_desa)
        left join tanpa_wawancara as w using (id_kiriman, kode_desa)
        left join (
            select id_kiriman, kode_desa as desa, keluarga_diterima, keluarga_ditolak, keluarga_tanpa_penduduk,
                anggota_diterima, anggota_ditolak
            from ops.kiriman_desa where keadaan = 'diterima'
        ) as d on d.id_kiriman = b.id_kiriman and d.desa = b.kode_desa
        left join kandidat.fct_indikator_desa as fk
            on fk.kode_desa = b.kode_desa and fk.kode_indikator = 'jumlah_keluarga'
        left join kandidat.fct_indikator_desa as fp
            on fp.kode_desa = b.kode_desa and fp.kode_indikator = 'jumlah_penduduk'
    )
    select n.kode_desa, p.nama, 1
    from neraca as n
    cross join lateral (values
        ('keluarga_registri_beda',
            (keluarga_diterima, keluarga_ditolak) is distinct from (k_diterima::integer, k_ditolak::integer)),
        ('anggota_registri_beda',
            (anggota_diterima, anggota_ditolak) is distinct from (a_diterima::integer, a_ditolak::integer)),
        ('keluarga_tidak_seimbang',
            keluarga_diterima is distinct from mart_keluarga + keluarga_tanpa_penduduk + tanpa_wawancara),
        ('penduduk_tidak_seimbang', penduduk is distinct from mart_penduduk)
    ) as p (nama, salah)
    where p.salah
"""


def _points(change: float) -> str:
    """A change as it is written in Indonesian, ``-5,9``."""
    return f"{change:+.1f}".replace(".", ",")
