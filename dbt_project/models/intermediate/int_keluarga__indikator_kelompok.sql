-- depends_on: {{ ref('ref_indikator') }}
-- depends_on: {{ ref('ref_indikator_kelompok') }}
with

keluarga as (
    select
        *,
        {{ label_desil('desil') }} as menurut_desil,
        {{ label_jenis_kelamin('jenis_kelamin_kepala') }} as menurut_kepala
    from {{ ref('int_keluarga__indikator') }}
),

{{ jumlah_menurut_kelompok(
    'int_keluarga__indikator', 'keluarga', {'desil': 'menurut_desil', 'jenis_kelamin_kepala': 'menurut_kepala'}
) }}

select * from final
