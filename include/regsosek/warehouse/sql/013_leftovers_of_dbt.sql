-- dbt used to make each table beside the old one, and dropped what a killed run had left of it when it made that table
-- again. Tables are replaced in place now, so nobody would drop those any more, and some hold rows of families.
do $$
declare
    sisa record;
begin
    for sisa in
        select
            relnamespace::regnamespace::text as skema, relname,
            case relkind when 'v' then 'view' else 'table' end as jenis
        from pg_class
        where relkind in ('r', 'v')
            and relnamespace::regnamespace::text in ('staging', 'antara', 'agregat', 'kandidat', 'kandidat_publik')
            and relname ~ '__dbt_(tmp|backup)$'
    loop
        execute format('drop %s if exists %I.%I cascade', sisa.jenis, sisa.skema, sisa.relname);
    end loop;
end
$$;
