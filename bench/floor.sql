-- The four integers of all 75 indicators for every village, from the two files as COPY leaves them: what somebody
-- writes by hand who knows the form and trusts the files. Null is "not known" all the way.
with

penduduk as (
    select
        r101 || r102 || r103 || r104 as kode_desa,
        id_rt,
        r405::smallint as r405,
        r407::smallint as r407,
        r408::smallint as r408,
        r409::smallint as r409,
        r410::smallint as r410,
        r411::smallint as r411,
        r412::smallint as r412,
        r413::smallint as r413,
        r414::smallint as r414,
        r415::smallint as r415,
        r416a::smallint as r416a,
        r417::smallint as r417,
        r418::smallint as r418,
        r420a::smallint as r420a,
        r427::smallint as r427,
        r428a::smallint as r428a,
        r428b::smallint as r428b,
        r428c::smallint as r428c,
        r428d::smallint as r428d,
        r428e::smallint as r428e,
        r428f::smallint as r428f,
        r428g::smallint as r428g,
        r428h::smallint as r428h,
        r428i::smallint as r428i,
        r429::smallint as r429,
        r430::smallint as r430,
        nullif(r431a::smallint, 99) as r431a,
        nullif(r431f::smallint, 99) as r431f
    from bench.k_art
    where r404 in ('1', '5')
),

keluarga as (
    select
        kode_desa,
        id as id_rt,
        klas,
        r301a::smallint as r301a,
        r301b::smallint as r301b,
        r302::smallint as r302,
        r303::smallint as r303,
        r304::smallint as r304,
        r305::smallint as r305,
        r306a::smallint as r306a,
        nullif(r306b::smallint, 8) as r306b,
        r307a::smallint as r307a,
        r307b1::smallint as r307b1,
        r308::smallint as r308,
        r309a::smallint as r309a,
        r309b::smallint as r309b,
        r310::smallint as r310,
        r501a::smallint as r501a,
        r501b::smallint as r501b,
        r501c::smallint as r501c,
        r501d::smallint as r501d,
        r501e::smallint as r501e,
        r501f::smallint as r501f,
        r501g::smallint as r501g,
        r502b::smallint as r502b,
        r502f::smallint as r502f,
        r502h::smallint as r502h,
        r502i::smallint as r502i,
        r502j::smallint as r502j,
        r502k::smallint as r502k,
        r502n::smallint as r502n,
        r505::smallint as r505,
        r506::smallint as r506,
        desil::smallint as desil
    from bench.k_rt
    inner join bench.desa on desa.kode_desa = r101 || r102 || r103 || r104
    where (r205 in ('3', '4', '5')) is not true
),

-- What the answers of one resident come to.
penduduk_dinilai as (
    select
        *,
        -- Codes 1 and 2, of those asked: a to f from the age of 2, g to i from 5. Below that nobody has a difficulty.
        case
            when r407 >= 5
                then
                    r428a <= 2 or r428b <= 2 or r428c <= 2 or r428d <= 2 or r428e <= 2 or r428f <= 2
                    or r428g <= 2 or r428h <= 2 or r428i <= 2
            when r407 >= 2
                then r428a <= 2 or r428b <= 2 or r428c <= 2 or r428d <= 2 or r428e <= 2 or r428f <= 2
            else false
        end as disabilitas,
        case
            when r407 >= 5
                then
                    r428a = 1 or r428b = 1 or r428c = 1 or r428d = 1 or r428e = 1 or r428f = 1
                    or r428g = 1 or r428h = 1 or r428i = 1
            when r407 >= 2
                then r428a = 1 or r428b = 1 or r428c = 1 or r428d = 1 or r428e = 1 or r428f = 1
            else false
        end as tidak_mampu,
        r428a <= 2 or r428b <= 2 or r428c <= 2 or r428g <= 2 or r428h <= 2 or r428i <= 2 as disabilitas_wg,

        -- The level attended now, 0 for none.
        case when r412 = 2 then r413 when r412 in (1, 3) then 0 end as jenjang,
        r412 = 3 and (r415 = 23 or r415 between 1 and 10) as putus_sekolah,
        case when r412 = 1 then true when r412 in (2, 3) then r415 = 23 end as tanpa_ijazah_sd,
        -- Years of the certificate, and of the classes after it: 8 is completed, 21 and 22 are master and doctor.
        case
            when r412 = 1 then 0
            when num_nulls(r412, r413, r414, r415) = 0
                then
                    case
                        when r415 between 1 and 5 then 6
                        when r415 between 6 and 10 then 9
                        when r415 between 11 and 17 then 12
                        when r415 = 18 then 14
                        when r415 = 19 then 16
                        when r415 = 20 then 17
                        when r415 in (21, 22) then 18
                        when r415 = 23 then 0
                    end
                    + case when r414 = 8 then 0 when r413 in (21, 22) then 1 else r414 - 1 end
        end as lama_sekolah,
        r407 >= 15 and r416a = 1 as pekerja,
        case when num_nulls(r412, r416a) = 0 then r412 <> 2 and r416a = 2 end as neet,
        case when r427 not in (3, 8) then r427 in (1, 2) end as kurang_gizi
    from penduduk
),

-- What its family is judged by: one answer that says yes is enough, whatever is missing beside it.
penduduk_untuk_keluarga as (
    select
        kode_desa,
        id_rt,
        r405,
        r407,
        r409 = 1 as kepala,
        case when r420a = 1 then true when r407 >= 5 and r420a is null then null else false end as punya_usaha,
        case
            when r410 = 1 or r407 <= 6 or r407 >= 60 or r407 between 7 and 21 and r412 = 2 or tidak_mampu then true
            when
                r407 is null
                or r407 between 7 and 21 and r412 is null
                or r405 = 2 and r407 between 10 and 54 and r408 in (2, 3, 4) and r410 is null
                or tidak_mampu is null
                then null
            else false
        end as berkomponen_pkh,
        case
            when disabilitas and (r429 in (1, 2)) is not true or r407 < 5 and r427 in (1, 2) then true
            when disabilitas is null or r407 < 5 and (r427 is null or r427 = 8) then null
            else false
        end as sakit_tanpa_pengasuh,
        r431a = 0 as tanpa_jaminan,
        case
            when r407 >= 13 and r415 between 1 and 22 then true
            when r407 >= 13 and (r412 is null or r412 in (2, 3) and r415 is null) then null
            else false
        end as berijazah,
        case
            when r407 between 7 and 15 and r412 <> 2 then true
            when r407 between 7 and 15 and r412 is null then null
            else false
        end as tidak_sekolah
    from penduduk_dinilai
),

-- "Any of the residents": yes if one is, else not known if one is not known, which `bool_or` by itself passes over.
menurut_keluarga as (
    select
        kode_desa,
        id_rt,
        count(*)::int as penduduk,
        count(*) filter (where kepala) as kepala,
        min(r405) filter (where kepala) as jenis_kelamin_kepala,
        min(r407) as umur_termuda,
        bool_or(punya_usaha) or nullif(bool_or(punya_usaha is null), true) as punya_usaha,
        bool_or(berkomponen_pkh) or nullif(bool_or(berkomponen_pkh is null), true) as berkomponen_pkh,
        bool_or(sakit_tanpa_pengasuh) or nullif(bool_or(sakit_tanpa_pengasuh is null), true) as ada_sakit,
        bool_or(tanpa_jaminan) or nullif(bool_or(tanpa_jaminan is null), true) as ada_tanpa_jaminan,
        bool_or(r407 >= 13) is true and not (bool_or(berijazah) or nullif(bool_or(berijazah is null), true))
            as tanpa_ijazah,
        bool_or(tidak_sekolah) or nullif(bool_or(tidak_sekolah is null), true) as ada_tidak_sekolah
    from penduduk_untuk_keluarga
    group by kode_desa, id_rt
),

-- Families with a resident, and what their answers come to; stored, or every count would work it out again.
keluarga_dinilai as materialized (
    select
        keluarga.*,
        penduduk,
        kepala,
        jenis_kelamin_kepala,
        umur_termuda,
        punya_usaha,
        berkomponen_pkh,
        ada_sakit,
        ada_tanpa_jaminan,
        tanpa_ijazah,
        ada_tidak_sekolah,
        r302 * 10 < 72 * penduduk as hunian_sempit, -- 7.2 m2 for everybody
        r303 in (7, 8, 9) as lantai_tidak_layak,
        r304 not in (1, 2, 3, 5) as dinding_tidak_layak,
        r305 not in (1, 2, 3, 6) as atap_tidak_layak,
        r303 in (7, 8, 9) or r304 not in (1, 2, 3, 5) or r305 not in (1, 2, 3, 6) as bangunan_tidak_layak,
        case
            when r309a not in (1, 2, 3) then false
            when r309a is null or r309b is null then null
            when r309b <> 1 then false
            when r310 = 4 then klas = 2 -- a hole in the ground will do in a rural village
            else r310 in (1, 2)
        end as sanitasi_layak,
        case
            when r309a not in (1, 2, 3) then false
            when r309a is null or r309b is null then null
            when r309b <> 1 then false
            else r310 in (1, 2)
        end as sanitasi_layak_ketat,
        case when r306a not in (1, 2) then r306a in (3, 4, 5, 7, 10) end as air_layak_bps,
        r306a in (1, 2, 3, 4, 5, 7, 10) as air_layak,
        r501a = 1 or r501b = 1 or r501c = 1 or r501e = 1 as dapat_bansos,
        -- A car is one too many by itself.
        2 * (r502k = 1)::int + (r502b = 1)::int + (r502f = 1)::int + (r502h = 1)::int
        + (r502i = 1)::int + (r502j = 1)::int + (r502n = 1)::int <= 1 as miskin_aset
    from keluarga
    inner join menurut_keluarga using (kode_desa, id_rt)
),

-- What makes a dwelling unfit, and the weight of a family's deprivations: what is certain, and what is possible.
skor as (
    select
        *,
        hunian_sempit or bangunan_tidak_layak or not sanitasi_layak or not air_layak as rtlh,
        hunian_sempit::int + bangunan_tidak_layak::int + (not sanitasi_layak)::int + (not air_layak)::int
            as komponen_rtlh,
        3 * (ada_sakit is true)::int
        + 3 * (ada_tanpa_jaminan is true)::int
        + 3 * (tanpa_ijazah is true)::int
        + 3 * (ada_tidak_sekolah is true)::int
        + (r308 not between 0 and 6 is true)::int
        + (sanitasi_layak is false)::int
        + (air_layak is false)::int
        + (r307a not in (1, 2, 3) is true)::int
        + (bangunan_tidak_layak is true)::int
        + (miskin_aset is true)::int as pasti,
        3 * (ada_sakit is not false)::int
        + 3 * (ada_tanpa_jaminan is not false)::int
        + 3 * (tanpa_ijazah is not false)::int
        + 3 * (ada_tidak_sekolah is not false)::int
        + (r308 not between 0 and 6 is not false)::int
        + (sanitasi_layak is not true)::int
        + (air_layak is not true)::int
        + (r307a not in (1, 2, 3) is not false)::int
        + (bangunan_tidak_layak is not false)::int
        + (miskin_aset is not false)::int as mungkin
    from keluarga_dinilai
),

-- Of each indicator pembilang, penyebut, tidak_tahu and semesta_tidak_tahu.
penduduk_desa as (
    select
        kode_desa,
        array[count(*), null, 0, 0] as jumlah_penduduk,
        array[
            count(*) filter (where r407 not between 15 and 64),
            count(*) filter (where r407 between 15 and 64),
            count(*) filter (where r407 is null),
            0
        ] as rasio_ketergantungan,
        array[count(*) filter (where r407 >= 60), count(r407), count(*) filter (where r407 is null), 0] as pct_lansia,
        array[count(*) filter (where r407 < 5), count(r407), count(*) filter (where r407 is null), 0] as pct_balita,
        array[
            count(*) filter (where r407 >= 17 and r411 & 4 = 0),
            count(*) filter (where r407 >= 17 and r411 is not null),
            count(*) filter (where r407 >= 17 and r411 is null),
            count(*) filter (where r407 is null)
        ] as pct_dewasa_tanpa_ktp,
        array[
            count(*) filter (where r407 < 18 and r411 & 1 = 0),
            count(*) filter (where r407 < 18 and r411 is not null),
            count(*) filter (where r407 < 18 and r411 is null),
            count(*) filter (where r407 is null)
        ] as pct_anak_tanpa_akta,

        array[
            count(*) filter (where r407 between 7 and 12 and r412 = 2),
            count(*) filter (where r407 between 7 and 12 and r412 is not null),
            count(*) filter (where r407 between 7 and 12 and r412 is null),
            count(*) filter (where r407 is null)
        ] as aps_7_12,
        array[
            count(*) filter (where r407 between 13 and 15 and r412 = 2),
            count(*) filter (where r407 between 13 and 15 and r412 is not null),
            count(*) filter (where r407 between 13 and 15 and r412 is null),
            count(*) filter (where r407 is null)
        ] as aps_13_15,
        array[
            count(*) filter (where r407 between 16 and 18 and r412 = 2),
            count(*) filter (where r407 between 16 and 18 and r412 is not null),
            count(*) filter (where r407 between 16 and 18 and r412 is null),
            count(*) filter (where r407 is null)
        ] as aps_16_18,
        array[
            count(*) filter (where r407 between 7 and 12 and jenjang between 1 and 5),
            count(*) filter (where r407 between 7 and 12 and jenjang is not null),
            count(*) filter (where r407 between 7 and 12 and jenjang is null),
            count(*) filter (where r407 is null)
        ] as apm_sd,
        array[
            count(*) filter (where r407 between 13 and 15 and jenjang between 6 and 10),
            count(*) filter (where r407 between 13 and 15 and jenjang is not null),
            count(*) filter (where r407 between 13 and 15 and jenjang is null),
            count(*) filter (where r407 is null)
        ] as apm_smp,
        array[
            count(*) filter (where r407 between 16 and 18 and jenjang between 11 and 17),
            count(*) filter (where r407 between 16 and 18 and jenjang is not null),
            count(*) filter (where r407 between 16 and 18 and jenjang is null),
            count(*) filter (where r407 is null)
        ] as apm_sma,
        array[
            count(*) filter (where r407 between 7 and 18 and r412 in (2, 3) and putus_sekolah),
            count(*) filter (where r407 between 7 and 18 and r412 in (2, 3) and putus_sekolah is not null),
            count(*) filter (where r407 between 7 and 18 and r412 in (2, 3) and putus_sekolah is null),
            count(*) filter (where (r407 between 7 and 18 and r412 in (2, 3)) is null)
        ] as pct_putus_sekolah_7_18,
        array[
            count(*) filter (where r407 between 7 and 18 and (r412 = 1 or putus_sekolah)),
            count(*) filter (where r407 between 7 and 18 and (r412 = 1 or putus_sekolah) is not null),
            count(*) filter (where r407 between 7 and 18 and (r412 = 1 or putus_sekolah) is null),
            count(*) filter (where r407 is null)
        ] as pct_ats_7_18,
        array[
            count(*) filter (where r407 between 7 and 18 and r412 = 1),
            count(*) filter (where r407 between 7 and 18 and r412 is not null),
            count(*) filter (where r407 between 7 and 18 and r412 is null),
            count(*) filter (where r407 is null)
        ] as pct_belum_pernah_sekolah_7_18,
        array[
            coalesce(sum(lama_sekolah) filter (where r407 >= 25), 0),
            count(lama_sekolah) filter (where r407 >= 25),
            count(*) filter (where r407 >= 25 and lama_sekolah is null),
            0
        ] as rata_lama_sekolah_25,
        array[
            count(*) filter (where r407 >= 15 and tanpa_ijazah_sd),
            count(*) filter (where r407 >= 15 and tanpa_ijazah_sd is not null),
            count(*) filter (where r407 >= 15 and tanpa_ijazah_sd is null),
            count(*) filter (where r407 is null)
        ] as pct_tanpa_ijazah_15,

        array[
            count(*) filter (where r407 >= 15 and r416a = 1),
            count(*) filter (where r407 >= 15 and r416a is not null),
            count(*) filter (where r407 >= 15 and r416a is null),
            count(*) filter (where r407 is null)
        ] as pct_bekerja_15,
        array[
            count(*) filter (where r407 between 15 and 24 and neet),
            count(*) filter (where r407 between 15 and 24 and neet is not null),
            count(*) filter (where r407 between 15 and 24 and neet is null),
            count(*) filter (where r407 is null)
        ] as pct_neet_15_24,
        array[
            count(*) filter (where pekerja and r418 in (1, 2, 6, 7, 8)),
            count(*) filter (where pekerja and r418 is not null),
            count(*) filter (where pekerja and r418 is null),
            count(*) filter (where pekerja is null)
        ] as pct_pekerja_informal,
        array[
            count(*) filter (where pekerja and r417 between 1 and 6),
            count(*) filter (where pekerja and r417 is not null),
            count(*) filter (where pekerja and r417 is null),
            count(*) filter (where pekerja is null)
        ] as pct_pekerja_pertanian,
        array[
            count(*) filter (where r407 between 5 and 14 and r416a = 1),
            count(*) filter (where r407 between 5 and 14 and r416a is not null),
            count(*) filter (where r407 between 5 and 14 and r416a is null),
            count(*) filter (where r407 is null)
        ] as pct_anak_bekerja_5_14,

        array[
            count(*) filter (where r407 >= 2 and disabilitas),
            count(*) filter (where r407 >= 2 and disabilitas is not null),
            count(*) filter (where r407 >= 2 and disabilitas is null),
            count(*) filter (where r407 is null)
        ] as pct_disabilitas,
        array[
            count(*) filter (where r407 >= 5 and disabilitas_wg),
            count(*) filter (where r407 >= 5 and disabilitas_wg is not null),
            count(*) filter (where r407 >= 5 and disabilitas_wg is null),
            count(*) filter (where r407 is null)
        ] as pct_disabilitas_wg,
        array[
            count(*) filter (where r430 <> 1),
            count(r430),
            count(*) filter (where r430 is null),
            0
        ] as pct_penyakit_kronis,
        array[
            count(*) filter (where r407 < 5 and kurang_gizi),
            count(*) filter (where r407 < 5 and kurang_gizi is not null),
            count(*) filter (where r407 < 5 and kurang_gizi is null),
            count(*) filter (where r407 is null)
        ] as pct_gangguan_gizi_balita,
        array[count(*) filter (where r431a & 7 > 0), count(r431a), count(*) filter (where r431a is null), 0] as pct_jkn,
        array[
            count(*) filter (where r431a & 1 > 0),
            count(r431a),
            count(*) filter (where r431a is null),
            0
        ] as pct_pbi_jkn,
        array[
            count(*) filter (where r431a = 0),
            count(r431a),
            count(*) filter (where r431a is null),
            0
        ] as pct_tanpa_jaminan_kesehatan,
        array[
            count(*) filter (where pekerja and r431f & 31 > 0),
            count(*) filter (where pekerja and r431f is not null),
            count(*) filter (where pekerja and r431f is null),
            count(*) filter (where pekerja is null)
        ] as pct_jamsostek_pekerja
    from penduduk_dinilai
    group by kode_desa
),

keluarga_desa as (
    select
        kode_desa,
        array[count(*), null, 0, 0] as jumlah_keluarga,
        array[sum(penduduk), count(*), 0, 0] as rata_anggota_keluarga,
        array[
            count(*) filter (where kepala = 1 and jenis_kelamin_kepala = 2),
            count(*) filter (where kepala = 1 and jenis_kelamin_kepala is not null),
            count(*) filter (where kepala = 1 and jenis_kelamin_kepala is null),
            0
        ] as pct_kepala_keluarga_perempuan,
        array[
            count(*) filter (where penduduk = 1 and umur_termuda >= 60),
            count(*) filter (where penduduk > 1 or umur_termuda is not null),
            count(*) filter (where penduduk = 1 and umur_termuda is null),
            0
        ] as pct_keluarga_lansia_tunggal,

        array[
            count(*) filter (where lantai_tidak_layak),
            count(lantai_tidak_layak),
            count(*) filter (where lantai_tidak_layak is null),
            0
        ] as pct_lantai_tidak_layak,
        array[
            count(*) filter (where dinding_tidak_layak),
            count(dinding_tidak_layak),
            count(*) filter (where dinding_tidak_layak is null),
            0
        ] as pct_dinding_tidak_layak,
        array[
            count(*) filter (where atap_tidak_layak),
            count(atap_tidak_layak),
            count(*) filter (where atap_tidak_layak is null),
            0
        ] as pct_atap_tidak_layak,
        array[
            count(*) filter (where hunian_sempit),
            count(hunian_sempit),
            count(*) filter (where hunian_sempit is null),
            0
        ] as pct_hunian_sempit,
        array[count(*) filter (where rtlh), count(rtlh), count(*) filter (where rtlh is null), 0] as pct_rtlh,
        array[
            coalesce(sum(komponen_rtlh), 0),
            count(komponen_rtlh),
            count(*) filter (where komponen_rtlh is null),
            0
        ] as rata_komponen_rtlh,
        array[
            count(*) filter (where r301a <> 1),
            count(r301a),
            count(*) filter (where r301a is null),
            0
        ] as pct_bukan_milik_sendiri,
        array[
            count(*) filter (where r301a = 1 and r301b in (5, 6)),
            count(*) filter (where r301a = 1 and r301b is not null),
            count(*) filter (where r301a = 1 and r301b is null),
            count(*) filter (where r301a is null)
        ] as pct_tanpa_sertifikat,

        array[
            count(*) filter (where sanitasi_layak),
            count(sanitasi_layak),
            count(*) filter (where sanitasi_layak is null),
            0
        ] as pct_sanitasi_layak,
        array[
            count(*) filter (where sanitasi_layak_ketat),
            count(sanitasi_layak_ketat),
            count(*) filter (where sanitasi_layak_ketat is null),
            0
        ] as pct_sanitasi_layak_ketat,
        array[
            count(*) filter (where r309a in (5, 6)),
            count(r309a),
            count(*) filter (where r309a is null),
            0
        ] as pct_babs,
        array[
            count(*) filter (where air_layak_bps),
            count(air_layak_bps),
            count(*) filter (where air_layak_bps is null),
            0
        ] as pct_air_minum_layak,
        array[
            count(*) filter (where air_layak),
            count(air_layak),
            count(*) filter (where air_layak is null),
            0
        ] as pct_air_minum_layak_jmp,
        array[
            count(*) filter (where r306a between 4 and 8 and r306b = 1),
            count(*) filter (where r306a between 4 and 8 and r306b is not null),
            count(*) filter (where r306a between 4 and 8 and r306b is null),
            count(*) filter (where r306a is null)
        ] as pct_sumber_air_dekat_limbah,
        array[
            count(*) filter (where r307a in (1, 2, 3)),
            count(r307a),
            count(*) filter (where r307a is null),
            0
        ] as pct_listrik,
        array[
            count(*) filter (where r307a = 2),
            count(r307a),
            count(*) filter (where r307a is null),
            0
        ] as pct_listrik_tanpa_meteran,
        array[
            count(*) filter (where r307a = 1 and r307b1 = 1),
            count(*) filter (where r307a = 1 and r307b1 is not null),
            count(*) filter (where r307a = 1 and r307b1 is null),
            count(*) filter (where r307a is null)
        ] as pct_daya_450,
        array[
            count(*) filter (where r308 between 1 and 6),
            count(*) filter (where r308 <> 0),
            count(*) filter (where r308 is null),
            0
        ] as pct_bahan_bakar_bersih,

        array[
            count(*) filter (where punya_usaha),
            count(punya_usaha),
            count(*) filter (where punya_usaha is null),
            0
        ] as pct_keluarga_punya_usaha,

        array[count(*) filter (where r501a = 1), count(r501a), count(*) filter (where r501a is null), 0] as pct_bpnt,
        array[count(*) filter (where r501b = 1), count(r501b), count(*) filter (where r501b is null), 0] as pct_pkh,
        array[
            count(*) filter (where r501c = 1),
            count(r501c),
            count(*) filter (where r501c is null),
            0
        ] as pct_blt_desa,
        array[
            count(*) filter (where r501d = 1),
            count(r501d),
            count(*) filter (where r501d is null),
            0
        ] as pct_subsidi_listrik,
        array[
            count(*) filter (where r501e = 1),
            count(r501e),
            count(*) filter (where r501e is null),
            0
        ] as pct_bantuan_pemda,
        array[
            count(*) filter (where r501f = 1),
            count(r501f),
            count(*) filter (where r501f is null),
            0
        ] as pct_subsidi_pupuk,
        array[
            count(*) filter (where r501g = 1),
            count(r501g),
            count(*) filter (where r501g is null),
            0
        ] as pct_subsidi_lpg,
        array[
            count(*) filter (where desil = 1 and not dapat_bansos),
            count(*) filter (where desil = 1 and dapat_bansos is not null),
            count(*) filter (where desil = 1 and dapat_bansos is null),
            count(*) filter (where desil is null)
        ] as pct_d1_tanpa_bansos,

        array[
            count(*) filter (where r506 = 4),
            count(r506),
            count(*) filter (where r506 is null),
            0
        ] as pct_tanpa_rekening,
        array[
            count(*) filter (where r505 in (1, 2, 3)),
            count(r505),
            count(*) filter (where r505 is null),
            0
        ] as pct_internet,
        array[
            count(*) filter (where miskin_aset),
            count(miskin_aset),
            count(*) filter (where miskin_aset is null),
            0
        ] as pct_miskin_aset,

        array[count(*) filter (where desil = 1), count(desil), count(*) filter (where desil is null), 0] as pct_desil_1,
        array[
            count(*) filter (where desil in (1, 2)),
            count(desil),
            count(*) filter (where desil is null),
            0
        ] as pct_desil_1_2,
        array[
            count(*) filter (where desil between 1 and 4),
            count(desil),
            count(*) filter (where desil is null),
            0
        ] as pct_desil_1_4,
        array[
            count(*) filter (where desil between 1 and 4 and r501b = 2),
            count(*) filter (where desil between 1 and 4 and r501b is not null),
            count(*) filter (where desil between 1 and 4 and r501b is null),
            count(*) filter (where desil is null)
        ] as exclusion_error_pkh,
        array[
            count(*) filter (where r501b = 1 and desil > 4),
            count(*) filter (where r501b = 1 and desil is not null),
            count(*) filter (where r501b = 1 and desil is null),
            count(*) filter (where r501b is null)
        ] as inclusion_error_pkh,
        array[
            count(*) filter (where desil between 1 and 4 and r501a = 2),
            count(*) filter (where desil between 1 and 4 and r501a is not null),
            count(*) filter (where desil between 1 and 4 and r501a is null),
            count(*) filter (where desil is null)
        ] as exclusion_error_bpnt,
        array[
            count(*) filter (where r501a = 1 and desil > 4),
            count(*) filter (where r501a = 1 and desil is not null),
            count(*) filter (where r501a = 1 and desil is null),
            count(*) filter (where r501a is null)
        ] as inclusion_error_bpnt,
        array[
            count(*) filter (where desil between 1 and 4 and berkomponen_pkh and r501b = 2),
            count(*) filter (where desil between 1 and 4 and berkomponen_pkh and r501b is not null),
            count(*) filter (where desil between 1 and 4 and berkomponen_pkh and r501b is null),
            count(*) filter (where (desil between 1 and 4 and berkomponen_pkh) is null)
        ] as exclusion_error_pkh_komponen,

        array[
            coalesce(sum(penduduk) filter (where pasti >= 6), 0),
            coalesce(sum(penduduk) filter (where pasti >= 6 or mungkin < 6), 0),
            coalesce(sum(penduduk) filter (where pasti < 6 and mungkin >= 6), 0),
            0
        ] as ikm_h,
        array[
            coalesce(sum(penduduk * pasti) filter (where pasti >= 6), 0),
            coalesce(sum(penduduk) filter (where pasti >= 6), 0),
            0,
            0
        ] as ikm_a,
        array[
            coalesce(sum(penduduk * pasti) filter (where pasti >= 6), 0),
            coalesce(sum(penduduk) filter (where pasti >= 6 or mungkin < 6), 0),
            coalesce(sum(penduduk) filter (where pasti < 6 and mungkin >= 6), 0),
            0
        ] as ikm_m0
    from skor
    group by kode_desa
)

select
    kode_desa,
    indikator.kode_indikator,
    indikator.empat[1] as pembilang,
    indikator.empat[2] as penyebut,
    indikator.empat[3] as tidak_tahu,
    indikator.empat[4] as semesta_tidak_tahu
from penduduk_desa as p
inner join keluarga_desa as k using (kode_desa)
cross join lateral (
    values
    ('jumlah_keluarga', k.jumlah_keluarga),
    ('jumlah_penduduk', p.jumlah_penduduk),
    ('rata_anggota_keluarga', k.rata_anggota_keluarga),
    ('rasio_ketergantungan', p.rasio_ketergantungan),
    ('pct_lansia', p.pct_lansia),
    ('pct_balita', p.pct_balita),
    ('pct_kepala_keluarga_perempuan', k.pct_kepala_keluarga_perempuan),
    ('pct_keluarga_lansia_tunggal', k.pct_keluarga_lansia_tunggal),
    ('pct_dewasa_tanpa_ktp', p.pct_dewasa_tanpa_ktp),
    ('pct_anak_tanpa_akta', p.pct_anak_tanpa_akta),

    ('pct_lantai_tidak_layak', k.pct_lantai_tidak_layak),
    ('pct_dinding_tidak_layak', k.pct_dinding_tidak_layak),
    ('pct_atap_tidak_layak', k.pct_atap_tidak_layak),
    ('pct_hunian_sempit', k.pct_hunian_sempit),
    ('pct_rtlh', k.pct_rtlh),
    ('rata_komponen_rtlh', k.rata_komponen_rtlh),
    ('pct_bukan_milik_sendiri', k.pct_bukan_milik_sendiri),
    ('pct_tanpa_sertifikat', k.pct_tanpa_sertifikat),

    ('pct_sanitasi_layak', k.pct_sanitasi_layak),
    ('pct_sanitasi_layak_ketat', k.pct_sanitasi_layak_ketat),
    ('pct_babs', k.pct_babs),
    ('pct_air_minum_layak', k.pct_air_minum_layak),
    ('pct_air_minum_layak_jmp', k.pct_air_minum_layak_jmp),
    ('pct_sumber_air_dekat_limbah', k.pct_sumber_air_dekat_limbah),
    ('pct_listrik', k.pct_listrik),
    ('pct_listrik_tanpa_meteran', k.pct_listrik_tanpa_meteran),
    ('pct_daya_450', k.pct_daya_450),
    ('pct_bahan_bakar_bersih', k.pct_bahan_bakar_bersih),

    ('aps_7_12', p.aps_7_12),
    ('aps_13_15', p.aps_13_15),
    ('aps_16_18', p.aps_16_18),
    ('apm_sd', p.apm_sd),
    ('apm_smp', p.apm_smp),
    ('apm_sma', p.apm_sma),
    ('pct_putus_sekolah_7_18', p.pct_putus_sekolah_7_18),
    ('pct_ats_7_18', p.pct_ats_7_18),
    ('pct_belum_pernah_sekolah_7_18', p.pct_belum_pernah_sekolah_7_18),
    ('rata_lama_sekolah_25', p.rata_lama_sekolah_25),
    ('pct_tanpa_ijazah_15', p.pct_tanpa_ijazah_15),

    ('pct_bekerja_15', p.pct_bekerja_15),
    ('pct_neet_15_24', p.pct_neet_15_24),
    ('pct_pekerja_informal', p.pct_pekerja_informal),
    ('pct_pekerja_pertanian', p.pct_pekerja_pertanian),
    ('pct_anak_bekerja_5_14', p.pct_anak_bekerja_5_14),
    ('pct_keluarga_punya_usaha', k.pct_keluarga_punya_usaha),

    ('pct_disabilitas', p.pct_disabilitas),
    ('pct_disabilitas_wg', p.pct_disabilitas_wg),
    ('pct_penyakit_kronis', p.pct_penyakit_kronis),
    ('pct_gangguan_gizi_balita', p.pct_gangguan_gizi_balita),
    ('pct_jkn', p.pct_jkn),
    ('pct_pbi_jkn', p.pct_pbi_jkn),
    ('pct_tanpa_jaminan_kesehatan', p.pct_tanpa_jaminan_kesehatan),
    ('pct_jamsostek_pekerja', p.pct_jamsostek_pekerja),

    ('pct_bpnt', k.pct_bpnt),
    ('pct_pkh', k.pct_pkh),
    ('pct_blt_desa', k.pct_blt_desa),
    ('pct_subsidi_listrik', k.pct_subsidi_listrik),
    ('pct_bantuan_pemda', k.pct_bantuan_pemda),
    ('pct_subsidi_pupuk', k.pct_subsidi_pupuk),
    ('pct_subsidi_lpg', k.pct_subsidi_lpg),
    ('pct_d1_tanpa_bansos', k.pct_d1_tanpa_bansos),

    ('pct_tanpa_rekening', k.pct_tanpa_rekening),
    ('pct_internet', k.pct_internet),
    ('pct_miskin_aset', k.pct_miskin_aset),

    ('pct_desil_1', k.pct_desil_1),
    ('pct_desil_1_2', k.pct_desil_1_2),
    ('pct_desil_1_4', k.pct_desil_1_4),

    ('exclusion_error_pkh', k.exclusion_error_pkh),
    ('inclusion_error_pkh', k.inclusion_error_pkh),
    ('exclusion_error_bpnt', k.exclusion_error_bpnt),
    ('inclusion_error_bpnt', k.inclusion_error_bpnt),
    ('exclusion_error_pkh_komponen', k.exclusion_error_pkh_komponen),

    ('ikm_h', k.ikm_h),
    ('ikm_a', k.ikm_a),
    ('ikm_m0', k.ikm_m0)
) as indikator (kode_indikator, empat)
