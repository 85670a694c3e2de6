{#-
    Whether a resident has one of the difficulties r428a to r428i at a code up to `batas` (1 cannot at all, 2 a lot
    of difficulty: the form's order is the reverse of the Washington Group's), by the ages the form asks: a to f
    from 2, g to i from 5. Three-valued: null where none is seen and one was not answered. Nothing is asked below 2
    or at an unknown age: false.
-#}
{% macro kesulitan(batas) -%}
    case
        when r407 >= 5 then {{ salah_satu_kesulitan('abcdefghi', batas) }}
        when r407 >= 2 then {{ salah_satu_kesulitan('abcdef', batas) }}
        else false
    end
{%- endmacro %}


{% macro salah_satu_kesulitan(huruf, batas) -%}
    {%- for x in huruf -%} r428{{ x }} <= {{ batas }} {%- if not loop.last %} or {% endif -%} {%- endfor -%}
{%- endmacro %}
