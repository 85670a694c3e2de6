{{ config(materialized='view') }}

with

anggota as (
    select * from {{ ref('int_anggota') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        baris_keluarga,
        count(*)::smallint as penduduk,

        ---------- the head, and the age of somebody who lives alone
        count(*) filter (where r409 = 1)::smallint as kepala,
        min(r405) filter (where r409 = 1) as jenis_kelamin_kepala,
        min(r407) as umur_termuda,

        ---------- any resident, three-valued
        {{ ada('r420a = 1', 'r407 >= 5 and r420a is null') }} as punya_usaha,
        {{ ada(
            'r410 = 1 or r407 <= 6 or (r407 between 7 and 21 and r412 = 2) or r407 >= 60 or tidak_mampu',
            'r407 is null or (r405 = 2 and r407 between 10 and 54 and r408 in (2, 3, 4) and r410 is null)'
            ~ ' or (r407 between 7 and 21 and r412 is null) or tidak_mampu is null'
        ) }} as berkomponen_pkh,

        ---------- deprivations 1 to 4 of the multidimensional index, three-valued
        {{ ada(
            '(kesulitan and (r429 in (1, 2)) is not true) or (r407 < 5 and r427 in (1, 2))',
            'kesulitan is null or (r407 < 5 and (r427 is null or r427 = 8))'
        ) }} as sakit_tanpa_pengasuh,
        {{ ada('r431a = 0', 'r431a is null or r431a = 99') }} as ada_tanpa_jaminan,
        coalesce(bool_or(r407 >= 13), false)
        and not {{ ada(
            'r407 >= 13 and r415 between 1 and 22',
            'r407 >= 13 and (r412 is null or (r412 in (2, 3) and r415 is null))'
        ) }} as tanpa_ijazah,
        {{ ada(
            'r407 between 7 and 15 and r412 <> 2',
            'r407 between 7 and 15 and r412 is null'
        ) }} as ada_tidak_sekolah
    from anggota
    group by id_kiriman, kode_desa, baris_keluarga
)

select * from final
