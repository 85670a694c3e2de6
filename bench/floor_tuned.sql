-- What floor.sql computes, tuned by its plan. Cells are cast where they are read, once each: the offsets keep
-- PostgreSQL from repeating a cast in every expression, and, with constants of their own type, do not keep it from
-- reading in parallel. Persons are read twice, by village and by family, which is faster than keeping them typed in
-- between. `n` is a number of units, `<thing>_kosong` how many of them have no answer.
with

penduduk as (
    select
        r101 || r102 || r103 || r104 as kode_desa,
        r407::smallint as r407,
        r411::smallint as r411,
        r412::smallint as r412,
        r413::smallint as r413,
        r414::smallint as r414,
        r415::smallint as r415,
        r416a::smallint as r416a,
        r417::smallint as r417,
        r418::smallint as r418,
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
        r430::smallint as r430,
        nullif(r431a::smallint, 99) as r431a,
        nullif(r431f::smallint, 99) as r431f
    from bench.k_art
    where r404 in ('1', '5')
    offset bigint '0'
),

-- The worst difficulty (1 to 4) of those asked at that age, and whether one of them was not answered.
penduduk_dinilai as (
    select
        *,
        least(r428a, r428b, r428c, r428g, r428h, r428i) as terberat_wg,
        num_nulls(r428a, r428b, r428c, r428g, r428h, r428i) > 0 as tidak_lengkap_wg,
        case
            when r407 >= 5 then least(r428a, r428b, r428c, r428d, r428e, r428f, r428g, r428h, r428i)
            when r407 >= 2 then least(r428a, r428b, r428c, r428d, r428e, r428f)
        end as terberat,
        case
            when r407 >= 5 then num_nulls(r428a, r428b, r428c, r428d, r428e, r428f, r428g, r428h, r428i) > 0
            when r407 >= 2 then num_nulls(r428a, r428b, r428c, r428d, r428e, r428f) > 0
            else false
        end as tidak_lengkap
    from penduduk
    offset bigint '0'
),

-- By single year of age, so that most conditions on age are asked a few thousand times instead of millions.
menurut_umur as (
    select
        kode_desa,
        r407,
        count(*) as n,
        count(*) filter (where r411 is null) as r411_kosong,
        count(*) filter (where r411 & 4 = 0) as tanpa_ktp,
        count(*) filter (where r411 & 1 = 0) as tanpa_akta,

        count(*) filter (where r412 is null) as r412_kosong,
        count(*) filter (where r412 = 1) as belum_sekolah,
        count(*) filter (where r412 = 2) as sekolah,
        count(*) filter (where r412 = 3) as berhenti,
        count(*) filter (where r412 = 2 and r413 is null) as r413_kosong,
        count(*) filter (where r412 = 2 and r413 between 1 and 5) as sd,
        count(*) filter (where r412 = 2 and r413 between 6 and 10) as smp,
        count(*) filter (where r412 = 2 and r413 between 11 and 17) as sma,
        count(*) filter (where r412 = 3 and r415 is null) as berhenti_kosong,
        count(*) filter (where r412 = 3 and (r415 = 23 or r415 between 1 and 10)) as putus_sekolah,
        count(*) filter (where r412 in (2, 3) and r415 is null) as r415_kosong,
        count(*) filter (where r412 in (2, 3) and r415 = 23) as tanpa_ijazah,
        count(*) filter (where r412 in (2, 3) and num_nulls(r413, r414, r415) > 0) as jenjang_kosong,
        sum(
            (array[6, 6, 6, 6, 6, 9, 9, 9, 9, 9, 12, 12, 12, 12, 12, 12, 12, 14, 16, 17, 18, 18, 0])[r415]
            + case when r414 = 8 then 0 when r413 in (21, 22) then 1 else r414 - 1 end
        ) filter (where r412 in (2, 3) and num_nulls(r413, r414, r415) = 0) as tahun_sekolah,

        count(*) filter (where r416a is null) as r416a_kosong,
        count(*) filter (where r416a = 1) as bekerja,
        count(*) filter (where r412 is null or r416a is null) as kegiatan_kosong,
        count(*) filter (where r412 <> 2 and r416a = 2) as menganggur,
        count(*) filter (where r416a = 1 and r418 is null) as r418_kosong,
        count(*) filter (where r416a = 1 and r418 in (1, 2, 6, 7, 8)) as informal,
        count(*) filter (where r416a = 1 and r417 is null) as r417_kosong,
        count(*) filter (where r416a = 1 and r417 between 1 and 6) as pertanian,
        count(*) filter (where r416a = 1 and r431f is null) as r431f_kosong,
        count(*) filter (where r416a = 1 and r431f & 31 > 0) as jamsostek,

        count(*) filter (where terberat <= 2) as disabilitas,
        count(*) filter (where tidak_lengkap and (terberat <= 2) is not true) as disabilitas_kosong,
        count(*) filter (where terberat_wg <= 2) as disabilitas_wg,
        count(*) filter (where tidak_lengkap_wg and (terberat_wg <= 2) is not true) as disabilitas_wg_kosong,
        count(r430) as r430,
        count(*) filter (where r430 <> 1) as kronis,
        count(*) filter (where r427 is null or r427 in (3, 8)) as gizi_kosong,
        count(*) filter (where r427 in (1, 2)) as kurang_gizi,
        count(r431a) as r431a,
        count(*) filter (where r431a & 7 > 0) as jkn,
        count(*) filter (where r431a & 1 > 0) as pbi,
        count(*) filter (where r431a = 0) as tanpa_jaminan
    from penduduk_dinilai
    group by kode_desa, r407
),

penduduk_desa as (
    select
        kode_desa,
        sum(n) as n,
        coalesce(sum(n) filter (where r407 is null), 0) as umur_kosong,
        coalesce(sum(n) filter (where r407 < 15 or r407 >= 65), 0) as bergantung,
        coalesce(sum(n) filter (where r407 between 15 and 64), 0) as produktif,
        coalesce(sum(n) filter (where r407 >= 60), 0) as lansia,
        coalesce(sum(n) filter (where r407 < 5), 0) as balita,
        coalesce(sum(n) filter (where r407 >= 17), 0) as dewasa,
        coalesce(sum(r411_kosong) filter (where r407 >= 17), 0) as dewasa_kosong,
        coalesce(sum(tanpa_ktp) filter (where r407 >= 17), 0) as tanpa_ktp,
        coalesce(sum(n) filter (where r407 < 18), 0) as anak,
        coalesce(sum(r411_kosong) filter (where r407 < 18), 0) as anak_kosong,
        coalesce(sum(tanpa_akta) filter (where r407 < 18), 0) as tanpa_akta,

        coalesce(sum(n) filter (where r407 between 7 and 12), 0) as n7,
        coalesce(sum(r412_kosong) filter (where r407 between 7 and 12), 0) as n7_kosong,
        coalesce(sum(sekolah) filter (where r407 between 7 and 12), 0) as sekolah7,
        coalesce(sum(r412_kosong + r413_kosong) filter (where r407 between 7 and 12), 0) as sd_kosong,
        coalesce(sum(sd) filter (where r407 between 7 and 12), 0) as sd,
        coalesce(sum(n) filter (where r407 between 13 and 15), 0) as n13,
        coalesce(sum(r412_kosong) filter (where r407 between 13 and 15), 0) as n13_kosong,
        coalesce(sum(sekolah) filter (where r407 between 13 and 15), 0) as sekolah13,
        coalesce(sum(r412_kosong + r413_kosong) filter (where r407 between 13 and 15), 0) as smp_kosong,
        coalesce(sum(smp) filter (where r407 between 13 and 15), 0) as smp,
        coalesce(sum(n) filter (where r407 between 16 and 18), 0) as n16,
        coalesce(sum(r412_kosong) filter (where r407 between 16 and 18), 0) as n16_kosong,
        coalesce(sum(sekolah) filter (where r407 between 16 and 18), 0) as sekolah16,
        coalesce(sum(r412_kosong + r413_kosong) filter (where r407 between 16 and 18), 0) as sma_kosong,
        coalesce(sum(sma) filter (where r407 between 16 and 18), 0) as sma,
        coalesce(sum(n) filter (where r407 between 7 and 18), 0) as n7_18,
        coalesce(sum(r412_kosong) filter (where r407 between 7 and 18), 0) as n7_18_kosong,
        coalesce(sum(belum_sekolah) filter (where r407 between 7 and 18), 0) as belum_sekolah,
        coalesce(sum(sekolah + berhenti) filter (where r407 between 7 and 18), 0) as pernah_sekolah,
        coalesce(sum(berhenti_kosong) filter (where r407 between 7 and 18), 0) as berhenti_kosong,
        coalesce(sum(putus_sekolah) filter (where r407 between 7 and 18), 0) as putus_sekolah,
        coalesce(sum(r412_kosong + sekolah + berhenti) filter (where r407 is null), 0) as pernah_tanpa_umur,
        coalesce(sum(n) filter (where r407 >= 25), 0) as n25,
        coalesce(sum(r412_kosong + jenjang_kosong) filter (where r407 >= 25), 0) as n25_kosong,
        coalesce(sum(tahun_sekolah) filter (where r407 >= 25), 0) as tahun_sekolah,
        coalesce(sum(n) filter (where r407 >= 15), 0) as n15,
        coalesce(sum(r412_kosong + r415_kosong) filter (where r407 >= 15), 0) as ijazah_kosong,
        coalesce(sum(belum_sekolah + tanpa_ijazah) filter (where r407 >= 15), 0) as tanpa_ijazah,

        coalesce(sum(r416a_kosong) filter (where r407 >= 15), 0) as n15_kosong,
        coalesce(sum(bekerja) filter (where r407 >= 15), 0) as bekerja,
        coalesce(sum(bekerja + r416a_kosong) filter (where r407 is null), 0) as bekerja_tanpa_umur,
        coalesce(sum(n) filter (where r407 between 15 and 24), 0) as n15_24,
        coalesce(sum(kegiatan_kosong) filter (where r407 between 15 and 24), 0) as n15_24_kosong,
        coalesce(sum(menganggur) filter (where r407 between 15 and 24), 0) as neet,
        coalesce(sum(r418_kosong) filter (where r407 >= 15), 0) as r418_kosong,
        coalesce(sum(informal) filter (where r407 >= 15), 0) as informal,
        coalesce(sum(r417_kosong) filter (where r407 >= 15), 0) as r417_kosong,
        coalesce(sum(pertanian) filter (where r407 >= 15), 0) as pertanian,
        coalesce(sum(r431f_kosong) filter (where r407 >= 15), 0) as r431f_kosong,
        coalesce(sum(jamsostek) filter (where r407 >= 15), 0) as jamsostek,
        coalesce(sum(n) filter (where r407 between 5 and 14), 0) as n5_14,
        coalesce(sum(r416a_kosong) filter (where r407 between 5 and 14), 0) as n5_14_kosong,
        coalesce(sum(bekerja) filter (where r407 between 5 and 14), 0) as anak_bekerja,

        coalesce(sum(n) filter (where r407 >= 2), 0) as n2,
        coalesce(sum(disabilitas_kosong) filter (where r407 >= 2), 0) as disabilitas_kosong,
        coalesce(sum(disabilitas) filter (where r407 >= 2), 0) as disabilitas,
        coalesce(sum(n) filter (where r407 >= 5), 0) as n5,
        coalesce(sum(disabilitas_wg_kosong) filter (where r407 >= 5), 0) as disabilitas_wg_kosong,
        coalesce(sum(disabilitas_wg) filter (where r407 >= 5), 0) as disabilitas_wg,
        sum(r430) as r430,
        sum(kronis) as kronis,
        coalesce(sum(gizi_kosong) filter (where r407 < 5), 0) as gizi_kosong,
        coalesce(sum(kurang_gizi) filter (where r407 < 5), 0) as kurang_gizi,
        sum(r431a) as r431a,
        sum(jkn) as jkn,
        sum(pbi) as pbi,
        sum(tanpa_jaminan) as tanpa_jaminan
    from menurut_umur
    group by kode_desa
),

anggota as (
    select
        r101 || r102 || r103 || r104 as kode_desa,
        id_rt,
        r405::smallint as r405,
        r407::smallint as r407,
        r408::smallint as r408,
        r409::smallint as r409,
        r410::smallint as r410,
        r412::smallint as r412,
        r415::smallint as r415,
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
        nullif(r431a::smallint, 99) as r431a
    from bench.k_art
    where r404 in ('1', '5')
    offset bigint '0'
),

anggota_dinilai as (
    select
        *,
        case
            when r407 >= 5 then least(r428a, r428b, r428c, r428d, r428e, r428f, r428g, r428h, r428i)
            when r407 >= 2 then least(r428a, r428b, r428c, r428d, r428e, r428f)
        end as terberat,
        case
            when r407 >= 5 then num_nulls(r428a, r428b, r428c, r428d, r428e, r428f, r428g, r428h, r428i) > 0
            when r407 >= 2 then num_nulls(r428a, r428b, r428c, r428d, r428e, r428f) > 0
            else false
        end as tidak_lengkap
    from anggota
    offset bigint '0'
),

-- Three-valued "any resident", as the greatest of no (0), unknown (1) and yes (2).
menurut_keluarga as (
    select
        kode_desa,
        id_rt as id,
        count(*) as penduduk,
        count(*) filter (where r409 = 1) as kepala,
        min(r405) filter (where r409 = 1) as jenis_kelamin_kepala,
        min(r407) as umur,
        max(case when r420a = 1 then 2 when r407 >= 5 and r420a is null then 1 else 0 end) as usaha,
        max(case
            when r410 = 1 or r407 <= 6 or r407 >= 60 or r407 between 7 and 21 and r412 = 2 or terberat = 1 then 2
            when r407 is null or r407 between 7 and 21 and r412 is null or tidak_lengkap
                or r405 = 2 and r407 between 10 and 54 and r408 in (2, 3, 4) and r410 is null then 1
            else 0
        end) as komponen,
        max(case
            when terberat <= 2 and (r429 in (1, 2)) is not true or r407 < 5 and r427 in (1, 2) then 2
            when (terberat <= 2) is not true and tidak_lengkap or r407 < 5 and (r427 is null or r427 = 8) then 1
            else 0
        end) as sakit,
        max(case when r431a = 0 then 2 when r431a is null then 1 else 0 end) as tanpa_jaminan,
        max(case
            when r407 < 13 or r407 is null then -1
            when r415 between 1 and 22 then 2
            when r412 is null or r412 in (2, 3) and r415 is null then 1
            else 0
        end) as berijazah,
        max(case
            when r407 between 7 and 15 and r412 <> 2 then 2
            when r407 between 7 and 15 and r412 is null then 1
            else 0
        end) as tidak_sekolah
    from anggota_dinilai
    group by kode_desa, id_rt
),

keluarga as (
    select
        r101 || r102 || r103 || r104 as kode_desa,
        klas,
        id,
        r301a::smallint as r301a,
        r301b::smallint as r301b,
        r302::smallint as r302,
        r303::smallint in (7, 8, 9) as lantai,
        r304::smallint not in (1, 2, 3, 5) as dinding,
        r305::smallint not in (1, 2, 3, 6) as atap,
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
        2 * (r502k::smallint = 1)::int + (r502b::smallint = 1)::int + (r502f::smallint = 1)::int
        + (r502h::smallint = 1)::int + (r502i::smallint = 1)::int + (r502j::smallint = 1)::int
        + (r502n::smallint = 1)::int <= 1 as miskin_aset,
        r505::smallint as r505,
        r506::smallint as r506,
        desil::smallint as desil
    from bench.k_rt
    inner join bench.desa on desa.kode_desa = r101 || r102 || r103 || r104
    where (r205 in ('3', '4', '5')) is not true
    offset bigint '0'
),

-- A left join, although families without residents are left out below: from an inner one PostgreSQL expects a single
-- row, and sorts what comes out of it.
keluarga_dinilai as (
    select
        *,
        r302 * 10 < 72 * penduduk as sempit,
        lantai or dinding or atap as bangunan,
        case
            when r309a not in (1, 2, 3) or r309a is not null and r309b <> 1 then false
            when num_nulls(r309a, r309b) = 0 then case when r310 = 4 then klas = 2 else r310 in (1, 2) end
        end as sanitasi,
        case
            when r309a not in (1, 2, 3) or r309a is not null and r309b <> 1 then false
            when num_nulls(r309a, r309b) = 0 then r310 in (1, 2)
        end as sanitasi_ketat,
        r306a in (1, 2, 3, 4, 5, 7, 10) as air
    from keluarga
    left join menurut_keluarga as anggota using (kode_desa, id)
    offset bigint '0'
),

skor as (
    select
        *,
        3 * ((sakit = 2)::int + (tanpa_jaminan = 2)::int + (berijazah = 0)::int + (tidak_sekolah = 2)::int)
        + (r308 between 7 and 11 is true)::int + (sanitasi is false)::int + (air is false)::int
        + (r307a = 4 is true)::int + (bangunan is true)::int + (miskin_aset is true)::int as pasti,
        3 * ((sakit > 0)::int + (tanpa_jaminan > 0)::int + (berijazah in (0, 1))::int + (tidak_sekolah > 0)::int)
        + (r308 between 7 and 11 is not false)::int + (sanitasi is not true)::int + (air is not true)::int
        + (r307a = 4 is not false)::int + (bangunan is not false)::int + (miskin_aset is not false)::int as mungkin
    from keluarga_dinilai
    offset bigint '0'
),

keluarga_desa as (
    select
        kode_desa,
        count(*) as n,
        sum(penduduk) as penduduk,
        count(*) filter (where kepala = 1) as berkepala,
        count(*) filter (where kepala = 1 and jenis_kelamin_kepala is null) as kepala_kosong,
        count(*) filter (where kepala = 1 and jenis_kelamin_kepala = 2) as kepala_perempuan,
        count(*) filter (where penduduk = 1 and umur is null) as tunggal_kosong,
        count(*) filter (where penduduk = 1 and umur >= 60) as lansia_tunggal,

        count(lantai) as lantai,
        count(*) filter (where lantai) as lantai_ya,
        count(dinding) as dinding,
        count(*) filter (where dinding) as dinding_ya,
        count(atap) as atap,
        count(*) filter (where atap) as atap_ya,
        count(sempit) as sempit,
        count(*) filter (where sempit) as sempit_ya,
        count(sempit or bangunan or not sanitasi or not air) as rtlh,
        count(*) filter (where sempit or bangunan or not sanitasi or not air) as rtlh_ya,
        count(sempit::int + bangunan::int + (not sanitasi)::int + (not air)::int) as komponen_rtlh,
        sum(sempit::int + bangunan::int + (not sanitasi)::int + (not air)::int) as komponen_rtlh_jumlah,
        count(r301a) as r301a,
        count(*) filter (where r301a <> 1) as bukan_milik,
        count(*) filter (where r301a = 1) as milik,
        count(*) filter (where r301a = 1 and r301b is null) as milik_kosong,
        count(*) filter (where r301a = 1 and r301b in (5, 6)) as tanpa_sertifikat,

        count(sanitasi) as sanitasi,
        count(*) filter (where sanitasi) as sanitasi_ya,
        count(sanitasi_ketat) as sanitasi_ketat,
        count(*) filter (where sanitasi_ketat) as sanitasi_ketat_ya,
        count(r309a) as r309a,
        count(*) filter (where r309a in (5, 6)) as babs,
        count(*) filter (where r306a not in (1, 2)) as air_bps,
        count(*) filter (where r306a in (3, 4, 5, 7, 10)) as air_bps_ya,
        count(r306a) as r306a,
        count(*) filter (where air) as air_ya,
        count(*) filter (where r306a between 4 and 8) as sumber,
        count(*) filter (where r306a between 4 and 8 and r306b is null) as sumber_kosong,
        count(*) filter (where r306a between 4 and 8 and r306b = 1) as dekat_limbah,
        count(r307a) as r307a,
        count(*) filter (where r307a in (1, 2, 3)) as listrik,
        count(*) filter (where r307a = 2) as tanpa_meteran,
        count(*) filter (where r307a = 1) as bermeteran,
        count(*) filter (where r307a = 1 and r307b1 is null) as bermeteran_kosong,
        count(*) filter (where r307a = 1 and r307b1 = 1) as daya_450,
        count(*) filter (where r308 <> 0) as memasak,
        count(*) filter (where r308 is null) as r308_kosong,
        count(*) filter (where r308 between 1 and 6) as bahan_bakar_bersih,

        count(*) filter (where usaha = 2) as usaha,
        count(*) filter (where usaha = 1) as usaha_kosong,

        count(r501a) as r501a,
        count(*) filter (where r501a = 1) as r501a_ya,
        count(r501b) as r501b,
        count(*) filter (where r501b = 1) as r501b_ya,
        count(r501c) as r501c,
        count(*) filter (where r501c = 1) as r501c_ya,
        count(r501d) as r501d,
        count(*) filter (where r501d = 1) as r501d_ya,
        count(r501e) as r501e,
        count(*) filter (where r501e = 1) as r501e_ya,
        count(r501f) as r501f,
        count(*) filter (where r501f = 1) as r501f_ya,
        count(r501g) as r501g,
        count(*) filter (where r501g = 1) as r501g_ya,
        count(*) filter (
            where desil = 1 and (r501a = 1 or r501b = 1 or r501c = 1 or r501e = 1) is null
        ) as d1_kosong,
        count(*) filter (
            where desil = 1 and not (r501a = 1 or r501b = 1 or r501c = 1 or r501e = 1)
        ) as d1_tanpa_bansos,

        count(r506) as r506,
        count(*) filter (where r506 = 4) as tanpa_rekening,
        count(r505) as r505,
        count(*) filter (where r505 in (1, 2, 3)) as internet,
        count(miskin_aset) as aset,
        count(*) filter (where miskin_aset) as miskin_aset,

        count(desil) as desil,
        count(*) filter (where desil = 1) as d1,
        count(*) filter (where desil in (1, 2)) as d2,
        count(*) filter (where desil between 1 and 4) as d4,
        count(*) filter (where desil between 1 and 4 and r501b is null) as d4_r501b_kosong,
        count(*) filter (where desil between 1 and 4 and r501b = 2) as d4_tanpa_pkh,
        count(*) filter (where r501b = 1 and desil is null) as pkh_desil_kosong,
        count(*) filter (where r501b = 1 and desil > 4) as pkh_bukan_sasaran,
        count(*) filter (where desil between 1 and 4 and r501a is null) as d4_r501a_kosong,
        count(*) filter (where desil between 1 and 4 and r501a = 2) as d4_tanpa_bpnt,
        count(*) filter (where r501a = 1 and desil is null) as bpnt_desil_kosong,
        count(*) filter (where r501a = 1 and desil > 4) as bpnt_bukan_sasaran,
        count(*) filter (where desil between 1 and 4 and komponen = 2) as berkomponen,
        count(*) filter (where desil between 1 and 4 and komponen = 2 and r501b is null) as berkomponen_kosong,
        count(*) filter (where desil between 1 and 4 and komponen = 2 and r501b = 2) as berkomponen_tanpa_pkh,
        count(*) filter (
            where desil is null and komponen > 0 or desil between 1 and 4 and komponen = 1
        ) as semesta_komponen_kosong,

        coalesce(sum(penduduk) filter (where pasti >= 6), 0) as miskin,
        coalesce(sum(penduduk) filter (where pasti < 6 and mungkin >= 6), 0) as belum_ditentukan,
        coalesce(sum(penduduk * pasti) filter (where pasti >= 6), 0) as skor_miskin
    from skor
    where penduduk > 0
    group by kode_desa
)

select
    kode_desa,
    indikator.*
from keluarga_desa as k
inner join penduduk_desa as p using (kode_desa)
cross join lateral (
    values
    ('jumlah_keluarga', k.n, null, 0, 0),
    ('jumlah_penduduk', p.n, null, 0, 0),
    ('rata_anggota_keluarga', k.penduduk, k.n, 0, 0),
    ('rasio_ketergantungan', p.bergantung, p.produktif, p.umur_kosong, 0),
    ('pct_lansia', p.lansia, p.n - p.umur_kosong, p.umur_kosong, 0),
    ('pct_balita', p.balita, p.n - p.umur_kosong, p.umur_kosong, 0),
    ('pct_kepala_keluarga_perempuan', k.kepala_perempuan, k.berkepala - k.kepala_kosong, k.kepala_kosong, 0),
    ('pct_keluarga_lansia_tunggal', k.lansia_tunggal, k.n - k.tunggal_kosong, k.tunggal_kosong, 0),
    ('pct_dewasa_tanpa_ktp', p.tanpa_ktp, p.dewasa - p.dewasa_kosong, p.dewasa_kosong, p.umur_kosong),
    ('pct_anak_tanpa_akta', p.tanpa_akta, p.anak - p.anak_kosong, p.anak_kosong, p.umur_kosong),

    ('pct_lantai_tidak_layak', k.lantai_ya, k.lantai, k.n - k.lantai, 0),
    ('pct_dinding_tidak_layak', k.dinding_ya, k.dinding, k.n - k.dinding, 0),
    ('pct_atap_tidak_layak', k.atap_ya, k.atap, k.n - k.atap, 0),
    ('pct_hunian_sempit', k.sempit_ya, k.sempit, k.n - k.sempit, 0),
    ('pct_rtlh', k.rtlh_ya, k.rtlh, k.n - k.rtlh, 0),
    ('rata_komponen_rtlh', coalesce(k.komponen_rtlh_jumlah, 0), k.komponen_rtlh, k.n - k.komponen_rtlh, 0),
    ('pct_bukan_milik_sendiri', k.bukan_milik, k.r301a, k.n - k.r301a, 0),
    ('pct_tanpa_sertifikat', k.tanpa_sertifikat, k.milik - k.milik_kosong, k.milik_kosong, k.n - k.r301a),

    ('pct_sanitasi_layak', k.sanitasi_ya, k.sanitasi, k.n - k.sanitasi, 0),
    ('pct_sanitasi_layak_ketat', k.sanitasi_ketat_ya, k.sanitasi_ketat, k.n - k.sanitasi_ketat, 0),
    ('pct_babs', k.babs, k.r309a, k.n - k.r309a, 0),
    ('pct_air_minum_layak', k.air_bps_ya, k.air_bps, k.n - k.air_bps, 0),
    ('pct_air_minum_layak_jmp', k.air_ya, k.r306a, k.n - k.r306a, 0),
    ('pct_sumber_air_dekat_limbah', k.dekat_limbah, k.sumber - k.sumber_kosong, k.sumber_kosong, k.n - k.r306a),
    ('pct_listrik', k.listrik, k.r307a, k.n - k.r307a, 0),
    ('pct_listrik_tanpa_meteran', k.tanpa_meteran, k.r307a, k.n - k.r307a, 0),
    ('pct_daya_450', k.daya_450, k.bermeteran - k.bermeteran_kosong, k.bermeteran_kosong, k.n - k.r307a),
    ('pct_bahan_bakar_bersih', k.bahan_bakar_bersih, k.memasak, k.r308_kosong, 0),

    ('aps_7_12', p.sekolah7, p.n7 - p.n7_kosong, p.n7_kosong, p.umur_kosong),
    ('aps_13_15', p.sekolah13, p.n13 - p.n13_kosong, p.n13_kosong, p.umur_kosong),
    ('aps_16_18', p.sekolah16, p.n16 - p.n16_kosong, p.n16_kosong, p.umur_kosong),
    ('apm_sd', p.sd, p.n7 - p.sd_kosong, p.sd_kosong, p.umur_kosong),
    ('apm_smp', p.smp, p.n13 - p.smp_kosong, p.smp_kosong, p.umur_kosong),
    ('apm_sma', p.sma, p.n16 - p.sma_kosong, p.sma_kosong, p.umur_kosong),
    (
        'pct_putus_sekolah_7_18', p.putus_sekolah, p.pernah_sekolah - p.berhenti_kosong, p.berhenti_kosong,
        p.n7_18_kosong + p.pernah_tanpa_umur
    ),
    (
        'pct_ats_7_18', p.belum_sekolah + p.putus_sekolah, p.n7_18 - p.n7_18_kosong - p.berhenti_kosong,
        p.n7_18_kosong + p.berhenti_kosong, p.umur_kosong
    ),
    (
        'pct_belum_pernah_sekolah_7_18', p.belum_sekolah, p.n7_18 - p.n7_18_kosong, p.n7_18_kosong,
        p.umur_kosong
    ),
    ('rata_lama_sekolah_25', p.tahun_sekolah, p.n25 - p.n25_kosong, p.n25_kosong, 0),
    ('pct_tanpa_ijazah_15', p.tanpa_ijazah, p.n15 - p.ijazah_kosong, p.ijazah_kosong, p.umur_kosong),

    ('pct_bekerja_15', p.bekerja, p.n15 - p.n15_kosong, p.n15_kosong, p.umur_kosong),
    ('pct_neet_15_24', p.neet, p.n15_24 - p.n15_24_kosong, p.n15_24_kosong, p.umur_kosong),
    (
        'pct_pekerja_informal', p.informal, p.bekerja - p.r418_kosong, p.r418_kosong,
        p.n15_kosong + p.bekerja_tanpa_umur
    ),
    (
        'pct_pekerja_pertanian', p.pertanian, p.bekerja - p.r417_kosong, p.r417_kosong,
        p.n15_kosong + p.bekerja_tanpa_umur
    ),
    ('pct_anak_bekerja_5_14', p.anak_bekerja, p.n5_14 - p.n5_14_kosong, p.n5_14_kosong, p.umur_kosong),
    ('pct_keluarga_punya_usaha', k.usaha, k.n - k.usaha_kosong, k.usaha_kosong, 0),

    ('pct_disabilitas', p.disabilitas, p.n2 - p.disabilitas_kosong, p.disabilitas_kosong, p.umur_kosong),
    (
        'pct_disabilitas_wg', p.disabilitas_wg, p.n5 - p.disabilitas_wg_kosong, p.disabilitas_wg_kosong,
        p.umur_kosong
    ),
    ('pct_penyakit_kronis', p.kronis, p.r430, p.n - p.r430, 0),
    ('pct_gangguan_gizi_balita', p.kurang_gizi, p.balita - p.gizi_kosong, p.gizi_kosong, p.umur_kosong),
    ('pct_jkn', p.jkn, p.r431a, p.n - p.r431a, 0),
    ('pct_pbi_jkn', p.pbi, p.r431a, p.n - p.r431a, 0),
    ('pct_tanpa_jaminan_kesehatan', p.tanpa_jaminan, p.r431a, p.n - p.r431a, 0),
    (
        'pct_jamsostek_pekerja', p.jamsostek, p.bekerja - p.r431f_kosong, p.r431f_kosong,
        p.n15_kosong + p.bekerja_tanpa_umur
    ),

    ('pct_bpnt', k.r501a_ya, k.r501a, k.n - k.r501a, 0),
    ('pct_pkh', k.r501b_ya, k.r501b, k.n - k.r501b, 0),
    ('pct_blt_desa', k.r501c_ya, k.r501c, k.n - k.r501c, 0),
    ('pct_subsidi_listrik', k.r501d_ya, k.r501d, k.n - k.r501d, 0),
    ('pct_bantuan_pemda', k.r501e_ya, k.r501e, k.n - k.r501e, 0),
    ('pct_subsidi_pupuk', k.r501f_ya, k.r501f, k.n - k.r501f, 0),
    ('pct_subsidi_lpg', k.r501g_ya, k.r501g, k.n - k.r501g, 0),
    ('pct_d1_tanpa_bansos', k.d1_tanpa_bansos, k.d1 - k.d1_kosong, k.d1_kosong, k.n - k.desil),

    ('pct_tanpa_rekening', k.tanpa_rekening, k.r506, k.n - k.r506, 0),
    ('pct_internet', k.internet, k.r505, k.n - k.r505, 0),
    ('pct_miskin_aset', k.miskin_aset, k.aset, k.n - k.aset, 0),

    ('pct_desil_1', k.d1, k.desil, k.n - k.desil, 0),
    ('pct_desil_1_2', k.d2, k.desil, k.n - k.desil, 0),
    ('pct_desil_1_4', k.d4, k.desil, k.n - k.desil, 0),
    ('exclusion_error_pkh', k.d4_tanpa_pkh, k.d4 - k.d4_r501b_kosong, k.d4_r501b_kosong, k.n - k.desil),
    ('inclusion_error_pkh', k.pkh_bukan_sasaran, k.r501b_ya - k.pkh_desil_kosong, k.pkh_desil_kosong, k.n - k.r501b),
    ('exclusion_error_bpnt', k.d4_tanpa_bpnt, k.d4 - k.d4_r501a_kosong, k.d4_r501a_kosong, k.n - k.desil),
    (
        'inclusion_error_bpnt', k.bpnt_bukan_sasaran, k.r501a_ya - k.bpnt_desil_kosong, k.bpnt_desil_kosong,
        k.n - k.r501a
    ),
    (
        'exclusion_error_pkh_komponen', k.berkomponen_tanpa_pkh, k.berkomponen - k.berkomponen_kosong,
        k.berkomponen_kosong, k.semesta_komponen_kosong
    ),

    ('ikm_h', k.miskin, k.penduduk - k.belum_ditentukan, k.belum_ditentukan, 0),
    ('ikm_a', k.skor_miskin, k.miskin, 0, 0),
    ('ikm_m0', k.skor_miskin, k.penduduk - k.belum_ditentukan, k.belum_ditentukan, 0)
) as indikator (kode_indikator, pembilang, penyebut, tidak_tahu, semesta_tidak_tahu)
