-- depends_on: {{ ref('ref_indikator') }}
with

{{ jumlah_menurut(
    ref('int_anggota__indikator'),
    ['id_kiriman', 'kode_desa', 'kode_sls', 'kode_sub_sls'],
    indikator('int_anggota__indikator')
) }}

select * from final
