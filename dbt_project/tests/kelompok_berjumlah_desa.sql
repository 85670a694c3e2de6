-- Groups that do not add up to their village, or a grouping that a village lacks.
with

kelompok as (
    select
        kode_desa,
        kode_indikator,
        pengelompokan,
        sum(pembilang) as pembilang,
        sum(penyebut) as penyebut,
        sum(tidak_tahu) as tidak_tahu,
        sum(semesta_tidak_tahu) as semesta_tidak_tahu
    from {{ ref('fct_indikator_desa_kelompok') }}
    group by kode_desa, kode_indikator, pengelompokan
),

desa as (
    select * from {{ ref('fct_indikator_desa') }}
),

pengelompokan as (
    select * from {{ ref('ref_indikator_kelompok') }}
),

final as (
    select
        desa.kode_desa,
        desa.kode_indikator,
        pengelompokan.pengelompokan
    from desa
    inner join pengelompokan on desa.kode_indikator = pengelompokan.kode_indikator
    left join kelompok
        on
            desa.kode_desa = kelompok.kode_desa
            and desa.kode_indikator = kelompok.kode_indikator
            and pengelompokan.pengelompokan = kelompok.pengelompokan
    where
        desa.pembilang <> coalesce(kelompok.pembilang, 0)
        or coalesce(desa.penyebut, 0) <> coalesce(kelompok.penyebut, 0)
        or desa.tidak_tahu <> coalesce(kelompok.tidak_tahu, 0)
        or desa.semesta_tidak_tahu <> coalesce(kelompok.semesta_tidak_tahu, 0)
)

select * from final
