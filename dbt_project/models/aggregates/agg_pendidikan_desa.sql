-- Residents of school age and beyond by schooling; 0 stands for an answer that is not known.
with

anggota as (
    select
        *,
        case
            when r407 between 5 and 6 then '05-06'
            when r407 between 7 and 12 then '07-12'
            when r407 between 13 and 15 then '13-15'
            when r407 between 16 and 18 then '16-18'
            when r407 between 19 and 24 then '19-24'
            when r407 >= 25 then '25+'
            when r407 is null then 'tidak diketahui'
        end as kelompok_umur,
        -- A certificate is asked of those who go or went to school.
        case when r412 = 1 then 23 else r415 end as ijazah
    from {{ ref('int_anggota') }}
    where
        id_kiriman = any({{ kiriman_baru() }})
        and (r407 is null or r407 >= 5)
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        kelompok_umur,
        coalesce(r405, 0)::smallint as jenis_kelamin,
        coalesce(r412, 0)::smallint as partisipasi,
        coalesce(ijazah, 0)::smallint as ijazah,
        count(*) as penduduk
    from anggota
    {% if is_incremental() %}
        where {{ belum_ada(this, 'anggota') }}
    {% endif %}
    group by id_kiriman, kode_desa, kelompok_umur, r405, r412, ijazah
)

select * from final
