"""Chain: the way of shapes that led to a layer, drawn in a shape error, with the smallest input that would fit.

    conv2d (28,28,1)->(26,26,32) ... max_pooling2d_3 (1,1,64): window 2x2 does not fit; smallest input for this network is 30x30
"""

from nabi.core.errors import NabiError, ShapeError
from nabi.core.shapes import as_text
from nabi.layers.node import Symbol

LARGEST = 1024  # sides tried when looking for the smallest input


def ancestors(symbols: list[Symbol]) -> list:
    """Nodes behind the symbols, inputs first, each once."""
    ordered, seen = [], set()

    def visit(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        for symbol in node.inputs:
            visit(symbol.node)
        ordered.append(node)

    for symbol in symbols:
        visit(symbol.node)
    return ordered


def draw(symbols: list[Symbol]) -> str:
    """The chain of shapes up to these symbols in one line; long ones keep their ends."""
    parts = []
    for node in ancestors(symbols):
        out = as_text(node.outputs[0].shape)
        parts.append(f"{node.layer.name} {as_text(node.inputs[0].shape)}->{out}" if node.inputs else f"{node.layer.name} {out}")
    if len(parts) > 8:
        parts = [*parts[:3], "...", *parts[-4:]]
    return " ".join(parts)


def smallest_input(layer, symbols: list[Symbol]) -> int | None:
    """Least side n for which an n x n input passes every layer up to and with this one; None if none up to 1024 does."""
    nodes = ancestors(symbols)

    def fits(side: int) -> bool:
        shapes = {}
        try:
            for node in nodes:
                for symbol in node.outputs:
                    shapes[id(symbol)] = symbol.shape
                if not node.inputs:
                    first = node.outputs[0]
                    if len(first.shape) == 4:
                        shapes[id(first)] = (None, side, side, first.shape[-1])
                    continue
                given = [shapes[id(s)] for s in node.inputs]
                out = node.layer.compute_output_shape(given if node.layer.takes_list else given[0])
                for symbol, shape in zip(node.outputs, [out] if isinstance(out, tuple) else out, strict=True):
                    shapes[id(symbol)] = shape
            given = [shapes[id(s)] for s in symbols]
            layer.compute_output_shape(given if layer.takes_list else given[0])
        except NabiError:
            return False
        return True

    if not any(len(n.outputs[0].shape) == 4 and not n.inputs for n in nodes) or not fits(LARGEST):
        return None
    low, high = 1, LARGEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return low


def with_chain(error: ShapeError, layer, symbols: list) -> ShapeError:
    """The same error with the chain of shapes before it and, where windows are too large, the smallest input that fits."""
    known = [s for s in symbols if isinstance(s, Symbol)]
    text = f"{error} Shapes so far: {draw(known)}."
    if "does not fit" in str(error):
        side = smallest_input(layer, known)
        if side is not None:
            text += f" Smallest input for this network is {side}x{side}."
    return ShapeError(text)
