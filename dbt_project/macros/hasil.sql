{#-
    What one unit says about one indicator: 1 yes (in pembilang and penyebut), 0 no (in penyebut), -1 unknown,
    -2 not known whether it belongs to the universe, null outside the universe.

    Unknown wins over yes and no. A universe that is null counts only for the indicators that say so
    (`semesta_tidak_tahu`), and puts the unit outside otherwise.
-#}
{% macro hasil(syarat, tidak_tahu, semesta=none, semesta_tidak_tahu=false) -%}
    {%- set jawaban = 'case when ' ~ tidak_tahu ~ ' then -1 when ' ~ syarat ~ ' then 1 else 0 end' -%}
    {%- if semesta is none -%}
        ({{ jawaban }})::smallint
    {%- else -%}
        (
            case
                when {{ semesta }} then {{ jawaban }}
                {%- if semesta_tidak_tahu %}
                when ({{ semesta }}) is null then -2
                {%- endif %}
            end
        )::smallint
    {%- endif -%}
{%- endmacro %}


{#- What one unit adds to a mean: its value, -1 unknown, null outside the universe. -#}
{% macro hasil_rata(nilai, tidak_tahu, semesta='true') -%}
    (case when {{ semesta }} then case when {{ tidak_tahu }} then -1 else {{ nilai }} end end)::smallint
{%- endmacro %}


{#-
    Three-valued "any of the rows", an aggregate: true if one is known to be so, null if none is and one is unknown,
    false otherwise. The order no < unknown < yes makes it a maximum.
-#}
{% macro ada(benar, tidak_tahu) -%}
    nullif(max(case when {{ benar }} then 2 when {{ tidak_tahu }} then 1 else 0 end), 1) = 2
{%- endmacro %}
