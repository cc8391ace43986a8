"""Random models: from a number the same network, data and training in nabi and in Keras, written down as data first.

    case = drawn(7)                  a graph, losses, optimizer, options of fit: plain data
    case.graph.of(nabi)              the network in nabi        case.graph.of(keras)      the same in Keras

A graph grows layer by layer: what the number gives is drawn (`random_layers`), put behind a value that is there, and nabi is
asked for the shape of what comes out. Every layer, loss and optimizer is dealt in turn, so that 500 networks have them
all many times.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from random_graph import Given, Graph, Step, called
from random_layers import KINDS, legal
from random_pieces import CATEGORIES, FILM, LARGEST, OTHER, PICTURE, SEQUENCE, VECTOR, Dice, Made, dealt
from random_sequences import CELLS
from random_training import LOSSES, OPTIMIZERS, loss, metrics, optimizer

import nabi

FORMS = ("chain", "chain", "branch", "shared", "nested", "inputs", "outputs", "state")


@dataclass
class Case:
    """One random network and its training."""

    seed: int
    graph: Graph
    losses: list[Any]
    labels: list[str]
    optimizer: Any
    compiled: dict
    weighted: str  # "", "samples", "classes", "places"
    samples: int
    dtype: str = "float64"
    trained: bool = True
    eager: bool = False  # nabi without fused kernels; Keras always
    undecayed: list[str] = field(default_factory=list)


class Drawing:
    """A graph that grows."""

    def __init__(self, dice: Dice, given: list[Given], name: str = "network", batch: int | None = None, inner: bool = False):
        self.dice, self.graph, self.inner = dice, Graph(given, name=name, batch=batch), inner
        self.symbols: list[Any] = [nabi.Input(g.shape, name=g.name) for g in given]
        self.made: list[Any] = []
        self.prefix = name[:1]

    def shape(self, value: int) -> tuple:
        return tuple(self.symbols[value].shape[1:])

    def layer(self, made: Any) -> int:
        """A new layer; its number."""
        if isinstance(made, Made) and "name" not in made.args:
            made = made.named(f"{self.prefix}{len(self.made)}_{made.name.lower()}")
        self.graph.layers.append(made)
        self.made.append(made.of(nabi))
        return len(self.made) - 1

    def call(self, layer: int, *reads: int, many: bool = False, state: bool = False) -> int:
        """The number of the (first) value that a call gives."""
        step = Step(layer, reads, many, state)
        self.graph.steps.append(step)
        self.symbols += called(self.made[layer], [self.symbols[i] for i in reads], step)
        return self.last - len(self.made[layer].nodes[-1].outputs) + 1

    @property
    def masked(self) -> bool:
        """Whether there may be masks."""
        made = [layer for layer in self.graph.layers if isinstance(layer, Made)]
        return self.inner or any(m.name == "Masking" or m.args.get("mask_zero") for m in made)

    @property
    def last(self) -> int:
        return len(self.symbols) - 1

    def put(self, name: str, *reads: int, args: dict | None = None) -> int:
        """A layer of this class, with drawn arguments unless they are given, behind values."""
        kind, shape = KINDS[name], self.shape(reads[0])
        if args is None:
            if kind.before:
                reads = tuple(self.put("Dense", r, args={"units": max(self.shape(r)[-1], 2)}) for r in reads)
                shape = self.shape(reads[0])
            args = legal(name, self.dice, shape)
            assert args is not None, (name, shape)
        word = self.dice.choice(kind.names) if kind.names and self.dice.chance(0.4) else name
        return self.call(self.layer(Made("layers", word, args)), *reads, many=kind.merges)

    def fits(self, name: str, value: int) -> bool:
        kind = KINDS[name]
        if name == "Softmax" and self.masked:  # it wants a mask like the scores; Keras fails later
            return False
        return len(self.shape(value)) in kind.ranks and not kind.merges and (self.dice.inference or kind.noise != "always")

    def anything(self, value: int) -> int:
        """Some layer behind a value."""
        names = [n for n, kind in KINDS.items() if self.fits(n, value) and not kind.tokens]
        for _ in range(50):
            name = self.dice.choice(names)
            args = legal(name, self.dice, self.shape(value)) if not KINDS[name].before else None
            if KINDS[name].before:
                return self.put(name, value)
            if args is not None:
                made = self.put(name, value, args=args)
                return made
        raise AssertionError(f"nothing fits {self.shape(value)}")

    def like(self, value: int) -> int:
        """A layer that keeps the shape."""
        dice, shape = self.dice, self.shape(value)
        names = ["Dense", "Activation", "PReLU", "Rescaling", "BatchNormalization", "LayerNormalization", "ELU"]
        if len(shape) == SEQUENCE:
            names += ["Conv1D", "GRU", "LSTM"]
        if len(shape) == PICTURE:
            names += ["Conv2D"]
        name = dice.choice(names)
        if name in ("Dense", "Conv1D", "Conv2D", "GRU", "LSTM"):
            args = {"units": shape[-1]} if name in ("Dense", "GRU", "LSTM") else {"filters": shape[-1], "kernel_size": 2,
                                                                                  "padding": "same"}
            bent = {"activation": dice.choice(["tanh", "relu", "gelu"])} if name not in ("GRU", "LSTM") else {}
            args |= bent or {"return_sequences": True}
            return self.put(name, value, args=args)
        args = legal(name, dice, shape)
        return value if args is None else self.put(name, value, args=args)

    def merged(self, name: str, value: int) -> int:
        """Two or three branches from a value, and a merging layer."""
        dice, kind = self.dice, KINDS[name]
        while len(self.shape(value)) not in kind.ranks:
            value = self.put("Flatten", value)
        args = legal(name, dice, self.shape(value))
        assert args is not None
        count = 2 if name in ("Subtract", "Dot") else dice.randint(2, 3)
        branches = [self.like(value) for _ in range(count)]
        if value == 0 and self.graph.given[0].kind == "padded" and dice.chance(0.7):  # masks that differ
            fills = [self.graph.given[0].fill, OTHER]
            branches = [self.put("Masking", 0, args={"mask_value": fill}) for fill in fills] + branches[2:]
        if args.get("normalize"):
            branches = [self.put("Dense", b, args={"units": self.shape(value)[-1]}) for b in branches]
        elif dice.chance(0.25) and name not in ("Dot", "Concatenate") and len(self.shape(value)) == PICTURE:
            branches[0] = self.put("GlobalAveragePooling2D", branches[0], args={})  # (C,) beside (H, W, C)
        if name == "Concatenate" and args.get("axis", -1) == -1 and dice.chance(0.4):
            branches[0] = self.put("Dense", branches[0], args={"units": dice.randint(1, 3)})
        return self.put(name, *branches, args=args)

    def shared(self, value: int) -> int:
        """One layer called twice: on its own output, or on two values that are then added."""
        begin = len(self.made)
        once = self.like(value)
        if once == value:
            return value
        assert len(self.made) == begin + 1
        if self.dice.chance(0.5):
            return self.call(begin, once)
        other = self.put("Activation", value, args={"activation": "tanh"})
        return self.put("Add", once, self.call(begin, other), args={})

    def nested(self, value: int) -> int:
        """A model used as a layer, once or twice."""
        dice, shape = self.dice, self.shape(value)
        inner = Drawing(dice, [Given(f"inner{len(self.made)}", shape)], f"model{len(self.made)}", inner=self.masked)
        at = 0
        for _ in range(dice.randint(1, 2)):
            at = inner.anything(at)
        inner.finish([at])
        inner.graph.trainable = not dice.chance(0.1)
        number = self.layer(inner.graph)
        first = self.call(number, value)
        if not dice.chance(0.4):
            return first
        return self.put("Add", first, self.call(number, self.put("Rescaling", value, args={"scale": 0.5})), args={})

    def stateful_pair(self, value: int) -> int:
        """A recurrent layer that gives its state, and another that begins with it."""
        dice, units = self.dice, self.dice.randint(2, 3)
        name = dice.choice(list(CELLS))

        def one(**options) -> int:
            args = {**options, **dice.some(0.5, return_sequences=True)}
            if dice.chance(0.3):
                return self.layer(Made("layers", "RNN", {"cell": Made("layers", f"{name}Cell", {"units": units}), **args}))
            return self.layer(Made("layers", name, {"units": units, **args}))

        first = self.call(one(return_state=True), value)
        states = list(range(first + 1, self.last + 1))
        number = one()
        return self.call(number, value, *states, state=True)

    def flat(self, value: int) -> int:
        """The value as vectors."""
        shape, dice = self.shape(value), self.dice
        if len(shape) == VECTOR:
            return value
        if len(shape) == PICTURE and dice.chance(0.3):
            return self.put("GlobalAveragePooling2D", value, args={})
        if len(shape) == SEQUENCE and dice.chance(0.4):
            name = dice.choice(["GlobalAveragePooling1D", "GRU", "LSTM"])
            return self.put(name, value, args={} if name[0] == "G" and name != "GRU" else {"units": dice.randint(2, 4)})
        return self.put("Flatten", value)

    def finish(self, outputs: list[int]) -> None:
        """Fixes the outputs; a chain may become a Sequential."""
        graph = self.graph
        graph.outputs = outputs
        reads = [step.reads for step in graph.steps]
        one_by_one = reads == [(i,) for i in range(len(reads))] and not any(s.many for s in graph.steps)
        plain = one_by_one and outputs == [len(reads)] == [self.last] and len({s.layer for s in graph.steps}) == len(reads)
        if plain and len(graph.given) == 1 and graph.given[0].kind != "tokens" and not graph.batch and self.dice.chance(0.6):
            graph.form = self.dice.choice(["Input", "InputLayer", "late"]
                                          + ["input_shape"] * takes_shape(graph.layers[0]))


def takes_shape(layer: Any) -> bool:
    """Whether Keras' layer takes `input_shape`, as most do."""
    return isinstance(layer, Made) and layer.name[:7] != "Spatial"


SIZES = {VECTOR: ((3, 6),), SEQUENCE: ((4, 6), (2, 4)), PICTURE: ((4, 6), (4, 6), (2, 3)), FILM: ((2, 3), (3, 4), (3, 4), (1, 2))}


def source(dice: Dice, rank: int, name: str, tokens: bool = False) -> Given:
    """An input of this rank."""
    shape = tuple(dice.randint(*limits) for limits in SIZES[rank])
    if tokens:
        return Given(name, shape[:-1] or shape, "tokens")
    if rank == SEQUENCE and dice.chance(0.5):
        return Given(name, shape, "padded", dice.choice([0.0, -1.0, 2.0]))
    return Given(name, shape, "bytes" if dice.chance(0.1) else "normal")


def drawn(seed: int) -> Case:
    """Case number `seed`."""
    before = nabi.config.floatx
    nabi.config.floatx = "float64"
    try:
        return draw(Dice(f"model {seed}"), seed)
    finally:
        nabi.config.floatx = before


def draw(dice: Dice, seed: int) -> Case:
    """Layer, loss, optimizer and form whose turn it is, and others at random."""
    name, aims, form = dealt(KINDS, seed, "layers"), [dealt(LOSSES, seed, "losses")], dealt(FORMS, seed, "forms")
    kind, turn = KINDS[name], seed // len(KINDS)
    dice.inference = kind.noise == "always" or kind.noise == "rate" and dice.chance(0.5) or name in CELLS and turn % 4 == 3
    rank = dice.choice(kind.ranks)
    stateful = name in ("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional") and dice.chance(0.25)
    deep = name == "TimeDistributed" and rank == PICTURE and dice.chance(0.7)  # masks within each time step
    given = [source(dice, rank, "x", kind.tokens or deep)]
    if form == "inputs":
        given.append(source(dice, VECTOR, "z"))
    drawing = Drawing(dice, given, batch=4 if stateful else None)
    at = grown(drawing, name, form, stateful, turn)
    ends = [at]
    if form == "outputs":
        ends.append(drawing.flat(at))
        aims.append(dice.choice(list(LOSSES)))
    dice.turn = seed // len(LOSSES)
    made = [headed(drawing, end, aim, number) for number, (end, aim) in enumerate(zip(ends, aims, strict=True))]
    outputs, losses, lasts = (list(column) for column in zip(*made, strict=True))
    drawing.finish(outputs)
    kinds, shapes = [LOSSES[aim].labels for aim in aims], [drawing.shape(end) for end in outputs]
    weighted = "" if {"Dice", "Tversky"} & {*aims} else weighting(dice, kinds, shapes)  # they see a batch as one
    if len(outputs) > 1:
        compiled = dice.some(0.5, loss_weights=lambda: [dice.number(0.2, 2) for _ in outputs])
    else:
        ignores = "ignore_class" in getattr(losses[0], "args", {})  # Keras 3.15 then changes the weights (loss.py, line 223)
        compiled = metrics(dice, kinds[0], bool(weighted) and not ignores, lasts[0]) if len(shapes[0]) == 1 else {}
    dice.turn = seed // len(OPTIMIZERS)
    steps = optimizer(dice, dealt(OPTIMIZERS, seed, "optimizers"), "MeanAbsolutePercentageError" in aims)
    undecayed = ["bias", "gamma"] if isinstance(steps, Made) and "weight_decay" in steps.args and dice.chance(0.5) else []
    trained = not (dice.inference or stateful)
    return Case(seed, drawing.graph, losses, kinds, steps, compiled, weighted, samples=20 if stateful else dice.randint(18, 20),
                dtype="float64" if trained else dice.choice(["float64", "float32"]), trained=trained, eager=dice.chance(0.15),
                undecayed=undecayed)


def weighting(dice: Dice, kinds: list[str], shapes: list[tuple]) -> str:
    """What is weighted: nothing, samples, each place of a sample, or classes, where there is one label a sample."""
    if any(len(shape) > 1 for shape in shapes):
        return dice.choice(["", "places"])
    countable = len(kinds) == 1 and (kinds[0] in ("one-hot", "classes") or kinds[0] == "bits" and shapes[0] == (1,))
    return dice.choice(["", "", "samples", "classes" if countable else "samples"])


def grown(drawing: Drawing, name: str, form: str, stateful: bool, turn: int) -> int:
    """The body: the layer whose turn it is, with others before and behind it."""
    dice, at, kind = drawing.dice, 0, KINDS[name]
    first = drawing.graph.given[0]
    if first.kind == "padded" and dice.chance(0.5) and name not in ("Masking", "Softmax"):
        at = drawing.put("Masking", at, args={"mask_value": first.fill})
    elif first.kind != "tokens" and dice.chance(0.4) and len(drawing.shape(0)) != FILM:
        at = drawing.like(at)
    if first.kind == "tokens" and not kind.tokens:
        at = drawing.put("Embedding", at, args={"input_dim": CATEGORIES, "output_dim": 2, "mask_zero": True})
    dice.turn = turn + 3 * list(KINDS).index(name)
    if kind.merges:
        at = drawing.merged(name, at)
    elif stateful:
        at = drawing.put(name, at, args=stateful_arguments(dice, name, drawing.shape(at)))
    else:
        if name == "Masking" and drawing.graph.given[0].kind == "padded" and at == 0:
            fill = drawing.graph.given[0].fill
            at = drawing.put(name, at, args={"mask_value": fill} if fill else {})
        else:
            at = drawing.put(name, at)
    dice.turn = None
    small = len(drawing.shape(at)) < FILM and np.prod(drawing.shape(at)) <= LARGEST
    if form == "branch" and small:
        at = drawing.merged(dice.choice(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]), at)
    elif form == "shared" and small:
        at = drawing.shared(at)
    elif form == "nested" and small:
        at = drawing.nested(at)
    elif form == "state" and len(drawing.shape(at)) == SEQUENCE:
        at = drawing.stateful_pair(at)
    elif form == "inputs":
        other = drawing.like(1)
        at = drawing.put("Concatenate", drawing.flat(at), other, args={})
    elif dice.chance(0.5) and small:
        at = drawing.anything(at)
    return at


def stateful_arguments(dice: Dice, name: str, shape: tuple) -> dict:
    args = legal(name, dice, shape)
    assert args is not None
    if name != "Bidirectional":
        return {**args, "stateful": True}
    layers = {key: replace(layer, args={**layer.args, "stateful": True}) for key, layer in args.items() if "layer" in key}
    return {**args, **layers}


def headed(drawing: Drawing, value: int, aim: str, number: int) -> tuple[int, Any, str]:
    """The last layer for a loss: value, loss, activation."""
    dice, shape, kind = drawing.dice, drawing.shape(value), LOSSES[aim].labels
    fails = kind == "classes" and len(shape) == PICTURE  # nll_loss in Keras, of maps that lie channels last
    whole = aim in ("Dice", "Tversky")  # Keras multiplies the one number for all places by a mask
    if len(shape) == 1 or len(shape) > 3 or fails or whole or dice.chance(0.75):
        value = drawing.flat(value)
    units = dice.choice([1, 1, 3]) if kind == "bits" else 3 if kind in ("one-hot", "shares", "classes") else dice.randint(1, 3)
    units = max(units, 2) if aim == "CosineSimilarity" else units
    made, last = loss(dice, aim, len(drawing.shape(value)))
    if dice.chance(0.2) and last != "linear":
        value = drawing.put("Dense", value, args={"units": units})
        return drawing.put("Activation", value, args={"activation": last, "name": f"out{number}"}), made, last
    named = {} if last == "linear" and dice.chance(0.7) else {"activation": last}
    return drawing.put("Dense", value, args={"units": units, **named, "name": f"out{number}"}), made, last
