with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

agregat as (
    select * from {{ ref('agg_indikator_desa_kelompok') }}
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
        kandidat.nama_desa,
        kandidat.desil_skala,
        kandidat.desil_model,
        kandidat.desil_cut_off,
        kandidat.tanggal_acuan_min,
        kandidat.tanggal_acuan_max,
        kandidat.sumber,
        kandidat.versi,
        agregat.*,
        indikator.jenis,
        indikator.ada_tidak_tahu,
        indikator.memakai_desil or agregat.pengelompokan = 'desil' as memakai_desil
    from agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
    inner join indikator on agregat.kode_indikator = indikator.kode_indikator
),

final as (
    select
        kode_desa,
        nama_desa,
        kode_indikator,
        pengelompokan,
        kelompok,
        pembilang,
        penyebut,
        tidak_tahu,
        semesta_tidak_tahu,
        {{ nilai() }} as nilai,
        {{ batas('bawah') }} as batas_bawah,
        {{ batas('atas') }} as batas_atas,
        case when memakai_desil then desil_skala end as desil_skala,
        case when memakai_desil then desil_model end as desil_model,
        case when memakai_desil then desil_cut_off end as desil_cut_off,
        tanggal_acuan_min,
        tanggal_acuan_max,
        sumber,
        versi_definisi,
        versi
    from gabungan
)

select * from final
