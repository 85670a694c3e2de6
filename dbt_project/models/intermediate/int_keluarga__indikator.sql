{{ config(post_hook="analyze {{ this }} (id_kiriman, kode_desa, kode_sls, kode_sub_sls, desil)") }}

with

keluarga as (
    select * from {{ ref('int_keluarga') }}
    where id_kiriman = any({{ kiriman_baru() }})
    {{ sekali() }}
),

final as (
    select
        id_kiriman,
        kode_desa,
        baris,
        penduduk,

        ---------- kependudukan
        1::smallint as jumlah_keluarga,
        penduduk as rata_anggota_keluarga,
        {{ hasil('jenis_kelamin_kepala = 2', 'jenis_kelamin_kepala is null', semesta='kepala = 1') }}
            as pct_kepala_keluarga_perempuan,
        {{ hasil('penduduk = 1 and umur_termuda >= 60', 'penduduk = 1 and umur_termuda is null') }}
            as pct_keluarga_lansia_tunggal,

        ---------- perumahan
        {{ hasil('lantai_tidak_layak', 'lantai_tidak_layak is null') }} as pct_lantai_tidak_layak,
        {{ hasil('dinding_tidak_layak', 'dinding_tidak_layak is null') }} as pct_dinding_tidak_layak,
        {{ hasil('atap_tidak_layak', 'atap_tidak_layak is null') }} as pct_atap_tidak_layak,
        {{ hasil('hunian_sempit', 'hunian_sempit is null') }} as pct_hunian_sempit,
        {{ hasil(
            'hunian_sempit or bangunan_tidak_layak or sanitasi_tidak_layak or air_tidak_layak',
            '(hunian_sempit or bangunan_tidak_layak or sanitasi_tidak_layak or air_tidak_layak) is null'
        ) }} as pct_rtlh,
        {{ hasil_rata(
            'hunian_sempit::int + bangunan_tidak_layak::int + sanitasi_tidak_layak::int + air_tidak_layak::int',
            'num_nulls(hunian_sempit, bangunan_tidak_layak, sanitasi_tidak_layak, air_tidak_layak) > 0'
        ) }} as rata_komponen_rtlh,
        {{ hasil('r301a <> 1', 'r301a is null') }} as pct_bukan_milik_sendiri,
        {{ hasil('r301b in (5, 6)', 'r301b is null', semesta='r301a = 1', semesta_tidak_tahu=true) }}
            as pct_tanpa_sertifikat,

        ---------- air_sanitasi_energi
        {{ hasil('sanitasi_layak', 'sanitasi_layak is null') }} as pct_sanitasi_layak,
        {{ hasil('sanitasi_layak_ketat', 'sanitasi_layak_ketat is null') }} as pct_sanitasi_layak_ketat,
        {{ hasil('r309a in (5, 6)', 'r309a is null') }} as pct_babs,
        {{ hasil('air_minum_layak', 'air_minum_layak is null') }} as pct_air_minum_layak,
        {{ hasil('air_minum_layak_jmp', 'air_minum_layak_jmp is null') }} as pct_air_minum_layak_jmp,
        {{ hasil(
            'r306b = 1', 'r306b is null or r306b = 8', semesta='r306a between 4 and 8', semesta_tidak_tahu=true
        ) }} as pct_sumber_air_dekat_limbah,
        {{ hasil('r307a in (1, 2, 3)', 'r307a is null') }} as pct_listrik,
        {{ hasil('r307a = 2', 'r307a is null') }} as pct_listrik_tanpa_meteran,
        {{ hasil('r307b1 = 1', 'r307b1 is null', semesta='r307a = 1', semesta_tidak_tahu=true) }} as pct_daya_450,
        {{ hasil('r308 between 1 and 6', 'r308 is null', semesta='r308 is null or r308 <> 0') }}
            as pct_bahan_bakar_bersih,

        ---------- ketenagakerjaan
        {{ hasil('punya_usaha', 'punya_usaha is null') }} as pct_keluarga_punya_usaha,

        ---------- bantuan_sosial
        {{ hasil('r501a = 1', 'r501a is null') }} as pct_bpnt,
        {{ hasil('r501b = 1', 'r501b is null') }} as pct_pkh,
        {{ hasil('r501c = 1', 'r501c is null') }} as pct_blt_desa,
        {{ hasil('r501d = 1', 'r501d is null') }} as pct_subsidi_listrik,
        {{ hasil('r501e = 1', 'r501e is null') }} as pct_bantuan_pemda,
        {{ hasil('r501f = 1', 'r501f is null') }} as pct_subsidi_pupuk,
        {{ hasil('r501g = 1', 'r501g is null') }} as pct_subsidi_lpg,
        {{ hasil(
            'not (r501a = 1 or r501b = 1 or r501c = 1 or r501e = 1)',
            '(r501a = 1 or r501b = 1 or r501c = 1 or r501e = 1) is null',
            semesta='desil = 1', semesta_tidak_tahu=true
        ) }} as pct_d1_tanpa_bansos,

        ---------- layanan
        {{ hasil("r506 = case versi when 'draft' then 2 else 4 end", 'r506 is null') }} as pct_tanpa_rekening,
        {{ hasil('r505 in (1, 2, 3)', 'r505 is null') }} as pct_internet,
        {{ hasil('miskin_aset', 'miskin_aset is null') }} as pct_miskin_aset,

        ---------- kesejahteraan
        {{ hasil('desil = 1', 'desil is null') }} as pct_desil_1,
        {{ hasil('desil in (1, 2)', 'desil is null') }} as pct_desil_1_2,
        {{ hasil('desil between 1 and 4', 'desil is null') }} as pct_desil_1_4,

        ---------- ketepatan_sasaran
        {% set sasaran = 'desil between 1 and ' ~ var('desil_sasaran') %}
        {% set bukan_sasaran = 'desil > ' ~ var('desil_sasaran') %}
        {{ hasil('r501b = 2', 'r501b is null', semesta=sasaran, semesta_tidak_tahu=true) }} as exclusion_error_pkh,
        {{ hasil(bukan_sasaran, 'desil is null', semesta='r501b = 1', semesta_tidak_tahu=true) }}
            as inclusion_error_pkh,
        {{ hasil('r501a = 2', 'r501a is null', semesta=sasaran, semesta_tidak_tahu=true) }} as exclusion_error_bpnt,
        {{ hasil(bukan_sasaran, 'desil is null', semesta='r501a = 1', semesta_tidak_tahu=true) }}
            as inclusion_error_bpnt,
        {{ hasil(
            'r501b = 2', 'r501b is null', semesta=sasaran ~ ' and berkomponen_pkh', semesta_tidak_tahu=true
        ) }} as exclusion_error_pkh_komponen,

        ---------- by what families are told apart
        kode_sls,
        kode_sub_sls,
        desil,
        case when kepala = 1 then jenis_kelamin_kepala end as jenis_kelamin_kepala,
        penerima_pbi_jkn,
        pbi_jkn_tidak_tahu,
        {{ hasil('bangunan_tidak_layak', 'bangunan_tidak_layak is null') }} as bangunan_tidak_layak,
        {{ hasil('sanitasi_tidak_layak', 'sanitasi_tidak_layak is null') }} as sanitasi_tidak_layak,
        {{ hasil('air_tidak_layak', 'air_tidak_layak is null') }} as air_tidak_layak,

        ---------- deprivations 1 to 4 of the multidimensional index, three-valued
        ada_sakit_tanpa_pengasuh,
        ada_tanpa_jaminan,
        tanpa_ijazah,
        ada_tidak_sekolah
    from keluarga
)

select * from final
