"""Arcs: a dense block as in its paper: its layers in a row, and from each an arc to all later ones, which read its maps.

    x_l = H_l([x_0, x_1, ..., x_(l-1)])        l (l + 1) / 2 lines for l layers and the maps that they all hand on

Where the graph joins maps step by step, the arcs say what that comes to: whose maps a layer reads, through how many joins soever.

Source: Huang, Liu, van der Maaten & Weinberger, "Densely connected convolutional networks", CVPR 2017, figure 1.
"""

from typing import Any

from nabi.viz.diagram.diagram import MARGIN, Diagram
from nabi.viz.diagram.groups import Group, is_conv
from nabi.viz.diagram.marks import Arcs, Box, Mark, Words, width
from nabi.viz.diagram.wording import brief, counted, say
from nabi.viz.style import BLUE, GREEN, INK, LINE, MUTED, OCHRE, PAPER, PURPLE, VERMILION

COLORS = (VERMILION, GREEN, PURPLE, OCHRE, BLUE)
FEW, HIGH, GAP = 10, 74.0, 34.0  # layers that get wide cards; height of a card; between two
RISE, MOST_RISE = 26.0, 420.0  # how much higher an arc goes for each card that it passes; at most


def sources(group: Group, nodes: list[dict[str, Any]], edges: list[tuple]) -> list[tuple[int, int]]:
    """Who reads whose maps: 0 is what comes into the block, l the l-th layer, behind the last the maps that leave.

    Example:
        >>> from nabi.viz.diagram.groups import grouped
        >>> kinds = ("Input", "Conv2D", "Concatenate", "Conv2D", "Concatenate")
        >>> nodes = [{"kind": k, "name": k, "family": "convolution" if k == "Conv2D" else "", "shapes": [(None, 8, 8, 4)],
        ...           "setting": "3x3"} for k in kinds]
        >>> edges = [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)]
        >>> sources(grouped({"nodes": nodes, "edges": edges})[-1], nodes, edges)
        [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    """
    own, before = set(group.members), {}
    for u, v, *_ in edges:
        before.setdefault(v, []).append(u)
    layer = {i: number for number, part in enumerate(group.parts, 1) for i in part.way}

    def makers(i: int) -> set[int]:
        """Numbers of the layers whose maps a node hands on, joins dissolved."""
        found, todo = set(), [i]
        while todo:
            at = todo.pop()
            if at in layer:
                found.add(layer[at])
            elif at in own:
                todo += before[at]
            else:
                found.add(0)
        return found

    reads = {number: set().union(*(makers(u) for u in before[part.way[0]])) for number, part in enumerate(group.parts, 1)}
    reads[len(group.parts) + 1] = makers(group.exit)
    return sorted((u, v) for v, found in reads.items() for u in found)


def dense_diagram(group: Group, nodes: list[dict[str, Any]], edges: list[tuple]) -> Diagram:
    """The layers of a dense block in a row, with arcs from each to all that read it."""
    assert group.parts and group.parts[0].region is not None
    few = len(group.parts) <= FEW
    links, first = sources(group, nodes, edges), nodes[group.parts[0].region.entry]
    maps = [first["shapes"][0][-1], *(nodes[part.way[-1]]["shapes"][0][-1] for part in group.parts)]
    cards = [{"name": "x\u2080", "lines": ["x\u2080", f"{maps[0]}", ""], "shapes": first["shapes"]}]
    for number, part in enumerate(group.parts, 1):
        seen = sum(maps[u] for u, v in links if v == number)
        inside = [brief(nodes[i]) for i in part.way if is_conv(nodes[i])]
        cards.append({"name": nodes[part.exit]["name"], "shapes": nodes[part.way[-1]]["shapes"],
                      "lines": [f"H{number}" if not few else f"H{low(number)}", f"{seen} \u2192 +{maps[number]}",
                                " \u2192 ".join(inside)] if few else [f"{number}", f"+{maps[number]}", ""]})
    cards.append({"name": nodes[group.exit]["name"], "lines": ["Concat" if few else "=", f"{sum(maps)}", ""],
                  "shapes": nodes[group.exit]["shapes"]})
    words = [max(width(line, 13.0 if not n else 11.0, not n) for n, line in enumerate(card["lines"])) for card in cards]
    wide = [max(w + (28 if few else 12), 64.0 if few else 36.0) for w in words]
    span = max(v - u for u, v in links)
    step = min(RISE, MOST_RISE / max(span, 1))
    top = MARGIN + 14 + 0.75 * (18 + step * span)
    left = [MARGIN + sum(wide[:i]) + (GAP if few else 14.0) * i for i in range(len(cards))]
    marks: list[Mark] = arcs_of(links, left, wide, top, step, 1.4 if few else 0.7)
    for card, x, w in zip(cards, left, wide, strict=True):
        middle = x + w / 2
        marks.append(Box(x, top, w, HIGH if few else 46.0, 7, PAPER, LINE))
        marks += [Words(middle, top + 22 + 19 * n, line, 13.0 if not n else 11.0, INK if not n else MUTED, not n, "middle",
                        card["name"] if not n else "") for n, line in enumerate(card["lines"]) if line]
    high = top + (HIGH if few else 46.0) + MARGIN
    places = [(x, top, w, HIGH if few else 46.0) for x, w in zip(left, wide, strict=True)]
    said: list[dict[str, Any]] = [{**card, "lines": [(" ".join([card["name"], *card["lines"][:1]]), card["lines"][1])],
                                   "parameters": 0} for card in cards]
    for node, part in zip(said[1:-1], group.parts, strict=True):
        node["parameters"] = sum(nodes[i].get("parameters", 0) for i in part.members)
        node["lines"].append((counted(node["parameters"]), ""))
    title = say("dense block", n=len(group.parts))
    return Diagram(title, left[-1] + wide[-1] + MARGIN, high, marks, "", places, said, [(u, v, 0, 0) for u, v in links])


def arcs_of(links: list[tuple[int, int]], left: list[float], wide: list[float], top: float, step: float,
            thick: float) -> list[Mark]:
    """An arc for each pair, those of one source in one colour; neighbours are joined by it, too."""
    found: list[Mark] = []
    for source in sorted({u for u, _ in links}):
        curves = []
        for target in (v for u, v in links if u == source):
            many = sum(v == target for _, v in links)
            rank = sum(v == target and u > source for u, v in links)  # the nearest source arrives first
            start = left[source] + wide[source] * 0.8, top
            end = left[target] + wide[target] * (0.08 + 0.5 * (rank + 0.5) / many), top
            rise = 18 + step * (target - source)
            curves.append((start, (start[0], top - rise), (end[0], top - rise), end))
        found.append(Arcs(curves, COLORS[source % len(COLORS)], thick))
    return found


def low(number: int) -> str:
    """A number in small letters below the line.

    Example:
        >>> low(12) == chr(0x2081) + chr(0x2082)
        True
    """
    return "".join(chr(0x2080 + int(digit)) for digit in str(number))
