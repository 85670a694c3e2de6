with

fakta as (
    select * from {{ ref('fct_indikator_desa') }}
),

indikator as (
    select
        kode_indikator,
        arah,
        'desil' = any(string_to_array(rincian, ' ')) as memakai_desil
    from {{ ref('ref_indikator') }}
    -- What has no bounds or no direction has no rank either.
    where prioritas = 1 and jenis = 'persen' and tidak_tahu is not null and arah in ('baik', 'buruk')
),

desa as (
    select
        lingkup.kode_desa,
        lingkup.tingkat,
        lingkup.kode_wilayah,
        lingkup.nama_wilayah,
        ref_desa.nama_desa
    from {{ ref('int_desa__wilayah') }} as lingkup
    inner join {{ ref('ref_desa') }} as ref_desa on lingkup.kode_desa = ref_desa.kode_desa
    where lingkup.tingkat in ('kecamatan', 'kabupaten')
),

wilayah as (
    select * from {{ ref('int_wilayah__kandidat') }}
),

gabungan as (
    select
        desa.tingkat,
        desa.kode_wilayah,
        desa.nama_wilayah,
        desa.nama_desa,
        indikator.arah,
        fakta.*,
        100 * (fakta.tidak_tahu + fakta.semesta_tidak_tahu)::double precision
        / nullif(fakta.penyebut + fakta.tidak_tahu + fakta.semesta_tidak_tahu, 0) as pct_tidak_tahu,
        indikator.memakai_desil and not wilayah.desil_sebanding as desil_tak_sebanding,
        -- Rank 1 is the most pressing: the highest of what is bad, the lowest of what is good.
        case indikator.arah when 'buruk' then fakta.batas_bawah else -fakta.batas_atas end as genting_bawah,
        case indikator.arah when 'buruk' then fakta.batas_atas else -fakta.batas_bawah end as genting_atas
    from fakta
    inner join indikator on fakta.kode_indikator = indikator.kode_indikator
    inner join desa on fakta.kode_desa = desa.kode_desa
    inner join wilayah
        on
            desa.tingkat = wilayah.tingkat
            and desa.kode_wilayah = wilayah.kode_wilayah
    where fakta.batas_bawah is not null
),

-- The bounds of all that are ranked among each other, in order, once: how many lie beyond one is then looked up.
kelompok as materialized (
    select
        tingkat,
        kode_wilayah,
        kode_indikator,
        count(*) as jumlah_desa,
        array_agg(genting_bawah order by genting_bawah) as semua_bawah,
        array_agg(-genting_atas order by -genting_atas) as semua_atas
    from gabungan
    group by tingkat, kode_wilayah, kode_indikator
),

dinilai as (
    select
        gabungan.*,
        kelompok.jumlah_desa,
        -- Certainly before me is who lies above my upper bound, certainly behind me who lies below my lower one.
        1 + kelompok.jumlah_desa - width_bucket(gabungan.genting_atas, kelompok.semua_bawah) as peringkat_terbaik,
        width_bucket(-gabungan.genting_bawah, kelompok.semua_atas)::bigint as peringkat_terburuk,
        case
            when gabungan.desil_tak_sebanding then 'Desil tidak dari satu skala yang diketahui.'
            when gabungan.pct_tidak_tahu > {{ var('batas_tanpa_peringkat') }}
                then 'Terlalu banyak jawaban yang tidak diketahui.'
        end as alasan_tanpa_peringkat
    from gabungan
    inner join kelompok
        on
            gabungan.tingkat = kelompok.tingkat
            and gabungan.kode_wilayah = kelompok.kode_wilayah
            and gabungan.kode_indikator = kelompok.kode_indikator
),

final as (
    select
        tingkat as lingkup,
        kode_wilayah as kode_lingkup,
        nama_wilayah as nama_lingkup,
        kode_desa,
        nama_desa,
        kode_indikator,
        arah,
        nilai,
        batas_bawah,
        batas_atas,
        pct_tidak_tahu,
        jumlah_desa,
        case when alasan_tanpa_peringkat is null then peringkat_terbaik end as peringkat_terbaik,
        case when alasan_tanpa_peringkat is null then peringkat_terburuk end as peringkat_terburuk,
        case when alasan_tanpa_peringkat is null and peringkat_terbaik = peringkat_terburuk then peringkat_terbaik end
            as peringkat,
        alasan_tanpa_peringkat,
        desil_skala,
        tanggal_acuan_min,
        tanggal_acuan_max,
        sumber,
        versi_definisi,
        versi
    from dinilai
)

select * from final
