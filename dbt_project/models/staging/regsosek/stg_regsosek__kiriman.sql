with

kiriman as (
    select * from {{ source('ops', 'kiriman') }}
),

final as (
    select
        id_kiriman,
        coalesce(id_asal, id_kiriman) as id_asal,
        'Regsosek 2022' as sumber,
        instrumen,
        versi,
        cut_off as tanggal_acuan,
        desil_skala,
        desil_model,
        desil_cut_off,
        diterima_pada
    from kiriman
)

select * from final
