-- Without CTEs: PostgreSQL takes a view apart only if it has none. Otherwise it fills all columns of millions of rows,
-- whichever are asked for.
select
    anggota.id_kiriman,
    anggota.baris,
    anggota.baris_keluarga,
    anggota.kode_desa,
    anggota.penduduk,
    anggota.r401,
    anggota.r404,
    anggota.r405,
    anggota.r406tgl,
    anggota.r406bln,
    anggota.r406thn,
    anggota.r407,
    anggota.r408,
    anggota.r409,
    anggota.r410,
    anggota.r411,
    anggota.r412,
    anggota.r413,
    anggota.r414,
    anggota.r415,
    anggota.r416a,
    anggota.r416b,
    anggota.r417,
    anggota.r418,
    anggota.r419,
    anggota.r420a,
    anggota.r420b,
    anggota.r421,
    anggota.r422,
    anggota.r423,
    anggota.r424,
    anggota.r425,
    anggota.r426,
    anggota.r427,
    anggota.r428a,
    anggota.r428b,
    anggota.r428c,
    anggota.r428d,
    anggota.r428e,
    anggota.r428f,
    anggota.r428g,
    anggota.r428h,
    anggota.r428i,
    anggota.r428j,
    anggota.r429,
    -- HIV/AIDS (12) is nobody's business here: it is `lainnya` (18) from the first model on.
    case when anggota.r430 = 12 then 18 else anggota.r430 end::smallint as r430,
    anggota.r431a,
    anggota.r431b,
    anggota.r431c,
    anggota.r431d,
    anggota.r431e,
    anggota.r431f
from {{ source('registri', 'anggota') }} as anggota
where
    anggota.alasan_tolak is null
    and (anggota.id_kiriman, anggota.kode_desa) not in (
        select
            desa.id_kiriman,
            desa.kode_desa
        from {{ ref('stg_regsosek__kiriman_desa') }} as desa
        where desa.keadaan = 'ditolak'
    )
