-- The four integers of all 75 indicators for every village, from the two files as COPY leaves them: what somebody
-- writes by hand who knows the form and trusts the files. Answers and everything drawn from them are three-valued:
-- null is not known. An indicator is an array of pembilang, penyebut, tidak_tahu, semesta_tidak_tahu.
with

penduduk as materialized (
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

keluarga as materialized (
    select
        r101 || r102 || r103 || r104 as kode_desa,
        id as id_rt,
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
    where (r205 in ('3', '4', '5')) is not true
),

-- What more than one answer of a resident says. `case` without `else` where one that is missing decides.
penduduk_dinilai as (
    select
        *,
        -- Codes 1 and 2 are the heavy difficulties. Asked are a to f from the age of 2, g to i from 5.
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
        case when r412 = 2 then r413 when r412 is not null then 0 end as jenjang,
        r412 = 3 and (r415 = 23 or r415 between 1 and 10) as putus_sekolah,
        case when r412 = 1 then true when r412 is not null then r415 = 23 end as tanpa_ijazah,
        -- Of the certificate, and of the classes after it: 8 is "completed", 21 and 22 are master and doctor.
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

-- What its residents say about a family. `bool_or` passes over what is not known, so that is put in after it:
-- true if it is so of one resident, else null if it is not known of one, else false.
menurut_keluarga as (
    select
        kode_desa,
        id_rt,
        count(*)::int as penduduk,
        count(*) filter (where r409 = 1) as kepala,
        min(r405) filter (where r409 = 1) as jenis_kelamin_kepala,
        min(r407) as umur_termuda,

        bool_or(r407 >= 5 and r420a = 1) or nullif(bool_or(r407 >= 5 and r420a is null), true) as punya_usaha
    from penduduk_dinilai
    group by kode_desa, id_rt
)
select 1
