{#- Whether a record of the registry was accepted: neither itself rejected nor of a village that a gate refused. -#}
{% macro diterima(entitas) -%}
    {{ entitas }}.alasan_tolak is null
    and ({{ entitas }}.id_kiriman, {{ entitas }}.kode_desa) not in (
        select
            desa.id_kiriman,
            desa.kode_desa
        from {{ ref('stg_regsosek__kiriman_desa') }} as desa
        where desa.keadaan = 'ditolak'
    )
{%- endmacro %}
