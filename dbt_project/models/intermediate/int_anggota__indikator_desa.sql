-- depends_on: {{ ref('ref_indikator') }}
with

{{ jumlah_menurut_desa('int_anggota__indikator') }}

select * from final
