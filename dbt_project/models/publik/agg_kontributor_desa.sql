{{
    config(
        materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns', full_refresh=false,
        schema='agregat', contract={'enforced': true}
    )
}}

with

jumlah as (
    select * from {{ ref('int_keluarga__kontributor_desa') }}
    union all
    select * from {{ ref('int_anggota__kontributor_desa') }}
    union all
    select * from {{ ref('int_keluarga__kontributor_kemiskinan_desa') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        kode_indikator,
        keluarga_pembilang,
        keluarga_bukan,
        keluarga_penyebut
    from jumlah
    {% if is_incremental() %}
        where {{ belum_ada(this, 'jumlah') }}
    {% endif %}
)

select * from final
