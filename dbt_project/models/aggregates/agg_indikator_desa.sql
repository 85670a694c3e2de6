-- The last of the aggregates: where a village has its rows here, it has all the others too.
-- depends_on: {{ ref('agg_bantuan_desa') }}
-- depends_on: {{ ref('agg_daftar_desa') }}
-- depends_on: {{ ref('agg_demografi_desa') }}
-- depends_on: {{ ref('agg_indikator_desa_kelompok') }}
-- depends_on: {{ ref('agg_indikator_sls') }}
-- depends_on: {{ ref('agg_kemiskinan_desa') }}
-- depends_on: {{ ref('agg_kekurangan_desa') }}
-- depends_on: {{ ref('agg_ketenagakerjaan_desa') }}
-- depends_on: {{ ref('agg_pendidikan_desa') }}
-- depends_on: {{ ref('agg_perubahan_desa') }}
-- depends_on: {{ ref('agg_perubahan_perumahan_desa') }}
-- depends_on: {{ ref('agg_rtlh_desa') }}
-- depends_on: {{ ref('agg_temuan_desa') }}
with

desa as (
    select
        id_kiriman,
        kode_desa
    from {{ ref('stg_regsosek__kiriman_desa') }}
    where
        id_kiriman = any({{ kiriman_baru() }})
        and keadaan = 'diterima'
),

indikator as (
    select
        kode_indikator,
        jenis
    from {{ ref('ref_indikator') }}
),

sls as (
    select * from {{ ref('agg_indikator_sls') }}
    where
        id_kiriman = any({{ kiriman_baru() }})
        and versi_definisi = '{{ versi_definisi() }}'
),

jumlah as (
    select
        id_kiriman,
        kode_desa,
        kode_indikator,
        sum(pembilang) as pembilang,
        sum(penyebut) as penyebut,
        sum(tidak_tahu) as tidak_tahu,
        sum(semesta_tidak_tahu) as semesta_tidak_tahu
    from sls
    group by id_kiriman, kode_desa, kode_indikator
),

final as (
    select
        desa.id_kiriman,
        desa.kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        indikator.kode_indikator,
        coalesce(jumlah.pembilang, 0)::bigint as pembilang,
        case when indikator.jenis <> 'jumlah' then coalesce(jumlah.penyebut, 0)::bigint end as penyebut,
        coalesce(jumlah.tidak_tahu, 0)::bigint as tidak_tahu,
        coalesce(jumlah.semesta_tidak_tahu, 0)::bigint as semesta_tidak_tahu
    from desa
    cross join indikator
    left join jumlah
        on
            desa.id_kiriman = jumlah.id_kiriman
            and desa.kode_desa = jumlah.kode_desa
            and indikator.kode_indikator = jumlah.kode_indikator
    {% if is_incremental() %}
        where {{ belum_ada(this, 'desa') }}
    {% endif %}
)

select * from final
