-- Lists of families by name and address, and figures by SLS, behind a record of who asked. Replaced at every set-up.
--
-- Asking and taking are two transactions. What `minta` writes is committed before `ambil` hands out anything, so the
-- record stays whatever the caller rolls back, and a session that may not write gets no ticket.

-- Refusals that are told to people have SQLSTATEs of class RS; no message quotes a row.

create or replace function restricted.periksa_hak(p_kode_desa text) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if session_user = current_user or pg_has_role(session_user, 'planner', 'usage')
        or exists (
            select from ops.hak_desa as h where h.pengguna = session_user::text and h.kode_desa = p_kode_desa
        )
    then
        return;
    end if;
    raise exception 'Akun % tidak berhak atas desa %.', session_user, p_kode_desa using errcode = 'RS001';
end
$$;

create or replace function restricted.minta(daftar text, kode_desa text, keperluan text)
returns table (tiket uuid, jumlah_baris integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    kini record;
    banyak integer;
begin
    perform restricted.periksa_hak(minta.kode_desa);
    if length(btrim(coalesce(minta.keperluan, ''))) < 10 then
        raise exception 'Sebutkan keperluannya, sedikitnya sepuluh huruf.' using errcode = 'RS002';
    end if;
    select d.id_rilis, d.id_kiriman, r.versi_definisi into kini
    from ops.rilis_terbit as t
    join ops.rilis as r on r.id_rilis = t.id_rilis
    join ops.rilis_desa as d on d.id_rilis = t.id_rilis
    where d.kode_desa = minta.kode_desa;
    if not found then
        raise exception 'Desa % tidak ada pada rilis yang terbit.', minta.kode_desa using errcode = 'RS003';
    end if;
    if not exists (select from ops.berkas as b where b.id_kiriman = kini.id_kiriman) then
        raise exception 'Data desa % sedang diperbarui. Minta lagi sesudah penyegaran berikutnya.', minta.kode_desa
            using errcode = 'RS009';
    end if;
    if minta.daftar = 'indikator_sls' then
        select count(*) into banyak from restricted.mart_indikator_sls as s where s.kode_desa = minta.kode_desa;
    elsif minta.daftar in ('desil_1_2_tanpa_bantuan', 'rtlh', 'anak_tidak_sekolah', 'lansia_tunggal') then
        select count(*) into banyak
        from agregat.agg_daftar_desa as a
        where a.id_kiriman = kini.id_kiriman and a.kode_desa = minta.kode_desa
            and a.versi_definisi = kini.versi_definisi and a.daftar = minta.daftar;
    else
        raise exception 'Tidak ada daftar bernama itu.' using errcode = 'RS004';
    end if;
    perform set_config('synchronous_commit', 'on', true);
    return query
    insert into restricted.permintaan
        (pengguna, aplikasi, alamat, daftar, kode_desa, keperluan, id_rilis, jumlah_baris)
    values (
        session_user::text, current_setting('application_name'), inet_client_addr(), minta.daftar, minta.kode_desa,
        btrim(minta.keperluan), kini.id_rilis, banyak
    )
    returning permintaan.tiket, permintaan.jumlah_baris;
end
$$;

-- The request behind a ticket, if it may be honoured here and now.
create or replace function restricted.permintaan_sah(p_tiket uuid) returns restricted.permintaan
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p restricted.permintaan;
begin
    select * into p from restricted.permintaan as q where q.tiket = p_tiket and q.pengguna = session_user::text;
    if not found then
        raise exception 'Tiket tidak dikenal untuk akun ini.' using errcode = 'RS005';
    end if;
    if pg_xact_status(p.xid) is distinct from 'committed' then
        raise exception 'Tiket baru berlaku setelah transaksi yang memintanya selesai (commit).'
            using errcode = 'RS006';
    end if;
    if p.waktu < clock_timestamp() - interval '15 minutes' then
        raise exception 'Tiket kedaluwarsa setelah 15 menit. Minta lagi.' using errcode = 'RS007';
    end if;
    if p.id_rilis is distinct from (select t.id_rilis from ops.rilis_terbit as t) then
        raise exception 'Rilis sudah berganti sejak diminta. Minta lagi.' using errcode = 'RS008';
    end if;
    perform restricted.periksa_hak(p.kode_desa);
    raise log 'restricted: % mengambil daftar % desa %, paling banyak % baris, tiket %',
        session_user, p.daftar, p.kode_desa, p.jumlah_baris, p.tiket;
    return p;
end
$$;

create or replace function restricted.ambil(tiket uuid)
returns table (
    kode_sls text, kode_sub_sls text, nama_sls text, nama_kepala_keluarga text, alamat text, nama text,
    umur smallint, desil smallint, penduduk smallint, keterangan text, baris_keluarga integer
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_nestloop = off -- nothing of raw is indexed or counted: a loop would read all of it for every row
as $$
#variable_conflict use_column
declare
    p restricted.permintaan := restricted.permintaan_sah(ambil.tiket);
    rt record;
    art record;
    sel text := $f$nullif(btrim(regexp_replace(%s.%I, '[[:cntrl:]]', ' ', 'g')), '')$f$;
begin
    select b.id_kiriman, b.tabel, b.kolom, r.versi_definisi into rt
    from ops.rilis as r
    join ops.rilis_desa as d on d.id_rilis = r.id_rilis
    join ops.berkas as b on b.id_kiriman = d.id_kiriman
    where r.id_rilis = p.id_rilis and d.kode_desa = p.kode_desa and b.berkas = 'k_rt';
    select b.tabel, b.kolom into art from ops.berkas as b where b.id_kiriman = rt.id_kiriman and b.berkas = 'k_art';
    return query execute format(
        $q$
        select k.kode_sls, k.kode_sub_sls, %s, %s, %s, %s, a.umur, a.desil, a.penduduk, a.keterangan, a.baris_keluarga
        from agregat.agg_daftar_desa as a
        join registri.keluarga as k on k.id_kiriman = a.id_kiriman and k.baris = a.baris_keluarga
        join raw.%I as rt on rt.baris = a.baris_keluarga
        left join raw.%I as art on art.baris = a.baris_anggota
        where a.id_kiriman = $1 and a.kode_desa = $2 and a.versi_definisi = $3 and a.daftar = $4 and k.id_kiriman = $1
        order by 1, 2, 4, 6, a.baris_keluarga, a.baris_anggota
        limit $5
        $q$,
        case when rt.kolom ? 'r106' then format(sel, 'rt', rt.kolom ->> 'r106') else 'null::text' end,
        case when rt.kolom ? 'r108' then format(sel, 'rt', rt.kolom ->> 'r108') else 'null::text' end,
        case when rt.kolom ? 'r107' then format(sel, 'rt', rt.kolom ->> 'r107') else 'null::text' end,
        case when art.kolom ? 'r402' then format(sel, 'art', art.kolom ->> 'r402') else 'null::text' end,
        rt.tabel, art.tabel
    ) using rt.id_kiriman, p.kode_desa, rt.versi_definisi, p.daftar, p.jumlah_baris;
end
$$;

create or replace function restricted.ambil_sls(tiket uuid)
returns table (
    kode_sls text, kode_sub_sls text, kode_indikator text, pembilang bigint, penyebut bigint, tidak_tahu bigint,
    semesta_tidak_tahu bigint, nilai double precision, batas_bawah double precision, batas_atas double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    p restricted.permintaan := restricted.permintaan_sah(ambil_sls.tiket);
begin
    if p.daftar <> 'indikator_sls' then
        raise exception 'Tiket ini untuk daftar keluarga.' using errcode = 'RS009';
    end if;
    return query
    select s.kode_sls, s.kode_sub_sls, s.kode_indikator, s.pembilang, s.penyebut, s.tidak_tahu, s.semesta_tidak_tahu,
        s.nilai, s.batas_bawah, s.batas_atas
    from restricted.mart_indikator_sls as s
    where s.kode_desa = p.kode_desa
    order by 1, 2, 3
    limit p.jumlah_baris;
end
$$;
