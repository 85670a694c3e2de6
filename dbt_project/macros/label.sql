{#- Codes in words, as planners read them. -#}
{% macro label_jenis_kelamin(kolom) -%}
    case {{ kolom }} when 1 then 'laki-laki' when 2 then 'perempuan' else 'tidak diketahui' end
{%- endmacro %}


{#- Of the codes that macro `hasil` makes. -#}
{% macro label_ya_tidak(kolom) -%}
    case {{ kolom }} when 1 then 'ya' when 0 then 'tidak' else 'tidak diketahui' end
{%- endmacro %}


{#- Groups of ages in which a village is looked at: small children, children at school, youth, adults, elderly. -#}
{% macro label_kelompok_umur(kolom) -%}
    case
        when {{ kolom }} between 0 and 4 then '00-04'
        when {{ kolom }} between 5 and 14 then '05-14'
        when {{ kolom }} between 15 and 24 then '15-24'
        when {{ kolom }} between 25 and 59 then '25-59'
        when {{ kolom }} >= 60 then '60+'
        else 'tidak diketahui'
    end
{%- endmacro %}


{% macro label_desil(kolom) -%} coalesce({{ kolom }}::text, 'tidak diketahui') {%- endmacro %}
