{#-
    Tables and views are replaced in place, in one transaction that has dropped the old one and made the new one, or
    neither. dbt's own way makes the new one beside it, swaps names and drops the old one after the commit: that is for
    readers, of whom these have none but the run itself, takes longer, and leaves tables behind where it is killed.
-#}
{% materialization table, adapter='postgres' %}
    {%- set baru = this.incorporate(type='table') -%}
    {%- call ganti(baru) -%} {{ get_create_table_as_sql(False, baru, sql) }} {%- endcall -%}
    {{ return({'relations': [baru]}) }}
{% endmaterialization %}


{% materialization view, adapter='postgres' %}
    {%- set baru = this.incorporate(type='view') -%}
    {%- call ganti(baru) -%}
        {{ get_create_view_as_sql(baru, sql) }};
        {%- if 'tampilan' in model.tags -%} {#- By which the next refresh knows that it need not be made again. #}
        comment on view {{ baru }} is 'versi_definisi {{ versi_definisi() }}'
        {%- endif -%}
    {%- endcall -%}
    {{ return({'relations': [baru]}) }}
{% endmaterialization %}


{#- Run the hooks, and the caller's statement in the place of what has that name. -#}
{% macro ganti(baru) -%}
    {%- set lama = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set buat = caller() -%}
    {%- call statement('main') -%}
        {%- if lama is not none %} drop {{ lama.type }} if exists {{ lama }} cascade; {% endif -%}
        {{ buat }}
    {%- endcall -%}
    {%- do create_indexes(baru) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{%- endmacro %}
