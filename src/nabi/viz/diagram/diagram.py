"""Diagram: a network as cards and lines, from plain dicts, laid out in ranks; nested networks are boxes with their own inside.

    nodes   {"kind", "name", "family", "shapes", "activation", "dtype", "learns", "shared"}, with "inside" if nested: a network
    edges   (u, v, out, into): node v reads node u, by which of its outputs and inputs where these are opened, else 0
    inputs, outputs   of a nested network: the nodes that stand for them
"""

from dataclasses import dataclass, field
from typing import Any

from nabi.core.registry import register
from nabi.core.warning import warn
from nabi.viz.diagram.cards import HEAD, PAD, SMALL, drawn, size_of, text_of
from nabi.viz.diagram.layout import laid_out
from nabi.viz.diagram.marks import Box, Lines, Mark, Words, moved, shortened, width
from nabi.viz.diagram.raster import PIXELS, picture
from nabi.viz.diagram.svg import written
from nabi.viz.style import BLUE, DPI, INK, LINE, png

WIRE, FRAME = "#8C98A5", "#F7F9FB"
MARGIN, INNER, TITLE = 20.0, 16.0, 34.0  # around the diagram, around what is nested, for its title
MOST = 2**15  # dots along a side of a PNG
Point = tuple[float, float]


@dataclass
class Block:
    """A part of the diagram with its size; its marks are placed from its own top left corner.

    `ins` and `outs` say how far from its middle, in x and y, its inputs and outputs are; `cards` is where its nodes lie: left,
    top, width and height of each.
    """

    width: float
    height: float
    marks: list[Mark]
    ins: list[Point] = field(default_factory=lambda: [(0.0, 0.0)])
    outs: list[Point] = field(default_factory=lambda: [(0.0, 0.0)])
    cards: list[tuple[float, float, float, float]] = field(default_factory=list)


@dataclass
class Diagram:
    """A drawn network; a notebook shows it.

    Attributes:
        title: what it shows, for those who cannot see it.
        width, height: in pixels, of which 96 make an inch.
        marks: what is drawn, in order.
        told: what stands in it, in sentences, for the same readers.
        cards: left, top, width and height of each node's card.
        nodes, edges: what was drawn.
    """

    title: str
    width: float
    height: float
    marks: list[Mark]
    told: str = ""
    cards: list[tuple[float, float, float, float]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[tuple] = field(default_factory=list)

    @property
    def svg(self) -> str:
        """The diagram as SVG; the same network gives the same text everywhere."""
        return written(self.title, self.width, self.height, self.marks, self.told)

    def png(self, dpi: float = 200) -> bytes:
        """The diagram as PNG with so many dots to the inch; what would be longer than 32,768 dots is drawn smaller."""
        dots = max(self.width, self.height) / PIXELS * max(dpi, 0.6 * DPI)  # a figure has fewer than 65,536 at 160 to the inch
        if dots > MOST:
            warn(f"{self.title} would be {dots:,.0f} dots long; it is drawn at {MOST / dots:.2f} of its size. "
                 "An .svg stays sharp.")
        return png(picture(self.width, self.height, self.marks, min(1.0, MOST / dots)), dpi)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Diagram of {self.title}, {self.width:.0f} x {self.height:.0f}>"


@register("figure")
def network_diagram(network: dict[str, Any], title: str = "network", show: dict[str, bool] | None = None,
                    rankdir: str = "TB") -> Diagram:
    """Draws a network.

    Args:
        network: {"nodes": [...], "edges": [...]}, see above.
        title: what it shows.
        show: which words stand on the cards: "shapes", "names", "activations", "dtype", "trainable".
        rankdir: "TB" from top to bottom, "BT", "LR" from left to right, "RL".

    Example:
        >>> nodes = [{"kind": kind, "name": kind.lower(), "family": "other", "shapes": [(None, 4)]} for kind in ("Input", "ReLU")]
        >>> network_diagram({"nodes": nodes, "edges": [(0, 1, 0, 0)]})
        <Diagram of network, 136 x 134>
    """
    show = show or {}
    inner = block(network, show, rankdir, widest(network, show))
    marks = [moved(mark, MARGIN, MARGIN) for mark in inner.marks]
    cards = [(x + MARGIN, y + MARGIN, wide, high) for x, y, wide, high in inner.cards]
    return Diagram(title, inner.width + 2 * MARGIN, inner.height + 2 * MARGIN, marks, "", cards, network["nodes"],
                   network["edges"])


def widest(network: dict[str, Any], show: dict[str, bool]) -> float:
    """The width that all cards get, nested ones too."""
    wide = [widest(node["inside"], show) if "inside" in node else size_of(text_of(node, show))[0] for node in network["nodes"]]
    return 2 * round(max([96.0, *wide]) / 2)


def block(network: dict[str, Any], show: dict[str, bool], rankdir: str, card: float) -> Block:
    """One network, without a frame."""
    level, axis = rankdir in ("LR", "RL"), int(rankdir in ("LR", "RL"))
    parts = [framed(node, show, rankdir, card) if "inside" in node else leaf(node, show, card, level)
             for node in network["nodes"]]
    sizes = [(p.height, p.width) if level else (p.width, p.height) for p in parts]
    doors = [(parts[u].outs[out][axis], parts[v].ins[into][axis]) for u, v, out, into in network["edges"]]
    found = laid_out(sizes, [(u, v) for u, v, *_ in network["edges"]], doors, spread="inputs" in network)
    across, along = found.size

    def turned(point: Point) -> Point:
        a, b = point[0], along - point[1] if rankdir in ("BT", "RL") else point[1]
        return (b, a) if level else (a, b)

    middles = [turned(middle) for middle in found.middles]
    wide, high = turned((across, 0.0 if rankdir in ("BT", "RL") else along))
    whole = Block(wide, high, [], *([middles[i] for i in network.get(ends, [])] for ends in ("inputs", "outputs")))
    for skips, color in ((False, WIRE), (True, BLUE)):
        routes = [[turned(p) for p in route] for route, skip in zip(found.routes, found.skips, strict=True) if skip == skips]
        whole.marks += [Lines(routes, color)] if routes else []
    for part, (x, y) in zip(parts, middles, strict=True):
        whole.cards.append((x - part.width / 2, y - part.height / 2, part.width, part.height))
        whole.marks += [moved(mark, x - part.width / 2, y - part.height / 2) for mark in part.marks]
    return whole


def leaf(node: dict[str, Any], show: dict[str, bool], card: float, level: bool = False) -> Block:
    """The card of one layer; on a sheet that runs to the right it is as wide as its words."""
    text = text_of(node, show)
    wide, high = size_of(text)
    own = (text.pill and not text.lines[0][1]) or (level and "lines" in node)
    wide = 2 * round(wide / 2) if own else card
    return Block(wide, high, drawn(text, wide, high))


def framed(node: dict[str, Any], show: dict[str, bool], rankdir: str, card: float) -> Block:
    """A nested network in its frame, with a title; its inputs are in the middle, and lines from outside arrive before them."""
    inner, level = block(node["inside"], show, rankdir, card), rankdir in ("LR", "RL")
    title, kind = shortened(node["name"], 36), shortened(node["kind"], 36) + ", shared" * node.get("shared", False)
    needed = width(title, HEAD, True) + 8 + width(kind, SMALL) + 2 * PAD
    x, y = (sum(middles) / len(inner.ins) for middles in zip(*inner.ins, strict=True))
    x, y = (inner.width / 2, y) if level else (x, (inner.height + INNER - TITLE) / 2)
    wide = 2 * round(max(x + INNER, inner.width - x + INNER, needed / 2))
    high = 2 * round(max(y + TITLE, inner.height - y + INNER))
    ins, outs = ([(round(a - x, 1), round(b - y, 1)) for a, b in ends] for ends in (inner.ins, inner.outs))
    marks = [Box(0, 0, wide, high, 10, FRAME, LINE, True),
             Words(PAD, 19.5, title, HEAD, INK, True, "start", f"{node['kind']} '{node['name']}'", kind)]
    return Block(wide, high, [*marks, *(moved(mark, wide / 2 - x, high / 2 - y) for mark in inner.marks)], ins, outs)
