{#- Items about the dwelling that are compared between two deliveries. -#}
{% macro item_perumahan() -%}
    {{ return([
        'r301a', 'r301b', 'r302', 'r303', 'r304', 'r305', 'r306a', 'r306b', 'r307a', 'r307b1', 'r308', 'r309a',
        'r309b', 'r310'
    ]) }}
{%- endmacro %}
