with

keluarga as (
    select * from {{ source('registri', 'keluarga') }}
),

kiriman as (
    select * from {{ ref('stg_regsosek__kiriman') }}
),

desa_ditolak as (
    select
        id_kiriman,
        kode_desa
    from {{ ref('stg_regsosek__kiriman_desa') }}
    where keadaan = 'ditolak'
),

final as (
    select
        keluarga.id_kiriman,
        keluarga.baris,
        keluarga.kode_desa,
        keluarga.kode_sls,
        keluarga.kode_sub_sls,
        keluarga.kk,
        kiriman.versi,
        keluarga.r109,
        keluarga.r110,
        keluarga.r111,
        keluarga.r112,
        keluarga.r115,
        keluarga.r205,
        keluarga.r301a,
        keluarga.r301b,
        keluarga.r302,
        keluarga.r303,
        keluarga.r304,
        keluarga.r305,
        keluarga.r306a,
        keluarga.r306b,
        keluarga.r307a,
        keluarga.r307b1,
        keluarga.r307b2,
        keluarga.r307b3,
        keluarga.r308,
        keluarga.r309a,
        keluarga.r309b,
        keluarga.r310,
        keluarga.r501a,
        keluarga.r501a_bln,
        keluarga.r501a_thn,
        keluarga.r501b,
        keluarga.r501b_bln,
        keluarga.r501b_thn,
        keluarga.r501c,
        keluarga.r501c_bln,
        keluarga.r501c_thn,
        keluarga.r501d,
        keluarga.r501d_bln,
        keluarga.r501d_thn,
        keluarga.r501e,
        keluarga.r501e_bln,
        keluarga.r501e_thn,
        case when kiriman.versi = 'final' then keluarga.r501f end as r501f,
        keluarga.r501f_bln,
        keluarga.r501f_thn,
        case when kiriman.versi = 'final' then keluarga.r501g end as r501g,
        keluarga.r501g_bln,
        keluarga.r501g_thn,
        keluarga.r502a,
        keluarga.r502b,
        keluarga.r502c,
        keluarga.r502d,
        keluarga.r502e,
        keluarga.r502f,
        keluarga.r502g,
        keluarga.r502h,
        keluarga.r502i,
        keluarga.r502j,
        keluarga.r502k,
        keluarga.r502l,
        keluarga.r502m,
        keluarga.r502n,
        keluarga.r503a,
        keluarga.r503b,
        keluarga.r504a,
        keluarga.r504b,
        keluarga.r504c,
        keluarga.r504d,
        keluarga.r504e,
        keluarga.r505,
        keluarga.r506,
        keluarga.desil
    from keluarga
    inner join kiriman on keluarga.id_kiriman = kiriman.id_kiriman
    where
        keluarga.alasan_tolak is null
        and (keluarga.id_kiriman, keluarga.kode_desa) not in (
            select
                desa_ditolak.id_kiriman,
                desa_ditolak.kode_desa
            from desa_ditolak
        )
)

select * from final
