-- Residents of 15 and older by work; 0 stands for an answer that is not known or was not asked.
with

anggota as (
    select * from {{ ref('int_anggota') }}
    where
        id_kiriman = any({{ kiriman_baru() }})
        and r407 >= 15
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        coalesce(r405, 0)::smallint as jenis_kelamin,
        coalesce(r416a, 0)::smallint as bekerja,
        coalesce(case when r416a = 1 then r418 end, 0)::smallint as status_pekerjaan,
        coalesce(case when r416a = 1 then r417 end, 0)::smallint as lapangan_usaha,
        count(*) as penduduk
    from anggota
    {% if is_incremental() %}
        where {{ belum_ada(this, 'anggota') }}
    {% endif %}
    group by
        id_kiriman, kode_desa, r405, r416a, case when r416a = 1 then r418 end, case when r416a = 1 then r417 end
)

select * from final
