-- Families by what their dwelling lacks of a decent one.
with

keluarga as (
    select * from {{ ref('int_keluarga__indikator') }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        pct_hunian_sempit as hunian_sempit,
        bangunan_tidak_layak,
        sanitasi_tidak_layak,
        air_tidak_layak,
        count(*) as keluarga,
        sum(penduduk)::bigint as penduduk
    from keluarga
    {% if is_incremental() %}
        where {{ belum_ada(this, 'keluarga') }}
    {% endif %}
    group by id_kiriman, kode_desa, pct_hunian_sempit, bangunan_tidak_layak, sanitasi_tidak_layak, air_tidak_layak
)

select * from final
