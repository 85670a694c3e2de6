{{ config(materialized='view', tags=['tampilan']) }}

with

kandidat as (
    select * from {{ ref('stg_regsosek__kandidat_desa') }}
),

desa as (
    select * from {{ ref('ref_desa') }}
),

final as (
    select
        kandidat.id_kiriman,
        kandidat.id_kiriman_sebelumnya,
        kandidat.kode_desa,
        desa.nama_desa,
        kandidat.desil_skala,
        kandidat.desil_model,
        kandidat.desil_cut_off,
        kandidat.tanggal_acuan as tanggal_acuan_min,
        kandidat.tanggal_acuan as tanggal_acuan_max,
        kandidat.sumber,
        kandidat.versi
    from kandidat
    inner join desa on kandidat.kode_desa = desa.kode_desa
)

select * from final
