-- The contributor is the family: a family counts once, however many of its residents do.
-- depends_on: {{ ref('ref_indikator') }}
with

anggota as (
    select * from {{ ref('int_anggota__indikator') }}
),

{{ kontributor_anggota_menurut_desa(indikator('int_anggota__indikator'), 'anggota') }}

select * from final
