with

fakta as (
    select * from {{ ref('fct_indikator_desa') }}
),

kandidat as (
    select * from {{ ref('stg_regsosek__kandidat_desa') }}
),

desa as (
    select * from {{ ref('dim_wilayah') }}
),

lebar as (
    select
        kode_desa,
        {%- for x in indikator() %}
        {% set kolom = "min(nilai) filter (where kode_indikator = '" ~ x.kode_indikator ~ "')" -%}
        {{ kolom ~ '::bigint' if x.jenis == 'jumlah' else kolom }} as {{ x.kode_indikator }},
        {%- endfor %}
        min(versi_definisi) as versi_definisi
    from fakta
    group by kode_desa
),

final as (
    select
        desa.kode_desa,
        desa.nama_desa,
        desa.kode_kecamatan,
        desa.nama_kecamatan,
        desa.desa_cantik,
        {%- for x in indikator() %}
        lebar.{{ x.kode_indikator }},
        {%- endfor %}
        kandidat.desil_skala,
        kandidat.desil_model,
        kandidat.desil_cut_off,
        kandidat.tanggal_acuan as tanggal_acuan_min,
        kandidat.tanggal_acuan as tanggal_acuan_max,
        kandidat.sumber,
        lebar.versi_definisi,
        kandidat.versi
    from lebar
    inner join desa on lebar.kode_desa = desa.kode_desa
    inner join kandidat on lebar.kode_desa = kandidat.kode_desa
)

select * from final
