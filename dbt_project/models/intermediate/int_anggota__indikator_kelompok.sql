-- depends_on: {{ ref('ref_indikator') }}
-- depends_on: {{ ref('ref_indikator_kelompok') }}
with

anggota as (
    select * from {{ ref('int_anggota__indikator') }}
),

keluarga as (
    select * from {{ ref('stg_regsosek__keluarga') }}
    where id_kiriman = any({{ kiriman_baru() }})
),

penduduk as (
    select * from {{ ref('int_anggota__menurut_keluarga') }}
),

berkelompok as (
    select
        anggota.*,
        {{ label_desil('keluarga.desil') }} as menurut_desil,
        {{ label_jenis_kelamin('case when penduduk.kepala = 1 then penduduk.jenis_kelamin_kepala end') }}
            as menurut_kepala,
        {{ label_kelompok_umur('anggota.r407') }} as menurut_umur
    from anggota
    left join keluarga
        on
            anggota.id_kiriman = keluarga.id_kiriman
            and anggota.kode_desa = keluarga.kode_desa
            and anggota.baris_keluarga = keluarga.baris
    left join penduduk
        on
            anggota.id_kiriman = penduduk.id_kiriman
            and anggota.kode_desa = penduduk.kode_desa
            and anggota.baris_keluarga = penduduk.baris_keluarga
),

{{ jumlah_menurut_kelompok(
    'int_anggota__indikator',
    'berkelompok',
    {'desil': 'menurut_desil', 'jenis_kelamin_kepala': 'menurut_kepala', 'kelompok_umur': 'menurut_umur'}
) }}

select * from final
