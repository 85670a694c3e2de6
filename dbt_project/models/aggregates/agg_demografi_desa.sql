-- Residents by sex and single year of age, and how many of them are pregnant; 0 and -1 stand for what is not known.
with

anggota as (
    select * from {{ ref('int_anggota') }}
    where id_kiriman = any({{ kiriman_baru() }})
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        coalesce(r405, 0)::smallint as jenis_kelamin,
        coalesce(r407, -1)::smallint as umur,
        count(*) as penduduk,
        count(*) filter (where r410 = 1) as hamil,
        count(*) filter (
            where r410 is null and r405 = 2 and r407 between 10 and 54 and r408 in (2, 3, 4)
        ) as hamil_tidak_tahu
    from anggota
    {% if is_incremental() %}
        where {{ belum_ada(this, 'anggota') }}
    {% endif %}
    group by id_kiriman, kode_desa, r405, r407
)

select * from final
