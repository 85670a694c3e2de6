-- From the published release to this candidate in three steps, one cause each: first the old deliveries by the new
-- definitions, then the corrected deliveries in their places, then the new ones. Figures of an area are computed from
-- the integers of each step, so the causes add up to the change.
with

kandidat as (
    select * from {{ ref('int_kandidat__desa') }}
),

terbit as (
    select * from {{ ref('stg_regsosek__rilis_terbit') }}
),

agregat as (
    select * from {{ ref('agg_indikator_desa') }}
),

indikator as (
    select
        kode_indikator,
        jenis
    from {{ ref('ref_indikator') }}
),

wilayah as (
    select * from {{ ref('int_desa__wilayah') }}
),

kiriman as (
    select * from {{ ref('stg_regsosek__kiriman') }}
),

-- A delivery of the same cut-off corrects; another cut-off, or the first one of a village, is new data.
desa as (
    select
        coalesce(kandidat.kode_desa, terbit.kode_desa) as kode_desa,
        terbit.id_kiriman as id_kiriman_lama,
        kandidat.id_kiriman,
        terbit.versi_definisi as versi_lama,
        coalesce(kandidat.id_kiriman, 0) <> coalesce(terbit.id_kiriman, 0) as berganti,
        coalesce(kini.tanggal_acuan = dulu.tanggal_acuan, false) as setanggal
    from kandidat
    full join terbit on kandidat.kode_desa = terbit.kode_desa
    left join kiriman as kini on kandidat.id_kiriman = kini.id_kiriman
    left join kiriman as dulu on terbit.id_kiriman = dulu.id_kiriman
),

langkah as (
    select
        desa.kode_desa,
        desa.berganti and desa.setanggal as dikoreksi,
        desa.berganti and not desa.setanggal as baru,
        langkah.nomor,
        langkah.id_kiriman,
        langkah.versi_definisi
    from desa
    cross join lateral (
        values
        (0, desa.id_kiriman_lama, desa.versi_lama),
        (1, desa.id_kiriman_lama, '{{ versi_definisi() }}'),
        (
            2,
            case when desa.setanggal then desa.id_kiriman else desa.id_kiriman_lama end,
            '{{ versi_definisi() }}'
        ),
        (3, desa.id_kiriman, '{{ versi_definisi() }}')
    ) as langkah (nomor, id_kiriman, versi_definisi)
),

jumlah as (
    select
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        indikator.kode_indikator,
        indikator.jenis,
        langkah.nomor,
        sum(agregat.pembilang)::bigint as pembilang,
        sum(agregat.penyebut)::bigint as penyebut,
        count(*) filter (where langkah.dikoreksi) as desa_dikoreksi,
        count(*) filter (where langkah.baru) as desa_baru,
        count(*) filter (where langkah.id_kiriman is not null and agregat.pembilang is null) as desa_tanpa_agregat
    from langkah
    inner join wilayah on langkah.kode_desa = wilayah.kode_desa
    cross join indikator
    left join agregat
        on
            langkah.id_kiriman = agregat.id_kiriman
            and langkah.kode_desa = agregat.kode_desa
            and langkah.versi_definisi = agregat.versi_definisi
            and indikator.kode_indikator = agregat.kode_indikator
    group by
        wilayah.tingkat,
        wilayah.kode_wilayah,
        wilayah.nama_wilayah,
        indikator.kode_indikator,
        indikator.jenis,
        langkah.nomor
),

angka as (
    select
        *,
        {{ nilai() }} as nilai
    from jumlah
),

dibandingkan as (
    select
        tingkat,
        kode_wilayah,
        nama_wilayah,
        kode_indikator,
        max(desa_dikoreksi) as desa_dikoreksi,
        max(desa_baru) as desa_baru,
        bool_or(desa_tanpa_agregat > 0 and nomor in (1, 2)) as tak_terhitung,
        max(nilai) filter (where nomor = 0) as nilai_0,
        max(nilai) filter (where nomor = 1) as nilai_1,
        max(nilai) filter (where nomor = 2) as nilai_2,
        max(nilai) filter (where nomor = 3) as nilai_3
    from angka
    group by tingkat, kode_wilayah, nama_wilayah, kode_indikator
),

rilis as (
    select distinct
        id_rilis,
        left(versi_definisi, 6) <> left('{{ versi_definisi() }}', 6) as definisi_berubah,
        right(versi_definisi, 6) <> right('{{ versi_definisi() }}', 6) as parameter_berubah
    from terbit
),

final as (
    select
        dibandingkan.tingkat,
        dibandingkan.kode_wilayah,
        dibandingkan.nama_wilayah,
        dibandingkan.kode_indikator,
        rilis.id_rilis as id_rilis_sebelumnya,
        dibandingkan.nilai_0 as nilai_sebelumnya,
        dibandingkan.nilai_3 as nilai,
        dibandingkan.nilai_3 - dibandingkan.nilai_0 as perubahan,
        case when not dibandingkan.tak_terhitung then dibandingkan.nilai_3 - dibandingkan.nilai_2 end
            as karena_kiriman_baru,
        case when not dibandingkan.tak_terhitung then dibandingkan.nilai_2 - dibandingkan.nilai_1 end
            as karena_koreksi,
        case
            when dibandingkan.tak_terhitung then null
            when rilis.definisi_berubah or not rilis.parameter_berubah
                then dibandingkan.nilai_1 - dibandingkan.nilai_0
            else 0
        end as karena_definisi,
        case
            when dibandingkan.tak_terhitung then null
            when rilis.parameter_berubah and not rilis.definisi_berubah
                then dibandingkan.nilai_1 - dibandingkan.nilai_0
            else 0
        end as karena_parameter,
        dibandingkan.desa_baru,
        dibandingkan.desa_dikoreksi,
        case
            when dibandingkan.tak_terhitung
                then 'Kiriman lama tidak lagi tersimpan; penyebabnya tidak dapat dipisahkan.'
            when rilis.definisi_berubah and rilis.parameter_berubah
                then 'Definisi dan parameter berubah bersamaan; pengaruh keduanya dicatat sebagai definisi.'
            when dibandingkan.nilai_0 is null then 'Belum ada angka pada rilis sebelumnya.'
            when dibandingkan.nilai_3 is null then 'Tidak ada angka pada rilis ini.'
        end as keterangan,
        '{{ versi_definisi() }}' as versi_definisi
    from dibandingkan
    cross join rilis
    where dibandingkan.nilai_0 is distinct from dibandingkan.nilai_3
)

select * from final
