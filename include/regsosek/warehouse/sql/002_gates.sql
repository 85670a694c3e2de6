-- What each gate said in each run; the faults themselves are in ops.temuan.

create table ops.gerbang (
    id_jalan text not null,
    gerbang smallint not null check (gerbang in (1, 2)),
    id_kiriman bigint references ops.kiriman on delete cascade,  -- null: gate 2 judges the candidate as a whole
    dinilai_pada timestamptz not null default clock_timestamp(),
    lulus boolean not null,
    kegagalan jsonb not null,               -- expectations not met, without those of rules
    peringatan jsonb not null,              -- figures that moved a lot since the last release
    harapan jsonb not null,                 -- {suite: {diperiksa: n, gagal: [name]}}
    unique nulls not distinct (id_jalan, gerbang, id_kiriman)
);
comment on table ops.gerbang is 'Putusan tiap gerbang pada tiap jalan.';
