with

fakta as (
    select * from {{ ref('fct_indikator_desa') }}
),

indikator as (
    select
        kode_indikator,
        jenis,
        tidak_tahu is not null as ada_tidak_tahu,
        'desil' = any(string_to_array(rincian, ' ')) as memakai_desil
    from {{ ref('ref_indikator') }}
),

anggota_wilayah as (
    select * from {{ ref('int_desa__wilayah') }}
),

wilayah as (
    select
        tingkat,
        kode_wilayah,
        min(nama_wilayah) as nama_wilayah,
        count(*) as desa_seluruh
    from anggota_wilayah
    group by tingkat, kode_wilayah
),

jumlah as (
    select
        anggota_wilayah.tingkat,
        anggota_wilayah.kode_wilayah,
        fakta.kode_indikator,
        fakta.versi_definisi,
        sum(fakta.pembilang)::bigint as pembilang,
        sum(fakta.penyebut)::bigint as penyebut,
        sum(fakta.tidak_tahu)::bigint as tidak_tahu,
        sum(fakta.semesta_tidak_tahu)::bigint as semesta_tidak_tahu,
        count(*) as desa_masuk,
        count(*) filter (where fakta.tanggal_acuan_min is null) as desa_tanpa_tanggal,
        min(fakta.tanggal_acuan_min) as tanggal_acuan_min,
        max(fakta.tanggal_acuan_max) as tanggal_acuan_max,
        string_agg(distinct fakta.sumber, ', ' order by fakta.sumber) as sumber,
        case when count(distinct fakta.versi) > 1 then 'campuran' else min(fakta.versi) end as versi,
        -- Ranks of different scopes do not add up; a village without any known decile brings none along.
        count(distinct coalesce(fakta.desil_skala, 'tidak diketahui')) filter (where fakta.penyebut > 0) as skala,
        min(fakta.desil_skala) filter (where fakta.penyebut > 0) as desil_skala,
        min(fakta.desil_model) as desil_model_min,
        max(fakta.desil_model) as desil_model_max,
        min(fakta.desil_cut_off) as desil_cut_off_min,
        max(fakta.desil_cut_off) as desil_cut_off_max
    from fakta
    inner join anggota_wilayah on fakta.kode_desa = anggota_wilayah.kode_desa
    group by anggota_wilayah.tingkat, anggota_wilayah.kode_wilayah, fakta.kode_indikator, fakta.versi_definisi
),

gabungan as (
    select
        jumlah.*,
        wilayah.nama_wilayah,
        wilayah.desa_seluruh,
        indikator.jenis,
        indikator.ada_tidak_tahu,
        indikator.memakai_desil and jumlah.skala > 1 as skala_campuran
    from jumlah
    inner join wilayah
        on
            jumlah.tingkat = wilayah.tingkat
            and jumlah.kode_wilayah = wilayah.kode_wilayah
    inner join indikator on jumlah.kode_indikator = indikator.kode_indikator
),

final as (
    select
        tingkat,
        kode_wilayah,
        nama_wilayah,
        kode_indikator,
        pembilang,
        penyebut,
        tidak_tahu,
        semesta_tidak_tahu,
        case when not skala_campuran then {{ nilai() }} end as nilai,
        case when not skala_campuran then {{ batas('bawah') }} end as batas_bawah,
        case when not skala_campuran then {{ batas('atas') }} end as batas_atas,
        case
            when skala_campuran then 'Desil dari skala yang berbeda tidak dapat dijumlahkan.'
            when penyebut = 0 then 'Tidak ada yang dapat dihitung: penyebutnya nol.'
        end as alasan_kosong,
        desa_masuk,
        desa_seluruh,
        desa_masuk = desa_seluruh as lengkap,
        case when not skala_campuran then desil_skala end as desil_skala,
        case when desil_model_min = desil_model_max then desil_model_min end as desil_model,
        case when desil_cut_off_min = desil_cut_off_max then desil_cut_off_min end as desil_cut_off,
        tanggal_acuan_min,
        tanggal_acuan_max,
        desa_tanpa_tanggal,
        sumber,
        versi_definisi,
        versi
    from gabungan
)

select * from final
