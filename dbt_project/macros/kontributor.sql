{#- Families that say yes, no, and either, per delivery and village, one row per indicator of families. -#}
{% macro kontributor_menurut_desa(daftar, asal) -%}
    lebar as (
        select
            id_kiriman,
            kode_desa
            {%- for x in daftar %},
            array[
                count(*) filter (where {{ x.kode_indikator }} >= 1),
                count(*) filter (where {{ x.kode_indikator }} = 0),
                count(*) filter (where {{ x.kode_indikator }} >= 0)
            ]::bigint[] as {{ x.kode_indikator }}
            {%- endfor %}
        from {{ asal }}
        group by id_kiriman, kode_desa
    ),

    final as (
        select
            lebar.id_kiriman,
            lebar.kode_desa,
            panjang.kode_indikator,
            panjang.tiga[1] as keluarga_pembilang,
            panjang.tiga[2] as keluarga_bukan,
            panjang.tiga[3] as keluarga_penyebut
        from lebar
        cross join lateral (
            values
            {{ panjang(daftar) }}
        ) as panjang (kode_indikator, tiga)
    )
{%- endmacro %}
