-- The contributor is the family: a family counts once, however many of its residents do.
-- depends_on: {{ ref('ref_indikator') }}
{%- set daftar = indikator('int_anggota__indikator') %}
with

anggota as (
    select * from {{ ref('int_anggota__indikator') }}
),

ya as (
    select
        id_kiriman,
        kode_desa
        {%- for x in daftar %},
        max({{ x.kode_indikator }}) as {{ x.kode_indikator }}_terbesar,
        min({{ x.kode_indikator }}) filter (where {{ x.kode_indikator }} >= 0) as {{ x.kode_indikator }}_terkecil
        {%- endfor %}
    from anggota
    group by id_kiriman, kode_desa, baris_keluarga
),

lebar as (
    select
        id_kiriman,
        kode_desa
        {%- for x in daftar %},
        array[
            count(*) filter (where {{ x.kode_indikator }}_terbesar >= 1),
            count(*) filter (where {{ x.kode_indikator }}_terkecil = 0),
            count(*) filter (where {{ x.kode_indikator }}_terkecil is not null)
        ]::bigint[] as {{ x.kode_indikator }}
        {%- endfor %}
    from ya
    group by id_kiriman, kode_desa
),

final as (
    select
        lebar.id_kiriman,
        lebar.kode_desa,
        panjang.kode_indikator,
        panjang.tiga[1] as keluarga_pembilang,
        panjang.tiga[2] as keluarga_bukan,
        panjang.tiga[3] as keluarga_penyebut
    from lebar
    cross join lateral (
        values
        {{ panjang(daftar) }}
    ) as panjang (kode_indikator, tiga)
)

select * from final
