with

keluarga as (
    select * from {{ ref('int_keluarga__kemiskinan_multidimensi') }}
),

jumlah as (
    select
        id_kiriman,
        kode_desa,
        coalesce(sum(penduduk) filter (where miskin = 1), 0) as penduduk_miskin,
        coalesce(sum(penduduk) filter (where miskin >= 0), 0) as penduduk_ditentukan,
        coalesce(sum(penduduk) filter (where miskin = -1), 0) as penduduk_belum_ditentukan,
        coalesce(sum(penduduk * skor_pasti) filter (where miskin = 1), 0) as skor_penduduk_miskin
    from keluarga
    group by id_kiriman, kode_desa
),

final as (
    select
        jumlah.id_kiriman,
        jumlah.kode_desa,
        panjang.kode_indikator,
        panjang.pembilang,
        panjang.penyebut,
        panjang.tidak_tahu,
        0::bigint as semesta_tidak_tahu
    from jumlah
    cross join lateral (
        values
        ('ikm_h', jumlah.penduduk_miskin, jumlah.penduduk_ditentukan, jumlah.penduduk_belum_ditentukan),
        ('ikm_a', jumlah.skor_penduduk_miskin, jumlah.penduduk_miskin, 0::bigint),
        ('ikm_m0', jumlah.skor_penduduk_miskin, jumlah.penduduk_ditentukan, jumlah.penduduk_belum_ditentukan)
    ) as panjang (kode_indikator, pembilang, penyebut, tidak_tahu)
)

select * from final
