-- What leaves the office: figures that point at nobody, after a person has agreed.

create schema publik;
comment on schema publik is 'Angka yang boleh keluar dari kantor: yang menunjuk keluarga tertentu disembunyikan.';

create table ops.publik_desa (              -- the public manifest being prepared; lags where too few families changed
    kode_desa text primary key,
    id_kiriman bigint not null references ops.kiriman on delete cascade
);

create table ops.publik_keputusan (         -- decisions of the public release being prepared
    kode_wilayah text not null,
    kode_indikator text not null,
    terbuka boolean not null,
    primary key (kode_wilayah, kode_indikator)
);

create table ops.rilis_publik (
    id_rilis_publik bigint generated always as identity primary key,
    id_rilis bigint not null references ops.rilis,
    diterbitkan_pada timestamptz not null default clock_timestamp(),
    disetujui_oleh text,
    id_jalan text not null,
    ringkasan jsonb not null default '{}'
);

create table ops.rilis_publik_desa (
    id_rilis_publik bigint not null references ops.rilis_publik on delete cascade,
    kode_desa text not null,
    id_kiriman bigint not null references ops.kiriman,
    primary key (id_rilis_publik, kode_desa)
);

create table ops.publik_siap (              -- the public release that waits for a person, one at a time
    satu boolean primary key default true check (satu),
    id_jalan text not null,
    id_rilis bigint not null references ops.rilis,
    versi_definisi text not null,
    ringkasan jsonb not null
);

create table ops.publik_terlihat (          -- decisions that were published once: nobody unlearns a figure
    kode_wilayah text not null,
    id_kiriman bigint not null,             -- of a village; 0 for larger areas
    versi_definisi text not null,
    kode_indikator text not null,
    terbuka boolean not null,
    primary key (kode_wilayah, id_kiriman, versi_definisi, kode_indikator)
);
