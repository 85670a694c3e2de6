{{ config(materialized='view', tags=['tampilan']) }}

with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

wilayah as (
    select * from {{ ref('int_desa__wilayah') }}
),

final as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        kandidat.id_kiriman,
        kandidat.kode_desa
    from kandidat
    inner join wilayah on kandidat.kode_desa = wilayah.kode_desa
)

select * from final
