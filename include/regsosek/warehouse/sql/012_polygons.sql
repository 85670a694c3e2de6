-- Boundaries of villages that an office has supplied; empty where it has not. Filled from its file at every start of the
-- dashboards, so nothing here is of its own.
create table acuan.batas_desa (
    kode_desa text not null,
    bagian integer not null,
    cincin text not null,
    primary key (kode_desa, bagian)
);
comment on table acuan.batas_desa is 'Batas desa dari berkas REGSOSEK_VILLAGE_POLYGONS. Satu baris per bagian desa.';
comment on column acuan.batas_desa.cincin is 'Garis luar sebagai JSON [[bujur, lintang], ...], dibulatkan ke 4 desimal.';
