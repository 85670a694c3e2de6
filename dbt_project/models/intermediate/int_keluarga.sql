{{ config(materialized='view') }}

with

keluarga as (
    select * from {{ ref('stg_regsosek__keluarga') }}
    where (r205 in (3, 4, 5)) is not true
),

penduduk as (
    select * from {{ ref('int_anggota__menurut_keluarga') }}
),

desa as (
    select * from {{ ref('ref_desa') }}
),

dihuni as (
    select
        keluarga.*,
        penduduk.penduduk,
        penduduk.penerima_pbi_jkn,
        penduduk.pbi_jkn_tidak_tahu,
        penduduk.kepala,
        penduduk.jenis_kelamin_kepala,
        penduduk.umur_termuda,
        penduduk.punya_usaha,
        penduduk.berkomponen_pkh,
        penduduk.ada_sakit_tanpa_pengasuh,
        penduduk.ada_tanpa_jaminan,
        penduduk.tanpa_ijazah,
        penduduk.ada_tidak_sekolah,

        ---------- what a decent dwelling is judged by, three-valued: null where it is not known
        100 * keluarga.r302 < {{ var('luas_per_jiwa_dm2') }} * penduduk.penduduk as hunian_sempit,
        keluarga.r303 in (7, 8, 9) as lantai_tidak_layak,
        keluarga.r304 not in ({{ var('dinding_layak') | join(', ') }}) as dinding_tidak_layak,
        keluarga.r305 not in ({{ var('atap_layak') | join(', ') }}) as atap_tidak_layak,
        case
            when keluarga.r309a not in (1, 2, 3) then false
            when keluarga.r309a is null or keluarga.r309b is null then null
            when keluarga.r309b <> 1 then false
            when keluarga.r310 = 4 then desa.klas = 2
            else keluarga.r310 in (1, 2)
        end as sanitasi_layak,
        case
            when keluarga.r309a not in (1, 2, 3) then false
            when keluarga.r309a is null or keluarga.r309b is null then null
            when keluarga.r309b <> 1 then false
            else keluarga.r310 in (1, 2)
        end as sanitasi_layak_ketat,
        case when keluarga.r306a not in (1, 2) then keluarga.r306a in (3, 4, 5, 7, 10) end as air_minum_layak,
        keluarga.r306a in (1, 2, 3, 4, 5, 7, 10) as air_minum_layak_jmp,
        -- A car is one asset too many, so it counts twice. Null if one of the seven is, as a sum is.
        2 * (keluarga.r502k = 1)::int
        + (keluarga.r502b = 1)::int
        + (keluarga.r502f = 1)::int
        + (keluarga.r502h = 1)::int
        + (keluarga.r502i = 1)::int
        + (keluarga.r502j = 1)::int
        + (keluarga.r502n = 1)::int <= 1 as miskin_aset
    from keluarga
    inner join penduduk
        on
            keluarga.id_kiriman = penduduk.id_kiriman
            and keluarga.kode_desa = penduduk.kode_desa
            and keluarga.baris = penduduk.baris_keluarga
    left join desa on keluarga.kode_desa = desa.kode_desa
),

final as (
    select
        *,
        lantai_tidak_layak or dinding_tidak_layak or atap_tidak_layak as bangunan_tidak_layak,
        not sanitasi_layak as sanitasi_tidak_layak,
        not {{ 'air_minum_layak_jmp' if var('air_kemasan_layak') else 'air_minum_layak' }} as air_tidak_layak
    from dihuni
)

select * from final
