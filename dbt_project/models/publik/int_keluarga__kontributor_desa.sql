-- depends_on: {{ ref('ref_indikator') }}
with

keluarga as (
    select * from {{ ref('int_keluarga__indikator') }}
),

{{ kontributor_menurut_desa(indikator('int_keluarga__indikator'), 'keluarga') }}

select * from final
