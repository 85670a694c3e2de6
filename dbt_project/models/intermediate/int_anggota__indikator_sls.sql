-- depends_on: {{ ref('ref_indikator') }}
with

anggota as (
    select * from {{ ref('int_anggota__indikator') }}
),

keluarga as (
    select * from {{ ref('stg_regsosek__keluarga') }}
    where id_kiriman = any({{ kiriman_baru() }})
),

bertempat as (
    select
        anggota.*,
        keluarga.kode_sls,
        keluarga.kode_sub_sls
    from anggota
    left join keluarga
        on
            anggota.id_kiriman = keluarga.id_kiriman
            and anggota.kode_desa = keluarga.kode_desa
            and anggota.baris_keluarga = keluarga.baris
),

{{ jumlah_menurut(
    'bertempat',
    ['id_kiriman', 'kode_desa', 'kode_sls', 'kode_sub_sls'],
    indikator('int_anggota__indikator')
) }}

select * from final
