with

rilis_terbit as (
    select * from {{ source('ops', 'rilis_terbit') }}
),

rilis as (
    select * from {{ source('ops', 'rilis') }}
),

rilis_desa as (
    select * from {{ source('ops', 'rilis_desa') }}
),

final as (
    select
        rilis.id_rilis,
        rilis.versi_definisi,
        rilis_desa.kode_desa,
        rilis_desa.id_kiriman
    from rilis_terbit
    inner join rilis on rilis_terbit.id_rilis = rilis.id_rilis
    inner join rilis_desa on rilis.id_rilis = rilis_desa.id_rilis
)

select * from final
