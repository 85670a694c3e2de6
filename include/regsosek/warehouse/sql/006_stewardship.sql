-- Rights of the people in the records, and the life cycle of the data.

alter table ops.kiriman
    add column kunci text,                  -- fingerprint of the key its pseudonyms are under, never the key itself
    add column dibersihkan_pada timestamptz,-- its rows in raw and registri are gone; what is counted of it stays
    add column id_asal bigint references ops.kiriman;  -- the first edition of a delivery that persons were erased from

-- Corrections: a workbook of the faults of a village, the answers, the delivery they became ---------------------
-- Record numbers, items and rules only: what was asked and answered stands in the workbook and in raw.

create table ops.perbaikan_buku (
    id_buku bigint generated always as identity primary key,
    id_kiriman bigint not null references ops.kiriman,  -- whose faults
    kode_desa text not null,
    dibuat_pada timestamptz not null default clock_timestamp(),
    oleh text not null,
    tujuan text not null,                   -- what for, in the words of whoever made it
    nama_berkas text                        -- null: answered without a workbook
);

create table ops.perbaikan_isian (          -- one cell to be filled
    id_buku bigint not null references ops.perbaikan_buku on delete cascade,
    nomor integer not null,
    berkas text not null check (berkas in ('k_rt', 'k_art')),
    baris integer not null,
    item text not null,
    primary key (id_buku, nomor)
);

create table ops.perbaikan_temuan (         -- and the faults it may settle, each at a record of its own
    id_buku bigint not null,
    nomor integer not null,
    aturan text not null,
    berkas text not null,
    baris integer not null,
    primary key (id_buku, nomor, aturan, berkas, baris),
    foreign key (id_buku, nomor) references ops.perbaikan_isian on delete cascade
);

create table ops.perbaikan_impor (
    id_impor bigint generated always as identity primary key,
    id_buku bigint not null references ops.perbaikan_buku,
    diimpor_pada timestamptz not null default clock_timestamp(),
    oleh text not null,
    folder text not null,                   -- of the landing
    sidik text not null                     -- by which the delivery is known once it is loaded
);

create table ops.perbaikan_jawaban (
    id_impor bigint not null references ops.perbaikan_impor on delete cascade,
    id_buku bigint not null,
    nomor integer not null,
    primary key (id_impor, nomor),
    foreign key (id_buku, nomor) references ops.perbaikan_isian
);

create table ops.perbaikan_record (         -- where the records concerned lie in the new delivery
    id_impor bigint not null references ops.perbaikan_impor on delete cascade,
    berkas text not null,
    baris integer not null,
    baris_baru integer not null,
    primary key (id_impor, berkas, baris)
);

create view ops.perbaikan_jejak as
select
    b.id_buku, b.kode_desa, b.id_kiriman, b.dibuat_pada, b.oleh, b.tujuan,
    j.nomor, s.berkas, s.baris, s.item, t.aturan,
    i.id_impor, i.diimpor_pada, i.folder, k.id_kiriman as id_kiriman_baru, k.keadaan as keadaan_baru,
    case when d.id_kiriman is not null and t.aturan is not null then not exists (
        select from ops.temuan as f
        where f.id_kiriman = k.id_kiriman and f.berkas = t.berkas and f.baris = r.baris_baru and f.aturan = t.aturan
    ) end as hilang
from ops.perbaikan_jawaban as j
join ops.perbaikan_isian as s on s.id_buku = j.id_buku and s.nomor = j.nomor
join ops.perbaikan_buku as b on b.id_buku = j.id_buku
join ops.perbaikan_impor as i on i.id_impor = j.id_impor
left join ops.perbaikan_temuan as t on t.id_buku = j.id_buku and t.nomor = j.nomor
left join ops.perbaikan_record as r on r.id_impor = j.id_impor and r.berkas = t.berkas and r.baris = t.baris
left join ops.kiriman as k on k.sidik = i.sidik and not k.uji_coba
left join ops.kiriman_desa as d on d.id_kiriman = k.id_kiriman and d.kode_desa = b.kode_desa;
comment on view ops.perbaikan_jejak is
    'Jejak perbaikan: tiap isian yang dijawab, bukunya, kiriman hasilnya, dan apakah temuannya hilang; null = belum dinilai.';

-- Persons -------------------------------------------------------------------------------------------------------

create table ops.nisan (                    -- who was erased: a keyed hash of the NIK, its key outside of the database
    sidik uuid primary key,
    dihapus_pada timestamptz not null default clock_timestamp(),
    oleh text not null,
    alasan text not null
);
comment on table ops.nisan is 'Jejak orang yang dihapus, agar tidak termuat lagi; tanpa NIK.';

create table ops.permintaan_subjek (
    waktu timestamptz not null default clock_timestamp(),
    oleh text not null,
    permintaan text not null check (permintaan in ('cari', 'perbaiki', 'hapus')),
    rincian jsonb not null                  -- counts and places, never who
);
comment on table ops.permintaan_subjek is 'Permintaan orang atas datanya sendiri: kapan, oleh petugas siapa, hasilnya.';
