-- depends_on: {{ ref('ref_indikator_kelompok') }}
with

keluarga as (
    select * from {{ ref('int_keluarga__kemiskinan_multidimensi') }}
),

pengelompokan as (
    select distinct pengelompokan from {{ ref('ref_indikator_kelompok') }}
    where kode_indikator in ('ikm_h', 'ikm_a', 'ikm_m0')
),

-- A few groups of ten patterns each: every family once per grouping.
berkelompok as (
    select
        keluarga.id_kiriman,
        keluarga.kode_desa,
        pengelompokan.pengelompokan,
        case pengelompokan.pengelompokan
            when 'desil' then {{ label_desil('keluarga.desil') }}
            when 'jenis_kelamin_kepala' then {{ label_jenis_kelamin('keluarga.jenis_kelamin_kepala') }}
        end as kelompok,
        keluarga.penduduk,
        keluarga.miskin,
        keluarga.skor_pasti
    from keluarga
    cross join pengelompokan
),

{{ kemiskinan_menurut('berkelompok', ['id_kiriman', 'kode_desa', 'pengelompokan', 'kelompok']) }}

select * from final
