{#- Whether a record of the registry was accepted: neither itself rejected nor of a village that a gate refused. The
    model hands over the relation of the villages, so that what it reads stands in the model. -#}
{% macro diterima(entitas, kiriman_desa) -%}
    {{ entitas }}.alasan_tolak is null
    and ({{ entitas }}.id_kiriman, {{ entitas }}.kode_desa) not in (
        select
            desa.id_kiriman,
            desa.kode_desa
        from {{ kiriman_desa }} as desa
        where desa.keadaan = 'ditolak'
    )
{%- endmacro %}
