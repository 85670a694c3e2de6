with

wilayah as (
    select * from {{ ref('int_wilayah__kandidat') }}
),

desa as (
    select * from {{ ref('int_kandidat__wilayah') }}
),

agregat as (
    select
        kekurangan.*,
        kemiskinan.penduduk_ditentukan
    from {{ ref('agg_kekurangan_desa') }} as kekurangan
    inner join {{ ref('agg_kemiskinan_desa') }} as kemiskinan
        on
            kekurangan.id_kiriman = kemiskinan.id_kiriman
            and kekurangan.kode_desa = kemiskinan.kode_desa
            and kekurangan.versi_definisi = kemiskinan.versi_definisi
            and kemiskinan.varian = 'utama'
    where kekurangan.versi_definisi = '{{ versi_definisi() }}'
),

kekurangan as (
    select
        *,
        (array[{{ var('ikm_bobot') | join(', ') }}])[nomor]::smallint as bobot
    from {{ ref('ref_kekurangan') }}
),

jumlah as (
    select
        desa.tingkat,
        desa.kode_wilayah,
        agregat.nomor,
        sum(agregat.penduduk_ditentukan)::bigint as penduduk_ditentukan,
        sum(agregat.penduduk_miskin_kekurangan)::bigint as penduduk_miskin_kekurangan,
        sum(agregat.penduduk_kekurangan)::bigint as penduduk_kekurangan,
        sum(agregat.penduduk_diketahui)::bigint as penduduk_diketahui,
        sum(agregat.penduduk_tidak_tahu)::bigint as penduduk_tidak_tahu
    from desa
    inner join agregat
        on
            desa.id_kiriman = agregat.id_kiriman
            and desa.kode_desa = agregat.kode_desa
    group by desa.tingkat, desa.kode_wilayah, agregat.nomor
),

ukuran as (
    select
        jumlah.*,
        kekurangan.dimensi,
        kekurangan.nama,
        kekurangan.bobot,
        (kekurangan.bobot * jumlah.penduduk_miskin_kekurangan)::bigint as skor_penduduk_miskin,
        sum(kekurangan.bobot * jumlah.penduduk_miskin_kekurangan)
            over (partition by jumlah.tingkat, jumlah.kode_wilayah) as skor_semua
    from jumlah
    inner join kekurangan on jumlah.nomor = kekurangan.nomor
),

final as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        ukuran.nomor,
        ukuran.dimensi,
        ukuran.nama,
        ukuran.bobot,
        ukuran.penduduk_ditentukan,
        ukuran.penduduk_miskin_kekurangan,
        100 * ukuran.penduduk_miskin_kekurangan::double precision / nullif(ukuran.penduduk_ditentukan, 0)
            as pct_miskin_kekurangan,
        ukuran.penduduk_kekurangan,
        ukuran.penduduk_diketahui,
        ukuran.penduduk_tidak_tahu,
        100 * ukuran.penduduk_kekurangan::double precision / nullif(ukuran.penduduk_diketahui, 0) as pct_kekurangan,
        100 * ukuran.penduduk_kekurangan::double precision
        / nullif(ukuran.penduduk_diketahui + ukuran.penduduk_tidak_tahu, 0) as pct_kekurangan_bawah,
        100 * (ukuran.penduduk_kekurangan + ukuran.penduduk_tidak_tahu)::double precision
        / nullif(ukuran.penduduk_diketahui + ukuran.penduduk_tidak_tahu, 0) as pct_kekurangan_atas,
        ukuran.skor_penduduk_miskin,
        ukuran.skor_penduduk_miskin::double precision / nullif(ukuran.skor_semua, 0)::double precision as bagian_m0,
        wilayah.desa_masuk,
        wilayah.desa_seluruh,
        wilayah.lengkap,
        wilayah.tanggal_acuan_min,
        wilayah.tanggal_acuan_max,
        wilayah.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        wilayah.versi
    from ukuran
    inner join wilayah
        on
            ukuran.tingkat = wilayah.tingkat
            and ukuran.kode_wilayah = wilayah.kode_wilayah
)

select * from final
