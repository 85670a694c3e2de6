{{ config(materialized='view', tags=['tampilan']) }}

-- Without CTEs, see stg_regsosek__anggota.
select
    *,
    {{ kesulitan(2) }} as kesulitan,
    {{ kesulitan(1) }} as tidak_mampu,
    {{ salah_satu_kesulitan('abcghi', 2) }} as kesulitan_wg
from {{ ref('stg_regsosek__anggota') }}
where penduduk
