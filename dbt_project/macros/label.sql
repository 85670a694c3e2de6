{#- Codes in words, as planners read them. -#}
{% macro label_jenis_kelamin(kolom) -%}
    case {{ kolom }} when 1 then 'laki-laki' when 2 then 'perempuan' else 'tidak diketahui' end
{%- endmacro %}


{#- Of the codes that macro `hasil` makes. -#}
{% macro label_ya_tidak(kolom) -%}
    case {{ kolom }} when 1 then 'ya' when 0 then 'tidak' else 'tidak diketahui' end
{%- endmacro %}
