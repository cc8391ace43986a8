"""Raster: marks as a matplotlib figure, for PNG files."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Outline

from nabi.viz.diagram.marks import TAIL, TAIL_COLOR, TAIL_SIZE, Arcs, Box, Lines, Mark, Words
from nabi.viz.diagram.svg import HEAD_LONG, ROUND, Point, distance, head, toward
from nabi.viz.style import Picture, axes, families, figure, width_of

PIXELS = 96  # of a diagram to the inch
POINT = 72 / PIXELS


def picture(width: float, height: float, marks: list[Mark], scale: float = 1.0) -> Picture:
    """The marks in a figure of that many pixels, or `scale` times as many, with letters and lines as much smaller."""
    size, point = (scale * width / PIXELS, scale * height / PIXELS), scale * POINT
    drawing = figure(*size)
    ax = axes(drawing, 0, 0, *size)
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    for order, mark in enumerate(marks):
        if isinstance(mark, Box):
            style = f"round,pad=0,rounding_size={mark.radius}"
            ax.add_patch(FancyBboxPatch((mark.x, mark.y), mark.width, mark.height, style, facecolor=mark.fill, zorder=order,
                                        edgecolor=mark.stroke, linewidth=point, linestyle=(0, (4, 3)) if mark.dashed else "-"))
        elif isinstance(mark, Lines):
            lines = Outline.make_compound_path(*map(outline, mark.routes))
            ax.add_patch(PathPatch(lines, fill=False, edgecolor=mark.stroke, linewidth=mark.width * point, zorder=order))
            for route in mark.routes:
                ax.add_patch(Polygon(head(route), facecolor=mark.stroke, edgecolor="none", zorder=order))
        elif isinstance(mark, Arcs):
            codes = [Outline.MOVETO, *[Outline.CURVE4] * 3]
            paths = [Outline([*curve[:3], (curve[3][0], curve[3][1] - HEAD_LONG + 2)], codes) for curve in mark.curves]
            ax.add_patch(PathPatch(Outline.make_compound_path(*paths), fill=False, edgecolor=mark.stroke, zorder=order,
                                   linewidth=mark.width * point))
            for curve in mark.curves:
                ax.add_patch(Polygon(head([*curve[2:]]), facecolor=mark.stroke, edgecolor="none", zorder=order))
        else:
            write(ax, mark, order, scale)
    return drawing


def write(ax: Axes, mark: Words, order: int, scale: float) -> None:
    """The words and what follows them."""
    wide = width_of(mark.text, mark.size * POINT, mark.bold) * PIXELS
    follows = TAIL + width_of(mark.tail, TAIL_SIZE * POINT) * PIXELS if mark.tail else 0.0
    left = mark.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * (wide + follows)
    options = {"zorder": order, "ha": "left", "va": "baseline", "parse_math": False}
    ax.text(left, mark.y, mark.text, fontsize=mark.size * POINT * scale, color=mark.color,
            fontweight="bold" if mark.bold else "normal", fontfamily=families(mark.text), **options)
    if mark.tail:
        ax.text(left + wide + TAIL, mark.y, mark.tail, fontsize=TAIL_SIZE * POINT * scale, color=TAIL_COLOR,
                fontfamily=families(mark.tail), **options)


def outline(route: list[Point]) -> Outline:
    """The line with its corners rounded."""
    points = [*route[:-1], toward(route[-1], route[-2], HEAD_LONG - 2)]
    vertices, codes = [points[0]], [Outline.MOVETO]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(ROUND, distance(before, here) / 2, distance(here, after) / 2)
        vertices += [toward(here, before, radius), here, toward(here, after, radius)]
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    return Outline([*vertices, points[-1]], [*codes, Outline.LINETO])
