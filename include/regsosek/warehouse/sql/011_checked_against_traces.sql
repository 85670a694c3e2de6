-- Against which traces of erased persons the raw files of a delivery were held. They change in no other way, so a refresh
-- looks into a delivery again only when there are other traces.
alter table ops.kiriman add column nisan text;
comment on column ops.kiriman.nisan is
    'Sidik jejak orang terhapus yang sudah dicocokkan dengan isi kiriman ini; null: belum dicocokkan.';
