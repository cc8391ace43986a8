"""Random training: losses with the outputs and labels they need, optimizers with schedules and options, weights of samples.

    LOSSES["Huber"]        what its last layer computes, what its labels are, how its arguments are drawn
    OPTIMIZERS["Adam"]     rates that move these small networks without throwing them about, its own arguments
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from random_pieces import Dice, Made, flag

REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum")


@dataclass(frozen=True)
class Aim:
    """What a loss needs."""

    last: tuple[str, ...]  # activations of the layer before it
    labels: str  # see `labels`
    options: Callable[[Dice], dict] = lambda dice: {}
    words: tuple[str, ...] = ()
    logits: bool = False  # takes from_logits
    axis: bool = False  # takes axis


def smoothed(dice: Dice) -> dict:
    return dice.some(0.4, label_smoothing=lambda: dice.number(0.05, 0.3))


def focused(dice: Dice) -> dict:
    return {**smoothed(dice), **dice.some(0.5, alpha=lambda: dice.number(0.1, 0.9), gamma=lambda: dice.number(1, 4))}


LOSSES = {
    "MeanSquaredError": Aim(("linear", "tanh"), "real", words=("mse", "MSE", "mean_squared_error")),
    "MeanAbsoluteError": Aim(("linear", "tanh"), "real", words=("mae", "MAE", "mean_absolute_error")),
    "MeanAbsolutePercentageError": Aim(("linear",), "positive", words=("mape", "MAPE", "mean_absolute_percentage_error")),
    "MeanSquaredLogarithmicError": Aim(("softplus", "exponential"), "positive",
                                       words=("msle", "MSLE", "mean_squared_logarithmic_error")),
    "Huber": Aim(("linear",), "real", lambda d: d.some(0.6, delta=lambda: d.number(0.2, 2)), ("huber",)),
    "LogCosh": Aim(("linear",), "real", words=("log_cosh",)),
    "Hinge": Aim(("tanh", "linear"), "signs", words=("hinge",)),
    "SquaredHinge": Aim(("tanh", "linear"), "signs", words=("squared_hinge",)),
    "CategoricalHinge": Aim(("linear",), "one-hot", words=("categorical_hinge",)),
    "KLDivergence": Aim(("softmax",), "shares", words=("kl_divergence", "kld", "KLD")),
    "Poisson": Aim(("softplus", "exponential"), "positive", words=("poisson",)),
    "CosineSimilarity": Aim(("linear",), "real", words=("cosine_similarity",), axis=True),
    "CategoricalCrossentropy": Aim(("softmax",), "one-hot", smoothed, ("categorical_crossentropy",), True, True),
    "SparseCategoricalCrossentropy": Aim(("softmax",), "classes", lambda d: d.some(0.4, ignore_class=lambda: d.randint(0, 2)),
                                         ("sparse_categorical_crossentropy",), True, True),
    "BinaryCrossentropy": Aim(("sigmoid",), "bits", smoothed, ("binary_crossentropy", "bce", "BCE"), True, True),
    "BinaryFocalCrossentropy": Aim(("sigmoid",), "bits", lambda d: {
        **focused(d), **d.some(0.5, apply_class_balancing=flag(d))}, ("binary_focal_crossentropy",), True, True),
    "CategoricalFocalCrossentropy": Aim(("softmax",), "one-hot", focused, ("categorical_focal_crossentropy",), True, True),
}
METRICS = {
    "real": ("mae", "mse", "cosine_similarity", "RootMeanSquaredError", "R2Score"), "positive": ("mape", "msle", "mae"),
    "signs": ("hinge", "squared_hinge"),
    "one-hot": ("accuracy", "categorical_crossentropy", "TopKCategoricalAccuracy", "F1Score"),
    "shares": ("kl_divergence", "categorical_accuracy"), "classes": ("accuracy", "sparse_categorical_crossentropy"),
    "bits": ("accuracy", "hinge", "Precision", "Recall"),
}  # fmt: skip


def loss(dice: Dice, name: str, rank: int) -> tuple[Any, str]:
    """A loss for an output with `rank` axes, and the activation before it."""
    aim, args = LOSSES[name], LOSSES[name].options(dice)
    last = dice.choice(aim.last)
    if aim.logits and dice.chance(0.4):
        last, args = "linear", {**args, "from_logits": True}
    if aim.axis and dice.chance(0.2):
        args["axis"] = rank
    args |= dice.some(0.4, reduction=lambda: dice.choice(REDUCTIONS))
    if not args and dice.chance(0.6):
        return dice.choice(aim.words), last
    return Made("losses", name, args | dice.some(0.1, name=lambda: "wrong")), last


def labels(kind: str, shape: tuple, n: int, rng: np.random.Generator, ignored: int | None = None) -> np.ndarray:
    """n labels of a kind for predictions of this shape."""
    classes, places = shape[-1], (n, *shape[:-1])
    if kind == "real":
        return rng.normal(size=(n, *shape))
    if kind == "positive":
        return rng.uniform(0.3, 3, size=(n, *shape))
    if kind == "signs":
        return np.sign(rng.normal(size=(n, *shape)))
    if kind == "bits":
        return rng.integers(0, 2, size=(n, *shape)).astype(float)
    if kind == "shares":
        return rng.dirichlet([1.0] * classes, places)
    numbers = rng.integers(0, classes, places)
    return np.eye(classes)[numbers] if kind == "one-hot" else numbers


# Optimizers --------------------------------------------------------------------------------------------------------------

def beta(dice: Dice) -> dict:
    return dice.some(0.4, beta_1=lambda: dice.number(0.5, 0.95), beta_2=lambda: dice.number(0.8, 0.999))


def eps(dice: Dice) -> dict:
    return dice.some(0.3, epsilon=lambda: dice.choice([1e-6, 1e-4, 1e-2]))


def moments(dice: Dice) -> dict:
    return {**beta(dice), **eps(dice)}


def rms(dice: Dice) -> dict:
    return {**eps(dice), **dice.some(0.4, rho=lambda: dice.number(0.5, 0.95), momentum=lambda: dice.number(0.1, 0.9),
                                     centered=flag(dice))}


OPTIMIZERS: dict[str, tuple[float, Callable[[Dice], dict]]] = {  # typical rate, own arguments
    "SGD": (0.05, lambda d: {**d.some(0.5, momentum=lambda: d.number(0.1, 0.9)), **d.some(0.4, nesterov=flag(d))}),
    "Momentum": (0.05, lambda d: d.some(0.5, momentum=lambda: d.number(0.1, 0.9))),
    "NAG": (0.05, lambda d: d.some(0.5, momentum=lambda: d.number(0.1, 0.9))),
    "Adagrad": (0.02, lambda d: {**eps(d), **d.some(0.4, initial_accumulator_value=lambda: d.number(0.01, 0.5))}),
    "Adadelta": (1.0, lambda d: {**eps(d), **d.some(0.4, rho=lambda: d.number(0.5, 0.95))}),
    "RMSprop": (0.005, rms),
    "Adam": (0.005, lambda d: {**moments(d), **d.some(0.3, amsgrad=flag(d))}),
    "AMSGrad": (0.005, moments),
    "AdamW": (0.005, lambda d: {**moments(d), **d.some(0.3, amsgrad=flag(d))}),
    "Adamax": (0.005, moments), "Nadam": (0.005, moments), "Lion": (0.002, beta),
}
IN_KERAS = {"Momentum": ("SGD", {"momentum": 0.9}), "NAG": ("SGD", {"momentum": 0.9, "nesterov": True}),
            "AMSGrad": ("Adam", {"amsgrad": True})}


def schedule(dice: Dice, rate: float) -> Made:
    """A rate that changes within the ten steps."""
    name = dice.choice(list(SCHEDULES))
    return Made("optimizers.schedules", name, {**SCHEDULES[name](dice, rate), **dice.some(0.1, name=lambda: "rate")})


def decaying(dice: Dice, rate: float) -> dict:
    return {"initial_learning_rate": rate, "decay_steps": dice.randint(2, 8), "decay_rate": dice.number(0.3, 0.9),
            **dice.some(0.4, staircase=flag(dice))}


def cosine(dice: Dice, rate: float) -> dict:
    warm = {"warmup_target": rate, "warmup_steps": dice.randint(1, 4)} if dice.chance(0.5) else {}
    return {"initial_learning_rate": rate / 4 if warm else rate, "decay_steps": dice.randint(3, 12), **warm,
            **dice.some(0.4, alpha=lambda: dice.number(0.1, 0.5))}


SCHEDULES: Any = {
    "ExponentialDecay": decaying, "InverseTimeDecay": decaying, "CosineDecay": cosine,
    "PolynomialDecay": lambda d, r: {"initial_learning_rate": r, "decay_steps": d.randint(3, 8), **d.some(
        0.5, end_learning_rate=lambda: r / 10, power=lambda: d.number(0.5, 2), cycle=flag(d))},
    "PiecewiseConstantDecay": lambda d, r: {"boundaries": [d.randint(1, 3), d.randint(4, 8)], "values": [r, r / 2, r / 10]},
    "CosineDecayRestarts": lambda d, r: {"initial_learning_rate": r, "first_decay_steps": d.randint(2, 5), **d.some(
        0.5, t_mul=lambda: d.number(1, 2), m_mul=lambda: d.number(0.5, 1), alpha=lambda: d.number(0.1, 0.5))},
}  # fmt: skip

def optimizer(dice: Dice, name: str, steep: bool = False) -> Any:
    """An optimizer with some of its options, or, now and then, its bare name; slow ones where losses are `steep`."""
    typical, own = OPTIMIZERS[name]
    rate: Any = dice.number(typical / 2, typical * 2) / (20 if steep and typical == 0.05 else 1)
    if name not in IN_KERAS and dice.chance(0.08):
        return dice.choice([name.lower(), name])
    args = {**own(dice), "learning_rate": schedule(dice, rate) if dice.chance(0.3) else rate}
    args |= dice.some(0.4, **dice.choice([
        {"clipnorm": lambda: dice.number(0.01, 0.5)}, {"clipvalue": lambda: dice.number(0.001, 0.1)},
        {"global_clipnorm": lambda: dice.number(0.01, 0.5)}]))
    args |= dice.some(0.2, weight_decay=lambda: dice.number(0.01, 0.3), loss_scale_factor=lambda: dice.choice([2.0, 1024.0, 0.3]),
                      gradient_accumulation_steps=lambda: dice.randint(2, 4), name=lambda: "steps")
    if dice.chance(0.2):
        args |= {"use_ema": True, **dice.some(0.5, ema_momentum=lambda: dice.number(0.5, 0.95),
                                              ema_overwrite_frequency=lambda: dice.randint(2, 4))}
    if name not in IN_KERAS:
        return Made("optimizers", name, args)
    theirs, fixed = IN_KERAS[name]
    return Made("optimizers", name, args, Made("optimizers", theirs, {**fixed, **args}))
