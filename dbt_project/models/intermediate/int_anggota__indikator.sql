{{ config(
    post_hook="analyze {{ this }}
        (id_kiriman, kode_desa, baris_keluarga, kode_sls, kode_sub_sls, desil, kelompok_umur)"
) }}

-- depends_on: {{ ref('ref_ijazah') }}
with

anggota as (
    select * from {{ ref('int_anggota') }}
    where id_kiriman = any({{ kiriman_baru() }})
    {{ sekali() }}
),

keluarga as (
    select * from {{ ref('stg_regsosek__keluarga') }}
    where id_kiriman = any({{ kiriman_baru() }})
),

bertempat as (
    select
        anggota.*,
        keluarga.kode_sls,
        keluarga.kode_sub_sls,
        keluarga.desil
    from anggota
    left join keluarga
        -- No village: a record's number is its own within a delivery, and a family is of the village of its persons.
        on
            anggota.id_kiriman = keluarga.id_kiriman
            and anggota.baris_keluarga = keluarga.baris
),

final as (
    select
        id_kiriman,
        kode_desa,
        baris,
        baris_keluarga,

        ---------- kependudukan
        1::smallint as jumlah_penduduk,
        {{ hasil('r407 not between 15 and 64', 'r407 is null') }} as rasio_ketergantungan,
        {{ hasil('r407 >= 60', 'r407 is null') }} as pct_lansia,
        {{ hasil('r407 < 5', 'r407 is null') }} as pct_balita,
        {{ hasil('(r411 & 4) = 0', 'r411 is null', semesta='r407 >= 17', semesta_tidak_tahu=true) }}
            as pct_dewasa_tanpa_ktp,
        {{ hasil('(r411 & 1) = 0', 'r411 is null', semesta='r407 < 18', semesta_tidak_tahu=true) }}
            as pct_anak_tanpa_akta,

        ---------- pendidikan
        {{ hasil('r412 = 2', 'r412 is null', semesta='r407 between 7 and 12', semesta_tidak_tahu=true) }} as aps_7_12,
        {{ hasil('r412 = 2', 'r412 is null', semesta='r407 between 13 and 15', semesta_tidak_tahu=true) }}
            as aps_13_15,
        {{ hasil('r412 = 2', 'r412 is null', semesta='r407 between 16 and 18', semesta_tidak_tahu=true) }}
            as aps_16_18,
        {% set jenjang_kosong = 'r412 is null or (r412 = 2 and r413 is null)' %}
        {{ hasil(
            'r412 = 2 and r413 between 1 and 5', jenjang_kosong,
            semesta='r407 between 7 and 12', semesta_tidak_tahu=true
        ) }} as apm_sd,
        {{ hasil(
            'r412 = 2 and r413 between 6 and 10', jenjang_kosong,
            semesta='r407 between 13 and 15', semesta_tidak_tahu=true
        ) }} as apm_smp,
        {{ hasil(
            'r412 = 2 and r413 between 11 and 17', jenjang_kosong,
            semesta='r407 between 16 and 18', semesta_tidak_tahu=true
        ) }} as apm_sma,
        {% set tanpa_ijazah_sma = '(r415 = 23 or r415 between 1 and 10)' %}
        {{ hasil(
            'r412 = 3 and ' ~ tanpa_ijazah_sma, 'r412 = 3 and r415 is null',
            semesta='r407 between 7 and 18 and r412 in (2, 3)', semesta_tidak_tahu=true
        ) }} as pct_putus_sekolah_7_18,
        {{ hasil(
            'r412 = 1 or (r412 = 3 and ' ~ tanpa_ijazah_sma ~ ')', 'r412 is null or (r412 = 3 and r415 is null)',
            semesta='r407 between 7 and 18', semesta_tidak_tahu=true
        ) }} as pct_ats_7_18,
        {{ hasil('r412 = 1', 'r412 is null', semesta='r407 between 7 and 18', semesta_tidak_tahu=true) }}
            as pct_belum_pernah_sekolah_7_18,
        {% set tahun = tahun_sekolah('r415') -%}
        {{ hasil_rata(
            'case when r412 = 1 then 0 when r414 = 8 then ' ~ tahun
            ~ ' when r413 in (21, 22) then ' ~ tahun ~ ' + 1 else ' ~ tahun ~ ' + r414 - 1 end',
            'r412 is null or (r412 in (2, 3) and num_nulls(r413, r414, r415) > 0)',
            semesta='r407 >= 25'
        ) }} as rata_lama_sekolah_25,
        {{ hasil(
            'r412 = 1 or r415 = 23', 'r412 is null or (r412 in (2, 3) and r415 is null)',
            semesta='r407 >= 15', semesta_tidak_tahu=true
        ) }} as pct_tanpa_ijazah_15,

        ---------- ketenagakerjaan
        {{ hasil('r416a = 1', 'r416a is null', semesta='r407 >= 15', semesta_tidak_tahu=true) }} as pct_bekerja_15,
        {{ hasil(
            'r412 <> 2 and r416a = 2', 'r412 is null or r416a is null',
            semesta='r407 between 15 and 24', semesta_tidak_tahu=true
        ) }} as pct_neet_15_24,
        {{ hasil(
            'r418 in (1, 2, 6, 7, 8)', 'r418 is null', semesta='r407 >= 15 and r416a = 1', semesta_tidak_tahu=true
        ) }} as pct_pekerja_informal,
        {{ hasil(
            'r417 between 1 and 6', 'r417 is null', semesta='r407 >= 15 and r416a = 1', semesta_tidak_tahu=true
        ) }} as pct_pekerja_pertanian,
        {{ hasil('r416a = 1', 'r416a is null', semesta='r407 between 5 and 14', semesta_tidak_tahu=true) }}
            as pct_anak_bekerja_5_14,

        ---------- kesehatan
        {{ hasil('kesulitan', 'kesulitan is null', semesta='r407 >= 2', semesta_tidak_tahu=true) }}
            as pct_disabilitas,
        {{ hasil('kesulitan_wg', 'kesulitan_wg is null', semesta='r407 >= 5', semesta_tidak_tahu=true) }}
            as pct_disabilitas_wg,
        {{ hasil('r430 <> 1', 'r430 is null') }} as pct_penyakit_kronis,
        {{ hasil(
            'r427 in (1, 2)', 'r427 is null or r427 in (3, 8)', semesta='r407 < 5', semesta_tidak_tahu=true
        ) }} as pct_gangguan_gizi_balita,
        {{ hasil('(r431a & 7) > 0', 'r431a is null or r431a = 99') }} as pct_jkn,
        {{ hasil('(r431a & 1) > 0', 'r431a is null or r431a = 99') }} as pct_pbi_jkn,
        {{ hasil('r431a = 0', 'r431a is null or r431a = 99') }} as pct_tanpa_jaminan_kesehatan,
        {{ hasil(
            '(r431f & 31) > 0', 'r431f is null or r431f = 99',
            semesta='r407 >= 15 and r416a = 1', semesta_tidak_tahu=true
        ) }} as pct_jamsostek_pekerja,

        ---------- by what residents are told apart
        kode_sls,
        kode_sub_sls,
        desil,
        {{ label_kelompok_umur('r407') }} as kelompok_umur,

        ---------- what the family is judged by, three-valued
        r405,
        r407,
        r409 = 1 as kepala,
        {{ tiga_nilai('r420a = 1', 'r407 >= 5 and r420a is null') }} as punya_usaha,
        {{ tiga_nilai(
            'r410 = 1 or r407 <= 6 or (r407 between 7 and 21 and r412 = 2) or r407 >= 60 or tidak_mampu',
            'r407 is null or (r405 = 2 and r407 between 10 and 54 and r408 in (2, 3, 4) and r410 is null)'
            ~ ' or (r407 between 7 and 21 and r412 is null) or tidak_mampu is null'
        ) }} as berkomponen_pkh,
        {{ tiga_nilai(
            '(kesulitan and (r429 in (1, 2)) is not true) or (r407 < 5 and r427 in (1, 2))',
            'kesulitan is null or (r407 < 5 and (r427 is null or r427 = 8))'
        ) }} as sakit_tanpa_pengasuh,
        {{ tiga_nilai('r431a = 0', 'r431a is null or r431a = 99') }} as tanpa_jaminan,
        {{ tiga_nilai(
            'r407 >= 13 and r415 between 1 and 22',
            'r407 >= 13 and (r412 is null or (r412 in (2, 3) and r415 is null))'
        ) }} as berijazah,
        {{ tiga_nilai('r407 between 7 and 15 and r412 <> 2', 'r407 between 7 and 15 and r412 is null') }}
            as tidak_sekolah
    from bertempat
)

select * from final
