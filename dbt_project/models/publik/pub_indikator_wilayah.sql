-- Figures of the public manifest with what the decisions hide: numbers, unknowns and bounds alike.
with

desa as (
    select * from {{ source('ops', 'publik_manifes') }}
),

keputusan as (
    select * from {{ source('ops', 'publik_keputusan') }}
),

kiriman as (
    select * from {{ ref('stg_regsosek__kiriman') }}
),

wilayah as (
    select * from {{ ref('int_desa__wilayah') }}
),

agregat as (
    select * from {{ ref('agg_indikator_desa') }}
    where versi_definisi = '{{ versi_definisi() }}'
),

indikator as (
    select
        kode_indikator,
        jenis,
        tidak_tahu is not null as ada_tidak_tahu,
        'desil' = any(string_to_array(rincian, ' ')) as memakai_desil
    from {{ ref('ref_indikator') }}
),

seluruh as (
    select
        tingkat,
        kode_wilayah,
        count(*) as desa_seluruh
    from wilayah
    group by tingkat, kode_wilayah
),

jumlah as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        agregat.kode_indikator,
        sum(agregat.pembilang)::bigint as pembilang,
        sum(agregat.penyebut)::bigint as penyebut,
        sum(agregat.tidak_tahu)::bigint as tidak_tahu,
        sum(agregat.semesta_tidak_tahu)::bigint as semesta_tidak_tahu,
        count(*) as desa_masuk,
        min(kiriman.tanggal_acuan) as tanggal_acuan_min,
        max(kiriman.tanggal_acuan) as tanggal_acuan_max,
        min(kiriman.sumber) as sumber,
        case when count(distinct kiriman.versi) > 1 then 'campuran' else min(kiriman.versi) end as versi,
        count(distinct coalesce(kiriman.desil_skala, '-')) as jumlah_skala,
        min(kiriman.desil_skala) as desil_skala
    from desa
    inner join kiriman on desa.id_kiriman = kiriman.id_kiriman
    inner join wilayah on desa.kode_desa = wilayah.kode_desa
    inner join agregat
        on
            desa.id_kiriman = agregat.id_kiriman
            and desa.kode_desa = agregat.kode_desa
            and desa.kode_indikator = agregat.kode_indikator
    group by wilayah.tingkat, wilayah.kode_wilayah, wilayah.nama_wilayah, agregat.kode_indikator
),

-- Fail closed: what no decision opens stays shut.
terbuka as (
    select
        jumlah.*,
        indikator.jenis,
        indikator.ada_tidak_tahu,
        indikator.memakai_desil,
        indikator.memakai_desil and jumlah.jumlah_skala > 1 as skala_campuran,
        coalesce(keputusan.terbuka, false) as terbuka
    from jumlah
    inner join indikator on jumlah.kode_indikator = indikator.kode_indikator
    left join keputusan
        on
            jumlah.kode_wilayah = keputusan.kode_wilayah
            and jumlah.kode_indikator = keputusan.kode_indikator
),

final as (
    select
        terbuka.tingkat,
        terbuka.kode_wilayah,
        terbuka.nama_wilayah,
        terbuka.kode_indikator,
        case when terbuka.terbuka then terbuka.pembilang end as pembilang,
        case when terbuka.terbuka then terbuka.penyebut end as penyebut,
        case when terbuka.terbuka then terbuka.tidak_tahu end as tidak_tahu,
        case when terbuka.terbuka then terbuka.semesta_tidak_tahu end as semesta_tidak_tahu,
        case when terbuka.terbuka and not terbuka.skala_campuran then {{ nilai() }} end as nilai,
        case when terbuka.terbuka and not terbuka.skala_campuran then {{ batas('bawah') }} end as batas_bawah,
        case when terbuka.terbuka and not terbuka.skala_campuran then {{ batas('atas') }} end as batas_atas,
        case
            when not terbuka.terbuka then 'Disembunyikan untuk melindungi keluarga.'
            when terbuka.skala_campuran then 'Desil dari skala yang berbeda tidak dapat dijumlahkan.'
            when terbuka.penyebut = 0 then 'Tidak ada yang dapat dihitung: penyebutnya nol.'
        end as alasan_kosong,
        terbuka.desa_masuk,
        seluruh.desa_seluruh,
        terbuka.desa_masuk = seluruh.desa_seluruh as lengkap,
        case when terbuka.memakai_desil and not terbuka.skala_campuran then terbuka.desil_skala end as desil_skala,
        terbuka.tanggal_acuan_min,
        terbuka.tanggal_acuan_max,
        terbuka.sumber,
        '{{ versi_definisi() }}' as versi_definisi,
        terbuka.versi
    from terbuka
    inner join seluruh
        on
            terbuka.tingkat = seluruh.tingkat
            and terbuka.kode_wilayah = seluruh.kode_wilayah
)

select * from final
