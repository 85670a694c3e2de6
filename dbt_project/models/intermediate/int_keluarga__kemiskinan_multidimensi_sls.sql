with

{{ kemiskinan_menurut(
    ref('int_keluarga__kemiskinan_multidimensi'), ['id_kiriman', 'kode_desa', 'kode_sls', 'kode_sub_sls']
) }}

select * from final
