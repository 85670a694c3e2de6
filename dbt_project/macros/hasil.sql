{#-
    What one unit says about one indicator: 1 yes (in pembilang and penyebut), 0 no (in penyebut), -1 unknown,
    -2 not known whether it belongs to the universe, null outside the universe.

    Unknown wins over yes and no. A universe that is null counts only for the indicators that say so
    (`semesta_tidak_tahu`), and puts the unit outside otherwise.
-#}
{% macro hasil(syarat, tidak_tahu, semesta=none, semesta_tidak_tahu=false) -%}
    {#- Every result is a smallint by itself: a cast of each of millions is not free. -#}
    {%- set jawaban = 'case when ' ~ tidak_tahu ~ ' then -1::smallint when ' ~ syarat
        ~ ' then 1::smallint else 0::smallint end' -%}
    {%- if semesta is none -%}
        {{ jawaban }}
    {%- else -%}
        case ({{ semesta }})
            when true then {{ jawaban }}
            {%- if semesta_tidak_tahu %}
            when false then null
            else -2::smallint
            {%- endif %}
        end
    {%- endif -%}
{%- endmacro %}


{#- What one unit adds to a mean: its value, -1 unknown, null outside the universe. -#}
{% macro hasil_rata(nilai, tidak_tahu, semesta='true') -%}
    (case when {{ semesta }} then case when {{ tidak_tahu }} then -1 else {{ nilai }} end end)::smallint
{%- endmacro %}


{#- Three-valued: true where `benar` is, else null where it is not known, else false. -#}
{% macro tiga_nilai(benar, tidak_tahu) -%}
    case when {{ benar }} then true when {{ tidak_tahu }} then null else false end
{%- endmacro %}


{#-
    Three-valued "any of the rows", an aggregate: true if one is true, null if none is and one is null, false
    otherwise. In the order no < unknown < yes it is a maximum.
-#}
{% macro ada(kolom) -%}
    nullif(max(case when {{ kolom }} then 2 when {{ kolom }} is null then 1 else 0 end), 1) = 2
{%- endmacro %}
