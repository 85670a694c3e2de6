with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

terpilih as (
    select agregat.*
    from {{ ref('agg_pendidikan_desa') }} as agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
    where agregat.versi_definisi = '{{ versi_definisi() }}'
),

agregat as (
    select
        terpilih.id_kiriman,
        terpilih.kode_desa,
        terpilih.versi_definisi,
        terpilih.kelompok_umur,
        {{ label_jenis_kelamin('terpilih.jenis_kelamin') }} as jenis_kelamin,
        case terpilih.partisipasi
            when 1 then 'belum pernah' when 2 then 'masih sekolah' when 3 then 'tidak lagi' else 'tidak diketahui'
        end as partisipasi,
        coalesce(ijazah.jenjang, 'tidak diketahui') as ijazah,
        sum(terpilih.penduduk)::bigint as penduduk
    from terpilih
    left join {{ ref('ref_ijazah') }} as ijazah on terpilih.ijazah = ijazah.kode_ijazah
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        agregat.kelompok_umur,
        agregat.jenis_kelamin,
        agregat.partisipasi,
        agregat.ijazah,
        agregat.penduduk,
        kandidat.tanggal_acuan_min,
        kandidat.tanggal_acuan_max,
        kandidat.sumber,
        agregat.versi_definisi,
        kandidat.versi
    from agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
)

select * from final
