with

desa as (
    select id_kiriman, kode_desa
    from {{ ref('stg_regsosek__kiriman_desa') }}
    where
        id_kiriman = any({{ kiriman_baru() }})
        and keadaan = 'diterima'
),

mutu as (
    select * from {{ ref('int_keluarga__mutu_desa') }}
),

final as (
    select
        desa.id_kiriman,
        desa.kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        coalesce(mutu.keluarga_tanpa_kepala, 0)::bigint as keluarga_tanpa_kepala,
        coalesce(mutu.keluarga_kepala_ganda, 0)::bigint as keluarga_kepala_ganda
    from desa
    left join mutu
        on
            desa.id_kiriman = mutu.id_kiriman
            and desa.kode_desa = mutu.kode_desa
    {% if is_incremental() %}
        where not exists (
            select 1 from {{ this }} as ada
            where
                ada.id_kiriman = desa.id_kiriman
                and ada.kode_desa = desa.kode_desa
                and ada.versi_definisi = '{{ versi_definisi() }}'
        )
    {% endif %}
)

select * from final
