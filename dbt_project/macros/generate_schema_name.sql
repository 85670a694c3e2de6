{#- The schema is the layer's name, never prefixed with the target's: docs/naming.md. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
