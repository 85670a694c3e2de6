-- Errors are against the decile, never against the truth: a decile is a rank.
with

wilayah as (
    select * from {{ ref('int_wilayah__kandidat') }}
),

desa as (
    select * from {{ ref('int_kandidat__wilayah') }}
),

agregat as (
    select * from {{ ref('agg_bantuan_desa') }}
    where versi_definisi = '{{ versi_definisi() }}'
),

-- Who receives a programme: families, and persons for PBI-JKN.
program as (
    select
        agregat.id_kiriman,
        agregat.kode_desa,
        agregat.desil,
        terima.program,
        terima.unit,
        terima.penerima,
        terima.bukan_penerima,
        terima.tidak_tahu
    from agregat
    cross join lateral (
        values
        (
            'PKH', 'keluarga',
            case when agregat.pkh = 1 then agregat.keluarga else 0 end,
            case when agregat.pkh = 0 then agregat.keluarga else 0 end,
            case when agregat.pkh = -1 then agregat.keluarga else 0 end
        ),
        (
            'BPNT', 'keluarga',
            case when agregat.bpnt = 1 then agregat.keluarga else 0 end,
            case when agregat.bpnt = 0 then agregat.keluarga else 0 end,
            case when agregat.bpnt = -1 then agregat.keluarga else 0 end
        ),
        (
            'BLT Desa', 'keluarga',
            case when agregat.blt_desa = 1 then agregat.keluarga else 0 end,
            case when agregat.blt_desa = 0 then agregat.keluarga else 0 end,
            case when agregat.blt_desa = -1 then agregat.keluarga else 0 end
        ),
        (
            'PBI-JKN', 'penduduk',
            agregat.penerima_pbi_jkn,
            agregat.penduduk - agregat.penerima_pbi_jkn - agregat.pbi_jkn_tidak_tahu,
            agregat.pbi_jkn_tidak_tahu
        )
    ) as terima (program, unit, penerima, bukan_penerima, tidak_tahu)
),

menurut_desil as (
    select
        desa.tingkat,
        desa.kode_wilayah,
        program.program,
        program.unit,
        program.desil,
        sum(program.penerima)::bigint as penerima,
        sum(program.bukan_penerima)::bigint as bukan_penerima,
        sum(program.tidak_tahu)::bigint as tidak_tahu
    from desa
    inner join program
        on
            desa.id_kiriman = program.id_kiriman
            and desa.kode_desa = program.kode_desa
    group by desa.tingkat, desa.kode_wilayah, program.program, program.unit, program.desil
),

-- Decile 0 is the one that is not known; `semua` adds everybody up.
kelompok as (
    select
        tingkat,
        kode_wilayah,
        program,
        unit,
        case when desil = 0 then 'tidak diketahui' else desil::text end as desil,
        penerima,
        bukan_penerima,
        tidak_tahu,
        case when desil between 1 and {{ var('desil_sasaran') }} then penerima else 0 end as sasaran_penerima,
        case when desil between 1 and {{ var('desil_sasaran') }} then bukan_penerima else 0 end as sasaran_terlewat,
        case when desil between 1 and {{ var('desil_sasaran') }} then tidak_tahu else 0 end as sasaran_tidak_tahu,
        case when desil > {{ var('desil_sasaran') }} then penerima else 0 end as bukan_sasaran_penerima
    from menurut_desil
),

lengkap as (
    select * from kelompok
    union all
    select
        tingkat,
        kode_wilayah,
        program,
        unit,
        'semua' as desil,
        sum(penerima)::bigint as penerima,
        sum(bukan_penerima)::bigint as bukan_penerima,
        sum(tidak_tahu)::bigint as tidak_tahu,
        sum(sasaran_penerima)::bigint as sasaran_penerima,
        sum(sasaran_terlewat)::bigint as sasaran_terlewat,
        sum(sasaran_tidak_tahu)::bigint as sasaran_tidak_tahu,
        sum(bukan_sasaran_penerima)::bigint as bukan_sasaran_penerima
    from kelompok
    group by tingkat, kode_wilayah, program, unit
),

dibandingkan as (
    select
        *,
        sasaran_penerima + sasaran_terlewat + sasaran_tidak_tahu as sasaran,
        -- Slots of the programme in the area, and recipients whose decile is known.
        max(penerima) over area as kuota,
        sum(sasaran_penerima + bukan_sasaran_penerima) filter (where desil <> 'semua') over area as penerima_berdesil,
        max(sasaran_penerima + sasaran_terlewat + sasaran_tidak_tahu) over area as sasaran_wilayah
    from lengkap
    window area as (partition by tingkat, kode_wilayah, program)
),

ukuran as (
    select
        *,
        100 * sasaran_terlewat::double precision / nullif(sasaran_penerima + sasaran_terlewat, 0) as exclusion_error,
        100 * bukan_sasaran_penerima::double precision / nullif(penerima_berdesil, 0) as inclusion_error,
        100 * least(1, kuota::double precision / nullif(sasaran_wilayah, 0)) as cakupan_terbaik
    from dibandingkan
),

final as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        ukuran.program,
        ukuran.unit,
        ukuran.desil,
        ukuran.penerima,
        ukuran.bukan_penerima,
        ukuran.tidak_tahu,
        ukuran.sasaran,
        ukuran.sasaran_penerima,
        ukuran.sasaran_terlewat,
        ukuran.sasaran_tidak_tahu,
        ukuran.bukan_sasaran_penerima,
        case when wilayah.desil_sebanding then ukuran.exclusion_error end as exclusion_error,
        case when wilayah.desil_sebanding then ukuran.inclusion_error end as inclusion_error,
        case when wilayah.desil_sebanding and ukuran.desil = 'semua' then ukuran.cakupan_terbaik end as cakupan_terbaik,
        wilayah.desil_skala,
        wilayah.desa_masuk,
        wilayah.desa_seluruh,
        wilayah.lengkap,
        wilayah.tanggal_acuan_min,
        wilayah.tanggal_acuan_max,
        wilayah.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        wilayah.versi
    from ukuran
    inner join wilayah
        on
            ukuran.tingkat = wilayah.tingkat
            and ukuran.kode_wilayah = wilayah.kode_wilayah
)

select * from final
