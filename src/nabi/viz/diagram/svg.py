"""SVG: a diagram as text that every browser draws; no scripts, no fonts, nothing from elsewhere."""

import html

from nabi.viz.diagram.marks import TAIL, TAIL_COLOR, TAIL_SIZE, Arcs, Box, Lines, Mark
from nabi.viz.style import LATIN

Point = tuple[float, float]
ROUND, HEAD_LONG, HEAD_WIDE = 8.0, 7.0, 3.4  # radius of a line's corners; an arrow's head


def written(title: str, width: float, height: float, marks: list[Mark], told: str = "") -> str:
    """Marks as one SVG document; the title, and what is told of it, are for those who cannot see it."""
    families = ", ".join(f"'{name}'" if " " in name else name for name in LATIN)
    wide, high = number(width), number(height)
    size = f'width="{wide}" height="{high}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {wide} {high}" role="img" '
             f'font-family="{families}, sans-serif">', f"<title>{escaped(title)}</title>",
             *([f"<desc>{escaped(told)}</desc>"] if told else []),
             f'<rect {size} fill="#FFFFFF"/>']
    return "\n".join([*lines, *map(element, marks), "</svg>", ""])


def element(mark: Mark) -> str:
    """One mark as SVG."""
    if isinstance(mark, Box):
        dash = ' stroke-dasharray="4 3"' if mark.dashed else ""
        return (f'<rect x="{number(mark.x)}" y="{number(mark.y)}" width="{number(mark.width)}" height="{number(mark.height)}" '
                f'rx="{number(mark.radius)}" fill="{mark.fill}" stroke="{mark.stroke}"{dash}/>')
    if isinstance(mark, Lines):
        heads = "".join(f"M{pair(a)}L{pair(b)}L{pair(c)}Z" for a, b, c in map(head, mark.routes))
        return (f'<path d="{"".join(map(bends, mark.routes))}" fill="none" stroke="{mark.stroke}" '
                f'stroke-width="{number(mark.width)}"/><path d="{heads}" fill="{mark.stroke}"/>')
    if isinstance(mark, Arcs):
        heads = "".join(f"M{pair(a)}L{pair(b)}L{pair(c)}Z" for a, b, c in (head([curve[2], curve[3]]) for curve in mark.curves))
        data = "".join(f"M{pair(a)}C{pair(b)} {pair(c)} {pair((d[0], d[1] - HEAD_LONG + 2))}" for a, b, c, d in mark.curves)
        return (f'<path d="{data}" fill="none" stroke="{mark.stroke}" stroke-width="{number(mark.width)}"/>'
                f'<path d="{heads}" fill="{mark.stroke}"/>')
    whole = f"<title>{escaped(mark.whole)}</title>" if mark.whole else ""
    tail = ""
    if mark.tail:
        tail = (f'<tspan dx="{number(TAIL)}" font-size="{number(TAIL_SIZE)}" font-weight="400" fill="{TAIL_COLOR}">'
                f'{escaped(mark.tail)}</tspan>')
    weight = ' font-weight="600"' if mark.bold else ""
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    return (f'<text x="{number(mark.x)}" y="{number(mark.y)}" font-size="{number(mark.size)}" fill="{mark.color}"{weight}{anchor}'
            f' xml:space="preserve">{whole}{escaped(mark.text)}{tail}</text>')


def escaped(text: str) -> str:
    """Text as SVG keeps it; letters that cannot be seen, of which XML forbids some, are replaced.

    Example:
        >>> escaped("<a & b>\\x00")
        '&lt;a &amp; b&gt;\ufffd'
    """
    return html.escape("".join(letter if letter.isprintable() else "\ufffd" for letter in text))


def bends(route: list[Point]) -> str:
    """The line as path data, its corners rounded, its end short of the arrow's tip.

    Example:
        >>> bends([(0, 0), (0, 20), (30, 20)])
        'M0 0L0 12Q0 20 8 20L25 20'
    """
    points = [*route[:-1], toward(route[-1], route[-2], HEAD_LONG - 2)]
    data = "M" + pair(points[0])
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(ROUND, distance(before, here) / 2, distance(here, after) / 2)
        data += f"L{pair(toward(here, before, radius))}Q{pair(here)} {pair(toward(here, after, radius))}"
    return data + "L" + pair(points[-1])


def head(route: list[Point]) -> list[Point]:
    """The three corners of the arrow's head."""
    tip, before = route[-1], route[-2]
    x, y = toward(tip, before, HEAD_LONG)
    across = (HEAD_WIDE, 0.0) if tip[0] == before[0] else (0.0, HEAD_WIDE)
    return [tip, (x - across[0], y - across[1]), (x + across[0], y + across[1])]


def distance(a: Point, b: Point) -> float:
    """From a to b along an upright or level line."""
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def toward(start: Point, end: Point, length: float) -> Point:
    """The point that lies `length` from the start on the way to the end."""
    share = length / (distance(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def pair(point: Point) -> str:
    """x and y with a blank between."""
    return f"{number(point[0])} {number(point[1])}"


def number(value: float) -> str:
    """A number with at most two decimals.

    Example:
        >>> number(12.0), number(3.14159), number(-0.001)
        ('12', '3.14', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
