{#-
    Years of schooling that a certificate stands for, from the seed `ref_ijazah`: an array that the code picks from,
    since two million rows are joined more slowly than looked up.
-#}
{% macro tahun_sekolah(kode) -%}
    {%- set tahun = [] -%}
    {%- if execute -%}
        {%- set seed = api.Relation.create(database=target.database, schema='acuan', identifier='ref_ijazah') -%}
        {%- set query -%}
            select ijazah.tahun_sekolah
            from generate_series(1, (select max(kode_ijazah) from {{ seed }})) as nomor
            left join {{ seed }} as ijazah on nomor = ijazah.kode_ijazah
            order by nomor
        {%- endset -%}
        {%- for baris in run_query(query).rows -%}
            {%- do tahun.append('null' if baris[0] is none else baris[0] | int) -%}
        {%- endfor -%}
    {%- endif -%}
    (array[{{ tahun | join(', ') }}]::smallint[])[{{ kode }}]
{%- endmacro %}
