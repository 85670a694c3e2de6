-- Families that lack the same things are the same to the index: a few dozen patterns per village stand for thousands.
with

keluarga as (
    select * from {{ ref('int_keluarga__kemiskinan_multidimensi') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        {{ kekurangan() }},
        skor_pasti,
        skor_mungkin,
        count(*) as keluarga,
        sum(penduduk)::bigint as penduduk
    from keluarga
    group by id_kiriman, kode_desa, {{ kekurangan() }}, skor_pasti, skor_mungkin
)

select * from final
