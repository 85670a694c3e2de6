with

jumlah as (
    select * from {{ ref('int_keluarga__indikator_kelompok') }}
    union all
    select * from {{ ref('int_anggota__indikator_kelompok') }}
    union all
    select * from {{ ref('int_keluarga__kemiskinan_multidimensi_kelompok') }}
),

pengelompokan as (
    select * from {{ ref('ref_indikator_kelompok') }}
),

final as (
    select
        jumlah.id_kiriman,
        jumlah.kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        jumlah.pengelompokan,
        jumlah.kelompok,
        jumlah.kode_indikator,
        jumlah.pembilang,
        jumlah.penyebut,
        jumlah.tidak_tahu,
        jumlah.semesta_tidak_tahu
    from jumlah
    inner join pengelompokan
        on
            jumlah.kode_indikator = pengelompokan.kode_indikator
            and jumlah.pengelompokan = pengelompokan.pengelompokan
    where
        (coalesce(jumlah.penyebut, jumlah.pembilang) > 0 or jumlah.tidak_tahu > 0 or jumlah.semesta_tidak_tahu > 0)
    {% if is_incremental() %}
            and {{ belum_ada(this, 'jumlah') }}
    {% endif %}
)

select * from final
