with

jumlah as (
    select * from {{ ref('int_keluarga__indikator_sls') }}
    union all
    select * from {{ ref('int_anggota__indikator_sls') }}
    union all
    select * from {{ ref('int_keluarga__kemiskinan_multidimensi_sls') }}
),

indikator as (
    select
        kode_indikator,
        jenis,
        tidak_tahu is not null as ada_tidak_tahu
    from {{ ref('ref_indikator') }}
),

gabungan as (
    select
        jumlah.*,
        indikator.jenis,
        indikator.ada_tidak_tahu
    from jumlah
    inner join indikator on jumlah.kode_indikator = indikator.kode_indikator
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        kode_sls,
        kode_sub_sls,
        kode_indikator,
        pembilang,
        penyebut,
        tidak_tahu,
        semesta_tidak_tahu,
        {{ nilai() }} as nilai,
        {{ batas('bawah') }} as batas_bawah,
        {{ batas('atas') }} as batas_atas
    from gabungan
    {% if is_incremental() %}
        where {{ belum_ada(this, 'gabungan') }}
    {% endif %}
)

select * from final
