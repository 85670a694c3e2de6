-- What became of the families of a village since the delivery before. Deciles are compared within one scope only.
with

padanan as (
    select * from {{ ref('int_keluarga__padanan') }}
),

kiriman as (
    select * from {{ ref('stg_regsosek__kiriman') }}
),

dibandingkan as (
    select
        padanan.*,
        kini.desil_skala = dulu.desil_skala and padanan.cara is not null as desil_sebanding
    from padanan
    inner join kiriman as kini on padanan.id_kiriman = kini.id_kiriman
    inner join kiriman as dulu on padanan.id_kiriman_sebelumnya = dulu.id_kiriman
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        id_kiriman_sebelumnya,
        count(baris_sebelumnya) as keluarga_sebelumnya,
        count(baris) as keluarga,
        count(*) filter (where cara = 'kk') as cocok_kk,
        count(*) filter (where cara = 'alamat') as cocok_alamat,
        count(*) filter (where baris_sebelumnya is null and dapat_dikenali) as baru,
        count(*) filter (where baris is null and dapat_dikenali_sebelumnya) as hilang,
        count(*) filter (where baris_sebelumnya is null and not dapat_dikenali) as tanpa_kunci,
        count(*) filter (where baris is null and not dapat_dikenali_sebelumnya) as tanpa_kunci_sebelumnya,
        count(*) filter (where desil_sebanding and desil > desil_sebelumnya) as desil_naik,
        count(*) filter (where desil_sebanding and desil < desil_sebelumnya) as desil_turun,
        count(*) filter (where desil_sebanding and desil = desil_sebelumnya) as desil_tetap,
        count(*) filter (
            where cara is not null and (desil_sebanding and desil - desil_sebelumnya is not null) is not true
        ) as desil_tidak_sebanding
    from dibandingkan
    {% if is_incremental() %}
        where {{ belum_ada(this, 'dibandingkan') }}
    {% endif %}
    group by id_kiriman, kode_desa, id_kiriman_sebelumnya
)

select * from final
