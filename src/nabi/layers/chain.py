"""Chain: the way of shapes that led to a layer, drawn in a shape error, with the smallest input that would fit.

    MaxPooling2D 'pool5' (1,1,64): window 2x2 does not fit; smallest input for this network is 30x30. ...
    Shapes so far: conv1 (28,28,1)->(26,26,32), ..., conv5 (3,3,64)->(1,1,64).
"""

from collections.abc import Callable

from nabi.core.errors import NabiError, ShapeError
from nabi.core.shapes import Shape, as_text
from nabi.layers.node import Node, Symbol

LARGEST = 1024  # sides tried when looking for the smallest input
MOST = 8  # layers drawn; of longer chains the ends
NO_FIT = "does not fit"  # what windows say; see `nabi.layers.window`
SIZED = (3, 4)  # axes of sequences and pictures, batch included: inputs that could be longer or larger


def ancestors(symbols: list[Symbol]) -> list[Node]:
    """Nodes behind the symbols, each once and behind those it reads (without recursion: nets are deep)."""
    ordered, done = [], set()
    todo = [symbol.node for symbol in reversed(symbols)]
    while todo:
        node = todo[-1]
        waiting = [s.node for s in node.inputs if id(s.node) not in done]
        if id(node) in done:
            todo.pop()
        elif waiting:
            todo.extend(reversed(waiting))
        else:
            done.add(id(node))
            ordered.append(todo.pop())
    return ordered


def draw(symbols: list[Symbol]) -> tuple[str, ...]:
    """`conv1 (28,28,1)->(26,26,32)` for each layer up to these symbols; inputs only where there is nothing else."""
    nodes = ancestors(symbols)
    parts = tuple(f"{node.layer.name} {' and '.join(as_text(s.shape) for s in node.inputs)}->{as_text(node.outputs[0].shape)}"
                  for node in nodes if node.inputs)
    return parts or tuple(f"{node.layer.name} {as_text(node.outputs[0].shape)}" for node in nodes)


def shapes_through(layer, shapes: list[Shape]) -> list[Shape]:
    """Output shapes of a layer; of a `Sequential` that is not built yet, layer by layer."""
    if getattr(layer, "chain", None) and layer.graph is None:
        for inner in layer.chain:
            shapes = shapes_through(inner, shapes)
        return shapes
    if layer.inside and not layer.built:
        raise ShapeError(layer.label, "a layer that is built", "one that a trial would build for another shape")
    if layer.takes_list and not hasattr(layer, "graph"):
        layer.check_shapes(shapes)
    out = layer.compute_output_shape(shapes if layer.takes_list else shapes[0])
    return [out] if isinstance(out, tuple) else list(out)


def shapes_at(nodes: list[Node], side: int) -> dict[int, Shape]:
    """The shape of each symbol, by its id, if pictures were side x side, or sequences `side` steps long."""
    shapes: dict[int, Shape] = {}
    for node in nodes:
        made = [s.shape for s in node.outputs]
        if node.inputs:
            made = shapes_through(node.layer, [shapes[id(s)] for s in node.inputs])
        elif len(made[0]) in SIZED:
            made = [(None, *[side] * (len(made[0]) - 2), made[0][-1])]
        shapes.update((id(s), shape) for s, shape in zip(node.outputs, made, strict=True))
    return shapes


def smallest_input(layers: list, symbols: list[Symbol], refused: Callable[[dict[int, Shape]], bool] = lambda shapes: False,
                   ) -> int | None:
    """Least n for which pictures of n x n, or sequences of n steps, pass the symbols' layers and then `layers`.

    None if none is found up to 1024. `refused` tells of the shapes of symbols, by their ids, whether they are too small.
    """
    nodes = ancestors(symbols)

    def fits(side: int) -> bool:
        try:
            shapes = shapes_at(nodes, side)
            if refused(shapes):
                return False
            made = [shapes[id(s)] for s in symbols]
            for layer in layers:
                made = shapes_through(layer, made)
        except (NabiError, AttributeError, RuntimeError):  # a layer of one's own may need its weights, or its very size
            return False
        return True

    sized = any(not node.inputs and len(node.outputs[0].shape) in SIZED for node in nodes)
    return next(filter(fits, range(1, LARGEST + 1)), None) if sized and fits(LARGEST) else None


def with_chain(error: ShapeError, layer, symbols: list) -> ShapeError:
    """The same error with the chain of shapes behind it; from a nested model, the outer chain comes before the inner."""
    known = [s for s in symbols if isinstance(s, Symbol)]
    return chained(error.plain or str(error), error.way, [layer], known, "the layers so far")


def with_following(error: ShapeError, layers: list, symbol: Symbol) -> ShapeError:
    """The same error where it is known which layers would have followed, so that the smallest input is right for them too."""
    return chained(error.plain, error.inner, layers, [symbol], "this network") if error.plain else error


def chained(plain: str, inner: tuple[str, ...], layers: list, symbols: list[Symbol], known: str) -> ShapeError:
    """The error `plain` with chain and remedy; `layers` begin with the one that failed, and all together are what is `known`."""
    outer = draw(symbols)
    way = (*outer, *inner) if any(node.inputs for node in ancestors(symbols)) else inner or outer
    shown = way if len(way) <= MOST else (*way[:3], "...", *way[-4:])
    text = remedied(plain, layers, symbols, known) if NO_FIT in plain else plain
    if len(symbols) > 1:
        text += f" It reads {' and '.join(f'{s.name} {as_text(s.shape)}' for s in symbols)}."
    found = ShapeError(f"{text} Shapes so far: {', '.join(shown)}.")
    found.plain, found.inner, found.way = plain, inner, way
    return found


def remedied(plain: str, layers: list, symbols: list[Symbol], known: str) -> str:
    """What to do where a window does not fit."""
    first = next((node.outputs[0].shape for node in ancestors(symbols) if not node.inputs), ())
    if len(first) == 4 and first[1] in (1, 3) and first[2] == first[3] and (first[3] or 0) > 4:
        return f"{plain} If the channels come first in your data, move them: x.transpose(0, 2, 3, 1)."
    side = smallest_input(layers, symbols)
    if side is None:
        return plain
    sequence = len(first) == 3
    smallest = f"smallest input for {known} is {f'{side} steps' if sequence else f'{side}x{side}'}"
    larger = "the sequences longer" if sequence else "the maps larger"
    return f"{plain.removesuffix('.')}; {smallest}. padding='same' or fewer poolings keep {larger}."
