with

desa as (
    select * from {{ ref('ref_desa') }}
),

final as (
    select
        kode_desa,
        kode_desa_kemendagri,
        nama_desa,
        nama_desa_kemendagri,
        alias,
        jenis,
        kode_kecamatan,
        kode_kecamatan_kemendagri,
        nama_kecamatan,
        kode_kabupaten,
        nama_kabupaten,
        desa_cantik,
        klas,
        lintang,
        bujur,
        luas_km2
    from desa
)

select * from final
