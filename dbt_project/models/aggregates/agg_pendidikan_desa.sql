-- Residents of school age and beyond by schooling; 0 stands for an answer that is not known.
with

anggota as (
    select
        *,
        -- The age from which on somebody is in the group: numbers are grouped in half the time of texts.
        case
            when r407 < 7 then 5
            when r407 < 13 then 7
            when r407 < 16 then 13
            when r407 < 19 then 16
            when r407 < 25 then 19
            when r407 >= 25 then 25
        end as umur_dari,
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
        case umur_dari
            when 5 then '05-06'
            when 7 then '07-12'
            when 13 then '13-15'
            when 16 then '16-18'
            when 19 then '19-24'
            when 25 then '25+'
            else 'tidak diketahui'
        end as kelompok_umur,
        coalesce(r405, 0)::smallint as jenis_kelamin,
        coalesce(r412, 0)::smallint as partisipasi,
        coalesce(ijazah, 0)::smallint as ijazah,
        count(*) as penduduk
    from anggota
    {% if is_incremental() %}
        where {{ belum_ada(this, 'anggota') }}
    {% endif %}
    group by id_kiriman, kode_desa, umur_dari, r405, r412, ijazah
)

select * from final
