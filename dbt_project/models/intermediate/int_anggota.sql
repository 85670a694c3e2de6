{{ config(materialized='view') }}

with

anggota as (
    select * from {{ ref('stg_regsosek__anggota') }}
),

final as (
    select
        *,
        {{ kesulitan(2) }} as kesulitan,
        {{ kesulitan(1) }} as tidak_mampu,
        {{ salah_satu_kesulitan('abcghi', 2) }} as kesulitan_wg
    from anggota
    where penduduk
)

select * from final
