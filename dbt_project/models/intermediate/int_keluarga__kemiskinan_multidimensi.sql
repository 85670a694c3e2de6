with

keluarga as (
    select * from {{ ref('int_keluarga') }}
),

kekurangan as (
    select
        id_kiriman,
        kode_desa,
        baris,
        penduduk,
        sakit_tanpa_pengasuh as kekurangan_1,
        ada_tanpa_jaminan as kekurangan_2,
        tanpa_ijazah as kekurangan_3,
        ada_tidak_sekolah as kekurangan_4,
        r308 between 7 and 11 as kekurangan_5,
        sanitasi_tidak_layak as kekurangan_6,
        air_tidak_layak as kekurangan_7,
        r307a = 4 as kekurangan_8,
        bangunan_tidak_layak as kekurangan_9,
        miskin_aset as kekurangan_10
    from keluarga
),

skor as (
    select
        *,
        {% for bobot in var('ikm_bobot') -%}
            case when kekurangan_{{ loop.index }} then {{ bobot }} else 0 end
            {%- if not loop.last %} + {% endif %}
        {% endfor -%} as skor_pasti,
        {% for bobot in var('ikm_bobot') -%}
            case when kekurangan_{{ loop.index }} is not false then {{ bobot }} else 0 end
            {%- if not loop.last %} + {% endif %}
        {% endfor -%} as skor_mungkin
    from kekurangan
),

final as (
    select
        *,
        -- Poor from k = a/b of the total weight on, in integers: score x b >= a x total.
        {{ hasil(
            'skor_pasti * ' ~ var('ikm_k')[1] ~ ' >= ' ~ var('ikm_k')[0] * var('ikm_bobot') | sum,
            'skor_pasti * ' ~ var('ikm_k')[1] ~ ' < ' ~ var('ikm_k')[0] * var('ikm_bobot') | sum
            ~ ' and skor_mungkin * ' ~ var('ikm_k')[1] ~ ' >= ' ~ var('ikm_k')[0] * var('ikm_bobot') | sum
        ) }} as miskin
    from skor
)

select * from final
