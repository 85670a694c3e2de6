with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

terpilih as (
    select agregat.*
    from {{ ref('agg_bantuan_desa') }} as agregat
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
        desil,
        sum(keluarga)::bigint as keluarga,
        sum(penduduk)::bigint as penduduk
    from terpilih
    group by 1, 2, 3, 4
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        agregat.desil,
        agregat.keluarga,
        agregat.penduduk,
        kandidat.desil_skala,
        kandidat.desil_model,
        kandidat.desil_cut_off,
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
