with

kiriman_desa as (
    select * from {{ source('ops', 'kiriman_desa') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        keluarga_diterima,
        keluarga_ditolak,
        keluarga_tanpa_penduduk,
        anggota_diterima,
        anggota_ditolak,
        keadaan,
        aturan
    from kiriman_desa
)

select * from final
