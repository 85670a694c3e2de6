{{ config(post_hook="analyze {{ this }} (id_kiriman, kode_desa, baris_keluarga, kepala, jenis_kelamin_kepala)") }}

with

anggota as (
    select * from {{ ref('int_anggota__indikator') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        baris_keluarga,
        count(*)::smallint as penduduk,
        count(*) filter (where pct_pbi_jkn = 1)::smallint as penerima_pbi_jkn,
        count(*) filter (where pct_pbi_jkn = -1)::smallint as pbi_jkn_tidak_tahu,

        ---------- the head, and the age of somebody who lives alone
        count(*) filter (where kepala)::smallint as kepala,
        min(r405) filter (where kepala) as jenis_kelamin_kepala,
        min(r407) as umur_termuda,

        ---------- any resident, three-valued
        {{ ada('punya_usaha') }} as punya_usaha,
        {{ ada('berkomponen_pkh') }} as berkomponen_pkh,

        ---------- deprivations 1 to 4 of the multidimensional index, three-valued
        {{ ada('sakit_tanpa_pengasuh') }} as ada_sakit_tanpa_pengasuh,
        {{ ada('tanpa_jaminan') }} as ada_tanpa_jaminan,
        coalesce(bool_or(r407 >= 13), false) and not {{ ada('berijazah') }} as tanpa_ijazah,
        {{ ada('tidak_sekolah') }} as ada_tidak_sekolah
    from anggota
    group by id_kiriman, kode_desa, baris_keluarga
)

select * from final
