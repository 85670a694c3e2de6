with

indikator as (
    select * from {{ ref('ref_indikator') }}
),

final as (
    select
        kode_indikator,
        urutan,
        nama,
        dimensi,
        unit_analisis,
        jenis,
        satuan,
        semesta,
        rumus,
        tidak_tahu,
        semesta_tidak_tahu,
        arah,
        rincian,
        prioritas,
        catatan,
        '{{ versi_definisi() }}' as versi_definisi
    from indikator
)

select * from final
