-- depends_on: {{ ref('ref_indikator') }}
-- depends_on: {{ ref('ref_indikator_kelompok') }}
with

anggota as (
    select * from {{ ref('int_anggota__indikator') }}
),

penduduk as (
    select * from {{ ref('int_anggota__menurut_keluarga') }}
),

berkelompok as (
    select
        anggota.*,
        case when penduduk.kepala = 1 then penduduk.jenis_kelamin_kepala end as jenis_kelamin_kepala
    from anggota
    left join penduduk
        on
            anggota.id_kiriman = penduduk.id_kiriman
            and anggota.kode_desa = penduduk.kode_desa
            and anggota.baris_keluarga = penduduk.baris_keluarga
),

{{ jumlah_menurut_kelompok(
    'berkelompok',
    {
        'desil': label_desil('desil'),
        'jenis_kelamin_kepala': label_jenis_kelamin('jenis_kelamin_kepala'),
        'kelompok_umur': 'kelompok_umur',
    },
    indikator('int_anggota__indikator', berkelompok=true)
) }}

select * from final
