-- Who may see what. Roles and grants are made from regsosek/access/roles.yml at every set-up, not here.

create schema marts_desa;
comment on schema marts_desa is 'Seperti marts, tiap akun desa hanya melihat desanya.';

create table ops.hak_desa (                 -- which villages a login of the group village sees
    pengguna text not null check (pengguna ~ '^desa_[a-z0-9_]{1,58}$'),
    kode_desa text not null,
    diberikan_pada timestamptz not null default clock_timestamp(),
    primary key (pengguna, kode_desa)
);

create table restricted.permintaan (        -- who asked for a list of families: written before the first row is handed out
    tiket uuid primary key default gen_random_uuid(),
    waktu timestamptz not null default clock_timestamp(),
    xid xid8 not null default pg_current_xact_id(),
    pengguna text not null,                 -- the login, whatever role it acts as
    aplikasi text not null,                 -- what the client calls itself
    alamat inet,                            -- where it connects from
    daftar text not null,
    kode_desa text not null,
    keperluan text not null,
    id_rilis bigint not null,
    jumlah_baris integer not null           -- rows the list has, and the most that are handed out
);
comment on table restricted.permintaan is 'Siapa meminta daftar keluarga, kapan, desa mana, untuk apa, berapa baris.';
