{#-
    The figure of an indicator from its integers, never rounded (double precision); null where penyebut is 0. The two
    that add up scores instead of people divide by the total weight too.
-#}
{% macro nilai() -%}
    case
        when jenis = 'jumlah' then pembilang::double precision
        else
            case when jenis in ('persen', 'rasio') then 100 else 1 end * pembilang::double precision
            / nullif(
                case when kode_indikator in ('ikm_a', 'ikm_m0') then {{ var('ikm_bobot') | sum }} else 1 end * penyebut,
                0
            )
    end
{%- endmacro %}


{#-
    A bound that the figure keeps whatever the missing answers were, `bawah` if all of them are no, `atas` if all are
    yes. Only for shares that have an unknown; null where there is no unit at all.
-#}
{% macro batas(sisi) -%}
    case
        when jenis = 'persen' and ada_tidak_tahu
            then
                100 * (pembilang{% if sisi == 'atas' %} + tidak_tahu + semesta_tidak_tahu{% endif %})::double precision
                / nullif(penyebut + tidak_tahu + semesta_tidak_tahu, 0)
    end
{%- endmacro %}
