{{ config(post_hook="analyze {{ this }}") }}

with

kandidat as (
    select * from {{ ref('stg_regsosek__kandidat_desa') }}
),

agregat as (
    select * from {{ ref('agg_indikator_desa') }}
    where versi_definisi = '{{ versi_definisi() }}'
),

indikator as (
    select
        kode_indikator,
        jenis,
        tidak_tahu is not null as ada_tidak_tahu,
        'desil' = any(string_to_array(rincian, ' ')) as memakai_desil
    from {{ ref('ref_indikator') }}
),

gabungan as (
    select
        kandidat.kode_desa,
        kandidat.tanggal_acuan,
        kandidat.sumber,
        kandidat.versi,
        agregat.kode_indikator,
        agregat.versi_definisi,
        agregat.pembilang,
        agregat.penyebut,
        agregat.tidak_tahu,
        agregat.semesta_tidak_tahu,
        indikator.jenis,
        indikator.ada_tidak_tahu,
        case when indikator.memakai_desil then kandidat.desil_skala end as desil_skala,
        case when indikator.memakai_desil then kandidat.desil_model end as desil_model,
        case when indikator.memakai_desil then kandidat.desil_cut_off end as desil_cut_off
    from kandidat
    inner join agregat
        on
            kandidat.id_kiriman = agregat.id_kiriman
            and kandidat.kode_desa = agregat.kode_desa
    inner join indikator on agregat.kode_indikator = indikator.kode_indikator
),

final as (
    select
        kode_desa,
        kode_indikator,
        pembilang,
        penyebut,
        tidak_tahu,
        semesta_tidak_tahu,
        {{ nilai() }} as nilai,
        {{ batas('bawah') }} as batas_bawah,
        {{ batas('atas') }} as batas_atas,
        desil_skala,
        desil_model,
        desil_cut_off,
        tanggal_acuan as tanggal_acuan_min,
        tanggal_acuan as tanggal_acuan_max,
        sumber,
        versi_definisi,
        versi
    from gabungan
)

select * from final
