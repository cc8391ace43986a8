"""Groups: what stands as one card when a network is folded: blocks, layers with their normalisation, and what repeats.

    block     a region: residual, dense, inception, ...; a ReLU behind the sum belongs to it, as does a BN-ReLU before the fork
              of a pre-activation block; so do layers in a row that are the same as a residual block, but for the skip
    unit      a layer and the normalisation and activation behind it
    repeat    blocks or units of one kind, one behind the other, whose maps have one size

A network is as in `diagram`: nodes and edges. Every node is in exactly one group, in the order of the network.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from nabi.viz.diagram.regions import Edge, Region, neighbours, regions

ACTIVATIONS = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
NORMS = ("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization")
Node = dict[str, Any]


@dataclass
class Group:
    """One card of a folded network.

    Attributes:
        kind: "layer", "unit", "augmentation", "transition", "separable", or of blocks "residual", "bottleneck", "inverted",
            "dense layer", "dense block", "inception", "branches".
        members: numbers of its nodes.
        exit: the node whose output it hands on.
        way: nodes of its longest way, in order; of a repeat, the last one's.
        region: of a block.
        parts: what a repeat consists of.
        early: whether a block normalises and activates before its convolutions.
    """

    kind: str
    members: list[int]
    exit: int
    way: list[int]
    region: Region | None = None
    parts: list["Group"] = field(default_factory=list)
    early: bool = False


def is_norm(node: Node) -> bool:
    """Whether a layer normalises."""
    return node["kind"] in NORMS


def is_active(node: Node) -> bool:
    """Whether a layer is an activation."""
    return node["kind"] in ACTIVATIONS


def is_conv(node: Node) -> bool:
    """Whether a layer is a convolution."""
    return node["family"] == "convolution"


def grouped(network: dict[str, Any]) -> list[Group]:
    """The groups of a network, each behind those that it reads.

    Example:
        >>> kinds = ("Input", "Conv2D", "BatchNormalization", "Conv2D", "Add")
        >>> nodes = [{"kind": k, "name": k.lower(), "family": "convolution" if k == "Conv2D" else "", "shapes": [(None, 8, 8, 4)],
        ...           "setting": "3x3"} for k in kinds]
        >>> [g.kind for g in grouped({"nodes": nodes, "edges": [(i, i + 1, 0, 0) for i in range(4)] + [(2, 4, 0, 0)]})]
        ['layer', 'unit', 'residual']
    """
    nodes, edges = network["nodes"], [(u, v) for u, v, *_ in network["edges"]]
    before, after = neighbours(len(nodes), edges)
    blocks: list[Group] = []
    taken: set[int] = set()
    for region in regions(len(nodes), edges):
        if any("inside" in nodes[i] for i in region.inside) or taken & set(region.inside):
            continue
        block = block_of(region, nodes, before, after, taken)
        blocks.append(block)
        taken |= set(block.members)
    blocks += without_skip(blocks, nodes, before, after, taken)
    taken = {i for block in blocks for i in block.members}
    rest = separable(units([i for i in range(len(nodes)) if i not in taken], nodes, before, after), nodes, before, after)
    return repeats(sorted([*blocks, *rest], key=lambda group: group.exit), nodes, edges)


def block_of(region: Region, nodes: list[Node], before: list[list[int]], after: list[list[int]], taken: set[int]) -> Group:
    """What a region is, with what belongs to it before and behind."""
    members, out, way = list(region.inside), region.join, max(region.ways, key=len)
    join = nodes[region.join]
    early = False
    if join["kind"] in ("Add", "add"):
        behind = after[out]
        if len(behind) == 1 and is_active(nodes[behind[0]]) and way and not is_conv(nodes[way[-1]]):
            out = behind[0]
            members.append(out)
        elif way and is_conv(nodes[way[-1]]) and out == region.join:
            early, (active, norm) = True, first_two(region, nodes, before, after)
            if active >= 0 and not {active, norm} & taken:
                members, way = [norm, active, *members], [norm, active, *way]
        early = early and any(is_norm(nodes[i]) for i in way)
    return Group(kind_of(region, way, nodes), sorted(members), out, way, region, early=early)


def first_two(region: Region, nodes: list[Node], before: list[list[int]], after: list[list[int]]) -> Edge:
    """The activation and the normalisation before a fork, if nothing else reads them; else (-1, -1)."""
    active = region.entry
    if is_active(nodes[active]) and set(after[active]) <= set(region.inside) and len(before[active]) == 1:
        norm = before[active][0]
        if is_norm(nodes[norm]) and after[norm] == [active] and region.entry != region.join:
            return active, norm
    return -1, -1


def kind_of(region: Region, way: list[int], nodes: list[Node]) -> str:
    """What a region is, by its join and its ways."""
    join = nodes[region.join]["kind"].lower()
    convolutions = [nodes[i] for i in way if is_conv(nodes[i])]
    if join == "add" and convolutions:
        if any(node["kind"].startswith("Depthwise") for node in convolutions):
            return "inverted"
        pointed = [node["setting"].startswith("1x1") for node in convolutions]
        return "bottleneck" if len(pointed) == 3 and pointed[0] and pointed[2] else "residual"
    if join == "concatenate":
        skip = [] in region.ways
        if skip and len(region.ways) == 2:
            return "dense layer"
        if skip and sum(nodes[i]["kind"] == "Concatenate" for i in region.inside) > 1:
            return "dense block"
        inside = [nodes[i] for i in region.inside]
        if len(region.ways) > 2 and any(node["family"] == "pooling" for node in inside) and sum(map(is_conv, inside)) > 2:
            return "inception"
    return "branches"


def without_skip(blocks: list[Group], nodes: list[Node], before: list[list[int]], after: list[list[int]],
                 taken: set[int]) -> list[Group]:
    """Layers in a row that are what some residual block adds to its input."""
    found: list[Group] = []
    free = [i not in taken for i in range(len(nodes))]
    for pattern in {pattern_of(b.way, nodes): b for b in blocks if b.kind == "inverted"}.items():
        words, block = pattern
        for start in range(len(nodes)):
            run = [start]
            while (len(pattern_of(run, nodes)) < len(words) and len(after[run[-1]]) == 1
                   and before[after[run[-1]][0]] == run[-1:]):
                run.append(after[run[-1]][0])
            if all(free[i] for i in run) and pattern_of(run[:1], nodes) and pattern_of(run, nodes) == words:
                found.append(Group(block.kind, run, run[-1], run, early=block.early))
                for i in run:
                    free[i] = False
    return found


def pattern_of(way: list[int], nodes: list[Node]) -> tuple[str, ...]:
    """A way by its layers but for padding, whatever their sizes are; but a 1x1 window is a kind of its own."""
    return tuple(nodes[i]["kind"] + " 1x1" * (is_conv(nodes[i]) and nodes[i]["setting"] == "1x1") for i in way
                 if nodes[i]["kind"] != "ZeroPadding2D")


def separable(found: list[Group], nodes: list[Node], before: list[list[int]], after: list[list[int]]) -> list[Group]:
    """The groups with depthwise convolutions and the 1x1 convolutions that read them as one."""
    first = {group.members[0]: group for group in found}
    gone: set[int] = set()
    for group in found:
        follows = first.get(after[group.exit][0]) if len(after[group.exit]) == 1 else None
        head = nodes[group.members[0]]
        if head["kind"] == "DepthwiseConv2D" and follows is not None and before[follows.members[0]] == [group.exit]:
            second = nodes[follows.members[0]]
            if second["kind"] == "Conv2D" and second["setting"] == "1x1":
                group.kind, group.exit = "separable", follows.exit
                group.members = group.way = [*group.members, *follows.members]
                gone.add(id(follows))
    return [group for group in found if id(group) not in gone]


def units(free: list[int], nodes: list[Node], before: list[list[int]], after: list[list[int]]) -> list[Group]:
    """What is in no block: layers with the normalisation and activation behind them, and augmentations in a row."""
    found: list[Group] = []
    of: dict[int, Group] = {}
    for i in free:
        node, head = nodes[i], of.get(before[i][0]) if len(before[i]) == 1 else None
        if head is not None and after[head.exit] == [i] and "inside" not in node:
            first = nodes[head.members[0]]
            plain = first["family"] not in ("input", "merge") and "inside" not in first
            random = is_random(node) and all(is_random(nodes[j]) for j in head.members)
            if random or (plain and not is_random(first) and (is_norm(node) or is_active(node) or node["kind"] == "Rescaling")):
                head.members.append(i)
                head.kind, head.exit, head.way = "augmentation" if random else "unit", i, head.members
                of[i] = head
                continue
        of[i] = Group("layer", [i], i, [i])
        found.append(of[i])
    return found


def is_random(node: Node) -> bool:
    """Whether a layer changes pictures at random while a network learns."""
    return node["kind"].startswith("Random")


def repeats(groups: list[Group], nodes: list[Node], edges: list[Edge]) -> list[Group]:
    """The groups with runs of one kind as one, and what lies between dense blocks as transitions."""
    of = {i: number for number, group in enumerate(groups) for i in group.members}
    links = {(of[u], of[v]) for u, v in edges if of[u] != of[v]}
    into, out = neighbours(len(groups), sorted(links))
    found: list[Group] = []
    number = 0
    while number < len(groups):
        run = [number]
        while (len(out[run[-1]]) == 1 and into[out[run[-1]][0]] == run[-1:] and out[run[-1]][0] == run[-1] + 1
               and key(groups[run[-1] + 1], nodes) == key(groups[number], nodes)):
            run.append(run[-1] + 1)
        parts = [groups[i] for i in run]
        number = run[-1] + 1
        if parts[0].kind == "dense layer":
            found.append(merged("dense block", parts))
        else:
            found.append(merged(parts[0].kind, parts) if len(parts) > 1 else parts[0])
    return transitions(found, nodes)


def merged(kind: str, parts: list[Group]) -> Group:
    """Several groups as one."""
    last = parts[-1]
    return replace(last, kind=kind, members=[i for part in parts for i in part.members], parts=parts)


def transitions(groups: list[Group], nodes: list[Node]) -> list[Group]:
    """The groups with what stands between two dense blocks as one."""
    found: list[Group] = []
    for group in groups:
        found.append(group)
        if group.kind == "dense block":
            begins = next((i for i in reversed(range(len(found) - 1)) if found[i].kind == "dense block"), None)
            between = found[begins + 1:-1] if begins is not None else []
            inside = [nodes[i] for part in between for i in part.members]
            if between and all(is_norm(n) or is_active(n) or is_conv(n) or n["family"] == "pooling" for n in inside):
                members = [i for part in between for i in part.members]
                found[-1 - len(between):-1] = [Group("transition", members, between[-1].exit, members)]
    return found


def key(group: Group, nodes: list[Node]) -> tuple:
    """What two groups must have in common to be drawn as one card, times two."""
    shape = nodes[group.exit]["shapes"][0]
    way = [nodes[i] for i in group.way]
    if group.kind in ("residual", "bottleneck"):
        return group.kind, shape, tuple((n["kind"], n["setting"].split("/")[0]) for n in way if is_conv(n))
    if group.kind in ("inverted", "separable"):
        return group.kind, shape
    if group.kind == "dense layer":
        return group.kind, shape[:-1], tuple(n["kind"] for n in way if is_conv(n))
    if group.kind in ("layer", "unit") and way[0]["family"] in ("convolution", "dense"):
        shapes = tuple(shape for n in way for shape in n["shapes"])
        return group.kind, shapes, tuple((n["kind"], n.get("setting"), n.get("activation")) for n in way)
    return group.kind, id(group)
