-- Answers about the dwelling of the families that were recognised, beside those of the delivery before.
with

padanan as (
    select * from {{ ref('int_keluarga__padanan') }}
    where cara is not null
),

{{ jawaban_perumahan('padanan') }},

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        id_kiriman_sebelumnya,
        item,
        count(*) filter (where kini <> dulu) as berubah,
        count(*) filter (where kini = dulu) as tetap,
        count(*) filter (where kini is not null and dulu is null) as terisi,
        count(*) filter (where kini is null and dulu is not null) as dikosongkan
    from jawaban
    {% if is_incremental() %}
        where {{ belum_ada(this, 'jawaban') }}
    {% endif %}
    group by id_kiriman, kode_desa, id_kiriman_sebelumnya, item
)

select * from final
