-- The index for every k and without each deprivation, as sums that add up over villages.
with

pola as (
    select
        *,
        array[{{ kekurangan() }}] as kekurangan
    from {{ ref('int_keluarga__pola_kekurangan_desa') }}
    {{ sekali() }}
),

varian as (
    select
        varian,
        tanpa_kekurangan,
        {% set utama = "varian = 'utama'" -%}
        case when {{ utama }} then {{ var('ikm_k')[0] }} else k_pembilang end as k_pembilang,
        case when {{ utama }} then {{ var('ikm_k')[1] }} else k_penyebut end as k_penyebut,
        coalesce((array[{{ var('ikm_bobot') | join(', ') }}])[tanpa_kekurangan], 0) as bobot_dilepas
    from {{ ref('ref_ikm_varian') }}
),

skor as (
    select
        pola.id_kiriman,
        pola.kode_desa,
        pola.keluarga,
        pola.penduduk,
        varian.varian,
        varian.k_pembilang,
        varian.k_penyebut,
        {{ var('ikm_bobot') | sum }} - varian.bobot_dilepas as bobot,
        pola.skor_pasti
        - varian.bobot_dilepas * (pola.kekurangan[varian.tanpa_kekurangan] is true)::int as skor_pasti,
        pola.skor_mungkin
        - varian.bobot_dilepas * (pola.kekurangan[varian.tanpa_kekurangan] is not false)::int as skor_mungkin
    from pola
    cross join varian
    {{ sekali() }}
),

dinilai as (
    select
        *,
        -- Poor from k = a/b of the weights on, in integers: score x b >= a x weight. Null: undecided.
        case
            when skor_pasti * k_penyebut >= k_pembilang * bobot then true
            when skor_mungkin * k_penyebut < k_pembilang * bobot then false
        end as miskin
    from skor
    {{ sekali() }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        '{{ versi_definisi() }}' as versi_definisi,
        varian,
        bobot::bigint as bobot,
        sum(keluarga)::bigint as keluarga,
        coalesce(sum(keluarga) filter (where miskin), 0)::bigint as keluarga_miskin,
        sum(penduduk)::bigint as penduduk,
        coalesce(sum(penduduk) filter (where miskin is not null), 0)::bigint as penduduk_ditentukan,
        coalesce(sum(penduduk) filter (where miskin), 0)::bigint as penduduk_miskin,
        coalesce(sum(penduduk * skor_pasti) filter (where miskin), 0)::bigint as skor_penduduk_miskin,
        coalesce(sum(penduduk * skor_mungkin) filter (where miskin is not false), 0)::bigint as skor_penduduk_mungkin
    from dinilai
    {% if is_incremental() %}
        where {{ belum_ada(this, 'dinilai') }}
    {% endif %}
    group by id_kiriman, kode_desa, varian, bobot
)

select * from final
