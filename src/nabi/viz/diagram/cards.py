"""Cards: what stands for a layer: its class in bold, its name below, what it makes to the right, a tick in its family's colour.

    | Conv2D            (26,26,32) |
    | conv2d_1                relu |         inputs and merging layers are pills of one line
"""

from dataclasses import dataclass
from typing import Any

from nabi.core.shapes import as_text
from nabi.viz.diagram.marks import TAIL, TAIL_SIZE, Box, Mark, Words, shortened, width
from nabi.viz.style import BLUE, GREEN, INK, LINE, MUTED, OCHRE, PAPER, PURPLE, VERMILION

FAMILIES = {"convolution": BLUE, "pooling": GREEN, "dense": VERMILION, "recurrent": PURPLE, "normalization": OCHRE}
PILLS, PILL, COLD = ("input", "merge"), "#F3F6F9", "#E6EAEF"  # what is frozen is cold
DOT = " \u00b7 "
HEAD, SMALL = 12.5, 11.0  # sizes of letters
PAD, TICK, MIDDLE = 12.0, 9.0, 22.0  # space at the sides, for the tick, between left and right
MOST, LONG = 30, 72  # letters of a name, of a line
STACK = 4.0  # from a card to the one behind it, of which two are seen


@dataclass
class Text:
    """The words of a card: (left, right) of its lines, a pill's name as `tail`; `full` is what may have been shortened."""

    lines: list[tuple[str, str]]
    pill: bool
    color: str
    full: str
    tail: str
    stack: bool = False  # whether it stands for several, one behind the other
    fill: str = PAPER


def text_of(node: dict[str, Any], show: dict[str, bool]) -> Text:
    """What a card says about a layer.

    Example:
        >>> node = {"kind": "Dense", "name": "out", "family": "dense", "shapes": [(None, 10)], "activation": "softmax"}
        >>> text_of(node, {"shapes": True, "names": True, "activations": True}).lines
        [('Dense', '(10)'), ('out', 'softmax')]

    A node with "lines" says what stands there.
    """
    if "lines" in node:
        return given(node)
    shapes = " ".join(map(as_text, node["shapes"])) if show.get("shapes") else ""
    more = ["shared"] * node.get("shared", False)
    more += [node.get(word, "") for option, word in (("activations", "activation"), ("dtype", "dtype"), ("trainable", "learns"))
             if show.get(option)]
    rest = DOT.join(shortened(word, MOST) for word in more if word)
    name, kind = shortened(node["name"], MOST) if show.get("names") else "", shortened(node["kind"], MOST)
    pill = node["family"] in PILLS
    if pill or not (name or (shapes and rest)):
        lines = [(kind, DOT.join(word for word in (shapes, rest) if word))]
    else:
        lines = [(kind, shapes), (name, rest)]
    return Text(lines, pill, FAMILIES.get(node["family"], LINE), f"{node['kind']} '{node['name']}'", name if pill else "")


def given(node: dict[str, Any]) -> Text:
    """A card whose lines are given."""
    pill = len(node["lines"]) == 1 and node["family"] in PILLS
    color = LINE if node.get("learns") == "frozen" else FAMILIES.get(node["family"], LINE)
    lines = [(shortened(left, LONG), shortened(right, LONG)) for left, right in node["lines"]]
    beside = shortened(node.get("beside", ""), MOST)
    return Text(lines, pill, color, f"{node['kind']} '{node['name']}'", beside, node.get("stack", False),
                COLD if node.get("learns") == "frozen" else PAPER)


def size_of(text: Text) -> tuple[float, float]:
    """Width and height that the words need."""
    tail = TAIL + width(text.tail, TAIL_SIZE) if text.tail else 0.0
    wide = max(width(left, SMALL if number else HEAD, not number) + (MIDDLE + width(right, SMALL) if right else 0)
               + (0.0 if number else tail) for number, (left, right) in enumerate(text.lines))
    return round(wide + TICK + 2 * PAD), 26.0 if text.pill else 16.0 + 17.0 * len(text.lines) + 2 * STACK * text.stack


def drawn(text: Text, wide: float, high: float) -> list[Mark]:
    """The card with its top left corner at (0, 0)."""
    if text.pill:
        marks: list[Mark] = [Box(0, 0, wide, high, high / 2, PILL, LINE)]
        if not text.lines[0][1]:
            return [*marks, Words(wide / 2, 17.3, text.lines[0][0], HEAD, INK, True, "middle", text.full, text.tail)]
    else:
        high -= 2 * STACK * text.stack
        behind = [Box(n * STACK, n * STACK, wide - 2 * n * STACK, high, 7, PAPER, LINE) for n in (2, 1)] if text.stack else []
        marks = [*behind, Box(0, 0, wide, high, 7, text.fill, LINE), Box(7, 8, 3, high - 16, 1.5, text.color)]
    base = 17.3 if text.pill else 20.5
    for number, (left, right) in enumerate(text.lines):
        size, color = (SMALL, MUTED) if number else (HEAD, INK)
        if left:
            marks.append(Words(PAD + TICK, base + 17 * number, left, size, color, not number, "start", text.full,
                               "" if number else text.tail))
        if right:
            marks.append(Words(wide - PAD, base + 17 * number, right, SMALL, MUTED, False, "end"))
    return marks
