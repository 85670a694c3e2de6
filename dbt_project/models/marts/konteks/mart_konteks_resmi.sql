-- Official figures; what the registry counts stands beside them in its own year only, as a check of plausibility.
with

resmi as (
    select * from {{ ref('ref_konteks_resmi') }}
),

registri as (
    select
        kode_wilayah,
        extract(year from max(tanggal_acuan_max))::int as tahun,
        max(pembilang) filter (where kode_indikator = 'jumlah_penduduk') as penduduk,
        max(pembilang) filter (where kode_indikator = 'jumlah_keluarga') as keluarga,
        bool_and(lengkap) as lengkap
    from {{ ref('fct_indikator_wilayah') }}
    where tingkat = 'kabupaten'
    group by kode_wilayah
),

final as (
    select
        resmi.kode_kabupaten,
        resmi.tahun,
        resmi.garis_kemiskinan,
        resmi.penduduk_miskin_ribu::double precision as penduduk_miskin_ribu,
        resmi.p0::double precision as p0,
        resmi.p1::double precision as p1,
        resmi.p2::double precision as p2,
        resmi.tpt::double precision as tpt,
        resmi.penduduk_bps,
        resmi.penduduk_dukcapil,
        resmi.sumber,
        resmi.keyakinan,
        resmi.catatan,
        registri.penduduk as penduduk_registri,
        registri.keluarga as keluarga_registri,
        registri.lengkap as registri_lengkap,
        100 * registri.penduduk::double precision / nullif(resmi.penduduk_bps, 0) as pct_registri_terhadap_bps,
        '{{ versi_definisi() }}' as versi_definisi
    from resmi
    left join registri
        on
            resmi.kode_kabupaten = registri.kode_wilayah
            and resmi.tahun = registri.tahun
)

select * from final
