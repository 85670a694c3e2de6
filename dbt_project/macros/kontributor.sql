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

    {{ kontributor_panjang(daftar) }}
{%- endmacro %}


{#- The same of indicators of persons: families of which somebody says yes, no, either. -#}
{% macro kontributor_anggota_menurut_desa(daftar, asal) -%}
    keluarga as (
        select
            id_kiriman,
            kode_desa
            {%- for x in daftar %},
            max({{ x.kode_indikator }}) as {{ x.kode_indikator }}_terbesar,
            min({{ x.kode_indikator }}) filter (where {{ x.kode_indikator }} >= 0) as {{ x.kode_indikator }}_terkecil
            {%- endfor %}
        from {{ asal }}
        group by id_kiriman, kode_desa, baris_keluarga
    ),

    lebar as (
        select
            id_kiriman,
            kode_desa
            {%- for x in daftar %},
            array[
                count(*) filter (where {{ x.kode_indikator }}_terbesar >= 1),
                count(*) filter (where {{ x.kode_indikator }}_terkecil = 0),
                count(*) filter (where {{ x.kode_indikator }}_terkecil is not null)
            ]::bigint[] as {{ x.kode_indikator }}
            {%- endfor %}
        from keluarga
        group by id_kiriman, kode_desa
    ),

    {{ kontributor_panjang(daftar) }}
{%- endmacro %}


{% macro kontributor_panjang(daftar) -%}
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
