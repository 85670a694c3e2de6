{#- Items about the dwelling that are compared between two deliveries. -#}
{% macro item_perumahan() -%}
    {{ return([
        'r301a', 'r301b', 'r302', 'r303', 'r304', 'r305', 'r306a', 'r306b', 'r307a', 'r307b1', 'r308', 'r309a',
        'r309b', 'r310'
    ]) }}
{%- endmacro %}


{#- A CTE `jawaban`: every row of `asal` once per item, with the answer now and before. -#}
{% macro jawaban_perumahan(asal) -%}
    jawaban as (
        select
            {{ asal }}.id_kiriman,
            {{ asal }}.kode_desa,
            {{ asal }}.id_kiriman_sebelumnya,
            jawaban.*
        from {{ asal }}
        cross join lateral (
            values
            {%- for item in item_perumahan() %}
            ('{{ item }}', {{ asal }}.{{ item }}, {{ asal }}.{{ item }}_sebelumnya){% if not loop.last %},{% endif %}
            {%- endfor %}
        ) as jawaban (item, kini, dulu)
    )
{%- endmacro %}


{#- The columns of both sides. -#}
{% macro kolom_perumahan(kini, dulu) -%}
    {%- for item in item_perumahan() -%}
    {{ kini }}.{{ item }},
    {{ dulu }}.{{ item }} as {{ item }}_sebelumnya{% if not loop.last %},
    {% endif %}
    {%- endfor -%}
{%- endmacro %}
