"""The plots of a profile as SVG: told apart by shape and lightness too, so that they survive a grey printer.

Text stays text: the page's own fonts set it, and a PDF can be searched. Every plot says in words what it shows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regsosek.profile.language import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

WIDTH = 91.0
"""Millimetres: one of two columns of A4."""

DARK, MIDDLE, LIGHT, PALE = "#17415c", "#d9822b", "#a9c4d3", "#e8eef2"
"""Dark blue, orange and light blue differ in lightness (24, 63, 78 of 100) as well as in hue."""

INK, MUTED = "#1c2830", "#53616b"
HATCH = "/////"
FONTS = "'Libertinus Serif', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@dataclass(frozen=True)
class Pyramid:
    """Residents by age group, men to the left."""

    kelompok: tuple[str, ...]
    laki: tuple[int, ...]
    perempuan: tuple[int, ...]


@dataclass(frozen=True)
class Columns:
    """Families by decile; ``disorot`` of the first ones are the target of programmes, the last may be the unknown."""

    label: tuple[str, ...]
    nilai: tuple[int, ...]
    disorot: int
    tidak_tahu: bool


@dataclass(frozen=True)
class Dot:
    """A share in one area with its bounds, percent; None where it is not there, ``hidden`` where it is not shown."""

    nilai: float | None
    bawah: float | None
    atas: float | None
    hidden: bool = False


@dataclass(frozen=True)
class Dots:
    """Shares of several areas side by side, percent."""

    tempat: tuple[str, ...]
    label: tuple[str, ...]
    baris: tuple[tuple[Dot, ...], ...]


@dataclass(frozen=True)
class Stacks:
    """What a whole is made of, by row, in units; drawn in percent. ``ragu`` is the part that is not known."""

    bagian: tuple[str, ...]
    label: tuple[str, ...]
    baris: tuple[tuple[int, ...], ...]
    unit: tuple[str, ...]
    ragu: int


Chart = Pyramid | Columns | Dots | Stacks


def described(chart: Chart) -> str:
    """What the plot shows, in words, for whoever cannot see it."""
    match chart:
        case Pyramid():
            each = (
                f"{group}: {number(men)} laki-laki, {number(women)} perempuan"
                for group, men, women in zip(chart.kelompok, chart.laki, chart.perempuan, strict=True)
            )
        case Columns():
            each = (f"{label}: {number(count)}" for label, count in zip(chart.label, chart.nilai, strict=True))
        case Dots():
            each = (
                f"{label}: " + ", ".join(f"{place} {_read(dot)}" for place, dot in zip(chart.tempat, row, strict=True))
                for label, row in zip(chart.label, chart.baris, strict=True)
            )
        case Stacks():
            each = (
                f"{label}: " + ", ".join(f"{part} {number(n)}" for part, n in zip(chart.bagian, row, strict=True))
                for label, row in zip(chart.label, chart.baris, strict=True)
            )
    return "; ".join(each)


def svg(chart: Chart) -> str:
    """The plot, ``WIDTH`` wide, as the text of an SVG document that refers to nothing outside of it."""
    draw, height = _plan(chart)
    canvas, axes = _canvas(height)
    draw(chart, axes)
    written = io.StringIO()
    canvas.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    text = written.getvalue()
    return re.sub(r"'DejaVu Sans'(, [^;\"]*)?", FONTS, text[text.index("<svg") :])


def _read(dot: Dot) -> str:
    return "disembunyikan" if dot.hidden else percent(dot.nilai)


def _plan(chart: Chart) -> tuple[Any, float]:
    match chart:
        case Pyramid():
            return _pyramid, 62.0
        case Columns():
            return _columns, 40.0
        case Dots():
            return _dots, 6.0 + 4.4 * _legend_rows(chart.tempat) + (10.4 if len(chart.label) > 5 else 9.0) * len(
                chart.label
            )
        case Stacks():
            return _stacks, 11.5 + 9.6 * len(chart.label)


def _canvas(height: float) -> tuple[Canvas, Axes]:
    import matplotlib as mpl  # noqa: PLC0415 - half a second
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

    mpl.rcParams.update({
        "svg.fonttype": "none", "svg.hashsalt": "regsosek", "font.family": "DejaVu Sans", "font.size": 7.5,
        "text.color": INK, "axes.edgecolor": MUTED, "xtick.color": MUTED, "ytick.color": INK, "axes.linewidth": 0.5,
        "hatch.linewidth": 0.5, "xtick.major.width": 0.5, "xtick.major.size": 2, "ytick.major.size": 0,
        "xtick.labelsize": 7, "ytick.labelsize": 7.5,
    })  # fmt: skip
    canvas = Canvas(figsize=(WIDTH / 25.4, height / 25.4))
    FigureCanvasSVG(canvas)
    canvas.patch.set_visible(False)
    axes = canvas.add_axes((0, 0, 1, 1))
    axes.patch.set_visible(False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return canvas, axes


def _place(axes: Axes, left: float, bottom: float, right: float, top: float) -> None:
    """Put the axes so many millimetres from each edge."""
    figure = axes.get_figure()
    assert figure is not None
    width, height = (inches * 25.4 for inches in figure.get_size_inches())  # type: ignore[union-attr]
    axes.set_position((left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height))


def _pyramid(chart: Pyramid, axes: Axes) -> None:
    _place(axes, 3, 6, 3, 6)
    rows = range(len(chart.kelompok))
    most = max([1, *chart.laki, *chart.perempuan])
    middle = 0.17 * most  # where the age groups stand
    axes.barh(rows, [-n for n in chart.laki], left=-middle, height=0.8, color=DARK)
    axes.barh(rows, chart.perempuan, left=middle, height=0.8, color=MIDDLE)
    for row in rows:
        axes.text(0, row, chart.kelompok[row], ha="center", va="center", fontsize=7)
    axes.set_xlim(-1.04 * most - middle, 1.04 * most + middle)
    axes.set_ylim(-0.6, len(chart.kelompok) - 0.4)
    step = _step(most)
    ticks = [step * n for n in range(int(most // step) + 1)]
    axes.set_xticks([-tick - middle for tick in reversed(ticks)] + [tick + middle for tick in ticks])
    axes.set_xticklabels([number(tick) for tick in reversed(ticks)] + [number(tick) for tick in ticks])
    axes.set_yticks([])
    top = len(chart.kelompok) - 0.25
    axes.text(-middle, top, "Laki-laki", ha="right", va="bottom", color=DARK, weight="bold")
    axes.text(middle, top, "Perempuan", ha="left", va="bottom", color="#a85a0c", weight="bold")
    axes.text(0, top, "umur", ha="center", va="bottom", color=MUTED, fontsize=7)


def _columns(chart: Columns, axes: Axes) -> None:
    _place(axes, 2, 5, 2, 5)
    places = [n + (0.5 if chart.tidak_tahu and n == len(chart.label) - 1 else 0) for n in range(len(chart.label))]
    most = max([1, *chart.nilai])
    for n, place in enumerate(places):
        unknown = chart.tidak_tahu and n == len(places) - 1
        colour = "white" if unknown else DARK if n < chart.disorot else LIGHT
        axes.bar(
            place, chart.nilai[n], width=0.76, color=colour, edgecolor=MUTED if unknown else colour, linewidth=0.5,
            hatch=HATCH if unknown else None,
        )  # fmt: skip
        axes.text(place, chart.nilai[n] + 0.03 * most, number(chart.nilai[n]), ha="center", va="bottom", fontsize=7)
    axes.set_xlim(-0.55, places[-1] + 0.55)
    axes.set_ylim(0, 1.12 * most)
    axes.set_xticks(places, chart.label)
    axes.tick_params(axis="x", length=0, colors=INK)
    axes.set_yticks([])


MARKERS: tuple[dict[str, Any], ...] = (
    {"marker": "o", "markersize": 5.2, "color": DARK, "markerfacecolor": DARK},
    {"marker": "D", "markersize": 4.2, "color": MIDDLE, "markerfacecolor": "white"},
    {"marker": "s", "markersize": 4.0, "color": MUTED, "markerfacecolor": LIGHT},
)
"""Own area, kecamatan, kabupaten: a full circle, an empty diamond, a light square."""


def _dots(chart: Dots, axes: Axes) -> None:
    _place(axes, 1.2, 5, 1.2, 1 + 4.4 * _legend_rows(chart.tempat))
    count, places = len(chart.label), len(chart.tempat)
    highest = max([10.0, *(dot.atas or dot.nilai or 0 for row in chart.baris for dot in row)])
    limit = next(edge for edge in (10, 20, 25, 40, 50, 60, 80, 100) if edge >= highest - 1e-9)
    styles = MARKERS if places == 3 else (MARKERS[0], *MARKERS[3 - places + 1 :])
    for number_, (label, row) in enumerate(zip(chart.label, chart.baris, strict=True)):
        base = count - 1 - number_
        axes.text(0, base + 0.47, label, ha="left", va="center", fontsize=7.5)
        axes.plot([0, limit], [base, base], color=PALE, linewidth=7, solid_capstyle="butt", zorder=0)
        for order in reversed(range(places)):
            _dot(axes, row[order], base - 0.13 * (order - (places - 1) / 2), styles[order])
        if row[0].hidden:
            axes.text(
                limit, base + 0.47, "disembunyikan", ha="right", va="center", fontsize=6.5, color=MUTED, style="italic"
            )
    axes.set_xlim(0, limit)
    axes.set_ylim(-0.38, count - 0.3)
    ticks = [limit * part / 4 for part in range(5)] if limit % 4 == 0 else [limit * part / 5 for part in range(6)]
    axes.set_xticks(ticks, [f"{tick:g}%".replace(".", ",") for tick in ticks])
    _flush_ends(axes)
    axes.set_yticks([])
    axes.grid(axis="x", color="#d5dde3", linewidth=0.4, zorder=-1)
    axes.set_axisbelow(True)
    from matplotlib.lines import Line2D  # noqa: PLC0415

    handles = [
        Line2D([], [], linestyle="none", markeredgewidth=0.9, label=name, **styles[n])
        for n, name in enumerate(chart.tempat)
    ]
    _legend(axes, handles, {1: places, 2: 2}.get(_legend_rows(chart.tempat), 1))


def _dot(axes: Axes, dot: Dot, height: float, style: dict[str, Any]) -> None:
    if dot.bawah is not None and dot.atas is not None:
        bounds = [dot.bawah, dot.atas]
        axes.plot(bounds, [height, height], color=style["color"], linewidth=1.4, solid_capstyle="butt")
    if dot.nilai is not None:
        axes.plot([dot.nilai], [height], linestyle="none", markeredgewidth=0.9, clip_on=False, **style)


def _stacks(chart: Stacks, axes: Axes) -> None:
    _place(axes, 0.4, 5, 0.4, 6)
    count = len(chart.label)
    for number_, (label, row) in enumerate(zip(chart.label, chart.baris, strict=True)):
        base, total, left = count - 1 - number_, sum(row), 0.0
        axes.text(0, base + 0.33, label, ha="left", va="bottom", fontsize=7.5)
        told = f"{number(row[0])} dari {number(total)} {chart.unit[number_]}"
        axes.text(100, base + 0.33, told, ha="right", va="bottom", fontsize=7,
                  color=MUTED)  # fmt: skip
        for place, units in enumerate(row):
            width = 100 * units / total if total else 0.0
            style = _part(chart, place)
            axes.barh(base, width, left=left, height=0.5, edgecolor=MUTED if "hatch" in style else "white",
                      linewidth=0.4, **style)  # fmt: skip
            if width >= 9:
                axes.text(
                    left + width / 2, base, number(units), ha="center", va="center", fontsize=7,
                    color="white" if style["color"] == DARK else INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8} if "hatch" in style else None,
                )  # fmt: skip
            left += width
    axes.set_xlim(0, 100)
    axes.set_ylim(-0.4, count - 0.05)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    _flush_ends(axes)
    axes.set_yticks([])
    from matplotlib.patches import Patch  # noqa: PLC0415

    handles = [
        Patch(label=name, edgecolor=MUTED, linewidth=0.4, **{"facecolor": style.pop("color"), **style})
        for name, style in ((name, _part(chart, place)) for place, name in enumerate(chart.bagian))
    ]
    _legend(axes, handles, len(handles))


def _part(chart: Stacks, place: int) -> dict[str, Any]:
    """Dark for what is asked about, hatched for what is not known, light for the rest."""
    if place == chart.ragu:
        return {"color": "white", "hatch": HATCH}
    return {"color": DARK if place == 0 else LIGHT}


def _legend_rows(names: Sequence[str]) -> int:
    """Rows that the names of the areas need above a plot."""
    if sum(map(len, names)) <= 44:
        return 1
    return 2 if max(map(len, names[:2])) + len(names[-1]) <= 50 else len(names)


def _legend(axes: Axes, handles: Sequence[Any], columns: int) -> None:
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(-0.012, 1.0), ncols=columns, frameon=False, fontsize=7,
        handletextpad=0.4, handlelength=1.1, handleheight=0.9, columnspacing=1.2, borderpad=0.2, borderaxespad=0,
        labelspacing=0.25,
    )  # fmt: skip


def _flush_ends(axes: Axes) -> None:
    """Keep the first and the last label of the axis within the plot's width."""
    labels = axes.get_xticklabels()
    labels[0].set_horizontalalignment("left")
    labels[-1].set_horizontalalignment("right")


def _step(most: float) -> int:
    """A round step that divides an axis in two to four."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most / (size * factor) <= 3.5:
                return size * factor
        size *= 10
