-- A total equals the sum of its villages, at every level and for every integer.
with

wilayah as (
    select * from {{ ref('fct_indikator_wilayah') }}
),

jumlah as (
    select
        tingkat,
        kode_indikator,
        sum(pembilang) as pembilang,
        sum(penyebut) as penyebut,
        sum(tidak_tahu) as tidak_tahu,
        sum(semesta_tidak_tahu) as semesta_tidak_tahu,
        sum(desa_masuk) as desa_masuk
    from wilayah
    group by tingkat, kode_indikator
),

desa as (
    select
        kode_indikator,
        sum(pembilang) as pembilang,
        sum(penyebut) as penyebut,
        sum(tidak_tahu) as tidak_tahu,
        sum(semesta_tidak_tahu) as semesta_tidak_tahu,
        count(*) as desa_masuk
    from {{ ref('fct_indikator_desa') }}
    group by kode_indikator
),

final as (
    select jumlah.*
    from desa
    full join jumlah on desa.kode_indikator = jumlah.kode_indikator
    where
        (desa.pembilang, desa.penyebut, desa.tidak_tahu, desa.semesta_tidak_tahu, desa.desa_masuk)
        is distinct from
        (jumlah.pembilang, jumlah.penyebut, jumlah.tidak_tahu, jumlah.semesta_tidak_tahu, jumlah.desa_masuk)
)

select * from final
