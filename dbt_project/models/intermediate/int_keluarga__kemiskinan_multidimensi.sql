-- The ten deprivations of the index, three-valued, and what they weigh. 5 to 10 are indicators of the family.
with

keluarga as (
    select * from {{ ref('int_keluarga__indikator') }}
),

kekurangan as (
    select
        id_kiriman,
        kode_desa,
        baris,
        kode_sls,
        kode_sub_sls,
        desil,
        jenis_kelamin_kepala,
        penduduk,
        ada_sakit_tanpa_pengasuh as kekurangan_1,
        ada_tanpa_jaminan as kekurangan_2,
        tanpa_ijazah as kekurangan_3,
        ada_tidak_sekolah as kekurangan_4,
        {{ tiga_nilai('pct_bahan_bakar_bersih = 0', 'pct_bahan_bakar_bersih = -1') }} as kekurangan_5,
        {{ tiga_nilai('pct_sanitasi_layak = 0', 'pct_sanitasi_layak = -1') }} as kekurangan_6,
        {% set air = 'pct_air_minum_layak_jmp' if var('air_kemasan_layak') else 'pct_air_minum_layak' -%}
        {{ tiga_nilai(air ~ ' = 0', air ~ ' = -1') }} as kekurangan_7,
        {{ tiga_nilai('pct_listrik = 0', 'pct_listrik = -1') }} as kekurangan_8,
        {{ tiga_nilai(
            '1 in (pct_lantai_tidak_layak, pct_dinding_tidak_layak, pct_atap_tidak_layak)',
            '-1 in (pct_lantai_tidak_layak, pct_dinding_tidak_layak, pct_atap_tidak_layak)'
        ) }} as kekurangan_9,
        {{ tiga_nilai('pct_miskin_aset = 1', 'pct_miskin_aset = -1') }} as kekurangan_10
    from keluarga
    {{ sekali() }}
),

skor as (
    select
        *,
        {% for bobot in var('ikm_bobot') -%}
            {{ bobot }} * (kekurangan_{{ loop.index }} is true)::int {%- if not loop.last %} + {% endif %}
        {% endfor -%} as skor_pasti,
        {% for bobot in var('ikm_bobot') -%}
            {{ bobot }} * (kekurangan_{{ loop.index }} is not false)::int {%- if not loop.last %} + {% endif %}
        {% endfor -%} as skor_mungkin
    from kekurangan
    {{ sekali() }}
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
