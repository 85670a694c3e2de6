with

kandidat_desa as (
    select * from {{ source('ops', 'kandidat_desa') }}
),

kiriman as (
    select * from {{ ref('stg_regsosek__kiriman') }}
),

final as (
    select
        kandidat_desa.kode_desa,
        kandidat_desa.id_kiriman,
        kandidat_desa.id_kiriman_sebelumnya,
        kiriman.sumber,
        kiriman.versi,
        kiriman.tanggal_acuan,
        kiriman.desil_skala,
        kiriman.desil_model,
        kiriman.desil_cut_off,
        kiriman.diterima_pada
    from kandidat_desa
    inner join kiriman on kandidat_desa.id_kiriman = kiriman.id_kiriman
)

select * from final
