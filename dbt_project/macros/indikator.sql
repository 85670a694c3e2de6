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


{#- The indicators of `model` that the seed ref_indikator_kelompok splits by `pengelompokan`; rows as `indikator`. -#}
{% macro indikator_menurut(model, pengelompokan) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set query -%}
        select kode_indikator
        from {{ api.Relation.create(database=target.database, schema='acuan', identifier='ref_indikator_kelompok') }}
        where pengelompokan = '{{ pengelompokan }}'
    {%- endset -%}
    {%- set terpilih = run_query(query).columns[0].values() -%}
    {{ return(indikator(model) | selectattr('kode_indikator', 'in', terpilih) | list) }}
{%- endmacro %}


{#-
    The four integers of the indicators in `daftar`, one row each per value of `kunci`: what the columns of `asal`
    made by `hasil` and `hasil_rata` add up to. One pass over the units, then the few wide rows are turned.
-#}
{% macro jumlah_menurut(asal, kunci, daftar) -%}
    lebar as (
        select
            {{ kunci | join(', ') }}
            {%- for x in daftar %},
            {{ empat_bilangan(x.kode_indikator, x) }} as {{ x.kode_indikator }}
            {%- endfor %}
        from {{ asal }}
        group by {{ kunci | join(', ') }}
    ),

    final as (
        select
            {%- for x in kunci %}
            lebar.{{ x }},
            {%- endfor %}
            panjang.kode_indikator,
            panjang.empat[1] as pembilang,
            panjang.empat[2] as penyebut,
            panjang.empat[3] as tidak_tahu,
            panjang.empat[4] as semesta_tidak_tahu
        from lebar
        cross join lateral (
            values
            {{ panjang(daftar) }}
        ) as panjang (kode_indikator, empat)
    )
{%- endmacro %}


{#-
    The same per group: one pass over `asal` for every grouping in `pengelompokan`, {grouping: column of its groups}.
    A group that has nobody has no row.
-#}
{% macro jumlah_menurut_kelompok(model, asal, pengelompokan) -%}
    {%- for menurut, kolom in pengelompokan.items() %}
    {%- set daftar = indikator_menurut(model, menurut) %}
    lebar_{{ menurut }} as (
        select
            id_kiriman,
            kode_desa,
            {{ kolom }} as kelompok
            {%- for x in daftar %},
            {{ empat_bilangan(x.kode_indikator, x) }} as {{ x.kode_indikator }}
            {%- endfor %}
        from {{ asal }}
        group by id_kiriman, kode_desa, {{ kolom }}
    ),

    menurut_{{ menurut }} as (
        select
            lebar.id_kiriman,
            lebar.kode_desa,
            '{{ menurut }}' as pengelompokan,
            lebar.kelompok,
            panjang.*
        from lebar_{{ menurut }} as lebar
        cross join lateral (
            values
            {{ panjang(daftar) }}
        ) as panjang (kode_indikator, empat)
    ),
    {% endfor %}
    final as (
        {%- for menurut in pengelompokan %}
        select
            id_kiriman,
            kode_desa,
            pengelompokan,
            kelompok,
            kode_indikator,
            empat[1] as pembilang,
            empat[2] as penyebut,
            empat[3] as tidak_tahu,
            empat[4] as semesta_tidak_tahu
        from menurut_{{ menurut }}
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    )
{%- endmacro %}


{#- Rows (code, four integers) of a wide relation `lebar`. -#}
{% macro panjang(daftar) -%}
    {%- for x in daftar -%}
    ('{{ x.kode_indikator }}', lebar.{{ x.kode_indikator }}){% if not loop.last %},
    {% endif %}
    {%- else -%}
    (null::text, null::bigint[])
    {%- endfor -%}
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
