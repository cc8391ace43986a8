"""Wording: what the cards of a network sheet say, in English and Korean: layers with their settings, blocks with what is in them.

    Conv2D 7x7/2          112 x 112 x 64         bottleneck block x 3  conv2           56 x 56 x 256
    conv1 - BN - relu   9,664 parameters         1x1, 64 - 3x3, 64 - 1x1, 256      217,088 parameters
"""

from os.path import commonprefix
from typing import Any

from nabi.core.language import language, with_particles
from nabi.viz.diagram.groups import Group, Node, is_active, is_conv, is_norm
from nabi.viz.style import has_korean

TIMES, DOT, ARROW, DOTS = "\u00d7", " \u00b7 ", " \u2192 ", "\u2026"
WORDS: dict[str, tuple[str, str]] = {
    "residual": ("residual block", "잔차 블록"),
    "bottleneck": ("bottleneck block", "병목 잔차 블록"),
    "inverted": ("inverted residual block", "역잔차 블록"),
    "early": ("pre-activation {kind}", "사전 활성화 {kind}"),
    "separable": ("depthwise separable convolution", "깊이별 분리 합성곱"),
    "dense layer": ("dense layer", "밀집 층"),
    "dense block": ("dense block, {n} layers", "밀집 블록, {n}층"),
    "transition": ("transition", "전이층"),
    "inception": ("inception module", "인셉션 모듈"),
    "branches": ("{n} branches, {kind}", "갈래 {n}개, {kind}"),
    "augmentation": ("in training only", "학습할 때만"),
    "parameters": ("{n} parameters", "매개변수 {n}"),
    "parameter": ("1 parameter", "매개변수 1"),
    "growth": ("growth rate k = {k}", "성장률 k = {k}"),
    "layers": ("{n} layers", "{n}개 층"),
    "trainable": ("{n} of them trainable", "그중 학습되는 것 {n}"),
    "macs": ("{n} multiply-adds a sample", "표본당 곱셈-덧셈 {n}번"),
    "frozen": ("frozen", "동결"),
    "reads": ("reads {names}", "입력: {names}"),
    "network": ("The network {name}: {facts}.", "신경망 {name}: {facts}."),
    "first": ("input x", "입력 x"),
}
SHORT: dict[str, str] = {"BatchNormalization": "BN", "LayerNormalization": "LN"}


def say(key: str, **values: object) -> str:
    """A label in today's language; English where no Korean font is there to draw it."""
    korean = language() == "ko" and has_korean()
    text = WORDS[key][korean].format(**values)
    return with_particles(text) if korean else text


def size(shapes: list[tuple]) -> str:
    """What a layer makes: its axes but the batch.

    Example:
        >>> size([(None, 28, 28, 6)]), size([(None, 10)]), size([(None, None, 8)])
        ('28 × 28 × 6', '10', '? × 8')
    """
    return "  ".join(f" {TIMES} ".join("?" if n is None else str(n) for n in shape[1:]) for shape in shapes)


def counted(n: int) -> str:
    """A number of parameters in words; "" for none."""
    return say("parameter") if n == 1 else say("parameters", n=f"{n:,}") if n else ""


def facts(numbers: dict[str, int]) -> str:
    """Numbers of a whole network in one line.

    Example:
        >>> facts({"layers": 4, "parameters": 1300, "trainable": 1200})
        '4 layers · 1,300 parameters, 1,200 of them trainable'
    """
    said = [say(key, n=f"{numbers[key]:,}") for key in ("layers", "parameters", "macs") if key in numbers]
    if numbers.get("trainable", numbers.get("parameters")) != numbers.get("parameters"):
        said[1 if "layers" in numbers else 0] += ", " + say("trainable", n=f"{numbers['trainable']:,}")
    return DOT.join(said)


def layer(node: Node) -> str:
    """A layer and its setting, as Keras calls it."""
    active = str(node.get("activation") or "") if is_active(node) else ""
    return " ".join(word for word in (node["kind"], node.get("setting", "").replace("x", TIMES) or active) if word)


def brief(node: Node) -> str:
    """A layer within a card that stands for several."""
    if is_conv(node):
        text = f"{node['setting'].replace('x', TIMES)}, {node['shapes'][0][-1]}"
        return f"depthwise {text}" if node["kind"].startswith("Depthwise") else text
    if is_active(node):
        return str(node.get("activation") or node["kind"])
    if is_norm(node):
        return SHORT.get(node["kind"]) or str(node["kind"])
    return layer(node)


def name_of(group: Group, nodes: list[Node]) -> str:
    """The name of a group: that of its last node, of a repeat what its parts' names have in common."""
    if group.kind == "transition":
        return common([nodes[i]["name"] for i in group.members])
    if group.parts:
        return common([name_of(part, nodes) for part in group.parts])
    if group.region is None:
        chained = group.kind in ("inverted", "separable")
        return common([nodes[i]["name"] for i in group.members]) if chained else nodes[group.members[0]]["name"]
    return nodes[group.exit]["name"]


def names_of(groups: list[Group], nodes: list[Node]) -> list[str]:
    """The names of all groups; where two would be called alike, repeats are called by their first and last part."""
    names = [name_of(group, nodes) for group in groups]
    found = list(names)
    for number, group in enumerate(groups):
        if names.count(names[number]) > 1 and len(group.parts) > 1:
            found[number] = f" {DOTS} ".join(name_of(group.parts[end], nodes) for end in (0, -1))
    return found


def common(names: list[str]) -> str:
    """What names begin with, or the first and the last of them.

    Example:
        >>> common(["conv2_1", "conv2_2"]), common(["dense1_1", "dense1_10"]), common(["b", "c"])
        ('conv2', 'dense1', 'b … c')
    """
    start = commonprefix(names)
    rests = [name[len(start):] for name in names]
    if any(rest[:1].isdigit() for rest in rests):
        start = start.rstrip("0123456789")  # a number is not cut in two
    elif "" not in rests and "_" in start:
        start = start[:start.rindex("_")]  # nor a word
    start = start.rstrip("_- ")
    return start if len(start) > 1 else f"{names[0]} {DOTS} {names[-1]}" if len(names) > 1 else names[0]



def kind_of(group: Group, nodes: list[Node]) -> str:
    """What a group is called."""
    if group.kind in ("layer", "unit"):
        return layer(nodes[group.members[0]])
    if group.kind == "dense block":
        return say("dense block", n=len(group.parts) or len(group.region.ways) - 1 if group.region else len(group.parts))
    if group.kind == "augmentation":
        return say("augmentation")
    if group.kind == "branches" and group.region is not None:
        return say("branches", n=len(group.region.ways), kind=nodes[group.region.join]["kind"])
    kind = say(group.kind)
    return say("early", kind=kind) if group.early else kind


def lines_of(group: Group, nodes: list[Node]) -> list[tuple[str, str]]:
    """The lines of a group's card, each a left and a right end."""
    times = f" {TIMES} {len(group.parts)}" if len(group.parts) > 1 and group.kind != "dense block" else ""
    inside, name = content(group, nodes), name_of(group, nodes)
    total = nodes[group.exit].get("note") or counted(sum(nodes[i].get("parameters", 0) for i in group.members))
    frozen = [say("frozen")] if any(nodes[i].get("learns") == "frozen" for i in group.members) else []
    head = kind_of(group, nodes) + times, size(nodes[group.exit]["shapes"])
    if group.kind in ("layer", "unit"):
        return [head, (DOT.join([name, *inside, *frozen]), total)]
    return [head, (DOT.join([*inside, *frozen]), total)]


def content(group: Group, nodes: list[Node]) -> list[str]:
    """What is in a group, in few words."""
    way = [nodes[i] for i in (group.parts[-1].way if group.parts else group.way)]
    if group.kind in ("layer", "unit"):
        first = [way[0]["activation"]] if way[0].get("activation") and not is_active(way[0]) else []
        return [*first, *map(brief, way[1:])]
    if group.kind == "inception" and group.region is not None:
        return [" + ".join(branch([nodes[i] for i in w]) for w in group.region.ways if w)]
    convolutions = ARROW.join(brief(node) for node in way if is_conv(node))
    if group.kind == "dense block" and group.parts:
        return [convolutions, say("growth", k=nodes[group.parts[-1].way[-1]]["shapes"][0][-1])]
    if group.kind == "augmentation":
        return [", ".join(node["kind"].removeprefix("Random").lower() for node in way)]
    if group.kind == "transition":
        return [ARROW.join(brief(node) for node in way if is_conv(node) or node["family"] == "pooling")]
    if group.kind == "branches" and group.region is not None:
        return [say("layers", n=len(group.members))]
    return [convolutions] if convolutions else []


def branch(way: list[Node]) -> str:
    """One way of an inception module: what it ends in, and that it pools."""
    last = next((node for node in reversed(way) if is_conv(node)), None)
    pools = any(node["family"] == "pooling" for node in way)
    return ARROW.join(["pool"] * pools + ([brief(last)] if last else []))


def told(nodes: list[dict[str, Any]], edges: list[tuple]) -> str:
    """The cards of a diagram as sentences, for those who hear it."""
    readers: dict[int, list[int]] = {}
    for u, v, *_ in edges:
        readers.setdefault(v, []).append(u)
    said = []
    for number, node in enumerate(nodes):
        words = [", ".join(part for line in [(node.get("beside", ""), ""), *node["lines"]] for part in line if part)]
        if number in readers and readers[number] != [number - 1]:
            words.append(say("reads", names=", ".join(nodes[u]["name"] for u in readers[number])))
        said.append("; ".join(words) + ".")
    return " ".join(said)
