with

temuan as (
    select * from {{ source('ops', 'temuan') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        aturan,
        count(*) as jumlah
    from temuan
    where
        id_kiriman = any({{ kiriman_baru() }})
        and kode_desa is not null
        {% if is_incremental() %}
            and id_kiriman not in (select ada.id_kiriman from {{ this }} as ada)
        {% endif %}
    group by id_kiriman, kode_desa, aturan
)

select * from final
