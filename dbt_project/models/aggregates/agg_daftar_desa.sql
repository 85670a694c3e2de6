-- Which records are on which list of families: no identities here, whoever may see those joins them with `raw`.
{% set daftar_keluarga = {
    'desil_1_2_tanpa_bantuan':
        'pct_desil_1_2 = 1 and pct_bpnt = 0 and pct_pkh = 0 and pct_blt_desa = 0 and pct_bantuan_pemda = 0',
    'rtlh': 'pct_rtlh = 1',
} -%}
{%- set daftar_anggota = {
    'anak_tidak_sekolah': 'anggota.pct_ats_7_18 = 1',
    'lansia_tunggal': 'keluarga.pct_keluarga_lansia_tunggal = 1',
} -%}
-- Not materialized: each is read twice, and a copy of millions of rows costs more than a second look.
with

keluarga as not materialized (
    select * from {{ ref('int_keluarga__indikator') }}
),

anggota as not materialized (
    select * from {{ ref('int_anggota__indikator') }}
),

terdaftar as (
    {% for daftar, syarat in daftar_keluarga.items() %}
        select
            id_kiriman,
            kode_desa,
            '{{ daftar }}' as daftar,
            baris as baris_keluarga,
            0 as baris_anggota,
            null::smallint as umur,
            desil,
            penduduk,
            concat_ws(
                ', ',
                case when pct_hunian_sempit = 1 then 'hunian sempit' end,
                case when bangunan_tidak_layak = 1 then 'bangunan tidak layak' end,
                case when sanitasi_tidak_layak = 1 then 'sanitasi tidak layak' end,
                case when air_tidak_layak = 1 then 'air minum tidak layak' end
            ) as keterangan
        from keluarga
        where {{ syarat }}
        union all
    {% endfor %}
    {% for daftar, syarat in daftar_anggota.items() %}
        select
            anggota.id_kiriman,
            anggota.kode_desa,
            '{{ daftar }}' as daftar,
            anggota.baris_keluarga,
            anggota.baris as baris_anggota,
            anggota.r407 as umur,
            keluarga.desil,
            keluarga.penduduk,
            concat_ws(
                ', ',
                case when anggota.pct_belum_pernah_sekolah_7_18 = 1 then 'belum pernah sekolah' end,
                case when anggota.pct_putus_sekolah_7_18 = 1 then 'putus sekolah' end,
                case when anggota.pct_disabilitas = 1 then 'disabilitas' end
            ) as keterangan
        from anggota
        inner join keluarga
            on
                anggota.id_kiriman = keluarga.id_kiriman
                and anggota.kode_desa = keluarga.kode_desa
                and anggota.baris_keluarga = keluarga.baris
        where {{ syarat }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        daftar,
        baris_keluarga,
        baris_anggota,
        umur,
        desil,
        penduduk,
        keterangan
    from terdaftar
    {% if is_incremental() %}
        where {{ belum_ada(this, 'terdaftar') }}
    {% endif %}
)

select * from final
