-- What leaves the office: figures that point at nobody, after a person has agreed.

create schema publik;
comment on schema publik is 'Angka yang boleh keluar dari kantor: yang menunjuk keluarga tertentu disembunyikan.';

create table ops.publik_manifes (           -- the public release being prepared: which delivery the public sees
    kode_indikator text not null,
    kode_desa text not null,
    id_kiriman bigint not null references ops.kiriman on delete cascade,
    primary key (kode_indikator, kode_desa)
);

create table ops.publik_keputusan (         -- and what of it may be shown
    kode_indikator text not null,
    kode_wilayah text not null,
    terbuka boolean not null,
    primary key (kode_indikator, kode_wilayah)
);

create table ops.publik_siap (              -- and that it waits for a person, one at a time
    satu boolean primary key default true check (satu),
    id_jalan text not null,
    id_rilis bigint not null references ops.rilis,
    versi_definisi text not null,
    ringkasan jsonb not null
);

create table ops.rilis_publik (
    id_rilis_publik bigint generated always as identity primary key,
    id_rilis bigint not null references ops.rilis,
    versi_definisi text not null,
    diterbitkan_pada timestamptz not null default clock_timestamp(),
    disetujui_oleh text,
    id_jalan text not null,
    ringkasan jsonb not null default '{}'
);

create table ops.rilis_publik_manifes (     -- what the public was shown and what it was not: nobody unlearns a figure
    id_rilis_publik bigint not null references ops.rilis_publik on delete cascade,
    kode_indikator text not null,
    kode_desa text not null,
    id_kiriman bigint not null references ops.kiriman,
    primary key (id_rilis_publik, kode_indikator, kode_desa)
);

create table ops.rilis_publik_keputusan (
    id_rilis_publik bigint not null references ops.rilis_publik on delete cascade,
    kode_indikator text not null,
    kode_wilayah text not null,
    terbuka boolean not null,
    primary key (id_rilis_publik, kode_indikator, kode_wilayah)
);
