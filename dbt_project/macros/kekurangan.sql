{#- The ten deprivations of the multidimensional index as a list of columns, as many as there are weights. -#}
{% macro kekurangan() -%}
    {%- for _ in var('ikm_bobot') -%} kekurangan_{{ loop.index }} {%- if not loop.last %}, {% endif %} {%- endfor %}
{%- endmacro %}
