{#- Generic tests: each returns the rows that break the rule. -#}

{% test unik(model, column_name) %}
    select {{ column_name }}
    from {{ model }}
    group by {{ column_name }}
    having count(*) > 1 or {{ column_name }} is null
{% endtest %}


{% test unik_gabungan(model, kolom) %}
    select {{ kolom | join(', ') }}
    from {{ model }}
    group by {{ kolom | join(', ') }}
    having count(*) > 1
{% endtest %}


{% test salah_satu_dari(model, column_name, nilai) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in ('{{ nilai | join("', '") }}') or {{ column_name }} is null
{% endtest %}


{% test ada_di(model, column_name, acuan, kolom) %}
    select anak.{{ column_name }}
    from {{ model }} as anak
    left join {{ acuan }} as induk on anak.{{ column_name }} = induk.{{ kolom }}
    where induk.{{ kolom }} is null
{% endtest %}


{#- The numerator of a share is part of its denominator, and no integer is negative. -#}
{% test pembilang_paling_banyak_penyebut(model) %}
    select fakta.kode_indikator
    from {{ model }} as fakta
    inner join {{ ref('dim_indikator') }} as indikator on fakta.kode_indikator = indikator.kode_indikator
    where
        least(fakta.pembilang, fakta.penyebut, fakta.tidak_tahu, fakta.semesta_tidak_tahu) < 0
        or (
            indikator.jenis = 'persen'
            and indikator.kode_indikator <> 'ikm_a'
            and fakta.pembilang > fakta.penyebut
        )
        or ((fakta.penyebut is null) <> (indikator.jenis = 'jumlah'))
        or not coalesce(fakta.nilai between fakta.batas_bawah and fakta.batas_atas, true)
{% endtest %}
