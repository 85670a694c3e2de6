{#- Predicate of an aggregate: its delivery and village have no rows of this version of the definitions yet. -#}
{% macro belum_ada(agregat, asal) -%}
    not exists (
        select 1 from {{ agregat }} as ada
        where
            ada.id_kiriman = {{ asal }}.id_kiriman
            and ada.kode_desa = {{ asal }}.kode_desa
            and ada.versi_definisi = '{{ versi_definisi() }}'
    )
{%- endmacro %}
