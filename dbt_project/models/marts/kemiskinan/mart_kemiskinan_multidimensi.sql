with

wilayah as (
    select * from {{ ref('int_wilayah__kandidat') }}
),

desa as (
    select * from {{ ref('int_kandidat__wilayah') }}
),

agregat as (
    select * from {{ ref('agg_kemiskinan_desa') }}
    where versi_definisi = '{{ versi_definisi() }}'
),

varian as (
    select
        varian,
        nama,
        tanpa_kekurangan,
        case when varian = 'utama' then {{ var('ikm_k')[0] }} else k_pembilang end::smallint as k_pembilang,
        case when varian = 'utama' then {{ var('ikm_k')[1] }} else k_penyebut end::smallint as k_penyebut
    from {{ ref('ref_ikm_varian') }}
),

jumlah as (
    select
        desa.tingkat,
        desa.kode_wilayah,
        agregat.varian,
        min(agregat.bobot) as bobot,
        sum(agregat.keluarga)::bigint as keluarga,
        sum(agregat.keluarga_miskin)::bigint as keluarga_miskin,
        sum(agregat.penduduk)::bigint as penduduk,
        sum(agregat.penduduk_ditentukan)::bigint as penduduk_ditentukan,
        sum(agregat.penduduk_miskin)::bigint as penduduk_miskin,
        sum(agregat.skor_penduduk_miskin)::bigint as skor_penduduk_miskin,
        sum(agregat.skor_penduduk_mungkin)::bigint as skor_penduduk_mungkin
    from desa
    inner join agregat
        on
            desa.id_kiriman = agregat.id_kiriman
            and desa.kode_desa = agregat.kode_desa
    group by desa.tingkat, desa.kode_wilayah, agregat.varian
),

ukuran as (
    select
        *,
        penduduk - penduduk_ditentukan as penduduk_belum_ditentukan,
        100 * penduduk_miskin::double precision / nullif(penduduk_ditentukan, 0) as h,
        100 * penduduk_miskin::double precision / nullif(penduduk, 0) as h_bawah,
        100 * (penduduk - penduduk_ditentukan + penduduk_miskin)::double precision / nullif(penduduk, 0) as h_atas,
        100 * skor_penduduk_miskin::double precision / nullif(bobot * penduduk_miskin, 0) as a,
        skor_penduduk_miskin::double precision / nullif(bobot * penduduk_ditentukan, 0) as m0,
        skor_penduduk_miskin::double precision / nullif(bobot * penduduk, 0) as m0_bawah,
        skor_penduduk_mungkin::double precision / nullif(bobot * penduduk, 0) as m0_atas,
        100 * (penduduk - penduduk_ditentukan)::double precision / nullif(penduduk, 0) as pct_belum_ditentukan
    from jumlah
),

final as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        varian.varian,
        varian.nama as nama_varian,
        varian.k_pembilang,
        varian.k_penyebut,
        varian.tanpa_kekurangan,
        ukuran.bobot,
        ukuran.keluarga,
        ukuran.keluarga_miskin,
        ukuran.penduduk,
        ukuran.penduduk_ditentukan,
        ukuran.penduduk_belum_ditentukan,
        ukuran.penduduk_miskin,
        ukuran.skor_penduduk_miskin,
        ukuran.skor_penduduk_mungkin,
        ukuran.h,
        ukuran.h_bawah,
        ukuran.h_atas,
        ukuran.a,
        ukuran.m0,
        ukuran.m0_bawah,
        ukuran.m0_atas,
        ukuran.pct_belum_ditentukan,
        case
            when ukuran.pct_belum_ditentukan > {{ var('batas_tanpa_peringkat') }} then 'tanpa peringkat'
            when ukuran.pct_belum_ditentukan > {{ var('batas_peringatan') }} then 'peringatan'
            when ukuran.pct_belum_ditentukan is not null then 'baik'
            else 'tidak ada penduduk'
        end as keandalan,
        wilayah.desa_masuk,
        wilayah.desa_seluruh,
        wilayah.lengkap,
        wilayah.tanggal_acuan_min,
        wilayah.tanggal_acuan_max,
        wilayah.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        wilayah.versi
    from ukuran
    inner join varian on ukuran.varian = varian.varian
    inner join wilayah
        on
            ukuran.tingkat = wilayah.tingkat
            and ukuran.kode_wilayah = wilayah.kode_wilayah
)

select * from final
