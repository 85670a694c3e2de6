-- depends_on: {{ ref('ref_indikator') }}
-- depends_on: {{ ref('ref_indikator_kelompok') }}
with

{{ jumlah_menurut_kelompok(
    ref('int_keluarga__indikator'),
    {
        'desil': label_desil('desil'),
        'jenis_kelamin_kepala': label_jenis_kelamin('jenis_kelamin_kepala'),
    },
    indikator('int_keluarga__indikator', berkelompok=true)
) }}

select * from final
