with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

terpilih as (
    select agregat.*
    from {{ ref('agg_rtlh_desa') }} as agregat
    inner join kandidat
        on
            agregat.id_kiriman = kandidat.id_kiriman
            and agregat.kode_desa = kandidat.kode_desa
    where agregat.versi_definisi = '{{ versi_definisi() }}'
),

agregat as (
    select
        *,
        (hunian_sempit = 1)::int
        + (bangunan_tidak_layak = 1)::int
        + (sanitasi_tidak_layak = 1)::int
        + (air_tidak_layak = 1)::int as komponen_pasti,
        (hunian_sempit = -1)::int
        + (bangunan_tidak_layak = -1)::int
        + (sanitasi_tidak_layak = -1)::int
        + (air_tidak_layak = -1)::int as komponen_tidak_tahu
    from terpilih
),

final as (
    select
        kandidat.kode_desa,
        kandidat.nama_desa,
        {{ label_ya_tidak('agregat.hunian_sempit') }} as hunian_sempit,
        {{ label_ya_tidak('agregat.bangunan_tidak_layak') }} as bangunan_tidak_layak,
        {{ label_ya_tidak('agregat.sanitasi_tidak_layak') }} as sanitasi_tidak_layak,
        {{ label_ya_tidak('agregat.air_tidak_layak') }} as air_tidak_layak,
        agregat.komponen_pasti::smallint as komponen_pasti,
        agregat.komponen_tidak_tahu::smallint as komponen_tidak_tahu,
        agregat.keluarga,
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
