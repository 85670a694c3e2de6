{#-
    The indicators of one intermediate model, from the seed that lists them all; rows with kode_indikator, jenis,
    ada_tidak_tahu, ada_semesta_tidak_tahu. `berkelompok`: only those that are told by some group. Empty while dbt
    only parses.
-#}
{% macro indikator(model=none, berkelompok=false) -%}
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
        {%- if berkelompok %}
            and kode_indikator in (
                select kode_indikator from {{ api.Relation.create(
                    database=target.database, schema='acuan', identifier='ref_indikator_kelompok'
                ) }}
            )
        {%- endif %}
        order by urutan
    {%- endset -%}
    {{ return(run_query(query).rows) }}
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
            array[{{ bilangan_indikator(x) | join(', ') }}]::bigint[] as {{ x.kode_indikator }}
            {%- endfor %}
        from {{ asal }}
        group by {{ kunci | join(', ') }}
    ),

    {{ empat_bilangan_panjang(kunci, daftar) }}
{%- endmacro %}


{#-
    The same per group: `pengelompokan` is {column of `asal` and name of the grouping: its groups in words}. One pass
    over the units counts every combination of the groups, of which there are few, and each grouping adds those up.
    A group that has nobody has no row.
-#}
{% macro jumlah_menurut_kelompok(asal, pengelompokan, daftar) -%}
    sel as (
        select
            id_kiriman,
            kode_desa,
            {{ pengelompokan | join(', ') }}
            {%- for x in daftar %}
            {%- for bilangan in bilangan_indikator(x) %},
            ({{ bilangan }})::int as {{ x.kode_indikator }}_{{ loop.index }}
            {%- endfor %}
            {%- endfor %}
        from {{ asal }}
        group by id_kiriman, kode_desa, {{ pengelompokan | join(', ') }}
    ),

    lebar as (
        select
            id_kiriman,
            kode_desa,
            case
                {%- for menurut in pengelompokan %}
                when grouping({{ menurut }}) = 0 then '{{ menurut }}'
                {%- endfor %}
            end as pengelompokan,
            case
                {%- for menurut, kelompok in pengelompokan.items() %}
                when grouping({{ menurut }}) = 0 then {{ kelompok }}
                {%- endfor %}
            end as kelompok
            {%- for x in daftar %},
            array[
                {%- for _ in bilangan_indikator(x) -%}
                sum({{ x.kode_indikator }}_{{ loop.index }}) {%- if not loop.last %}, {% endif %}
                {%- endfor -%}
            ]::bigint[] as {{ x.kode_indikator }}
            {%- endfor %}
        from sel
        group by id_kiriman, kode_desa, grouping sets (({{ pengelompokan | join('), (') }}))
    ),

    {{ empat_bilangan_panjang(['id_kiriman', 'kode_desa', 'pengelompokan', 'kelompok'], daftar) }}
{%- endmacro %}


{#- A CTE `final` of `lebar`: one row per value of `kunci` and indicator. -#}
{% macro empat_bilangan_panjang(kunci, daftar) -%}
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


{#- Rows (code, four integers) of a wide relation `lebar`. -#}
{% macro panjang(daftar) -%}
    {%- for x in daftar -%}
    ('{{ x.kode_indikator }}', lebar.{{ x.kode_indikator }}){% if not loop.last %},
    {% endif %}
    {%- else -%}
    (null::text, null::bigint[])
    {%- endfor -%}
{%- endmacro %}


{#- The four integers of an indicator as SQL over the column of its name. -#}
{% macro bilangan_indikator(x) -%}
    {%- set kolom = x.kode_indikator -%}
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
    {{ return([pembilang, penyebut, tidak_tahu, semesta]) }}
{%- endmacro %}
