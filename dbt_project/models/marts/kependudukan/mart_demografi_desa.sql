with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

terpilih as (
    select agregat.*
    from {{ ref('agg_demografi_desa') }} as agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
    where agregat.versi_definisi = '{{ versi_definisi() }}'
),

agregat as (
    select
        id_kiriman,
        kode_desa,
        versi_definisi,
        case
            when umur < 0 then 'tidak diketahui'
            when umur >= 75 then '75+'
            else lpad((umur / 5 * 5)::text, 2, '0') || '-' || lpad((umur / 5 * 5 + 4)::text, 2, '0')
        end as kelompok_umur,
        {{ label_jenis_kelamin('jenis_kelamin') }} as jenis_kelamin,
        sum(penduduk)::bigint as penduduk
    from terpilih
    group by 1, 2, 3, 4, 5
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        agregat.kelompok_umur,
        agregat.jenis_kelamin,
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
