"""Random training: losses with the outputs and labels they need, optimizers with schedules and options, weights of samples.

    LOSSES["Huber"]        what its last layer computes, what its labels are, how its arguments are drawn
    OPTIMIZERS["Adam"]     rates that move these small networks without throwing them about, its own arguments
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from random_pieces import Dice, Made

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
    return dice.some(0.4, label_smoothing=dice.between(0.05, 0.3))


def focused(dice: Dice) -> dict:
    return {**smoothed(dice), **dice.some(0.5, alpha=dice.between(0.1, 0.9), gamma=dice.between(1, 4))}


LOSSES = {
    "MeanSquaredError": Aim(("linear", "tanh"), "real", words=("mse", "MSE", "mean_squared_error")),
    "MeanAbsoluteError": Aim(("linear", "tanh"), "real", words=("mae", "MAE", "mean_absolute_error")),
    "MeanAbsolutePercentageError": Aim(("linear",), "positive", words=("mape", "MAPE", "mean_absolute_percentage_error")),
    "MeanSquaredLogarithmicError": Aim(("softplus", "exponential"), "positive",
                                       words=("msle", "MSLE", "mean_squared_logarithmic_error")),
    "Huber": Aim(("linear",), "real", lambda d: d.some(0.6, delta=d.between(0.2, 2)), ("huber",)),
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
        **focused(d), **d.some(0.5, apply_class_balancing=True)}, ("binary_focal_crossentropy",), True, True),
    "Dice": Aim(("sigmoid",), "bits", words=("dice",), axis=True),
    "Tversky": Aim(("sigmoid",), "bits", lambda d: d.some(0.6, alpha=d.between(0.2, 0.8), beta=d.between(0.2, 0.8)),
                   ("tversky",), axis=True),
    "CategoricalGeneralizedCrossEntropy": Aim(("softmax",), "classes", lambda d: d.some(q=d.between(0.3, 0.8))),
    "CategoricalFocalCrossentropy": Aim(("softmax",), "one-hot", focused, ("categorical_focal_crossentropy",), True, True),
}
def loss(dice: Dice, name: str, rank: int) -> tuple[Any, str]:
    """A loss for an output with `rank` axes, and the activation before it."""
    aim, args = LOSSES[name], LOSSES[name].options(dice)
    last = dice.choice(aim.last)
    if aim.logits and dice.chance(0.4):
        last, args = "linear", {**args, "from_logits": True}
    if aim.axis and dice.chance(0.2):
        args["axis"] = rank
    args |= dice.some(0.4, reduction=lambda: dice.choice(REDUCTIONS))
    if not args and aim.words and dice.chance(0.6):
        return dice.choice(aim.words), last
    return Made("losses", name, args | dice.some(0.1, name="wrong")), last


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


# Metrics -----------------------------------------------------------------------------------------------------------------

def none(dice: Dice) -> dict:
    return {}


def averaged(dice: Dice) -> dict:
    return {"average": dice.choice(["micro", "macro", "weighted"]), **dice.some(threshold=dice.between(0.2, 0.6))}


def counting(dice: Dice) -> dict:
    return dice.some(0.8, thresholds=dice.between(0.2, 0.8))


def at_most(word: str) -> Callable[[Dice], dict]:
    return lambda d: {word: d.number(0.2, 0.8), **d.some(0.6, num_thresholds=lambda: d.randint(3, 30), class_id=0)}


def overlap(dice: Dice) -> dict:
    return {"num_classes": 3, **dice.some(0.6, ignore_class=lambda: dice.randint(0, 2))}


def one_class(dice: Dice) -> dict:
    return {"target_class_ids": dice.choice([[0], [1, 2]]), **overlap(dice)}


def area(dice: Dice) -> dict:
    return dice.some(num_thresholds=lambda: dice.randint(5, 50), thresholds=lambda: [0.2, 0.5, 0.6], curve="PR",
                     summation_method=lambda: dice.choice(["minoring", "majoring"]))


METRICS: dict[str, tuple[str, Callable[[Dice], dict]]] = {  # kinds of labels, arguments
    **{f"Mean{name}": ("real positive", none) for name in ("AbsoluteError", "SquaredError")},
    **{name: ("real", none) for name in ("RootMeanSquaredError", "LogCoshError")},
    **{f"Mean{name}": ("positive", none) for name in ("AbsolutePercentageError", "SquaredLogarithmicError")},
    "CosineSimilarity": ("real", lambda d: d.some(axis=1)), "Poisson": ("shares", none),
    **{f"{name}Correlation": ("real", lambda d: {"axis": 0}) for name in ("Pearson", "Concordance")},
    "R2Score": ("real", lambda d: d.some(class_aggregation="variance_weighted_average", num_regressors=2)),
    "Hinge": ("signs bits", none), "SquaredHinge": ("signs bits", none), "CategoricalHinge": ("one-hot", none),
    "accuracy": ("one-hot classes bits", none), "CategoricalAccuracy": ("one-hot shares", none),
    "SparseCategoricalAccuracy": ("classes", none), "BinaryAccuracy": ("bits", lambda d: d.some(threshold=d.between(0.2, 0.8))),
    "TopKCategoricalAccuracy": ("one-hot", lambda d: {"k": d.randint(1, 2)}),
    "SparseTopKCategoricalAccuracy": ("classes", lambda d: {"k": d.randint(1, 2)}),
    "CategoricalCrossentropy": ("one-hot shares", lambda d: smoothed(d) | d.some(axis=1)),
    "SparseCategoricalCrossentropy": ("classes", lambda d: d.some(axis=1)),
    "BinaryCrossentropy": ("bits", smoothed), "KLDivergence": ("shares one-hot", none),
    "F1Score": ("one-hot bits", averaged), "FBetaScore": ("one-hot bits", lambda d: averaged(d) | d.some(beta=d.between(0.5, 2))),
    **{name: ("bits one-hot", lambda d: {**counting(d), **d.some(class_id=0)} if d.chance(0.7) else {"top_k": 1})
       for name in ("Precision", "Recall")},
    **{name: ("bits one-hot", counting) for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")},
    "PrecisionAtRecall": ("bits", at_most("recall")), "RecallAtPrecision": ("bits", at_most("precision")),
    "SensitivityAtSpecificity": ("bits", at_most("specificity")), "SpecificityAtSensitivity": ("bits", at_most("sensitivity")),
    "AUC": ("bits", area),
    "BinaryIoU": ("bits", lambda d: d.some(0.6, target_class_ids=lambda: [1], threshold=d.between(0.2, 0.8))),
    "MeanIoU": ("classes", lambda d: {**overlap(d), "sparse_y_pred": False}),
    "IoU": ("classes", lambda d: {**one_class(d), "sparse_y_pred": False}),
    "OneHotMeanIoU": ("one-hot", overlap), "OneHotIoU": ("one-hot", one_class),
}  # fmt: skip
OF_SCORES = ("accuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy", "CategoricalHinge",
             "SparseTopKCategoricalAccuracy", "Hinge")  # which need no probabilities
LOGITS = ("CategoricalCrossentropy", "SparseCategoricalCrossentropy", "BinaryCrossentropy", "AUC")  # which take logits too


def metrics(dice: Dice, kind: str, weighted: bool, last: str) -> dict:
    """Up to two metrics, for labels of a kind and predictions by the activation `last`."""
    scores = kind in ("one-hot", "classes", "bits") and last == "linear"
    known = [n for n, (kinds, _) in METRICS.items() if kind in kinds.split() and (not scores or n in OF_SCORES + LOGITS)]
    made: list[Any] = []
    names = list(dict.fromkeys([dice.next(known, kind), dice.choice(known)]))
    for name in names:
        options = METRICS[name][1](dice) | ({"from_logits": True} if scores and name not in OF_SCORES else {})
        made.append(name if name.islower() else Made("metrics", name, {**options, "name": name.lower()}))
    weighted &= not names[-1].endswith(("IoU", "Correlation"))  # Keras rounds the weights; a correlation is not of one sample
    return {"metrics": made[:1], "weighted_metrics": made[1:]} if weighted else {"metrics": made}


# Optimizers --------------------------------------------------------------------------------------------------------------

def beta(dice: Dice) -> dict:
    return dice.some(0.4, beta_1=dice.between(0.5, 0.95), beta_2=dice.between(0.8, 0.999))


def eps(dice: Dice) -> dict:
    return dice.some(0.3, epsilon=lambda: dice.choice([1e-6, 1e-4, 1e-2]))


def moments(dice: Dice) -> dict:
    return {**beta(dice), **eps(dice)}


def rms(dice: Dice) -> dict:
    return {**eps(dice), **dice.some(0.4, rho=dice.between(0.5, 0.95), momentum=dice.between(0.1, 0.9),
                                     centered=True)}


OPTIMIZERS: dict[str, tuple[float, Callable[[Dice], dict]]] = {  # typical rate, own arguments
    "SGD": (0.05, lambda d: {**d.some(0.5, momentum=d.between(0.1, 0.9)), **d.some(0.4, nesterov=True)}),
    "Momentum": (0.02, lambda d: d.some(0.5, momentum=d.between(0.1, 0.9))),
    "NAG": (0.02, lambda d: d.some(0.5, momentum=d.between(0.1, 0.9))),
    "Adagrad": (0.02, lambda d: {**eps(d), **d.some(0.4, initial_accumulator_value=d.between(0.01, 0.5))}),
    "Adadelta": (1.0, lambda d: {**eps(d), **d.some(0.4, rho=d.between(0.5, 0.95))}),
    "RMSprop": (0.005, rms),
    "Adam": (0.005, lambda d: {**moments(d), **d.some(0.3, amsgrad=True)}),
    "AMSGrad": (0.005, moments),
    "AdamW": (0.005, lambda d: {**moments(d), **d.some(0.3, amsgrad=True)}),
    "Adamax": (0.005, moments), "Nadam": (0.005, moments), "Lion": (0.002, beta),
}
IN_KERAS = {"Momentum": ("SGD", {"momentum": 0.9}), "NAG": ("SGD", {"momentum": 0.9, "nesterov": True}),
            "AMSGrad": ("Adam", {"amsgrad": True})}


def schedule(dice: Dice, rate: float) -> Made:
    """A rate that changes within the ten steps."""
    name = dice.choice(list(SCHEDULES))
    return Made("optimizers.schedules", name, {**SCHEDULES[name](dice, rate), **dice.some(0.1, name="rate")})


def decaying(dice: Dice, rate: float) -> dict:
    return {"initial_learning_rate": rate, "decay_steps": dice.randint(2, 8), "decay_rate": dice.number(0.3, 0.9),
            **dice.some(0.4, staircase=True)}


def cosine(dice: Dice, rate: float) -> dict:
    warm = {"warmup_target": rate, "warmup_steps": dice.randint(1, 4)} if dice.chance(0.5) else {}
    return {"initial_learning_rate": rate / 4 if warm else rate, "decay_steps": dice.randint(3, 12), **warm,
            **dice.some(0.4, alpha=dice.between(0.1, 0.5))}


SCHEDULES: Any = {
    "ExponentialDecay": decaying, "InverseTimeDecay": decaying, "CosineDecay": cosine,
    "PolynomialDecay": lambda d, r: {"initial_learning_rate": r, "decay_steps": d.randint(3, 8), **d.some(
        0.5, end_learning_rate=lambda: r / 10, power=d.between(0.5, 2), cycle=True)},
    "PiecewiseConstantDecay": lambda d, r: {"boundaries": [d.randint(1, 3), d.randint(4, 8)], "values": [r, r / 2, r / 10]},
    "CosineDecayRestarts": lambda d, r: {"initial_learning_rate": r, "first_decay_steps": d.randint(2, 5), **d.some(
        0.5, t_mul=d.between(1, 2), m_mul=d.between(0.5, 1), alpha=d.between(0.1, 0.5))},
}  # fmt: skip

def optimizer(dice: Dice, name: str, steep: bool = False) -> Any:
    """An optimizer with some of its options, or, now and then, its bare name; slow ones where losses are `steep`."""
    typical, own = OPTIMIZERS[name]
    rate: Any = dice.number(typical / 2, typical * 2) / (20 if steep and name in ("SGD", "Momentum", "NAG") else 1)
    if name not in IN_KERAS and dice.chance(0.08):
        return dice.choice([name.lower(), name])
    args = {**own(dice), "learning_rate": schedule(dice, rate) if dice.chance(0.3) else rate}
    if dice.chance(0.4):
        args |= dice.choice([{"clipnorm": dice.number(0.01, 0.5)}, {"clipvalue": dice.number(0.001, 0.1)},
                             {"global_clipnorm": dice.number(0.01, 0.5)}])
    args |= dice.some(0.2, weight_decay=dice.between(0.01, 0.3), loss_scale_factor=lambda: dice.choice([2.0, 1024.0, 0.3]),
                      gradient_accumulation_steps=lambda: dice.randint(2, 4), name="steps")
    if dice.chance(0.2):
        args |= {"use_ema": True, **dice.some(0.5, ema_momentum=dice.between(0.5, 0.95),
                                              ema_overwrite_frequency=lambda: dice.randint(2, 4))}
    if name not in IN_KERAS:
        return Made("optimizers", name, args)
    theirs, fixed = IN_KERAS[name]
    return Made("optimizers", name, args, Made("optimizers", theirs, {**fixed, **args}))
