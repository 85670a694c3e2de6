-- What every model of dbt calls first in its transaction (pre-hook in dbt_project.yml): the guard of regsosek.warehouse.lease
-- for connections of a refresh, which carry their epoch in their application name. Others hold no lease and pass.

create function ops.jaga() returns void language plpgsql as $$
declare
    epoch_jalan constant bigint = substring(current_setting('application_name') from '^regsosek:([0-9]+)$');
begin
    if epoch_jalan is null then
        return;
    end if;
    perform from ops.sewa where epoch = epoch_jalan and id_jalan is not null for key share;
    if not found then
        raise exception 'regsosek: sewa hilang';
    end if;
end
$$;
comment on function ops.jaga() is 'Gagal bila jalan yang memanggilnya bukan lagi pemegang sewa.';
