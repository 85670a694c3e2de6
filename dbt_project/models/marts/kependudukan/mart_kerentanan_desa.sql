with

fakta as (
    select * from {{ ref('fct_indikator_desa') }}
),

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

umur as (
    select
        agregat.kode_desa,
        sum(agregat.hamil) as hamil,
        sum(agregat.hamil_tidak_tahu) as hamil_tidak_tahu,
        coalesce(sum(agregat.penduduk) filter (where agregat.umur between 0 and 1), 0) as baduta,
        coalesce(sum(agregat.penduduk) filter (where agregat.umur < 0), 0) as umur_tidak_tahu
    from {{ ref('agg_demografi_desa') }} as agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
    where agregat.versi_definisi = '{{ versi_definisi() }}'
    group by agregat.kode_desa
),

jumlah as (
    select
        kode_desa,
        kode_indikator,
        versi_definisi,
        pembilang,
        tidak_tahu + semesta_tidak_tahu as tidak_tahu
    from fakta
),

lebar as (
    select
        kode_desa,
        max(pembilang) filter (where kode_indikator = 'pct_keluarga_lansia_tunggal') as keluarga_lansia_tunggal,
        max(tidak_tahu) filter (where kode_indikator = 'pct_keluarga_lansia_tunggal')
            as keluarga_lansia_tunggal_tidak_tahu,
        max(pembilang) filter (where kode_indikator = 'pct_kepala_keluarga_perempuan')
            as keluarga_kepala_perempuan,
        max(tidak_tahu) filter (where kode_indikator = 'pct_kepala_keluarga_perempuan')
            as keluarga_kepala_perempuan_tidak_tahu,
        max(pembilang) filter (where kode_indikator = 'pct_disabilitas') as penduduk_disabilitas,
        max(tidak_tahu) filter (where kode_indikator = 'pct_disabilitas') as penduduk_disabilitas_tidak_tahu,
        max(pembilang) filter (where kode_indikator = 'pct_balita') as balita,
        max(tidak_tahu) filter (where kode_indikator = 'pct_balita') as balita_tidak_tahu,
        max(pembilang) filter (where kode_indikator = 'pct_ats_7_18') as anak_tidak_sekolah,
        max(tidak_tahu) filter (where kode_indikator = 'pct_ats_7_18') as anak_tidak_sekolah_tidak_tahu,
        max(pembilang) filter (where kode_indikator = 'pct_anak_bekerja_5_14') as anak_bekerja,
        max(tidak_tahu) filter (where kode_indikator = 'pct_anak_bekerja_5_14') as anak_bekerja_tidak_tahu,
        min(versi_definisi) as versi_definisi
    from jumlah
    group by kode_desa
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        lebar.keluarga_lansia_tunggal,
        lebar.keluarga_lansia_tunggal_tidak_tahu,
        lebar.keluarga_kepala_perempuan,
        lebar.keluarga_kepala_perempuan_tidak_tahu,
        lebar.penduduk_disabilitas,
        lebar.penduduk_disabilitas_tidak_tahu,
        lebar.balita,
        lebar.balita_tidak_tahu,
        lebar.anak_tidak_sekolah,
        lebar.anak_tidak_sekolah_tidak_tahu,
        lebar.anak_bekerja,
        lebar.anak_bekerja_tidak_tahu,
        coalesce(umur.hamil, 0)::bigint as ibu_hamil,
        coalesce(umur.hamil_tidak_tahu, 0)::bigint as ibu_hamil_tidak_tahu,
        coalesce(umur.baduta, 0)::bigint as baduta,
        coalesce(umur.umur_tidak_tahu, 0)::bigint as baduta_tidak_tahu,
        kandidat.tanggal_acuan_min,
        kandidat.tanggal_acuan_max,
        kandidat.sumber,
        lebar.versi_definisi,
        kandidat.versi
    from lebar
    inner join kandidat on lebar.kode_desa = kandidat.kode_desa
    left join umur on lebar.kode_desa = umur.kode_desa
)

select * from final
