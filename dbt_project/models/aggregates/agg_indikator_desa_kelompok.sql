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

berisi as (
    select jumlah.*
    from jumlah
    inner join pengelompokan
        on
            jumlah.kode_indikator = pengelompokan.kode_indikator
            and jumlah.pengelompokan = pengelompokan.pengelompokan
    where coalesce(jumlah.penyebut, jumlah.pembilang) + jumlah.tidak_tahu + jumlah.semesta_tidak_tahu > 0
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        pengelompokan,
        kelompok,
        kode_indikator,
        pembilang,
        penyebut,
        tidak_tahu,
        semesta_tidak_tahu
    from berisi
    {% if is_incremental() %}
        where {{ belum_ada(this, 'berisi') }}
    {% endif %}
)

select * from final
