-- The schema the pipeline itself owns. dbt owns staging, antara, agregat and kandidat; the loader creates a
-- table per delivery and file in raw; the publisher derives terbit and marts from the contracts of the marts.

create schema ops;
create schema raw;
create schema registri;
create schema acuan;
create schema terbit;
create schema marts;

comment on schema raw is 'Isi berkas kiriman apa adanya, termasuk identitas: hanya untuk pemilik.';
comment on schema registri is 'Keluarga dan anggota bertipe, tanpa identitas.';
comment on schema ops is 'Buku kiriman, temuan, rilis.';
comment on schema marts is 'Rilis yang sedang terbit; dibaca alat BI.';

-- Ledger -----------------------------------------------------------------------------------------------------

create table ops.kiriman (
    id_kiriman bigint generated always as identity primary key,
    folder text not null,
    sidik text not null,                    -- sha256 of the whole folder, kiriman.yml included
    instrumen text not null default 'REGSOSEK22-K',
    versi text check (versi in ('final', 'draft')),
    cut_off date,
    desil_skala text check (desil_skala in ('kabupaten', 'nasional')),
    desil_model text,
    desil_cut_off date,
    paksa boolean not null default false,
    catatan text,
    desa_dinyatakan jsonb,                  -- {kode_desa: families} as kiriman.yml declares them
    diterima_pada timestamptz not null default clock_timestamp(),
    keadaan text not null check (keadaan in (
        'diterima', 'dimuat', 'diterima gerbang 1', 'ditolak gerbang 1',
        'terbit', 'ditolak gerbang 2', 'digantikan', 'ditarik'
    )),
    alasan text,                            -- why refused, in words; never a value of the data
    uji_coba boolean not null default false,-- loaded by a dry run, removed at its end
    id_jalan text                           -- the run that last changed the state
);
create unique index kiriman_sidik on ops.kiriman (sidik) where not uji_coba;

create table ops.berkas (
    id_kiriman bigint not null references ops.kiriman on delete cascade,
    berkas text not null check (berkas in ('k_rt', 'k_art')),
    nama_berkas text not null,
    tabel text not null,                    -- name within schema raw
    sha256 text not null,
    ukuran_bita bigint not null,
    jumlah_baris bigint not null,
    kolom jsonb not null,                   -- {canonical column: column in the raw table}
    sumber_kode text not null default 'bps',-- whose codes the answers are in: bps, or a naming family of the codebook
    primary key (id_kiriman, berkas)
);

create table ops.landing (                  -- what each folder held when last seen: shows an undone correction
    folder text primary key,
    sidik text not null,
    dilihat_pada timestamptz not null default clock_timestamp()
);

create table ops.kiriman_desa (
    id_kiriman bigint not null references ops.kiriman on delete cascade,
    kode_desa text not null,
    keluarga_diterima integer not null,     -- received = accepted + rejected, families with and without residents
    keluarga_ditolak integer not null,
    keluarga_tanpa_penduduk integer not null, -- of the accepted ones
    anggota_diterima integer not null,
    anggota_ditolak integer not null,
    keadaan text not null check (keadaan in ('diterima', 'ditolak')),
    aturan text,                            -- the rule that refused the village
    primary key (id_kiriman, kode_desa)
);

-- Rules and faults -------------------------------------------------------------------------------------------

create table ops.aturan (                   -- copied from regsosek.rules at every set-up
    aturan text primary key,
    berkas text not null,                   -- k_rt, k_art or kiriman
    item text,
    keparahan text not null check (keparahan in (
        'tolak_kiriman', 'tolak_desa', 'tolak_keluarga', 'kosongkan', 'peringatan'
    )),
    pesan text not null,
    tindakan text not null
);

create table ops.temuan (
    id_kiriman bigint not null references ops.kiriman on delete cascade,
    berkas text not null,
    baris integer,                          -- null for rules about a whole village or delivery
    kode_desa text,
    aturan text not null
);
create index temuan_kiriman on ops.temuan (id_kiriman, aturan);

-- Registry ---------------------------------------------------------------------------------------------------
-- registri.keluarga and registri.anggota are created from the codebook (regsosek.normalise.tables).

-- Releases ---------------------------------------------------------------------------------------------------

create table ops.rilis (
    id_rilis bigint generated always as identity primary key,
    dibuat_pada timestamptz not null default clock_timestamp(),
    id_jalan text not null,
    versi_definisi text not null,
    keadaan text not null check (keadaan in ('terbit', 'digantikan', 'ditarik')),
    ringkasan jsonb not null default '{}'
);

create table ops.rilis_desa (
    id_rilis bigint not null references ops.rilis on delete cascade,
    kode_desa text not null,
    id_kiriman bigint not null references ops.kiriman,
    primary key (id_rilis, kode_desa)
);

create table ops.rilis_terbit (             -- one row: what marts shows
    satu boolean primary key default true check (satu),
    id_rilis bigint not null references ops.rilis,
    sejak timestamptz not null default clock_timestamp()
);

create table ops.kandidat_desa (            -- the manifest being built, one at a time
    kode_desa text primary key,
    id_kiriman bigint not null references ops.kiriman on delete cascade
);

-- Lease and history ------------------------------------------------------------------------------------------

create table ops.sewa (                     -- one writer at a time; every writing transaction checks the epoch
    satu boolean primary key default true check (satu),
    epoch bigint not null,
    id_jalan text,                          -- null: free
    detak timestamptz not null default clock_timestamp()
);
insert into ops.sewa (epoch) values (0);

create table ops.kejadian (                 -- append-only: refresh, publish, rollback, aktifkan, refusals
    waktu timestamptz not null default clock_timestamp(),
    id_jalan text,
    kejadian text not null,
    rincian jsonb not null default '{}'
);
