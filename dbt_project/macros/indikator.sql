{#-
    The indicators of one intermediate model, from the seed that lists them all; rows with kode_indikator, jenis,
    ada_tidak_tahu, ada_semesta_tidak_tahu. Empty while dbt only parses.
-#}
{% macro indikator(model=none) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set query -%}
        select
            kode_indikator,
            jenis,
            tidak_tahu is not null as ada_tidak_tahu,
            semesta_tidak_tahu is not null as ada_semesta_tidak_tahu
        from {{ api.Relation.create(database=target.database, schema='acuan', identifier='ref_indikator') }}
        {% if model is not none %} where model = '{{ model }}' {% endif %}
        order by urutan
    {%- endset -%}
    {{ return(run_query(query).rows) }}
{%- endmacro %}


{#-
    The four integers of every indicator of `model`, per delivery and village, one row each: what the columns made by
    `hasil` and `hasil_rata` add up to. One pass over the units, then the few wide rows are turned.
-#}
{% macro jumlah_menurut_desa(model) -%}
    {%- set daftar = indikator(model) -%}
    lebar as (
        select
            id_kiriman,
            kode_desa
            {%- for x in daftar %},
            {{ empat_bilangan(x.kode_indikator, x) }} as {{ x.kode_indikator }}
            {%- endfor %}
        from {{ ref(model) }}
        group by id_kiriman, kode_desa
    ),

    final as (
        select
            lebar.id_kiriman,
            lebar.kode_desa,
            panjang.kode_indikator,
            panjang.empat[1] as pembilang,
            panjang.empat[2] as penyebut,
            panjang.empat[3] as tidak_tahu,
            panjang.empat[4] as semesta_tidak_tahu
        from lebar
        cross join lateral (
            values
            {%- for x in daftar %}
            ('{{ x.kode_indikator }}', lebar.{{ x.kode_indikator }}){% if not loop.last %},{% endif %}
            {%- else %}
            (null::text, null::bigint[])
            {%- endfor %}
        ) as panjang (kode_indikator, empat)
    )
{%- endmacro %}


{% macro empat_bilangan(kolom, x) -%}
    {%- set pembilang = {
        'jumlah': 'count(*)',
        'rata': 'coalesce(sum(' ~ kolom ~ ') filter (where ' ~ kolom ~ ' >= 0), 0)',
    }.get(x.jenis, 'count(*) filter (where ' ~ kolom ~ ' = 1)') -%}
    {%- set penyebut = {
        'jumlah': 'null',
        'rasio': 'count(*) filter (where ' ~ kolom ~ ' = 0)',
    }.get(x.jenis, 'count(*) filter (where ' ~ kolom ~ ' >= 0)') -%}
    {%- set tidak_tahu = 'count(*) filter (where ' ~ kolom ~ ' = -1)' if x.ada_tidak_tahu else '0' -%}
    {%- set semesta = 'count(*) filter (where ' ~ kolom ~ ' = -2)' if x.ada_semesta_tidak_tahu else '0' -%}
    array[{{ pembilang }}, {{ penyebut }}, {{ tidak_tahu }}, {{ semesta }}]::bigint[]
{%- endmacro %}
