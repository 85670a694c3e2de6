-- M0 decomposes exactly: weighted by residents of decided families the villages' M0 average to the kabupaten's. As
-- integers that is an equality of sums, and the ten deprivations add up to the score of the poor.
with

kemiskinan as (
    select * from {{ ref('mart_kemiskinan_multidimensi') }}
),

desa as (
    select
        varian,
        sum(skor_penduduk_miskin) as skor,
        sum(bobot * penduduk_ditentukan) as pembagi,
        sum(penduduk_miskin) as miskin
    from kemiskinan
    where tingkat = 'desa'
    group by varian
),

wilayah as (
    select
        tingkat,
        varian,
        sum(skor_penduduk_miskin) as skor,
        sum(bobot * penduduk_ditentukan) as pembagi,
        sum(penduduk_miskin) as miskin
    from kemiskinan
    group by tingkat, varian
),

kekurangan as (
    select
        tingkat,
        kode_wilayah,
        sum(skor_penduduk_miskin) as skor,
        sum(bobot) as bobot
    from {{ ref('mart_kekurangan_multidimensi') }}
    group by tingkat, kode_wilayah
),

final as (
    select
        wilayah.tingkat,
        wilayah.varian as rincian
    from wilayah
    inner join desa on wilayah.varian = desa.varian
    where (wilayah.skor, wilayah.pembagi, wilayah.miskin) is distinct from (desa.skor, desa.pembagi, desa.miskin)
    union all
    select
        kemiskinan.tingkat,
        kemiskinan.kode_wilayah as rincian
    from kemiskinan
    left join kekurangan
        on
            kemiskinan.tingkat = kekurangan.tingkat
            and kemiskinan.kode_wilayah = kekurangan.kode_wilayah
    where
        kemiskinan.varian = 'utama'
        and (kemiskinan.skor_penduduk_miskin, kemiskinan.bobot)
        is distinct from (kekurangan.skor, kekurangan.bobot)
)

select * from final
