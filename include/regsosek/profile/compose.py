"""From facts to a document: which figures are told, in which order, in which words."""

from __future__ import annotations

from datetime import date

from regsosek.profile.charts import Chart, Columns, Dot, Dots, Pyramid, Stacks
from regsosek.profile.document import Card, Document, Section
from regsosek.profile.facts import Copy, Facts, Figure
from regsosek.profile.language import NONE, capital, day, listed, number, percent
from regsosek.profile.read import HOUSING, VULNERABLE
from regsosek.profile.sentences import comparison, rank, share, state_of_data
from regsosek.profile.tables import (
    UNKNOWN,
    all_tables,
    bounds,
    brief,
    brief_definitions,
    short,
    shown,
    universe,
    villages_brief,
)

BANDS = {
    Copy.internal: "SALINAN INTERNAL · untuk pemerintah desa dan perangkat daerah · memuat angka kecil, jangan "
    "disebarkan",
    Copy.publik: "SALINAN PUBLIK · boleh dibagikan · angka yang menunjuk keluarga tertentu disembunyikan",
}
CARDS = ("ikm_h", "pct_desil_1_4", "pct_rtlh", "pct_sanitasi_layak")
CARD_LABELS = {
    "ikm_h": "Miskin multidimensi", "pct_desil_1_4": "Keluarga desil 1–4", "pct_rtlh": "Rumah tidak layak huni",
    "pct_sanitasi_layak": "Sanitasi layak",
}  # fmt: skip
SUMMARY = {
    "ikm_h": "Kemiskinan multidimensi", "pct_desil_1_4": "Kesejahteraan", "pct_d1_tanpa_bansos": "Bantuan",
    "pct_rtlh": "Rumah", "pct_ats_7_18": "Anak tidak sekolah", "pct_tanpa_jaminan_kesehatan": "Jaminan kesehatan",
}  # fmt: skip
"""What the summary tells, in this order, and how each paragraph begins."""

DOTS = {
    "umur": ("pct_balita", "pct_lansia", "pct_kepala_keluarga_perempuan", "pct_keluarga_lansia_tunggal"),
    "desil": ("pct_desil_1", "pct_desil_1_2", "pct_desil_1_4"),
    "kekurangan": (
        "pct_tanpa_jaminan_kesehatan", "pct_disabilitas", "pct_ats_7_18", "pct_tanpa_ijazah_15", "pct_neet_15_24",
        "pct_babs", "pct_hunian_sempit", "pct_miskin_aset", "pct_tanpa_rekening", "pct_dewasa_tanpa_ktp",
    ),
    "bantuan": ("pct_pkh", "pct_bpnt", "pct_blt_desa", "pct_pbi_jkn"),
    "perumahan": ("pct_rtlh", "pct_lantai_tidak_layak", "pct_dinding_tidak_layak", "pct_atap_tidak_layak"),
}  # fmt: skip
"""A public copy has figures of whole areas only: what its plots show, instead of groups within a village."""

NO_GROUPS = "Tabel menurut kelompok tidak diterbitkan; yang tampak adalah angka seluruh wilayah."
NO_PLOT = "Belum ada data untuk gambar ini."
MIXED_DECILES = "Desil dari skala yang berbeda tidak dapat dijumlahkan."

READ = (
    ("Kemungkinan", "Jawaban yang kosong tidak ditebak. Angka sebenarnya terletak di antara kedua batas, sejauh "
     "jawaban yang ada benar. Wilayah yang batasnya bertindih tidak dapat dibedakan."),
    ("Desil", "Peringkat kesejahteraan keluarga, 1 terendah; bukan status miskin."),
    ("Miskin multidimensi", "Indeks lokal: keluarga dengan kekurangan sepertiga bobot atau lebih dari sepuluh "
     "kekurangan di bidang kesehatan, pendidikan, dan kehidupan. Bukan angka kemiskinan resmi BPS."),
    ("Sasaran", "Dinilai terhadap desil, bukan keadaan sebenarnya; bantuan dalam setahun sebelum wawancara."),
    ("RTLH", "Paling sedikit satu tidak layak: luas per jiwa, bangunan, sanitasi, atau air minum."),
)  # fmt: skip


def compose(facts: Facts, today: date) -> Document:
    """The document of one copy, as of the day it is made."""
    area, release = facts.wilayah, facts.rilis
    source = _source(facts)
    return Document(
        salinan=facts.salinan,
        pita=BANDS[facts.salinan],
        judul=f"Profil Kemiskinan dan Kesejahteraan {area.jenis.capitalize()}",
        nama=area.nama,
        jenis=area.jenis.capitalize(),
        letak=_where(facts),
        kode=f"Kode BPS {area.kode} · Kemendagri {area.kode_kemendagri}",
        keadaan=state_of_data(release, today) if release else "",
        rilis=source,
        dibuat=day(today),
        kartu=_cards(facts) if release else (),
        ringkasan=_summary(facts) if release else (),
        bagian={
            "umur": _age(facts),
            "kekurangan": _deprivations(facts),
            "desil": _deciles(facts),
            "bantuan": _aid(facts),
            "perumahan": _housing(facts),
        }
        if release
        else {},
        ringkas=brief(facts),
        desa=villages_brief(facts),
        definisi=brief_definitions(facts),
        mutu=_quality(facts),
        rentan=_vulnerable(facts),
        baca=READ,
        menunggu="" if release else facts.sebab_kosong or "",
        tabel=all_tables(facts, source),
    )


def _where(facts: Facts) -> str:
    area = facts.wilayah
    parts = [f"Kabupaten {area.kabupaten}"]
    if area.tingkat == "desa":
        parts.insert(0, f"Kecamatan {area.kecamatan}")
    else:
        parts.append(f"{number(len(area.desa))} desa")
    if area.luas_km2 is not None:
        parts.append(f"{number(area.luas_km2, 2)} km²")
    if area.klas is not None:
        parts.append({1: "perkotaan", 2: "perdesaan"}[area.klas])
    return " · ".join(parts)


def _source(facts: Facts) -> str:
    release = facts.rilis
    if release is None:
        return "Definisi indikator dari rilis yang terbit."
    number_ = f"rilis publik {release.id_publik}" if release.id_publik else f"rilis {release.id_rilis}"
    dates = [day(each) for each in dict.fromkeys((release.acuan_min, release.acuan_max)) if each]
    state = f"keadaan {' sampai '.join(dates)}" if dates else "tanggal acuan tidak disebut"
    form = {"final": "formulir final", "draft": "formulir draf"}.get(release.versi or "", "formulir campuran")
    name = "Regsosek 2022" if release.sumber == "regsosek" else capital(release.sumber or "registri")
    return f"Sumber: {name}, diolah; {state}; {number_}, definisi {release.versi_definisi}, {form}."


def _cards(facts: Facts) -> tuple[Card, ...]:
    cards = [
        _count(facts, "jumlah_keluarga", "Keluarga", "keluarga dengan penduduk"),
        _count(facts, "jumlah_penduduk", "Penduduk", "tinggal di wilayah ini"),
    ]
    for kode in CARDS:
        figure, definition = facts.figures.get(kode), facts.definisi[kode]
        note = "belum ada angka" if figure is None else _card_note(figure, universe(figure, definition))
        cards.append(Card(CARD_LABELS[kode], shown(figure, definition), "", note))
    return tuple(cards)


def _card_note(figure: Figure, among: str) -> str:
    if figure.hidden:
        return "untuk melindungi keluarga"
    if figure.nilai is None:
        return "skala desil berbeda" if figure.penyebut else "tidak ada jawaban yang diketahui"
    sure = bounds(figure)
    return f"dari {among}" if sure == NONE else f"kemungkinan {sure}, dari {among}"


def _count(facts: Facts, kode: str, label: str, note: str) -> Card:
    figure = facts.figures.get(kode)
    if figure is not None and figure.hidden:
        note = "untuk melindungi keluarga"
    return Card(label, shown(figure, facts.definisi[kode]), facts.definisi[kode].satuan, note)


def _summary(facts: Facts) -> tuple[tuple[str, str], ...]:
    return tuple((lead, _told(facts, kode, ranked=kode == "ikm_h")) for kode, lead in SUMMARY.items())


def _told(facts: Facts, kode: str, *, compared: bool = True, ranked: bool = False) -> str:
    """A share with its bounds, beside the larger areas, and its rank among villages."""
    sentences = [share(kode, facts.figures.get(kode), unit=facts.definisi[kode].unit, wilayah=facts.wilayah.sebutan)]
    if compared and facts.tempat:
        sentences.append(comparison(kode, facts.tempat))
    if ranked:
        among = (each for each in facts.peringkat if each.kode_indikator == kode and each.lingkup == "kecamatan")
        sentences += [rank(each) for each in among if each.jumlah_desa > 1]
    return " ".join(filter(None, sentences))


def _age(facts: Facts) -> Section:
    told = (_told(facts, "pct_lansia", compared=False),)
    if facts.salinan is Copy.publik:
        return Section("Penduduk", told, _dots(facts, "umur"), NO_GROUPS, tabel=("9.1 Indikator",))
    groups = sorted({group for group, _ in facts.umur if group != UNKNOWN})
    known = {key: n for key, n in facts.umur.items() if UNKNOWN not in key}
    left_out = sum(facts.umur.values()) - sum(known.values())
    chart = Pyramid(
        kelompok=tuple(_ages(group) for group in groups),
        laki=tuple(known.get((group, "laki-laki"), 0) for group in groups),
        perempuan=tuple(known.get((group, "perempuan"), 0) for group in groups),
    )
    note = "Jiwa menurut kelompok umur (tahun)."
    if left_out:
        note += f" Umur atau jenis kelamin {number(left_out)} jiwa tidak diketahui."
    return _section("Penduduk menurut umur", told, chart if known else None, note, ("2.1 Umur", "2.2 Rentan"))


def _ages(group: str) -> str:
    """00-04 as 0–4."""
    return "–".join(part.lstrip("0") or "0" for part in group.split("-"))


def _deciles(facts: Facts) -> Section:
    told = (_told(facts, "pct_desil_1", compared=False),)
    title = "Keluarga menurut desil kesejahteraan"
    if facts.salinan is Copy.publik:
        return Section(title, told, _dots(facts, "desil"), NO_GROUPS, tabel=("9.1 Indikator",))
    if not facts.desil:
        return Section(title, told, None, "", MIXED_DECILES if facts.rumah else NO_PLOT)
    by_decile = {each.desil: each.keluarga for each in facts.desil}
    unknown = by_decile.get(0, 0)
    labels = tuple(map(str, range(1, 11))) + (("tidak tahu",) if unknown else ())
    values = tuple(by_decile.get(desil, 0) for desil in range(1, 11)) + ((unknown,) if unknown else ())
    target = facts.desil_sasaran or 0
    parts = [f"Keluarga; desil skala {facts.desil_skala or 'yang tidak disebut'}"]
    if facts.desil_model:
        parts.append(f"model {facts.desil_model}")
    if facts.desil_cut_off:
        parts.append(f"keadaan {day(facts.desil_cut_off)}")
    note = ", ".join(parts) + "." + (f" Gelap: sasaran program (desil 1–{target})." if target else "")
    known = any(values[:10])
    chart = Columns(labels, values, target, bool(unknown)) if known or unknown else None
    return _section(title, told, chart, note, ("3.1 Desil",))


def _deprivations(facts: Facts) -> Section:
    title = "Kekurangan penduduk, di sini dan di sekitarnya"
    if facts.salinan is Copy.publik:
        return Section(title, (), _dots(facts, "kekurangan"), "Persen dari semesta indikatornya; garis: kemungkinan.",
                       tabel=("9.1 Indikator",))  # fmt: skip
    numbers = tuple(facts.nama_kekurangan)
    chart = Dots(
        tempat=tuple(short(place) for place in facts.tempat),
        label=tuple(facts.nama_kekurangan[nomor][1] for nomor in numbers),
        baris=tuple(tuple(_dot(place.kekurangan.get(nomor)) for place in facts.tempat) for nomor in numbers),
    )
    note = "Persen penduduk yang keluarganya kekurangan, dari yang jawabannya diketahui; garis: kemungkinan."
    return _section(title, (), chart if numbers else None, note, ("3.2 Kekurangan",))


def _aid(facts: Facts) -> Section:
    told = tuple(_told(facts, kode, compared=False) for kode in ("exclusion_error_pkh", "inclusion_error_pkh"))
    if facts.salinan is Copy.publik:
        return Section("Program bantuan", told, _dots(facts, "bantuan"), NO_GROUPS, tabel=("9.1 Indikator",))
    order = ("PKH", "BPNT", "BLT Desa", "PBI-JKN")
    programs = sorted(facts.program, key=lambda each: order.index(each.program))
    chart = Stacks(
        bagian=("menerima", "tidak diketahui", "terlewat"),
        label=tuple(each.program for each in programs),
        baris=tuple((each.sasaran_penerima, each.sasaran_tidak_tahu, each.sasaran_terlewat) for each in programs),
        unit=tuple("jiwa" if each.unit == "penduduk" else each.unit for each in programs),
        ragu=1,
    )
    beyond = [f"{each.program} {number(each.bukan_sasaran_penerima)}" for each in programs]
    among = f"desil 1–{facts.desil_sasaran}" if facts.desil_sasaran else "desil-desil terendah"
    note = f"Di antara sasaran: {among}. Penerima di luar sasaran: {listed(beyond)}."
    known = any(each.sasaran for each in programs)
    return _section("Program bantuan: siapa yang terjangkau", told, chart if known else None, note, ("4.1 Bantuan",))


def _housing(facts: Facts) -> Section:
    told = (_told(facts, "pct_sanitasi_layak"),)
    if facts.salinan is Copy.publik:
        return Section("Rumah", told, _dots(facts, "perumahan"), NO_GROUPS, tabel=("9.1 Indikator",))
    parts = ("tidak layak", "tidak diketahui", "layak")
    rows = [facts.rumah[component] for component in HOUSING] if facts.rumah else []
    chart = Stacks(
        bagian=parts,
        label=tuple(HOUSING.values()),
        baris=tuple((row["ya"], row[UNKNOWN], row["tidak"]) for row in rows),
        unit=("keluarga",) * len(HOUSING),
        ragu=1,
    )
    note = "Keluarga menurut komponen rumah. Bangunan: lantai, dinding, atau atap."
    return _section("Rumah: apa yang tidak layak", told, chart if rows else None, note, ("5.1 Perumahan",))


def _section(title: str, told: tuple[str, ...], chart: Chart | None, note: str, tables: tuple[str, ...]) -> Section:
    return Section(title, told, chart, note, "" if chart else NO_PLOT, tables)


def _dots(facts: Facts, subject: str) -> Dots:
    kodes = DOTS[subject]
    return Dots(
        tempat=tuple(short(place) for place in facts.tempat),
        label=tuple(facts.definisi[kode].nama for kode in kodes),
        baris=tuple(tuple(_dot(place.figures.get(kode)) for place in facts.tempat) for kode in kodes),
    )


def _dot(figure: Figure | None) -> Dot:
    if figure is None:
        return Dot(None, None, None)
    return Dot(figure.nilai, figure.low, figure.high, figure.hidden)


def _quality(facts: Facts) -> tuple[tuple[str, str], ...]:
    used = [row for row in facts.mutu if row["keadaan"] == "dipakai"]
    if not used:
        return ()
    needed, unknown = (sum(row[key] or 0 for row in used) for key in ("jawaban_dibutuhkan", "jawaban_tidak_tahu"))
    sums = {key: number(sum(row[key] or 0 for row in used)) for key in (
        "keluarga_dikirim", "keluarga_ditolak", "keluarga_tanpa_penduduk", "isian_dikosongkan", "nik_ganda", "kk_ganda"
    )}  # fmt: skip
    lines = [
        ("Jawaban tidak diketahui", f"{percent(100 * unknown / needed) if needed else NONE} dari yang dibutuhkan"),
        ("Keluarga dalam kiriman", sums["keluarga_dikirim"]),
        ("Dalam karantina", f"{sums['keluarga_ditolak']} keluarga"),
        ("Tanpa penduduk", f"{sums['keluarga_tanpa_penduduk']} keluarga"),
        ("Isian tidak sah", sums["isian_dikosongkan"]),
        ("KK ganda / NIK ganda", f"{sums['kk_ganda']} keluarga / {sums['nik_ganda']} jiwa"),
    ]
    if facts.wilayah.tingkat == "kecamatan":
        lines.insert(0, ("Desa dengan data", f"{len(used)} dari {len(facts.mutu)}"))
    refused = [row for row in facts.mutu if row["ditolak_karena"]]
    if refused:
        names = listed([row["nama_desa"] for row in refused[:3]])
        lines.append(
            ("Kiriman terbaru ditolak", names if facts.wilayah.tingkat == "kecamatan" else "ya; dipakai yang lama")
        )
    return tuple(lines)


def _vulnerable(facts: Facts) -> tuple[tuple[str, str], ...]:
    lines = []
    for kind, (count, unknown) in facts.rentan.items():
        name, unit = VULNERABLE[kind]
        doubt = f" (tidak diketahui {number(unknown)})" if unknown else ""
        lines.append((name, f"{number(count)} {unit}{doubt}"))
    return tuple(lines)
