-- What points at single families: for those who plan within a village, never for a BI tool.

create schema restricted;
comment on schema restricted is 'Angka di bawah tingkat desa dan daftar keluarga: terbatas.';

-- What a delivery replaces in a village: the accepted one that was received before it.
alter table ops.kandidat_desa add column id_kiriman_sebelumnya bigint references ops.kiriman on delete set null;
