with

keluarga as (
    select * from {{ ref('int_keluarga') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        count(*) filter (where kepala = 0) as keluarga_tanpa_kepala,
        count(*) filter (where kepala > 1) as keluarga_kepala_ganda
    from keluarga
    group by id_kiriman, kode_desa
)

select * from final
