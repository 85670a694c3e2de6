with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

-- Both versions of the form have the same codes of 417 and 418.
label as (
    select
        item,
        kode::smallint as kode,
        label
    from {{ ref('ref_kode') }}
    where item in ('r417', 'r418') and versi = 'final'
),

terpilih as (
    select agregat.*
    from {{ ref('agg_ketenagakerjaan_desa') }} as agregat
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
        {{ label_jenis_kelamin('terpilih.jenis_kelamin') }} as jenis_kelamin,
        case terpilih.bekerja when 1 then 'bekerja' when 2 then 'tidak bekerja' else 'tidak diketahui' end as kegiatan,
        case when terpilih.bekerja = 1 then coalesce(status.label, 'tidak diketahui') else 'tidak berlaku' end
            as status_pekerjaan,
        case when terpilih.bekerja = 1 then coalesce(lapangan.label, 'tidak diketahui') else 'tidak berlaku' end
            as lapangan_usaha,
        sum(terpilih.penduduk)::bigint as penduduk
    from terpilih
    left join label as status
        on
            status.item = 'r418'
            and terpilih.status_pekerjaan = status.kode
    left join label as lapangan
        on
            lapangan.item = 'r417'
            and terpilih.lapangan_usaha = lapangan.kode
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        agregat.jenis_kelamin,
        agregat.kegiatan,
        agregat.status_pekerjaan,
        agregat.lapangan_usaha,
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
