-- Every family of a delivery beside the same family of the delivery before it; one side is null where there is none.
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

kunci as (
    select * from {{ ref('int_keluarga__kunci_padanan') }}
),

sekarang as (
    select
        pasangan.id_kiriman_sebelumnya,
        kunci.*
    from pasangan
    inner join kunci
        on
            pasangan.id_kiriman = kunci.id_kiriman
            and pasangan.kode_desa = kunci.kode_desa
),

sebelumnya as (
    select
        pasangan.id_kiriman as id_kiriman_sekarang,
        kunci.*
    from pasangan
    inner join kunci
        on
            pasangan.id_kiriman_sebelumnya = kunci.id_kiriman
            and pasangan.kode_desa = kunci.kode_desa
),

menurut_kk as (
    select
        sekarang.id_kiriman,
        sekarang.kode_desa,
        sekarang.baris,
        sebelumnya.baris as baris_sebelumnya
    from sekarang
    inner join sebelumnya
        on
            sekarang.id_kiriman = sebelumnya.id_kiriman_sekarang
            and sekarang.kode_desa = sebelumnya.kode_desa
            and sekarang.kk = sebelumnya.kk
),

-- Only among those that the KK has not matched.
menurut_alamat as (
    select
        sekarang.id_kiriman,
        sekarang.kode_desa,
        sekarang.baris,
        sebelumnya.baris as baris_sebelumnya
    from sekarang
    inner join sebelumnya
        on
            sekarang.id_kiriman = sebelumnya.id_kiriman_sekarang
            and sekarang.kode_desa = sebelumnya.kode_desa
            and sekarang.alamat = sebelumnya.alamat
    left join menurut_kk as kk_sekarang
        on
            sekarang.id_kiriman = kk_sekarang.id_kiriman
            and sekarang.kode_desa = kk_sekarang.kode_desa
            and sekarang.baris = kk_sekarang.baris
    left join menurut_kk as kk_sebelumnya
        on
            sekarang.id_kiriman = kk_sebelumnya.id_kiriman
            and sebelumnya.kode_desa = kk_sebelumnya.kode_desa
            and sebelumnya.baris = kk_sebelumnya.baris_sebelumnya
    where kk_sekarang.baris is null and kk_sebelumnya.baris is null
),

padanan as (
    select
        *,
        'kk' as cara
    from menurut_kk
    union all
    select
        *,
        'alamat' as cara
    from menurut_alamat
),

beserta_padanan as (
    select
        sekarang.*,
        padanan.cara,
        padanan.baris_sebelumnya
    from sekarang
    left join padanan
        on
            sekarang.id_kiriman = padanan.id_kiriman
            and sekarang.kode_desa = padanan.kode_desa
            and sekarang.baris = padanan.baris
),

final as (
    select
        coalesce(kini.id_kiriman, dulu.id_kiriman_sekarang) as id_kiriman,
        coalesce(kini.id_kiriman_sebelumnya, dulu.id_kiriman) as id_kiriman_sebelumnya,
        coalesce(kini.kode_desa, dulu.kode_desa) as kode_desa,
        kini.baris,
        dulu.baris as baris_sebelumnya,
        kini.cara,
        num_nonnulls(kini.kk, kini.alamat) > 0 as dapat_dikenali,
        num_nonnulls(dulu.kk, dulu.alamat) > 0 as dapat_dikenali_sebelumnya,
        kini.desil,
        dulu.desil as desil_sebelumnya,
        {{ kolom_perumahan('kini', 'dulu') }}
    from beserta_padanan as kini
    full join sebelumnya as dulu
        on
            kini.id_kiriman = dulu.id_kiriman_sekarang
            and kini.kode_desa = dulu.kode_desa
            and kini.baris_sebelumnya = dulu.baris
)

select * from final
