{#-
    Ends a CTE whose columns are computed once per row. Without it PostgreSQL copies every expression to wherever its
    column is used. The type matters: any other zero would keep it from reading in parallel.
-#}
{% macro sekali() -%} offset bigint '0' {%- endmacro %}
