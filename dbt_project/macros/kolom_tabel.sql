{#-
    Columns of a table, read from the catalogue itself: dbt's own query of information_schema looks at the rights on
    every column of the database, which takes ten times as long, and every aggregate asks twice.
-#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=True) %}
        select
            attname as column_name,
            format_type(atttypid, null) as data_type,
            null::int as character_maximum_length,
            null::int as numeric_precision,
            null::int as numeric_scale
        from pg_attribute
        where attrelid = to_regclass('{{ relation }}') and attnum > 0 and not attisdropped
        order by attnum
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}
