-- By what the families of a delivery and of the one before it can be recognised: the KK, or else where they live and
-- their head, as a hash: what is compared need not be read. A key that two families of a village share recognises
-- neither.
with

pasangan as (
    select
        kode_desa,
        id_kiriman,
        id_kiriman_sebelumnya
    from {{ ref('stg_regsosek__kandidat_desa') }}
    where
        id_kiriman = any({{ kiriman_baru() }})
        and id_kiriman_sebelumnya is not null
),

terlibat as (
    select
        id_kiriman,
        kode_desa
    from pasangan
    union
    select
        id_kiriman_sebelumnya as id_kiriman,
        kode_desa
    from pasangan
),

keluarga as (
    select * from {{ ref('stg_regsosek__keluarga') }}
    where (r205 in (3, 4, 5)) is not true
),

anggota as (
    select * from {{ ref('stg_regsosek__anggota') }}
    where r409 = 1
),

kepala as (
    select
        anggota.id_kiriman,
        anggota.kode_desa,
        anggota.baris_keluarga,
        min(
            anggota.r405 || '.' || anggota.r406tgl || '.' || anggota.r406bln || '.' || anggota.r406thn
        ) as ciri_kepala
    from anggota
    inner join terlibat
        on
            anggota.id_kiriman = terlibat.id_kiriman
            and anggota.kode_desa = terlibat.kode_desa
    group by anggota.id_kiriman, anggota.kode_desa, anggota.baris_keluarga
    having count(*) = 1
),

kunci as (
    select
        keluarga.*,
        md5(
            keluarga.kode_sls || keluarga.kode_sub_sls || '.' || keluarga.r109 || '.' || keluarga.r110
            || '.' || kepala.ciri_kepala
        )::uuid as alamat
    from keluarga
    inner join terlibat
        on
            keluarga.id_kiriman = terlibat.id_kiriman
            and keluarga.kode_desa = terlibat.kode_desa
    left join kepala
        on
            keluarga.id_kiriman = kepala.id_kiriman
            and keluarga.kode_desa = kepala.kode_desa
            and keluarga.baris = kepala.baris_keluarga
),

final as (
    select
        id_kiriman,
        kode_desa,
        baris,
        case when count(*) over (partition by id_kiriman, kode_desa, kk) = 1 then kk end as kk,
        case when count(*) over (partition by id_kiriman, kode_desa, alamat) = 1 then alamat end as alamat,
        desil,
        {{ item_perumahan() | join(',\n        ') }}
    from kunci
)

select * from final
