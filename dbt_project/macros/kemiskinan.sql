{#- The four integers of the three indicators of the multidimensional index, one row each per value of `kunci`. -#}
{% macro kemiskinan_menurut(asal, kunci) -%}
    jumlah as (
        select
            {{ kunci | join(', ') }},
            coalesce(sum(penduduk) filter (where miskin = 1), 0)::bigint as penduduk_miskin,
            coalesce(sum(penduduk) filter (where miskin >= 0), 0)::bigint as penduduk_ditentukan,
            coalesce(sum(penduduk) filter (where miskin = -1), 0)::bigint as penduduk_belum_ditentukan,
            coalesce(sum(penduduk * skor_pasti) filter (where miskin = 1), 0)::bigint as skor_penduduk_miskin
        from {{ asal }}
        group by {{ kunci | join(', ') }}
    ),

    final as (
        select
            {%- for x in kunci %}
            jumlah.{{ x }},
            {%- endfor %}
            panjang.kode_indikator,
            panjang.pembilang,
            panjang.penyebut,
            panjang.tidak_tahu,
            0::bigint as semesta_tidak_tahu
        from jumlah
        cross join lateral (
            values
            ('ikm_h', jumlah.penduduk_miskin, jumlah.penduduk_ditentukan, jumlah.penduduk_belum_ditentukan),
            ('ikm_a', jumlah.skor_penduduk_miskin, jumlah.penduduk_miskin, 0::bigint),
            ('ikm_m0', jumlah.skor_penduduk_miskin, jumlah.penduduk_ditentukan, jumlah.penduduk_belum_ditentukan)
        ) as panjang (kode_indikator, pembilang, penyebut, tidak_tahu)
    )
{%- endmacro %}
