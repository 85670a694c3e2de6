{{ config(materialized='view', tags=['tampilan']) }}

with

desa as (
    select * from {{ ref('ref_desa') }}
),

final as (
    select
        desa.kode_desa,
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah
    from desa
    cross join lateral (
        values
        ('desa', desa.kode_desa, desa.nama_desa),
        ('kecamatan', desa.kode_kecamatan, desa.nama_kecamatan),
        ('kabupaten', desa.kode_kabupaten, desa.nama_kabupaten)
    ) as wilayah (tingkat, kode_wilayah, nama_wilayah)
)

select * from final
