"""The tables of a profile: what the plots show in numbers, every indicator, definitions, quality, where it is from.

Sheets are numbered by the chapters of "Desa Dalam Angka", so that a village can take a table over as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from regsosek.profile.document import Cell, Column, Table
from regsosek.profile.facts import Definition, Facts, Figure, Place
from regsosek.profile.language import DECIMALS, NONE, between, number
from regsosek.profile.read import HOUSING, VULNERABLE
from regsosek.profile.sentences import called

SEX = ("laki-laki", "perempuan", "tidak diketahui")
UNKNOWN = "tidak diketahui"
HIDDEN = "disembunyikan"

BRIEF = (
    "ikm_h", "ikm_m0", "pct_desil_1", "pct_desil_1_2", "pct_desil_1_4", "pct_d1_tanpa_bansos", "pct_pkh", "pct_bpnt",
    "pct_blt_desa", "pct_rtlh", "pct_sanitasi_layak", "pct_babs", "pct_air_minum_layak_jmp", "pct_listrik",
    "pct_lansia", "pct_balita", "pct_kepala_keluarga_perempuan", "pct_keluarga_lansia_tunggal", "aps_7_12", "aps_13_15",
    "aps_16_18", "pct_ats_7_18", "rata_lama_sekolah_25", "pct_bekerja_15", "pct_neet_15_24", "pct_disabilitas",
    "pct_jkn", "pct_tanpa_jaminan_kesehatan",
)  # fmt: skip
"""Indicators of the table of page two."""

VILLAGE_BRIEF = ("jumlah_keluarga", "jumlah_penduduk", "ikm_h", "pct_desil_1_4", "pct_rtlh")
"""What stands of every village in the profile of a kecamatan."""

QUALITY = {
    "keluarga_dikirim": "Keluarga dalam kiriman",
    "keluarga_ditolak": "Keluarga dalam karantina, tidak dihitung",
    "keluarga_tanpa_penduduk": "Keluarga tanpa penduduk, tidak dihitung",
    "anggota_dikirim": "Anggota keluarga dalam kiriman",
    "anggota_ditolak": "Anggota dalam karantina",
    "keluarga_tanpa_kepala": "Keluarga tanpa kepala keluarga",
    "keluarga_kepala_ganda": "Keluarga dengan lebih dari satu kepala",
    "kk_ganda": "Keluarga dengan nomor KK yang sama dengan keluarga lain",
    "nik_ganda": "Penduduk dengan NIK yang sama dengan penduduk lain",
    "isian_dikosongkan": "Isian tidak sah, dianggap tidak diketahui",
    "jawaban_dibutuhkan": "Jawaban yang dibutuhkan semua indikator",
    "jawaban_tidak_tahu": "Di antaranya tidak diketahui",
}

SUBJECTS = {
    "kependudukan": "Kependudukan", "perumahan": "Perumahan", "air_sanitasi_energi": "Air, sanitasi, dan energi",
    "pendidikan": "Pendidikan", "ketenagakerjaan": "Ketenagakerjaan", "kesehatan": "Kesehatan dan jaminan",
    "bantuan_sosial": "Bantuan sosial", "layanan": "Layanan dan aset", "kesejahteraan": "Kesejahteraan (desil)",
    "ketepatan_sasaran": "Ketepatan sasaran", "kemiskinan_multidimensi": "Kemiskinan multidimensi",
}  # fmt: skip


def all_tables(facts: Facts, source: str) -> tuple[Table, ...]:
    """Every table that has a row, the general ones last; ``source`` is said below each."""
    made = [
        _age(facts), _vulnerable(facts), _deciles(facts), _deprivations(facts), _programs(facts), _housing(facts),
        _schooling(facts), _certificates(facts), _work(facts), _industries(facts), _ranks(facts), _villages(facts),
        _indicators(facts), _quality(facts), _official(facts), _definitions(facts),
    ]  # fmt: skip
    return tuple(_sourced(table, source) for table in made if table.baris)


def brief(facts: Facts) -> Table:
    """The most important indicators of the area beside those above it, and where a village stands, as they are read."""
    ranks = {each.kode_indikator: each for each in facts.peringkat if each.lingkup == "kecamatan"}
    rows: list[tuple[Cell, ...]] = []
    for kode in BRIEF:
        own = facts.figures.get(kode)
        if own is None:
            continue
        definition = facts.definisi[kode]
        row = [definition.nama, shown(own, definition), bounds(own), universe(own, definition)]
        row += [shown(place.figures.get(kode), definition) for place in facts.tempat[1:]]
        if ranks:
            row.append(between(ranks[kode].terbaik, ranks[kode].terburuk, 0) if kode in ranks else NONE)
        rows.append(tuple(row))
    headings = ["Indikator", f"{facts.wilayah.jenis.capitalize()} ini", "Kemungkinan", "Dari"]
    headings += [short(place) for place in facts.tempat[1:]]
    if ranks:
        headings.append(f"Urutan dari {max(each.jumlah_desa for each in ranks.values())} desa")
    title = f"Indikator utama {facts.wilayah.sebutan}"
    return Table("Ringkas", title, "menurut indikatornya", tuple(map(Column, headings)), tuple(rows))


def brief_definitions(facts: Facts) -> Table:
    """What the table of page two speaks of, where there are no figures yet."""
    chosen = [facts.definisi[kode] for kode in BRIEF]
    rows = [(each.nama, each.satuan, each.semesta, each.rumus) for each in chosen]
    columns = _columns("Indikator", "Satuan", "Semesta", "Yang dihitung")
    return _table("Definisi ringkas", "Indikator yang akan dimuat dan definisinya", "teks", columns, rows)


def villages_brief(facts: Facts) -> Table | None:
    """Key figures of the villages of a kecamatan, by code and never by rank."""
    if facts.wilayah.tingkat != "kecamatan" or not facts.desa:
        return None
    rows = tuple((place.nama, *(_village_cell(place, kode, facts) for kode in VILLAGE_BRIEF)) for place in facts.desa)
    headings = ("Desa", "Keluarga", "Jiwa", "Miskin multidimensi", "Desil 1–4", "RTLH")
    return Table("Desa", "Desa di kecamatan ini", "menurut indikatornya", tuple(map(Column, headings)), rows)


def shown(figure: Figure | None, definition: Definition) -> str:
    """A figure as it is read, with its sign where it is a percentage."""
    if figure is None:
        return NONE
    if figure.hidden:
        return HIDDEN
    text = number(figure.nilai, DECIMALS[definition.jenis])
    return f"{text}%" if definition.jenis == "persen" and figure.nilai is not None else text


def bounds(figure: Figure) -> str:
    """What the figure can be where answers are missing; a dash where nothing is."""
    if figure.hidden or not figure.tidak_tahu or figure.bawah is None:
        return NONE
    return f"{between(figure.bawah, figure.atas)}%"


def universe(figure: Figure, definition: Definition) -> str:
    """Of how many the figure speaks."""
    if figure.penyebut is None:
        return NONE
    return f"{number(figure.penyebut)} {'jiwa' if definition.unit == 'penduduk' else definition.unit}"


def short(place: Place) -> str:
    """Kec. Adiwerna; of an incomplete area also how many of its villages are in."""
    name = {"desa": "", "kecamatan": "Kec. ", "kabupaten": "Kab. "}[place.tingkat] + place.nama
    return name if place.lengkap else f"{name} ({place.desa_masuk}/{place.desa_seluruh}\u00a0desa)"


def _village_cell(place: Place, kode: str, facts: Facts) -> str:
    figure = place.figures.get(kode)
    if figure is not None and figure.tidak_tahu and figure.bawah is not None and not figure.hidden:
        return bounds(figure)
    return shown(figure, facts.definisi[kode])


def _sourced(table: Table, source: str) -> Table:
    return Table(table.kunci, table.judul, table.satuan, table.kolom, table.baris, (*table.catatan, source))


def _age(facts: Facts) -> Table:
    groups = sorted({group for group, _ in facts.umur}, key=lambda group: (group == UNKNOWN, group))
    sexes = [sex for sex in SEX if sex != UNKNOWN or any(each == UNKNOWN for _, each in facts.umur)]
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        counts = [facts.umur.get((group, sex), 0) for sex in sexes]
        rows.append((group, *counts, sum(counts)))
    if rows:
        rows.append(("Jumlah", *_totals(rows, len(sexes) + 1)))
    columns = (Column("Kelompok umur (tahun)"), *(Column(sex.capitalize()) for sex in sexes), Column("Jumlah"))
    return _table("2.1 Umur", "Penduduk menurut kelompok umur dan jenis kelamin", "jiwa; semua penduduk", columns, rows)


def _vulnerable(facts: Facts) -> Table:
    rows = [(VULNERABLE[kind][0], VULNERABLE[kind][1], *counts) for kind, counts in facts.rentan.items()]
    columns = _columns("Kelompok", "Satuan", "Banyaknya", "Tidak diketahui")
    return _table("2.2 Rentan", "Kelompok yang perlu perhatian", "keluarga atau jiwa, menurut barisnya", columns, rows)


def _deciles(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (UNKNOWN if each.desil == 0 else str(each.desil), each.keluarga, each.penduduk)
        for each in sorted(facts.desil, key=lambda each: each.desil or 11)
    ]
    if rows:
        rows.append(("Jumlah", *_totals(rows, 2)))
    note = f"Desil adalah peringkat dalam skala {facts.desil_skala or UNKNOWN}, bukan status miskin."
    columns = _columns("Desil", "Keluarga", "Penduduk")
    return _table("3.1 Desil", "Keluarga dan penduduk menurut desil", "keluarga; jiwa", columns, rows, note)


def _deprivations(facts: Facts) -> Table:
    own = facts.tempat[0] if facts.tempat else None
    rows: list[tuple[Cell, ...]] = []
    for nomor, (dimensi, nama) in facts.nama_kekurangan.items() if own else ():
        figure = own.kekurangan.get(nomor) if own else None
        if figure is None:
            continue
        rows.append((
            str(nomor), dimensi, nama, figure.pembilang, figure.penyebut, figure.tidak_tahu, figure.nilai, figure.bawah,
            figure.atas, *(_value(place.kekurangan.get(nomor)) for place in facts.tempat[1:]),
        ))  # fmt: skip
    columns = _columns("No.", "Dimensi", "Kekurangan", "Jiwa yang kekurangan", "Jiwa yang diketahui",
                       "Jiwa yang tidak diketahui", "Persen", "Paling rendah (%)", "Paling tinggi (%)",
                       *(f"{short(place)} (%)" for place in facts.tempat[1:]))  # fmt: skip
    note = "Persen dari jiwa yang jawabannya diketahui; batas dari semua jiwa, bila yang tidak diketahui tidak atau ya."
    return _table("3.2 Kekurangan", "Sepuluh kekurangan dari indeks kemiskinan multidimensi", "jiwa; persen", columns,
                  rows, note)  # fmt: skip


def _programs(facts: Facts) -> Table:
    rows = [
        (each.program, "jiwa" if each.unit == "penduduk" else each.unit, each.penerima, each.bukan_penerima,
         each.tidak_tahu, each.sasaran, each.sasaran_penerima, each.sasaran_terlewat, each.sasaran_tidak_tahu,
         each.bukan_sasaran_penerima, each.exclusion_error, each.inclusion_error)
        for each in facts.program
    ]  # fmt: skip
    columns = _columns("Program", "Satuan", "Penerima", "Bukan penerima", "Tidak diketahui", "Sasaran",
                       "Sasaran menerima", "Sasaran terlewat", "Sasaran tidak diketahui", "Penerima di luar sasaran",
                       "Exclusion error (%)", "Inclusion error (%)")  # fmt: skip
    target = f"desil 1 sampai {facts.desil_sasaran}" if facts.desil_sasaran else "desil-desil terendah"
    note = (
        f"Sasaran: {target}. Kesalahan terhadap desil, bukan terhadap keadaan sebenarnya; "
        "jawaban tentang program menyangkut setahun sebelum wawancara."
    )
    unit = "keluarga; jiwa untuk PBI-JKN"
    return _table("4.1 Bantuan", "Ketepatan sasaran program bantuan", unit, columns, rows, note)


def _housing(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = []
    if facts.rumah:
        for component, name in HOUSING.items():
            answers = facts.rumah[component]
            rows.append((f"{name} tidak layak", answers["ya"], answers[UNKNOWN], answers["tidak"]))
        rows += [(f"{count} komponen pasti tidak layak", families, None, None)
                 for count, families in facts.rumah["gagal"].items()]  # fmt: skip
    columns = _columns("Komponen", "Keluarga", "Tidak diketahui", "Layak")
    note = "Rumah tidak layak huni bila paling sedikit satu dari empat komponen tidak layak."
    return _table("5.1 Perumahan", "Keluarga menurut komponen rumah layak huni", "keluarga", columns, rows, note)


def _schooling(facts: Facts) -> Table:
    heads = ("belum pernah", "masih sekolah", "tidak lagi", UNKNOWN)
    rows = _crossed(facts.sekolah, (0, 1), 2, heads)
    columns = _columns("Kelompok umur", "Jenis kelamin", *(head.capitalize() for head in heads), "Jumlah")
    return _table("6.1 Sekolah", "Penduduk 5 tahun ke atas menurut partisipasi sekolah", "jiwa", columns, rows)


def _certificates(facts: Facts) -> Table:
    heads = ("tidak punya", "SD", "SMP", "SMA", "Diploma", "S1 ke atas", UNKNOWN)
    rows = _crossed(facts.sekolah, (0, 1), 3, heads)
    columns = _columns("Kelompok umur", "Jenis kelamin", *(head[:1].upper() + head[1:] for head in heads), "Jumlah")
    return _table("6.2 Ijazah", "Penduduk 5 tahun ke atas menurut ijazah tertinggi", "jiwa", columns, rows)


def _work(facts: Facts) -> Table:
    heads = ("bekerja", "tidak bekerja", UNKNOWN)
    rows = _crossed(facts.kerja, (0,), 1, heads)
    columns = _columns("Jenis kelamin", *(head.capitalize() for head in heads), "Jumlah")
    note = "Bukan tingkat pengangguran: pencarian kerja tidak ditanyakan."
    return _table("7.1 Kerja", "Penduduk 15 tahun ke atas menurut kegiatan", "jiwa", columns, rows, note)


def _industries(facts: Facts) -> Table:
    working = {key: n for key, n in facts.kerja.items() if key[1] == "bekerja"}
    heads = [sex for sex in SEX if any(key[0] == sex for key in working)]
    rows = _crossed(working, (3,), 0, heads)
    columns = _columns("Lapangan usaha", *(head.capitalize() for head in heads), "Jumlah")
    return _table("7.2 Usaha", "Penduduk 15 tahun ke atas yang bekerja menurut lapangan usaha", "jiwa", columns, rows)


def _ranks(facts: Facts) -> Table:
    rows = [
        (facts.definisi[each.kode_indikator].nama, f"{each.lingkup.capitalize()} {each.nama_lingkup}",
         each.jumlah_desa, each.terbaik, each.terburuk, each.alasan or "")
        for each in sorted(facts.peringkat, key=lambda each: (each.lingkup != "kecamatan", each.kode_indikator))
    ]  # fmt: skip
    columns = _columns("Indikator", "Di antara desa di", "Banyaknya desa", "Urutan terdepan", "Urutan terbelakang",
                       "Mengapa tidak ada")  # fmt: skip
    note = "Urutan 1 paling mendesak. Di antara kedua urutan itu, desa-desa tidak dapat dibedakan."
    return _table("8.1 Urutan", "Urutan desa yang mungkin", "urutan", columns, rows, note)


def _villages(facts: Facts) -> Table:
    kodes = ("jumlah_keluarga", "jumlah_penduduk", "ikm_h", "pct_desil_1_4", "pct_rtlh", "pct_sanitasi_layak")
    rows = [
        (place.kode, place.nama, *(_value(place.figures.get(kode)) for kode in kodes[:2]),
         *(cell for kode in kodes[2:] for cell in _triple(place.figures.get(kode))))
        for place in facts.desa
    ]  # fmt: skip
    names = [facts.definisi[kode].nama for kode in kodes[2:]]
    columns = _columns(
        "Kode",
        "Desa",
        "Keluarga",
        "Penduduk",
        *(f"{name}{what}" for name in names for what in (" (%)", ", paling rendah", ", paling tinggi")),
    )
    note = "Menurut kode desa. Desa yang batasnya bertindih tidak dapat dibedakan."
    return _table("8.2 Desa", "Desa di kecamatan ini", "menurut indikatornya", columns, rows, note)


def _indicators(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for kode, definition in facts.definisi.items():
        figure = facts.figures.get(kode)
        if figure is None:
            continue
        rows.append((
            SUBJECTS.get(definition.dimensi, definition.dimensi), definition.nama, definition.satuan,
            definition.semesta, *_triple(figure), figure.pembilang, figure.penyebut,
            None if figure.hidden else figure.tidak_tahu,
            *(_value(place.figures.get(kode)) for place in facts.tempat[1:]), figure.alasan or "",
        ))  # fmt: skip
    columns = _columns("Perihal", "Indikator", "Satuan", "Semesta", facts.wilayah.nama, "Paling rendah",
                       "Paling tinggi", "Pembilang", "Penyebut", "Tidak diketahui",
                       *(short(place) for place in facts.tempat[1:]), "Mengapa kosong")  # fmt: skip
    incomplete = [f"{called(place)}." for place in facts.tempat if not place.lengkap]
    return _table("9.1 Indikator", "Semua indikator", "menurut kolom Satuan", columns, rows, *incomplete, decimals=3)


def _quality(facts: Facts) -> Table:
    rows: list[tuple[Cell, ...]] = []
    if facts.mutu:
        used = [row for row in facts.mutu if row["keadaan"] == "dipakai"]
        rows.append(("Desa yang datanya dipakai", len(used)))
        rows.append(("Desa seluruhnya", len(facts.mutu)))
        for key, name in QUALITY.items():
            rows.append((name, sum(row[key] or 0 for row in used) if used else None))
        rows += [(f"Kiriman {row['nama_desa']} sesudahnya ditolak karena", str(row["ditolak_karena"]))
                 for row in facts.mutu if row["ditolak_karena"]]  # fmt: skip
    return _table("10.1 Mutu", "Mutu data", "menurut barisnya", _columns("Perihal", "Banyaknya"), rows)


def _official(facts: Facts) -> Table:
    rows = [
        (str(row["tahun"]), row["p0"], row["penduduk_miskin_ribu"], row["garis_kemiskinan"], row["p1"], row["p2"],
         row["tpt"], row["sumber"], row["catatan"] or "")
        for row in facts.konteks
    ]  # fmt: skip
    columns = _columns("Tahun", "Penduduk miskin (P0, %)", "Penduduk miskin (ribu jiwa)", "Garis kemiskinan (Rp)",
                       "P1 (%)", "P2 (%)", "TPT (%)", "Sumber", "Catatan")  # fmt: skip
    note = "Angka resmi dari survei, untuk kabupaten saja; tidak dapat dibandingkan dengan angka registri."
    title = f"Angka resmi Kabupaten {facts.wilayah.kabupaten}"
    return _table("11.1 Resmi", title, "menurut kolomnya", columns, rows, note, decimals=2)


def _definitions(facts: Facts) -> Table:
    rows = [
        (each.nama, SUBJECTS.get(each.dimensi, each.dimensi), each.satuan, each.semesta, each.rumus,
         each.tidak_tahu or "", each.catatan or "")
        for each in facts.definisi.values()
    ]  # fmt: skip
    columns = _columns("Indikator", "Perihal", "Satuan", "Semesta", "Yang dihitung", "Tidak diketahui bila", "Catatan")
    return _table("Definisi", "Definisi indikator", "teks", columns, rows)


def _crossed(
    counts: dict[tuple[str, ...], int] | object, by: tuple[int, ...], across: int, heads: Sequence[str]
) -> list[tuple[Cell, ...]]:
    assert isinstance(counts, dict)
    sums: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, count in counts.items():
        sums[tuple(key[place] for place in by)][key[across]] += count
    rows: list[tuple[Cell, ...]] = []
    for key in sorted(sums, key=lambda key: tuple((part == UNKNOWN, part) for part in key)):
        numbers = [sums[key].get(head, 0) for head in heads]
        rows.append((*key, *numbers, sum(numbers)))
    return rows


def _totals(rows: Iterable[tuple[Cell, ...]], count: int) -> list[int]:
    return [sum(int(row[-count + place] or 0) for row in rows) for place in range(count)]


def _triple(figure: Figure | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if figure is None else (figure.nilai, figure.bawah, figure.atas)


def _value(figure: Figure | None) -> Cell:
    return None if figure is None else figure.nilai


def _columns(*titles: str) -> tuple[Column, ...]:
    return tuple(Column(title) for title in titles)


def _table(
    key: str, title: str, unit: str, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]], *notes: str,
    decimals: int = 1,
) -> Table:  # fmt: skip
    return Table(key, title, unit, tuple(Column(each.judul, decimals) for each in columns), tuple(rows), notes)
