-- Rows of a release are written by one function, in the transaction that makes the release; looking the release up for
-- every row took half of a publish.
do $$
declare
    kunci record;
begin
    for kunci in
        select conrelid::regclass as tabel, conname
        from pg_constraint
        where contype = 'f' and connamespace = 'terbit'::regnamespace and confrelid = 'ops.rilis'::regclass
    loop
        execute format('alter table %s drop constraint %I', kunci.tabel, kunci.conname);
    end loop;
end
$$;
