with

desa as (
    select * from {{ ref('ref_desa') }}
),

kandidat as (
    select * from {{ ref('stg_regsosek__kandidat_desa') }}
),

kiriman_desa as (
    select * from {{ ref('stg_regsosek__kiriman_desa') }}
),

penolakan as (
    select distinct on (kiriman_desa.kode_desa)
        kiriman_desa.kode_desa,
        kiriman_desa.aturan,
        kiriman.diterima_pada
    from kiriman_desa
    inner join {{ ref('stg_regsosek__kiriman') }} as kiriman on kiriman_desa.id_kiriman = kiriman.id_kiriman
    where kiriman_desa.keadaan = 'ditolak'
    order by kiriman_desa.kode_desa asc, kiriman_desa.id_kiriman desc
),

temuan as (
    select
        temuan.id_kiriman,
        temuan.kode_desa,
        sum(temuan.jumlah) filter (where aturan.keparahan = 'kosongkan') as isian_dikosongkan,
        sum(temuan.jumlah) filter (where aturan.keparahan = 'peringatan') as peringatan,
        sum(temuan.jumlah) filter (where temuan.aturan = 'nik_ganda') as nik_ganda,
        sum(temuan.jumlah) filter (where temuan.aturan = 'kk_ganda') as kk_ganda,
        sum(temuan.jumlah) filter (where temuan.aturan = 'kepala_tidak_ada') as keluarga_tanpa_kepala,
        sum(temuan.jumlah) filter (where temuan.aturan = 'kepala_ganda') as keluarga_kepala_ganda
    from {{ ref('agg_temuan_desa') }} as temuan
    inner join {{ source('ops', 'aturan') }} as aturan on temuan.aturan = aturan.aturan
    group by temuan.id_kiriman, temuan.kode_desa
),

jawaban as (
    select
        kode_desa,
        sum(tidak_tahu + semesta_tidak_tahu) as jawaban_tidak_tahu,
        sum(penyebut + tidak_tahu + semesta_tidak_tahu) as jawaban_dibutuhkan
    from {{ ref('fct_indikator_desa') }}
    where batas_bawah is not null
    group by kode_desa
),

dipakai as (
    select
        kandidat.kode_desa,
        kandidat.diterima_pada,
        kandidat.tanggal_acuan,
        kandidat.sumber,
        kandidat.versi,
        kiriman_desa.keluarga_diterima + kiriman_desa.keluarga_ditolak as keluarga_dikirim,
        kiriman_desa.keluarga_ditolak,
        kiriman_desa.keluarga_tanpa_penduduk,
        kiriman_desa.anggota_diterima + kiriman_desa.anggota_ditolak as anggota_dikirim,
        kiriman_desa.anggota_ditolak,
        coalesce(temuan.keluarga_tanpa_kepala, 0)::bigint as keluarga_tanpa_kepala,
        coalesce(temuan.keluarga_kepala_ganda, 0)::bigint as keluarga_kepala_ganda,
        coalesce(temuan.kk_ganda, 0)::bigint as kk_ganda,
        coalesce(temuan.nik_ganda, 0)::bigint as nik_ganda,
        coalesce(temuan.isian_dikosongkan, 0)::bigint as isian_dikosongkan,
        coalesce(temuan.peringatan, 0)::bigint as peringatan,
        jawaban.jawaban_dibutuhkan::bigint as jawaban_dibutuhkan,
        jawaban.jawaban_tidak_tahu::bigint as jawaban_tidak_tahu
    from kandidat
    inner join kiriman_desa
        on
            kandidat.id_kiriman = kiriman_desa.id_kiriman
            and kandidat.kode_desa = kiriman_desa.kode_desa
    left join temuan
        on
            kandidat.id_kiriman = temuan.id_kiriman
            and kandidat.kode_desa = temuan.kode_desa
    left join jawaban on kandidat.kode_desa = jawaban.kode_desa
),

final as (
    select
        desa.kode_desa,
        desa.nama_desa,
        desa.kode_kecamatan,
        desa.nama_kecamatan,
        case
            when dipakai.kode_desa is not null then 'dipakai'
            when penolakan.kode_desa is not null then 'ditolak'
            else 'belum ada kiriman'
        end as keadaan,
        dipakai.diterima_pada,
        dipakai.keluarga_dikirim,
        dipakai.keluarga_ditolak,
        dipakai.keluarga_tanpa_penduduk,
        dipakai.anggota_dikirim,
        dipakai.anggota_ditolak,
        dipakai.keluarga_tanpa_kepala,
        dipakai.keluarga_kepala_ganda,
        dipakai.kk_ganda,
        dipakai.nik_ganda,
        dipakai.isian_dikosongkan,
        dipakai.peringatan,
        dipakai.jawaban_dibutuhkan,
        dipakai.jawaban_tidak_tahu,
        100 * dipakai.jawaban_tidak_tahu::double precision / nullif(dipakai.jawaban_dibutuhkan, 0)
            as pct_jawaban_tidak_tahu,
        penolakan.diterima_pada as ditolak_pada,
        penolakan.aturan as ditolak_karena,
        dipakai.tanggal_acuan as tanggal_acuan_min,
        dipakai.tanggal_acuan as tanggal_acuan_max,
        dipakai.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        dipakai.versi
    from desa
    left join dipakai on desa.kode_desa = dipakai.kode_desa
    left join penolakan
        on
            desa.kode_desa = penolakan.kode_desa
            and penolakan.diterima_pada > coalesce(dipakai.diterima_pada, '-infinity')
)

select * from final
