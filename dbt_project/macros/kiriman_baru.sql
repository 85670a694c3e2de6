{#-
    The deliveries whose aggregates are to be computed, as an SQL array: the var `id_kiriman`, or else those of the
    manifest, and of the published release, that lack an aggregate of this definition. Those of the published release
    tell what a change of the definitions alone did. A literal array, so that a run reads only what is new.
-#}
{% macro kiriman_baru() -%}
    {%- set id_kiriman = var('id_kiriman', none) -%}
    {%- if id_kiriman is none and execute -%}
        {%- set id_kiriman = run_query(kiriman_tanpa_agregat()).columns[0].values() -%}
    {%- endif -%}
    array[{{ (id_kiriman or []) | join(', ') }}]::bigint[]
{%- endmacro %}


{% macro kiriman_tanpa_agregat() -%}
    {%- set agregat = load_relation(api.Relation.create(
        database=target.database, schema='agregat', identifier='agg_indikator_desa'
    )) -%}
    select distinct perlu.id_kiriman
    from (
        select id_kiriman, kode_desa
        from ops.kandidat_desa
        union
        select id_kiriman, kode_desa
        from ops.rilis_desa
        inner join ops.rilis_terbit using (id_rilis)
    ) as perlu
    -- What is no longer in the registry cannot be counted anew. One look-up each: a join would read the whole of both.
    where (select true from registri.keluarga where keluarga.id_kiriman = perlu.id_kiriman limit 1)
    {%- if agregat is not none %}
    and (
        select true from {{ agregat }} as ada
        where
            ada.id_kiriman = perlu.id_kiriman
            and ada.kode_desa = perlu.kode_desa
            and ada.versi_definisi = '{{ versi_definisi() }}'
        limit 1
    ) is null
    {%- endif %}
    order by perlu.id_kiriman
{%- endmacro %}


{#- Version of the definitions, by which aggregates are kept apart; `regsosek.transform` computes it. -#}
{% macro versi_definisi() -%}
    {%- if execute and not var('versi_definisi', none) -%}
        {{ exceptions.raise_compiler_error('The variable versi_definisi is missing: run dbt by regsosek.transform.') }}
    {%- endif -%}
    {{ var('versi_definisi', '') }}
{%- endmacro %}
