with

kandidat as (
    select * from {{ ref('stg_regsosek__kandidat_desa') }}
),

desa as (
    select * from {{ ref('ref_desa') }}
),

agregat as (
    select
        agregat.id_kiriman,
        agregat.kode_desa,
        agregat.versi_definisi,
        agregat.kelompok_umur,
        {{ label_jenis_kelamin('agregat.jenis_kelamin') }} as jenis_kelamin,
        case agregat.partisipasi
            when 1 then 'belum pernah' when 2 then 'masih sekolah' when 3 then 'tidak lagi' else 'tidak diketahui'
        end as partisipasi,
        coalesce(ijazah.jenjang, 'tidak diketahui') as ijazah,
        sum(agregat.penduduk)::bigint as penduduk
    from {{ ref('agg_pendidikan_desa') }} as agregat
    left join {{ ref('ref_ijazah') }} as ijazah on agregat.ijazah = ijazah.kode_ijazah
    where agregat.versi_definisi = '{{ versi_definisi() }}'
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    select
        desa.kode_desa,
        desa.nama_desa,
        agregat.kelompok_umur,
        agregat.jenis_kelamin,
        agregat.partisipasi,
        agregat.ijazah,
        agregat.penduduk,
        kandidat.tanggal_acuan as tanggal_acuan_min,
        kandidat.tanggal_acuan as tanggal_acuan_max,
        kandidat.sumber,
        agregat.versi_definisi,
        kandidat.versi
    from agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
    inner join desa on agregat.kode_desa = desa.kode_desa
)

select * from final
