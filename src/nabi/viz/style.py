"""Style: one look for all figures: colours, letters, sizes, and a canvas that needs no screen and no global state.

Everything is set on the artists themselves, never in matplotlib's rcParams, so figures can be made in any thread and look the
same under any style sheet. Places are given in inches from the top left, as on a drawing board.

Colours: a blue and a vermilion that stay apart for every kind of colour blindness (after Okabe and Ito, "Color universal
design", 2008), darkened until letters in them have a contrast of 4.5 to white (WCAG 2, 1.4.3).
"""

import functools
import os
from io import BytesIO
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from nabi.core.errors import ArgumentError
from nabi.core.files import atomic

INK, MUTED, LINE, GRID, PAPER = "#1B2733", "#5F6C7B", "#C3CBD4", "#E9EDF1", "#FFFFFF"
BLUE, VERMILION, GREEN, PURPLE, OCHRE = "#0B69B4", "#C84C09", "#00805B", "#9A3F7E", "#8A5A00"
SERIES = (BLUE, VERMILION, GREEN, PURPLE, OCHRE)
BLUES = LinearSegmentedColormap.from_list("nabi_blues", ["#FFFFFF", "#D6E6F4", "#8FBDE2", "#3B8BCB", BLUE, "#08457A"])
VERMILIONS = LinearSegmentedColormap.from_list("nabi_vermilions", ["#FFFFFF", "#FBE3D3", "#F3B48A", "#E2793A", VERMILION])
TITLE, HEADING, BODY, SMALL = 13.0, 10.5, 9.0, 8.0  # letters, in points
DPI = 160
HANGUL = "\u1100"  # the first Korean letter
LATIN = (
    "Inter",
    "Source Sans 3",
    "Source Sans Pro",
    "Segoe UI",
    "Helvetica Neue",
    "Noto Sans",
    "Open Sans",
    "Arial",
    "Liberation Sans",
)
KOREAN = ("Pretendard", "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic",
          "NanumBarunGothic", "UnDotum", "Baekmuk Dotum")  # fmt: skip


class Picture(Figure):
    """A matplotlib figure that shows itself in a notebook."""

    def _repr_png_(self) -> bytes:
        return png(self)

    def save(self, path: str | os.PathLike) -> None:
        """Writes it as PNG: see `nabi.viz.save`."""
        save(self, path)


@functools.cache
def _installed() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first installed family of each list: Latin letters, Korean letters; looked up once a process.

    matplotlib keeps its own list of fonts on the disk and does not see those that were installed later; without a Korean font in
    that list, the system is asked.
    """
    names = set(font_manager.get_font_names())
    if not names & set(KOREAN):
        add_new_fonts()
        names = set(font_manager.get_font_names())
    return tuple(n for n in LATIN if n in names)[:1], tuple(n for n in KOREAN if n in names)[:1]


def add_new_fonts() -> None:
    """Makes fonts known that the system has and matplotlib's list has not."""
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in font_manager.findSystemFonts():
        if path not in known:
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError):  # a file that FreeType cannot read: matplotlib leaves it out as well
                continue


def families(text: str = "") -> tuple[str, ...]:
    """Font families in which the letters of `text` are looked for: Latin, DejaVu Sans, and a Korean one where it is needed."""
    latin, korean = _installed()
    return (*latin, "DejaVu Sans", *(korean if any(letter >= HANGUL for letter in text) else ()))


def has_korean() -> bool:
    """Whether a Korean font is installed; without one, Hangul appears as boxes."""
    return bool(_installed()[1])


def contrast(one, other) -> float:
    """Contrast of two colours after WCAG 2: 1 for equal ones, 21 for black and white; letters need 4.5.

    Example:
        >>> round(contrast("black", "white"), 1), round(contrast(BLUE, PAPER), 1)
        (21.0, 5.7)
    """
    linear = [[c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)] for color in (one, other)]
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in linear)
    return (high + 0.05) / (low + 0.05)


def figure(width: float, height: float) -> Picture:
    """An empty figure, `width` x `height` inches, on the Agg canvas."""
    if max(width, height) * DPI >= 2**16:
        raise ArgumentError(
            "the figure's size", f"less than {2**16 // DPI} inches", f"{width:.0f} x {height:.0f}", "Show fewer parts."
        )
    size = round(width * DPI) / DPI, round(height * DPI) / DPI  # whole pixels
    picture = Picture(figsize=size, dpi=DPI, facecolor=PAPER, edgecolor=PAPER)
    picture.set_layout_engine("none")
    FigureCanvasAgg(picture)
    return picture


def axes(picture: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at (left, top), in inches from the figure's top left corner."""
    w, h = picture.get_size_inches()
    return picture.add_axes((left / w, 1 - (top + height) / h, width / w, height / h), facecolor=PAPER)


def write(picture: Figure, left: float, top: float, text: str, size: float = BODY, color: str = INK, **options) -> Text:
    """Text whose top left corner lies at (left, top) inches from the figure's."""
    w, h = picture.get_size_inches()
    options = {"ha": "left", "va": "top", "fontfamily": families(text), "fontstyle": "normal", "parse_math": False} | options
    return picture.text(left / w, 1 - top / h, text, fontsize=size, color=color, **options)


@functools.lru_cache(maxsize=4096)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width of one or more lines of text, in inches, as it will be drawn.

    Example:
        >>> 0 < 2 * width_of("i", 9) < width_of("mm", 9) < 1
        True
    """
    picture = Picture(figsize=(1, 1), dpi=DPI)
    canvas = FigureCanvasAgg(picture)
    drawn = write(picture, 0, 0, text, size, fontweight="bold" if bold else "normal")
    return float(drawn.get_window_extent(canvas.get_renderer()).width) / DPI


def page(width: float, height: float, left: float, title: str, subtitle: str = "") -> Picture:
    """A figure with a headline and a line below it, `left` inches from its edge; wider than asked where they need it."""
    needed = left + max(width_of(title, TITLE, bold=True), width_of(subtitle, BODY)) + 0.35
    picture = figure(max(width, needed), height)
    if title:
        write(picture, left, 0.28, title, TITLE, fontweight="bold")
    if subtitle:
        write(picture, left, 0.57 if title else 0.28, subtitle, BODY, MUTED)
    return picture


def label(ax: Axes, x: float, y: float, text: str, color: str = INK, size: float = BODY, offset=(0.0, 0.0), **options):
    """Text at a point of the data, moved by `offset` points, on a thin white border that keeps it legible over lines."""
    options = {
        "ha": "left",
        "va": "center",
        "fontfamily": families(text),
        "fontweight": "normal",
        "fontstyle": "normal",
        "parse_math": False,
    } | options
    options.setdefault("path_effects", [withStroke(linewidth=3, foreground=PAPER)])
    return ax.annotate(
        text, (x, y), offset, textcoords="offset points", fontsize=size, color=color, annotation_clip=False, **options
    )


def dress(ax: Axes, title: str = "", xlabel: str = "", grid: bool = True) -> None:
    """Plain axes: a base line, quiet horizontal guides, a bold title at the left; no box, no tick marks."""
    for side, spine in ax.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(LINE)
        spine.set_linewidth(1)
    ax.tick_params(which="both", length=0, pad=5, labelsize=SMALL, labelcolor=MUTED, labelfontfamily=families())
    ax.grid(False, which="both", axis="both")
    if grid:
        ax.grid(True, which="major", axis="y", color=GRID, linewidth=0.9, linestyle="-", alpha=1)
    ax.set_axisbelow(True)
    plain = {"parse_math": False, "fontstyle": "normal"}  # a "$" in a class name is a dollar, not a formula
    ax.set_title(title, loc="left", fontsize=HEADING, fontweight="bold", color=INK, fontfamily=families(title), pad=10, **plain)
    ax.set_xlabel(xlabel, fontsize=SMALL, fontweight="normal", color=MUTED, fontfamily=families(xlabel), labelpad=4, **plain)


def frame(ax: Axes, width: float = 0.8, color: str = LINE) -> None:
    """Axes with a thin frame and nothing else, whatever the style sheet says."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.minorticks_off()
    ax.grid(False, which="both", axis="both")
    ax.set_axisbelow("line")
    ax.tick_params(which="both", length=0, labelbottom=False, labelleft=False, labeltop=False, labelright=False)
    for spine in ax.spines.values():
        spine.set(visible=True, color=color, linewidth=width)


def scale_bar(picture: Figure, left: float, top: float, width: float, cmap: Any) -> None:
    """The colours of a map's scale, from its low end to its high one, 0.1 inches high."""
    ax = axes(picture, left, top, width, 0.1)
    ax.imshow([[i / 255 for i in range(256)]], cmap=cmap, aspect="auto", interpolation="nearest", origin="upper")
    frame(ax, 0.6)


def note(title: str, text: str) -> Picture:
    """A small figure that says in words why there is nothing to draw.

    Example:
        >>> [t.get_text() for t in note("Misread digits", "None: all 1,000 were read right.").texts]
        ['Misread digits', 'None: all 1,000 were read right.']
    """
    return page(5.2, 1.1, 0.35, title, text)


def png(picture: Figure, dpi: float | None = None) -> bytes:
    """The figure as PNG; the same figure gives the same bytes, for neither the time nor a version is written into it.

    Args:
        picture: any matplotlib figure.
        dpi: dots per inch; None takes the figure's own, 160 for nabi's.
    """
    before, file = picture.get_dpi(), BytesIO()
    canvas = picture.canvas if isinstance(picture.canvas, FigureCanvasAgg) else FigureCanvasAgg(picture)
    picture.set_dpi(dpi or before)
    try:
        canvas.print_png(file, metadata={"Software": None})
    finally:
        picture.set_dpi(before)
    return file.getvalue()


def save(picture: Figure, path: str | os.PathLike, dpi: float | None = None) -> None:
    """Writes a figure as PNG, whole or not at all.

    Raises: ArgumentError for another ending than .png; FileError where the folder is missing or cannot be written.
    """
    if not str(path).lower().endswith(".png"):
        raise ArgumentError("viz.save(path)", "a name that ends in .png", repr(str(path)), "Figures are saved as PNG.")
    content = png(picture, dpi)
    with atomic(path) as file:
        file.write(content)
