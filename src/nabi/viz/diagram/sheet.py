"""Sheet: a network with headline, shapes and parameters: folded to a page, unfolded layer by layer, or one of its blocks.

    folded      a card for each block, for a layer with its normalisation and activation, for what repeats (a stack)
    unfolded    a card for each layer; bands behind them say which block they belong to
    a block     its layers alone, and what they read; a dense block as in its paper, each layer joined to all later ones
"""

from typing import Any

from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.registry import register
from nabi.viz.diagram import wording
from nabi.viz.diagram.arcs import dense_diagram
from nabi.viz.diagram.diagram import MARGIN, Diagram, network_diagram
from nabi.viz.diagram.groups import Group, grouped, is_conv
from nabi.viz.diagram.marks import Box, Mark, Words, moved, width
from nabi.viz.style import INK, MUTED

BIG, SMALL, BAND = 17.0, 11.5, "#F1F5F9"
BLOCKS = ("residual", "bottleneck", "inverted", "separable", "dense layer", "dense block", "inception", "branches", "transition")
Network = dict[str, Any]


@register("figure", "network_sheet")
def network_sheet(network: Network, title: str = "network", facts: dict[str, int] | None = None, unfold: bool = False,
                  block: str | None = None, rankdir: str = "TB", headline: str = "") -> Diagram:
    """Draws a network on one sheet.

    Args:
        network: {"nodes": [...], "edges": [...]}, as `network_diagram` takes it, with "setting" and "parameters" of each node.
        title: its name, as the headline.
        facts: numbers for the line below: "layers", "parameters", "trainable", "macs", as far as they are known.
        unfold: a card for each layer, instead of one for each block.
        block: name of a block that shall be drawn alone; `blocks(network)` are those there are.
        rankdir: "TB" from top to bottom, "BT", "LR" from left to right, "RL".
        headline: of a block, in place of its network's name and its own.

    Raises: UnknownName for a block that is not there.

    Example:
        >>> kinds = ("Input", "Conv2D", "BatchNormalization", "Conv2D", "Add")
        >>> nodes = [{"kind": k, "name": k.lower(), "family": "convolution" if k == "Conv2D" else "", "shapes": [(None, 8, 8, 4)],
        ...           "setting": "3x3", "parameters": 16} for k in kinds]
        >>> network = {"nodes": nodes, "edges": [(i, i + 1, 0, 0) for i in range(4)] + [(2, 4, 0, 0)]}
        >>> [node["name"] for node in network_sheet(network).nodes], len(network_sheet(network, unfold=True).nodes)
        (['input', 'conv2d', 'add'], 5)
    """
    nodes, groups = network["nodes"], grouped(network)
    if block is not None:
        found = named(groups, nodes)
        if block not in found:
            raise UnknownName("block", "a block of the network", repr(block), did_you_mean(block, found))
        return of_block(found[block], network, headline or f"{title}: {block}", rankdir)
    if unfold:
        drawn, bands = {"nodes": [card(node) for node in nodes], "edges": network["edges"]}, bands_of(groups, nodes)
    else:
        drawn, bands = folded(network, groups), []
    diagram = banded(network_diagram(drawn, title, rankdir=rankdir), bands, rankdir)
    return headed(diagram, title, wording.facts(facts or {}))


def blocks(network: Network) -> list[str]:
    """Names of the blocks that can be drawn alone: those on the folded sheet, then those that repeats consist of."""
    return list(named(grouped(network), network["nodes"]))


def named(groups: list[Group], nodes: list[dict[str, Any]]) -> dict[str, Group]:
    """The blocks by name, repeats and their parts."""
    found: dict[str, Group] = {}
    chosen = [(group, name) for group, name in zip(groups, wording.names_of(groups, nodes), strict=True) if group.kind in BLOCKS]
    for group, name in chosen:
        found.setdefault(name, group)
    for group, _ in chosen:
        for part in group.parts:
            found.setdefault(wording.name_of(part, nodes), part)
    return found


def folded(network: Network, groups: list[Group]) -> Network:
    """The network whose nodes are its groups."""
    nodes = network["nodes"]
    of = {i: number for number, group in enumerate(groups) for i in group.members}
    edges = sorted({(of[u], of[v], 0, 0) for u, v, *_ in network["edges"] if of[u] != of[v]})
    names = wording.names_of(groups, nodes)
    return {"nodes": [card_of(group, nodes, name) for group, name in zip(groups, names, strict=True)], "edges": edges}


def card_of(group: Group, nodes: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """A node that stands for a group."""
    if len(group.members) == 1:
        return {**card(nodes[group.members[0]]), "members": group.members}
    family = nodes[group.members[0]]["family"]
    if group.kind in BLOCKS:
        family = "convolution" if any(is_conv(nodes[i]) for i in group.members) else "merge"
    return {"kind": wording.kind_of(group, nodes), "name": name, "family": family,
            "shapes": nodes[group.exit]["shapes"], "parameters": sum(nodes[i].get("parameters", 0) for i in group.members),
            "lines": wording.lines_of(group, nodes), "members": group.members, "stack": len(group.parts) > 1,
            "beside": name if group.kind not in ("layer", "unit", "augmentation") else ""}


def card(node: dict[str, Any]) -> dict[str, Any]:
    """A node that stands for one layer, or for a model with all that is inside it."""
    if "inside" in node:
        node = {**node, "inside": {**node["inside"], "nodes": [card(inner) for inner in node["inside"]["nodes"]]}}
    if node["family"] in ("input", "merge"):
        return {**node, "lines": [(node["kind"], wording.size(node["shapes"]))]}
    return {**node, "lines": wording.lines_of(Group("layer", [0], 0, [0]), [node])}


def bands_of(groups: list[Group], nodes: list[dict[str, Any]]) -> list[tuple[str, str, list[int]]]:
    """For each block its name, what it is, and its members; of repeats for each part."""
    found = []
    for group in groups:
        for part in group.parts or [group]:
            if part.kind in BLOCKS:
                found.append((wording.name_of(part, nodes), wording.kind_of(part, nodes), part.members))
    return found


def banded(diagram: Diagram, bands: list[tuple[str, str, list[int]]], rankdir: str) -> Diagram:
    """The diagram with a band behind the cards of each block, and its name beside them."""
    if not bands:
        return diagram
    level = rankdir in ("LR", "RL")
    names = max(width(word, SMALL, bold) for name, kind, _ in bands for word, bold in ((name, True), (kind, False)))
    gutter = 44.0 if level else round(names) + 28.0
    dx, dy = (0.0, gutter) if level else (gutter, 0.0)
    behind: list[Mark] = []
    for name, kind, members in bands:
        left, top, right, low = extent([diagram.cards[i] for i in members])
        if level:
            behind += [Box(left - 9, MARGIN, right - left + 18, diagram.height + gutter - 2 * MARGIN, 8, BAND),
                       Words(left, MARGIN + 20, name, SMALL, INK, True), Words(left, MARGIN + 35, kind, SMALL, MUTED)]
        else:
            behind += [Box(MARGIN, top - 9, diagram.width + gutter - 2 * MARGIN + 10, low - top + 18, 8, BAND),
                       Words(MARGIN + 10, top + 9, name, SMALL, INK, True), Words(MARGIN + 10, top + 25, kind, SMALL, MUTED)]
    return shifted(diagram, dx, dy, behind)


def extent(cards: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    """Left, top, right and low end of several cards."""
    return (min(c[0] for c in cards), min(c[1] for c in cards), max(c[0] + c[2] for c in cards),
            max(c[1] + c[3] for c in cards))


def shifted(diagram: Diagram, dx: float, dy: float, before: list[Mark], wide: float = 0.0) -> Diagram:
    """The diagram moved to the right and down, with other marks before its own."""
    marks = [*before, *(moved(mark, dx, dy) for mark in diagram.marks)]
    cards = [(x + dx, y + dy, w, h) for x, y, w, h in diagram.cards]
    return Diagram(diagram.title, max(diagram.width + dx, wide), diagram.height + dy, marks, diagram.told, cards, diagram.nodes,
                   diagram.edges)


def headed(diagram: Diagram, title: str, facts: str) -> Diagram:
    """The diagram below its headline, and told in words."""
    lines = broken(facts, max(diagram.width, width(title, BIG, True) + 2 * MARGIN) - 2 * MARGIN)
    needed = 2 * MARGIN + max(width(title, BIG, True), *(width(line, SMALL) for line in lines or [""]))
    head: list[Mark] = [Words(MARGIN, 34, title, BIG, INK, True)]
    head += [Words(MARGIN, 54 + 17 * number, line, SMALL, MUTED) for number, line in enumerate(lines)]
    down = 39.0 + 17 * len(lines) if lines else 34.0
    found = shifted(diagram, float(max(0, round((needed - diagram.width) / 2))), down, head, needed)
    found.title = title
    found.told = wording.say("network", name=title, facts=facts or wording.say("layers", n=len(diagram.nodes))) + " "
    found.told += wording.told(found.nodes, found.edges)
    return found


def side_by_side(diagrams: list[Diagram], title: str = "", facts: str = "", below: bool = False) -> Diagram:
    """Several diagrams as one.

    Args:
        diagrams: in order.
        title, facts: headline, and the line below it.
        below: one below the other, instead of side by side.

    Example:
        >>> nodes = [{"kind": "Dense", "name": "d", "family": "dense", "shapes": [(None, 4)], "parameters": 8}]
        >>> one = network_sheet({"nodes": nodes, "edges": []})
        >>> side_by_side([one, one]).width == 2 * one.width
        True
    """
    marks: list[Mark] = []
    cards, nodes, edges, told, x, y = [], [], [], [], 0.0, 0.0
    for one in diagrams:
        moved_one = shifted(one, x, y, [])
        marks, cards = marks + moved_one.marks, cards + moved_one.cards
        edges += [(u + len(nodes), v + len(nodes), *rest) for u, v, *rest in one.edges]
        nodes, told = nodes + one.nodes, [*told, one.told]
        x, y = (x, y + one.height) if below else (x + one.width, y)
    wide, high = (max(d.width for d in diagrams), y) if below else (x, max(d.height for d in diagrams))
    whole = Diagram(title or diagrams[0].title, wide, high, marks, "", cards, nodes, edges)
    whole = headed(whole, title, facts) if title else whole
    whole.told = " ".join(told)
    return whole


def broken(facts: str, room: float) -> list[str]:
    """Facts in lines that fit where they can be parted.

    Example:
        >>> broken("9 layers · 100 parameters", 400), broken("9 layers · 100 parameters", 90), broken("", 90)
        (['9 layers · 100 parameters'], ['9 layers', '100 parameters'], [])
    """
    lines: list[str] = []
    for fact in facts.split(wording.DOT) if facts else []:
        longer = f"{lines[-1]}{wording.DOT}{fact}" if lines else fact
        if lines and width(longer, SMALL) <= room:
            lines[-1] = longer
        else:
            lines.append(fact)
    return lines


def of_block(group: Group, network: Network, title: str, rankdir: str) -> Diagram:
    """One block, its layers and what they read."""
    nodes, own = network["nodes"], set(group.members)
    facts = [wording.kind_of(group, nodes) + (f" {wording.TIMES} {len(group.parts)}" if len(group.parts) > 1
                                              and group.kind != "dense block" else ""), wording.size(nodes[group.exit]["shapes"]),
             wording.counted(sum(nodes[i].get("parameters", 0) for i in group.members))]
    told = wording.DOT.join(word for word in facts if word)
    if group.kind == "dense block" and group.parts:
        return headed(dense_diagram(group, nodes, network["edges"]), title, told)
    outside = sorted({u for u, v, *_ in network["edges"] if v in own and u not in own})
    place = {i: number for number, i in enumerate([*outside, *sorted(own)])}
    read = [{**nodes[i], "kind": wording.say("first"), "family": "input", "lines": [(wording.say("first"), wording.size(
        nodes[i]["shapes"]))]} for i in outside]
    inside = {"nodes": [*read, *(card(nodes[i]) for i in sorted(own))],
              "edges": [(place[u], place[v], 0, 0) for u, v, *_ in network["edges"] if v in own]}
    bands = [(name, kind, [place[i] for i in part]) for name, kind, part in bands_of([group], nodes)] if group.parts else []
    return headed(banded(network_diagram(inside, title, rankdir=rankdir), bands, rankdir), title, told)
