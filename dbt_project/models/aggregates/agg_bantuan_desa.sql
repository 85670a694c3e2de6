-- Families by decile and by the programmes they receive; 0 stands for a decile that is not known.
with

keluarga as (
    select * from {{ ref('int_keluarga__indikator') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        coalesce(desil, 0)::smallint as desil,
        pct_bpnt as bpnt,
        pct_pkh as pkh,
        pct_blt_desa as blt_desa,
        pct_bantuan_pemda as bantuan_pemda,
        count(*) as keluarga,
        sum(penduduk)::bigint as penduduk,
        sum(penerima_pbi_jkn)::bigint as penerima_pbi_jkn,
        sum(pbi_jkn_tidak_tahu)::bigint as pbi_jkn_tidak_tahu
    from keluarga
    {% if is_incremental() %}
        where {{ belum_ada(this, 'keluarga') }}
    {% endif %}
    group by id_kiriman, kode_desa, desil, pct_bpnt, pct_pkh, pct_blt_desa, pct_bantuan_pemda
)

select * from final
