"""Addons, the rest: tensorflow_addons' optimizers, schedules, activations and callbacks, as far as they are nabi's or small.

    tfa.optimizers.AdamW(weight_decay=1e-4)          w = w - 1e-4 w before each step: not times the rate, unlike Keras' AdamW
    tfa.optimizers.RectifiedAdam()                   Liu et al., "On the variance of the adaptive rate", 2020

Source of the names: tensorflow_addons 0.23.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import torch

from nabi.activations import gelu as plain_gelu
from nabi.activations import mish, sparsemax
from nabi.as_keras.installing import enter
from nabi.as_keras.notes import note
from nabi.as_keras.steps import Lamb as LAMB
from nabi.callbacks import Callback
from nabi.kernels.math import sqrt
from nabi.optimizers import SGD, Adam, Optimizer, checks
from nabi.optimizers import get as optimizer_of
from nabi.schedules import LearningRateSchedule

__all__ = ["LAMB", "SGDW", "AdamW", "CyclicalLearningRate", "ExponentialCyclicalLearningRate", "LazyAdam", "Lookahead",
           "MovingAverage", "RectifiedAdam", "SWA", "TQDMProgressBar", "TimeStopping", "Triangular2CyclicalLearningRate",
           "TriangularCyclicalLearningRate", "extend_with_decoupled_weight_decay", "gelu", "hardshrink", "lisht", "mish", "snake",
           "softshrink", "sparsemax", "tanhshrink"]
__version__ = "0.23.0"
LazyAdam = Adam
IMAGES = "keras.layers.RandomRotation and RandomTranslation turn and move pictures; tf.image has colours and cuts."
INSTEAD = {"image": IMAGES, "seq2seq": "A loop in Python decodes step by step.",
           "rnn": "keras.layers has LSTMCell, GRUCell and SimpleRNNCell.",
           "MultiOptimizer": "layer.rate_factor = 0.1 scales the rate of a layer."}


def with_decay(base: type[Optimizer], name: str) -> type:
    """A class of optimizers that first takes weight_decay * w off the weights."""

    def __init__(self, weight_decay: Any = 0.0, *values: Any, **options: Any) -> None:
        options.pop("exclude_from_weight_decay", None)
        base.__init__(self, *values, **options)
        share: Any = weight_decay() if callable(weight_decay) else weight_decay
        self.weight_decay = checks.optional(f"{name}(weight_decay)", float(share))

    def _step(self, spans) -> None:
        decay, self.weight_decay = self.weight_decay, None
        try:
            for span in spans:
                if decay and span.decay:
                    span.w.sub_(span.w, alpha=decay)
            base._step(self, spans)
        finally:
            self.weight_decay = decay

    doc = f"{base.__name__}, before each of whose steps w = w - weight_decay * w.\n\n    Args:\n        weight_decay: a share."
    return type(name, (base,), {"__init__": __init__, "_step": _step, "__doc__": doc, "__module__": __name__})


AdamW, SGDW = with_decay(Adam, "AdamW"), with_decay(SGD, "SGDW")


def extend_with_decoupled_weight_decay(base_optimizer: type[Optimizer]) -> type:
    """A class as `AdamW` is of Adam."""
    return with_decay(base_optimizer, f"{base_optimizer.__name__}W")


class RectifiedAdam(Adam):
    """Adam whose rate grows as its second moment becomes sure: early steps go by the mean gradient alone.

        n = n_inf - 2 t b2^t / (1 - b2^t),  n_inf = 2 / (1 - b2) - 1
        r = sqrt((n - 4)(n - 2) n_inf / ((n_inf - 4)(n_inf - 2) n))
        w = w - lr r m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)   for n >= sma_threshold,  else  w - lr m / (1 - b1^t)

    Args:
        learning_rate, beta_1, beta_2, epsilon: as of Adam.
        weight_decay: as of Keras' AdamW. sma_threshold: n from which on the second moment counts.
        total_steps, warmup_proportion, min_lr: a rate that grows from 0, then falls to min_lr, along straight lines.
    """

    slots = ("m", "v")

    def __init__(self, learning_rate: Any = 0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=0.0, amsgrad=False,
                 sma_threshold=5.0, total_steps=0, warmup_proportion=0.1, min_lr=0.0, name="RectifiedAdam", **options):
        if total_steps:
            learning_rate = Warm(learning_rate, total_steps, warmup_proportion, min_lr)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, weight_decay=weight_decay or None, name=name, **options)
        self.sma_threshold, self.amsgrad = sma_threshold, False

    @staticmethod
    def formula(w, g, m, v, lr, b1, b2, eps, fix_1, fix_2, r, sure):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        u = m / fix_1
        w = w - lr * (sure * r * u / (sqrt(v / fix_2) + eps) + (1 - sure) * u)
        return w, m, v

    def numbers(self, step):
        last = 2 / (1 - self.beta_2) - 1
        fix = 1 - self.beta_2**step
        n = last - 2 * step * self.beta_2**step / fix
        sure = float(n >= self.sma_threshold)
        r = math.sqrt((n - 4) * (n - 2) * last / ((last - 4) * (last - 2) * n)) if sure else 1.0
        return self.beta_1, self.beta_2, self.epsilon, 1 - self.beta_1**step, fix, r, sure


class Warm(LearningRateSchedule):
    """A rate that grows from 0 to lr, then falls to the least.

    Args:
        lr, total, share, least: of the steps, this share grows.
    """

    def __init__(self, lr: float, total: int, share: float, least: float):
        self.lr, self.total, self.share, self.least = lr, total, share, least

    def __call__(self, step):
        step = float(step) + 1
        warm = self.total * self.share
        if step <= warm:
            return self.lr * step / warm
        return max(self.least, self.lr + (self.least - self.lr) * min(1.0, (step - warm) / max(self.total - warm, 1)))


class CyclicalLearningRate(LearningRateSchedule):
    """A rate that goes up and down between two: Smith 2017.

    Args:
        initial_learning_rate, maximal_learning_rate: them. step_size: steps of half a cycle.
        scale_fn: function of the cycle (or of the step, scale_mode="iterations") that scales the height.

    Example:
        >>> rate = TriangularCyclicalLearningRate(0.0, 1.0, 2)
        >>> [float(rate(step)) for step in range(6)]
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    """

    def __init__(self, initial_learning_rate: float, maximal_learning_rate: float, step_size: float, scale_fn: Callable,
                 scale_mode: str = "cycle", name: str = "CyclicalLearningRate"):
        self.initial_learning_rate, self.maximal_learning_rate = initial_learning_rate, maximal_learning_rate
        self.step_size, self.scale_fn, self.scale_mode, self.name = step_size, scale_fn, scale_mode, name

    def __call__(self, step):
        step = float(step)
        cycle = math.floor(1 + step / (2 * self.step_size))
        x = abs(step / self.step_size - 2 * cycle + 1)
        scale = float(self.scale_fn(cycle if self.scale_mode == "cycle" else step))
        return self.initial_learning_rate + (self.maximal_learning_rate - self.initial_learning_rate) * max(0.0, 1 - x) * scale


def TriangularCyclicalLearningRate(initial_learning_rate: float, maximal_learning_rate: float, step_size: float,
                                   scale_mode: str = "cycle", name: str = "TriangularCyclicalLearningRate") -> Any:
    """Every cycle of the same height."""
    return CyclicalLearningRate(initial_learning_rate, maximal_learning_rate, step_size, lambda n: 1.0, scale_mode, name)


def Triangular2CyclicalLearningRate(initial_learning_rate: float, maximal_learning_rate: float, step_size: float,
                                    scale_mode: str = "cycle", name: str = "Triangular2CyclicalLearningRate") -> Any:
    """Every cycle half as high as the one before."""
    half = lambda n: 0.5 ** (n - 1)  # noqa: E731
    return CyclicalLearningRate(initial_learning_rate, maximal_learning_rate, step_size, half, scale_mode, name)


def ExponentialCyclicalLearningRate(initial_learning_rate: float, maximal_learning_rate: float, step_size: float,
                                    scale_mode: str = "iterations", gamma: float = 1.0,
                                    name: str = "ExponentialCyclicalLearningRate") -> CyclicalLearningRate:
    """Lower by gamma with each step."""
    return CyclicalLearningRate(initial_learning_rate, maximal_learning_rate, step_size, lambda n: gamma**n, scale_mode, name)


def inner(optimizer: Any, *values: Any, **options: Any) -> Any:
    """The optimizer inside, without the averages that tensorflow_addons keeps around it: which is said once."""
    note("tfa.optimizers", "tensorflow_addons' Lookahead, SWA and MovingAverage: the optimizer inside steps by itself here; "
                           "keras' own use_ema=True keeps an average of the weights.")
    return optimizer_of(optimizer)


Lookahead = SWA = MovingAverage = inner


def gelu(x: Any, approximate: bool = True) -> Any:
    """x Phi(x), by default with the tangent that is near it."""
    return plain_gelu(x, approximate)


def hardshrink(x: Any, lower: float = -0.5, upper: float = 0.5) -> Any:
    """x outside of [lower, upper], else 0."""
    x = torch.as_tensor(x)
    return torch.where((x < lower) | (x > upper), x, 0.0)


def softshrink(x: Any, lower: float = -0.5, upper: float = 0.5) -> Any:
    """x - lower below, x - upper above, else 0."""
    x = torch.as_tensor(x)
    return torch.where(x < lower, x - lower, torch.where(x > upper, x - upper, 0.0))


def tanhshrink(x: Any) -> Any:
    """x - tanh x."""
    return x - torch.tanh(torch.as_tensor(x))


def lisht(x: Any) -> Any:
    """x tanh x."""
    return x * torch.tanh(torch.as_tensor(x))


def snake(x: Any, frequency: float = 1.0) -> Any:
    """x + (1 - cos(2 f x)) / (2 f)."""
    return x + (1 - torch.cos(2 * frequency * torch.as_tensor(x))) / (2 * frequency)


class TQDMProgressBar(Callback):
    """tensorflow_addons' bar: nabi's own is there already.

    Args:
        options: accepted.
    """

    def __init__(self, *values: Any, **options: Any):
        super().__init__()


class TimeStopping(Callback):
    """Ends a training after so many seconds.

    Args:
        seconds: them. verbose: whether it says so.
    """

    def __init__(self, seconds: int = 86400, verbose: int = 0):
        super().__init__()
        self.seconds, self.verbose, self.end = seconds, verbose, 0.0

    def on_train_begin(self, logs=None):
        self.end = time.time() + self.seconds

    def on_epoch_end(self, epoch, logs=None):
        if time.time() >= self.end:
            self.model.stop_training = True
            if self.verbose:
                print(f"Timed stopping at epoch {epoch + 1} after training for {self.seconds} seconds.")


FUNCTIONS = {f"Addons>{name}": globals()[name] for name in ("gelu", "hardshrink", "softshrink", "tanhshrink", "lisht", "snake")}
enter("activation", FUNCTIONS)
enter("optimizer", {"RectifiedAdam": RectifiedAdam, "SGDW": SGDW})
