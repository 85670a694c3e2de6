with

wilayah as (
    select * from {{ ref('int_wilayah__kandidat') }}
),

desa as (
    select * from {{ ref('int_kandidat__wilayah') }}
),

agregat as (
    select
        *,
        (bpnt = 1)::int + (pkh = 1)::int + (blt_desa = 1)::int + (bantuan_pemda = 1)::int as pasti,
        -1 in (bpnt, pkh, blt_desa, bantuan_pemda) as ada_tidak_tahu
    from {{ ref('agg_bantuan_desa') }}
    where versi_definisi = '{{ versi_definisi() }}'
),

jumlah as (
    select
        desa.tingkat,
        desa.kode_wilayah,
        case when agregat.desil = 0 then 'tidak diketahui' else agregat.desil::text end as desil,
        case when agregat.ada_tidak_tahu then 'tidak diketahui' else agregat.pasti::text end as banyak_bantuan,
        sum(agregat.keluarga)::bigint as keluarga,
        sum(agregat.penduduk)::bigint as penduduk
    from desa
    inner join agregat
        on
            desa.id_kiriman = agregat.id_kiriman
            and desa.kode_desa = agregat.kode_desa
    group by 1, 2, 3, 4
),

final as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        jumlah.desil,
        jumlah.banyak_bantuan,
        jumlah.keluarga,
        jumlah.penduduk,
        wilayah.desil_skala,
        wilayah.desa_masuk,
        wilayah.desa_seluruh,
        wilayah.lengkap,
        wilayah.tanggal_acuan_min,
        wilayah.tanggal_acuan_max,
        wilayah.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        wilayah.versi
    from jumlah
    inner join wilayah
        on
            jumlah.tingkat = wilayah.tingkat
            and jumlah.kode_wilayah = wilayah.kode_wilayah
)

select * from final
