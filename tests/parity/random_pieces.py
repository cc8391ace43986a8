"""Random pieces: dice, things written down for both libraries, and what layers are given: activations, initializers, penalties.

    Made("regularizers", "L1L2", {"l1": 0.1}).of(keras)    ->  keras.regularizers.L1L2(l1=0.1)
    Name("activations", "relu").of(nabi)                   ->  nabi.activations.relu
"""

import random
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np

VECTOR, SEQUENCE, PICTURE, FILM = 1, 2, 3, 4  # axes of one sample
LARGEST = 150  # numbers in one sample, so that 500 networks take a minute or two
OTHER = 3.0  # a second value of masked time steps, beside the input's own
CATEGORIES = 5  # whole numbers that an input of tokens has
ACTIVATIONS = ("celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
               "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
               "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh",
               "tanh_shrink")
SMOOTH = ("gelu", "linear", "mish", "sigmoid", "silu", "softplus", "softsign", "tanh")  # small where their argument is


class Dice(random.Random):
    """Python's generator, whose numbers are the same everywhere, with the words of this harness.

    Attributes:
        inference: whether the network only predicts, so that noise may be drawn.
        turn: while a class is drawn whose turn it is, how often it was before: of each group of its options one is due, and
            its pieces come one after the other; else None.
    """

    inference = False
    turn: int | None = None

    def chance(self, p: float) -> bool:
        return self.random() < p

    def number(self, low: float, high: float) -> float:
        """A number with three digits."""
        return float(f"{self.uniform(low, high):.3g}")

    def between(self, low: float, high: float):
        """An option's number, drawn when it is asked for."""
        return lambda: self.number(low, high)

    def some(self, p: float = 0.35, **options) -> dict:
        """Each option, a value or a function that draws it, with chance p; while it is their turn, one of several for certain."""
        due = None if self.turn is None else self.turn % max(len(options), 2)
        return {name: draw() if callable(draw) else draw
                for i, (name, draw) in enumerate(options.items()) if self.chance(p) or i == due}

    def next(self, things, salt: str = "") -> Any:
        """One of several: any, or the one whose turn it is."""
        return self.choice(things) if self.turn is None else dealt(things, self.turn, salt)

    def several(self, things, k: int) -> list:
        return sorted(self.sample(list(things), k))


def dealt(deck, number: int, salt: str = "") -> Any:
    """Card `number` of a deck that is shuffled anew each time it has been dealt: all cards come equally often."""
    deck = list(deck)
    Dice(f"{salt} {number // len(deck)}").shuffle(deck)
    return deck[number % len(deck)]


@dataclass(frozen=True)
class Made:
    """A class and its arguments, of whichever library; `theirs` is what Keras has in its place."""

    package: str
    name: str
    args: dict = field(default_factory=dict)
    theirs: "Made | None" = None

    def of(self, lib) -> Any:
        if self.theirs is not None and not is_nabi(lib):
            return self.theirs.of(lib)
        return found(lib, self)(**{key: of(value, lib) for key, value in self.args.items()})

    def named(self, name: str) -> "Made":
        return replace(self, args={**self.args, "name": name})


@dataclass(frozen=True)
class Name:
    """A function of a library."""

    package: str
    name: str

    def of(self, lib) -> Any:
        return found(lib, self)


@dataclass(frozen=True)
class Array:
    """Numbers as an array."""

    values: list

    def of(self, lib) -> np.ndarray:
        return np.array(self.values)


def is_nabi(lib) -> bool:
    return getattr(lib, "__name__", "") == "nabi"


def found(lib, thing: Made | Name) -> Any:
    return getattr(reduce(getattr, thing.package.split("."), lib), thing.name)


def of(value: Any, lib) -> Any:
    """An argument as a library wants it."""
    if isinstance(value, list):
        return [of(one, lib) for one in value]
    return value.of(lib) if hasattr(value, "of") else value


# What layers are given --------------------------------------------------------------------------------------------------

def activation(dice: Dice, names=ACTIVATIONS) -> Any:
    name = dice.next(names)
    return Name("activations", name) if dice.chance(0.15) else name


def initializer(dice: Dice, rank: int) -> Any:
    """One that fits a weight with so many axes: its name, an object, or a configuration."""
    kinds = ["Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "GlorotNormal", "GlorotUniform",
             "HeNormal", "HeUniform", "LecunNormal", "LecunUniform", "VarianceScaling"]
    kinds += ["Orthogonal"] * (rank >= 2) + ["Identity"] * (rank == 2)
    name = dice.next(kinds, str(rank))
    axes = {"input_axes": lambda: [0], "output_axes": lambda: [rank - 1]} if rank >= 2 else {}
    seed = {"seed": lambda: dice.randint(0, 99)}
    options = {
        "Constant": {"value": dice.between(-1, 1)},
        "RandomNormal": {"mean": dice.between(-1, 1), "stddev": dice.between(0.1, 1), **seed},
        "TruncatedNormal": {"mean": dice.between(-1, 1), "stddev": dice.between(0.1, 1), **seed},
        "RandomUniform": {"minval": dice.between(-1, -0.1), "maxval": dice.between(0.1, 1), **seed},
        "VarianceScaling": {"scale": dice.between(0.1, 3), "mode": lambda: dice.choice(["fan_out", "fan_avg"]),
                            "distribution": lambda: dice.choice(["uniform", "untruncated_normal", "normal"]), **seed, **axes},
        "Orthogonal": {"gain": dice.between(0.1, 3), **seed}, "Identity": {"gain": dice.between(0.1, 3)},
        "Zeros": {}, "Ones": {}}.get(name, {**seed, **axes})
    return in_some_form(dice, Made("initializers", name, dice.some(0.5, **options)))


def regularizer(dice: Dice, shape: tuple = ()) -> Any:
    """L1, L2, both; for matrices the orthogonal one too (of a single row Keras makes NaN)."""
    penalties = {"L1": ("l1",), "L2": ("l2",), "L1L2": ("l1", "l2")}
    name = dice.choice([*penalties, *["OrthogonalRegularizer"] * (len(shape) == 2 and min(shape) > 1)])
    if name == "OrthogonalRegularizer":
        return Made("regularizers", name, dice.some(0.5, factor=dice.between(0.001, 0.1),
                                                    mode=lambda: dice.choice(["rows", "columns"])))
    made = Made("regularizers", name, {key: dice.number(0.001, 0.1) for key in penalties[name] if dice.chance(0.8)})
    return {"L1": "l1", "L2": "l2"}.get(name, made) if dice.chance(0.2) else in_some_form(dice, made)


def constraint(dice: Dice, rank: int) -> Any:
    """Any, along an axis or several of the weight."""
    name = dice.choice(["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"])
    axis = {"axis": lambda: dice.randrange(rank) if rank < 2 or dice.chance(0.6) else dice.several(range(rank), rank - 1)}
    options = {
        "MaxNorm": {"max_value": dice.between(0.3, 1.5), **axis}, "NonNeg": {}, "UnitNorm": axis,
        "MinMaxNorm": {"min_value": dice.between(0.1, 0.5), "max_value": dice.between(0.6, 1.5),
                       "rate": dice.between(0.1, 0.9), **axis}}[name]
    return in_some_form(dice, Made("constraints", name, dice.some(0.6, **options)))


def in_some_form(dice: Dice, made: Made) -> Any:
    """The object, its configuration as both libraries write it, or, where it has no arguments, its name."""
    words = {"MaxNorm": "max_norm", "NonNeg": "non_neg", "UnitNorm": "unit_norm", "MinMaxNorm": "min_max_norm", "L1": "l1",
             "L2": "l2", "Zeros": "zeros", "Ones": "ones", "HeNormal": "he_normal", "HeUniform": "he_uniform",
             "GlorotNormal": "glorot_normal", "GlorotUniform": "glorot_uniform", "LecunNormal": "lecun_normal",
             "LecunUniform": "lecun_uniform", "RandomNormal": "random_normal", "RandomUniform": "random_uniform",
             "TruncatedNormal": "truncated_normal", "Orthogonal": "orthogonal", "Identity": "identity",
             "VarianceScaling": "variance_scaling"}
    if not made.args and made.name in words and dice.chance(0.6):
        return words[made.name]
    if made.name == "Constant" and not made.args:  # Keras reads no configuration without a value
        return made
    return {"class_name": made.name, "config": made.args} if dice.chance(0.15) else made


def about(dice: Dice, stem: str, shape: tuple, p: float = 0.2) -> dict:
    """Initializer, regularizer and constraint of the weight that arguments call `stem`, which will have about this shape."""
    first = dice.some(p if len(shape) < 3 else 4 * p, **{f"{stem}_initializer": lambda: initializer(dice, len(shape))})
    return first | dice.some(p, **{f"{stem}_regularizer": lambda: regularizer(dice, shape),
                                   f"{stem}_constraint": lambda: constraint(dice, len(shape))})


def layout(dice: Dice) -> dict:
    """The order of axes, of which there is one."""
    return dice.some(0.1, data_format="channels_last")
