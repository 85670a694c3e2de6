-- Under which permanent key a trace was made: under another one it would match nobody, and nobody would notice.
alter table ops.nisan add column kunci text;
comment on column ops.nisan.kunci is 'Sidik kunci tetap yang membuat jejak ini; null: belum dicatat.';
