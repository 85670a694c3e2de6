-- A delivery enters the ledger when it is loaded or refused; one that is only seen is in ops.landing. So 'diterima' was
-- never a state.

alter table ops.kiriman drop constraint kiriman_keadaan_check;
alter table ops.kiriman add constraint kiriman_keadaan_check check (keadaan in (
    'dimuat', 'diterima gerbang 1', 'ditolak gerbang 1', 'terbit', 'ditolak gerbang 2', 'digantikan', 'ditarik'
));
