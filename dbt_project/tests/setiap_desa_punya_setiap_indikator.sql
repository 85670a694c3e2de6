-- Every village of the manifest has a row for every indicator.
with

seharusnya as (
    select
        kandidat.kode_desa,
        indikator.kode_indikator
    from {{ ref('stg_regsosek__kandidat_desa') }} as kandidat
    cross join {{ ref('dim_indikator') }} as indikator
),

final as (
    select
        seharusnya.kode_desa,
        seharusnya.kode_indikator
    from seharusnya
    left join {{ ref('fct_indikator_desa') }} as fakta
        on
            seharusnya.kode_desa = fakta.kode_desa
            and seharusnya.kode_indikator = fakta.kode_indikator
    where fakta.kode_desa is null
)

select * from final
