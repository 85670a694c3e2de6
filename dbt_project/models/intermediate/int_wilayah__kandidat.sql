{{ config(materialized='view', tags=['tampilan']) }}

with

desa as (
    select * from {{ ref('int_desa__wilayah') }}
),

kandidat as (
    select * from {{ ref('stg_regsosek__kandidat_desa') }}
),

wilayah as (
    select
        desa.tingkat,
        desa.kode_wilayah,
        min(desa.nama_wilayah) as nama_wilayah,
        count(kandidat.kode_desa) as desa_masuk,
        count(*) as desa_seluruh,
        min(kandidat.tanggal_acuan) as tanggal_acuan_min,
        max(kandidat.tanggal_acuan) as tanggal_acuan_max,
        count(kandidat.kode_desa) filter (where kandidat.tanggal_acuan is null) as desa_tanpa_tanggal,
        string_agg(distinct kandidat.sumber, ', ' order by kandidat.sumber) as sumber,
        case when count(distinct kandidat.versi) > 1 then 'campuran' else min(kandidat.versi) end as versi,
        count(distinct case when kandidat.kode_desa is not null then coalesce(kandidat.desil_skala, '-') end)
            as jumlah_skala,
        min(kandidat.desil_skala) as desil_skala
    from desa
    left join kandidat on desa.kode_desa = kandidat.kode_desa
    group by desa.tingkat, desa.kode_wilayah
),

final as (
    select
        tingkat,
        kode_wilayah,
        nama_wilayah,
        desa_masuk,
        desa_seluruh,
        desa_masuk = desa_seluruh as lengkap,
        tanggal_acuan_min,
        tanggal_acuan_max,
        desa_tanpa_tanggal,
        sumber,
        versi,
        -- Ranks of different scopes do not add up.
        jumlah_skala = 1 as desil_sebanding,
        case when jumlah_skala = 1 then desil_skala end as desil_skala
    from wilayah
    where desa_masuk > 0
)

select * from final
