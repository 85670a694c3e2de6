with

keluarga as (
    select * from {{ ref('int_keluarga__kemiskinan_multidimensi') }}
),

jumlah as (
    select
        id_kiriman,
        kode_desa,
        count(*) filter (where miskin = 1) as miskin,
        count(*) filter (where miskin = 0) as tidak_miskin
    from keluarga
    group by id_kiriman, kode_desa
),

final as (
    select
        jumlah.id_kiriman,
        jumlah.kode_desa,
        panjang.kode_indikator,
        panjang.keluarga_pembilang,
        panjang.keluarga_bukan,
        panjang.keluarga_penyebut
    from jumlah
    cross join lateral (
        values
        ('ikm_h', jumlah.miskin, jumlah.tidak_miskin, jumlah.miskin + jumlah.tidak_miskin),
        ('ikm_a', jumlah.miskin, 0::bigint, jumlah.miskin),
        ('ikm_m0', jumlah.miskin, jumlah.tidak_miskin, jumlah.miskin + jumlah.tidak_miskin)
    ) as panjang (kode_indikator, keluarga_pembilang, keluarga_bukan, keluarga_penyebut)
)

select * from final
