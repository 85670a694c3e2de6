with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

agregat as (
    select * from {{ ref('agg_perubahan_perumahan_desa') }}
    where versi_definisi = '{{ versi_definisi() }}'
),

kiriman as (
    select * from {{ ref('stg_regsosek__kiriman') }}
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        agregat.item,
        agregat.berubah,
        agregat.tetap,
        agregat.terisi,
        agregat.dikosongkan,
        kandidat.tanggal_acuan_min,
        kandidat.tanggal_acuan_max,
        kandidat.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        kandidat.versi
    from kandidat
    inner join agregat
        on
            kandidat.id_kiriman = agregat.id_kiriman
            and kandidat.kode_desa = agregat.kode_desa
    inner join kiriman as sebelumnya on agregat.id_kiriman_sebelumnya = sebelumnya.id_kiriman
    -- The delivery before may have become another edition of itself since.
    inner join kiriman as pembanding
        on
            kandidat.id_kiriman_sebelumnya = pembanding.id_kiriman
            and sebelumnya.id_asal = pembanding.id_asal
)

select * from final
