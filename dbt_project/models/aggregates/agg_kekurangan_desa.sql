-- How many residents lack what, in poor families and in all.
with

pola as (
    select
        *,
        skor_pasti * {{ var('ikm_k')[1] }} >= {{ var('ikm_k')[0] * var('ikm_bobot') | sum }} as miskin
    from {{ ref('int_keluarga__pola_kekurangan_desa') }}
),

kekurangan as (
    select
        pola.id_kiriman,
        pola.kode_desa,
        pola.penduduk,
        pola.miskin,
        panjang.nomor::smallint as nomor,
        panjang.kurang
    from pola
    cross join lateral unnest(array[{{ kekurangan() }}]) with ordinality as panjang (kurang, nomor)
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        nomor,
        coalesce(sum(penduduk) filter (where kurang), 0)::bigint as penduduk_kekurangan,
        coalesce(sum(penduduk) filter (where kurang is not null), 0)::bigint as penduduk_diketahui,
        coalesce(sum(penduduk) filter (where kurang is null), 0)::bigint as penduduk_tidak_tahu,
        coalesce(sum(penduduk) filter (where kurang and miskin), 0)::bigint as penduduk_miskin_kekurangan
    from kekurangan
    {% if is_incremental() %}
        where {{ belum_ada(this, 'kekurangan') }}
    {% endif %}
    group by id_kiriman, kode_desa, nomor
)

select * from final
