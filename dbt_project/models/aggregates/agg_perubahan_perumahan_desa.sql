-- Answers about the dwelling of the families that were recognised, beside those of the delivery before.
with

padanan as (
    select * from {{ ref('int_keluarga__padanan') }}
    where cara is not null
),

final as (
    select
        padanan.id_kiriman,
        padanan.kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        padanan.id_kiriman_sebelumnya,
        jawaban.item,
        count(*) filter (where jawaban.kini <> jawaban.dulu) as berubah,
        count(*) filter (where jawaban.kini = jawaban.dulu) as tetap,
        count(*) filter (where jawaban.kini is not null and jawaban.dulu is null) as terisi,
        count(*) filter (where jawaban.kini is null and jawaban.dulu is not null) as dikosongkan
    from padanan
    cross join lateral (
        values
        {%- for item in item_perumahan() %}
        ('{{ item }}', padanan.{{ item }}, padanan.{{ item }}_sebelumnya){% if not loop.last %},{% endif %}
        {%- endfor %}
    ) as jawaban (item, kini, dulu)
    {% if is_incremental() %}
        where {{ belum_ada(this, 'padanan') }}
    {% endif %}
    group by padanan.id_kiriman, padanan.kode_desa, padanan.id_kiriman_sebelumnya, jawaban.item
)

select * from final
