"""Inside: layers that a layer holds in its attributes: found, built, run and counted with it.

    class Block(nabi.Layer):
        def __init__(self, filters, **base):
            super().__init__(**base)
            self.filters = filters
            self.conv = Conv2D(filters, 3, padding="same")       its weights: block/conv/kernel, block/conv/bias
            self.drop = Dropout(0.2)

        def call(self, x):
            return x + self.drop(self.conv(x))                   training mode and random keys reach the layers inside

The first call builds what is inside: `call` is run once on zeros of the input's shape, which also tells the output's shape.
Layers may stand in lists, tuples and dicts. As in Keras 3 the training mode need not be handed on.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from inspect import signature
from itertools import count
from typing import Any

import torch

from nabi.core.errors import ArgumentError, NabiError, StateError
from nabi.core.masks import mask_on
from nabi.core.random import Key
from nabi.layers.weight import Weight, dtype_of

OWN = ("_weights", "_tried", "_left", "_inside", "nodes")  # attributes of every layer that hold no layers of the user's
UNKNOWN = (83, 89)  # sizes tried for sides of unknown size; primes, as in Keras, so that few formulas make them equal
MISFITS = ArithmeticError, AssertionError, AttributeError, LookupError, NabiError, RuntimeError, TypeError, ValueError
SMALLER = ((17, 19), (5, 7), (2, 3))  # where these are too long: a table of positions has an end
CALLS = 48  # bits of a key's call counter that count the outer layer's calls; those above count the draws inside one call


@dataclass
class Running:
    """What the layers inside a running layer go by: training mode, where keys come from, and who was called in a trial."""

    training: bool
    key: Key | None = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    trial: list | None = None

    def draw(self, layer: Any) -> Key | None:
        """The key of the next random tensor inside; an inner layer's own seed stands in for the model's."""
        if self.key is None:
            return None
        own = getattr(layer, "seed", None)
        return Key(self.key.seed if own is None else own, self.key.layer, next(self.numbers) << CALLS | self.key.call)


RUNNING: ContextVar[Running | None] = ContextVar("nabi_running", default=None)
FROZEN: ContextVar[Collection[int] | None] = ContextVar("nabi_frozen", default=None)


@contextmanager
def holding(variable: ContextVar, value: Any) -> Iterator[Any]:
    """Within the block a context variable has this value."""
    token = variable.set(value)
    try:
        yield value
    finally:
        variable.reset(token)


def entered(training: bool, key: Key | None, counted: bool = False) -> Running:
    """How the layers inside run: by this layer's key, or, deeper inside, by the one that the outermost layer was given.

    What is computed inside a layer that is `counted` as a whole does not enter a trial's list.
    """
    outer = RUNNING.get()
    if outer is None:
        return Running(training, key)
    return replace(outer, training=training, trial=[] if counted and outer.trial is not None else outer.trial)


def stands_still(layer: Any) -> bool:
    """Whether freezing keeps a layer in inference mode: by what `compile` fixed within a step, else by `trainable` as it is."""
    frozen = FROZEN.get()
    return layer.frozen_is_inference and (id(layer) in frozen if frozen is not None else not layer.trainable)


def held(layer: Any) -> dict[str, Any]:
    """The layers in a layer's attributes by attribute ("conv", "convs/0", "branches/left"), each once; not those of a model.

    Layers that are no more than functions, such as ReLU, are left out.
    """
    found: dict[int, tuple[str, Any]] = {}

    def enter(name: str, value: Any) -> None:
        if isinstance(value, (list, tuple)):
            for number, part in enumerate(value):
                enter(f"{name}/{number}", part)
        elif isinstance(value, dict):
            for key, part in value.items():
                enter(f"{name}/{key}", part)
        elif getattr(value, "keeps", False) is True and value is not layer:
            found.setdefault(id(value), (name, value))

    if not layer.holds_layers:
        for name, value in list(vars(layer).items()):
            if name not in OWN:
                enter(name, value)
    return dict(found.values())


def opened(layer: Any) -> list[Any]:
    """A layer and all layers inside it, at any depth; of a nested model its layers."""
    within = layer.held if layer.holds_layers else layer.inside
    return [layer, *(deeper for inner in within for deeper in opened(inner))]


def local_names(layer: Any) -> dict[str, Weight]:
    """The weights of a layer and of those inside it by their names in it: "kernel", "conv/kernel", "convs/0/bias".

    Example:
        >>> import nabi
        >>> layer = nabi.layers.Dense(2)
        >>> layer.build((None, 3))
        >>> list(local_names(layer))
        ['kernel', 'bias']
    """
    own = {w.name: w for w in layer.own_weights}
    within = {inner.name: inner for inner in layer.held} if layer.holds_layers else held(layer)
    return {**own, **{f"{name}/{key}": w for name, inner in within.items() for key, w in local_names(inner).items()}}


def try_out(layer: Any, shape: Any, steps: list | None = None, rows: int = 1) -> tuple[Any, int | None]:
    """Runs a layer on zeros (`rows` samples), in inference mode: the shapes it makes, multiply-adds of the layers inside.

    Sides of unknown size are tried with two sizes; what differs in the output is unknown, too, and so are the multiply-adds.
    `steps` takes down each call of a layer inside: (layer, multiply-adds, shapes it read, shapes it made). Where a `call` of the
    user's does not reach all layers inside, it runs on ones as well, and is told that it trains; nabi's layers run in inference
    mode all the same.

    Raises:
        StateError: `call` gives something else than tensors. Whatever `call` raises.
    """
    shapes = list(shape) if layer.takes_list else [shape]
    if any(n is None for s in shapes for n in s[1:]):
        made = of_two_sizes(shapes, lambda known: try_out(layer, known if layer.takes_list else known[0], None, rows))
        return common(*(shape for shape, _ in made)), None if layer.inside else 0
    dtype = torch.int64 if layer.takes_integers else dtype_of(layer.dtype)
    steps = [] if steps is None else steps
    inputs = [torch.zeros((rows, *s[1:]), dtype=dtype) for s in shapes]
    with torch.no_grad(), holding(RUNNING, Running(False, trial=steps)):
        try:
            made = layer.run(inputs, False)
        except (AssertionError, AttributeError, TypeError, ValueError):
            if not layer.own_code or not layer.reads_mask(len(inputs)):
                raise
            made = layer.run(inputs, False, None, [torch.ones(x.shape[:-1] or x.shape).bool() for x in inputs])  # it needs one
    for value, training in ((0, True), (1, False), (1, True), (-1, False)) if layer.own_code else ():
        if all(inner.built for inner in opened(layer)[1:]):
            break
        with torch.no_grad(), holding(RUNNING, Running(training, trial=[])):
            layer.run([x.fill_(value) for x in inputs], training)
    several = list(made) if isinstance(made, (list, tuple)) else [made]
    if not several or not all(isinstance(y, torch.Tensor) and y.ndim for y in several):
        raise StateError(f"{layer.label}.call", "a tensor, or a list of them, whose first axis counts the samples",
                         type(made).__name__)
    if layer.own_code:
        object.__setattr__(layer, "_left", tuple(0 if (mask := mask_on(y)) is None else mask.ndim for y in several))
    found = [(None, *y.shape[1:]) for y in several]
    counts = [step[1] for step in steps]
    return found[0] if isinstance(made, torch.Tensor) else found, None if None in counts else sum(counts)


def asked_for(build: Callable, *given: Any) -> tuple:
    """What a `build` of the user's takes of these: Keras 3 allows `build(self)`, too."""
    return () if len(signature(build).parameters) == 1 else given


def in_few_rows(layer: Any, shape: Any) -> tuple[Any, int | None]:
    """`try_out` of one sample, or, where a layer of the user's cannot take one, of as many as it is called on: its first axis may
    be that of the nodes of a graph."""
    try:
        return try_out(layer, shape)
    except (NabiError, RuntimeError, IndexError, ValueError):
        rows = layer.__dict__.get("_rows") or (1,)
        if rows[0] < 2 or not layer.own_code:
            raise
        return try_out(layer, shape, rows=rows[0])


def of_two_sizes(shapes: list, trial: Callable[[list], Any]) -> list:
    """What a trial makes of these shapes with two sizes for sides of unknown size.

    Raises:
        whatever the trial raises on the first size, if it can do with none of those that are tried.
    """
    refused: Any = None
    for sizes in (UNKNOWN, *SMALLER):
        try:
            return [trial([(s[0], *(size if n is None else n for n in s[1:])) for s in shapes]) for size in sizes]
        except MISFITS as error:
            refused = refused or error
    raise refused


def mask_ranks(layer: Any) -> tuple[int, ...]:
    """Numbers of axes of the masks that code of the user's left on its outputs in a trial, 0 for none; () without a trial."""
    return vars(layer).get("_left", ())


def common(a: Any, b: Any) -> Any:
    """What two shapes, or lists of them, have in common; None elsewhere, and for the batch."""
    if isinstance(a, list):
        return [common(p, q) for p, q in zip(a, b, strict=True)]
    return tuple(n if n == m else None for n, m in zip(a, b, strict=True))


def settle(layer: Any) -> None:
    """After building: weights learn their names in the outermost layer, and the layer draws keys if one inside needs them."""
    within = opened(layer)[1:]
    if within:
        layer.random = any(inner.random for inner in within) or type(layer).random
        for name, weight in local_names(layer).items():
            weight.outer = (layer, name)


def as_activation(layer: Any, value: Any) -> Any:
    """An activation of a layer: what only computes, or a layer like PReLU, with weights of its own but without modes."""
    return value if getattr(value, "has_modes", True) is False else only_computes(layer, "activation", value)


def only_computes(layer: Any, attribute: str, value: Any) -> Any:
    """A value that is called like a function; a layer with weights, randomness or a training mode is refused there."""
    if getattr(value, "keeps", False) is True:
        raise ArgumentError(f"{type(layer).__name__}({attribute})", "a name or function", f"the layer {value.label}",
                            "Put it behind as a layer of its own.")
    return value
