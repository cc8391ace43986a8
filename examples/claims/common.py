"""What the claims share: the digits, a run at a rate and a seed, the best of several rates, a table, the command line.

A script of this folder has a function `claim(fast)` that measures and gives (numbers, figure): numbers are rows of a table,
{name: {head: value}}, where a list holds one value for each seed and is printed as mean ± standard deviation.

Rates are compared at one seed that is not used afterwards; each net then runs at its best one with the seeds 0, 1, 2.
"""

import argparse
import math
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import nabi
from nabi.core.table import table

SEEDS, CHOOSING = (0, 1, 2), 100
RATES = (0.003, 0.01, 0.03, 0.1)


def digits(train: int = 4000, test: int = 1000, side: int = 28):
    """(x, y), (x_test, y_test) of the digits in the package: (n, side, side, 1), pixels 0-1; side 14 takes every other pixel."""
    (x, y), (x_test, y_test) = nabi.datasets.digits.load_data()
    x, x_test = ((a[:, :: 28 // side, :: 28 // side, None] / 255).astype("float32") for a in (x, x_test))
    return (x[:train], y[:train]), (x_test[:test], y_test[:test])


class Until(nabi.callbacks.Callback):
    """Ends the training at an error of the epoch's training answers."""

    def __init__(self, error: float):
        self.error = error

    def on_epoch_end(self, epoch, logs=None):
        if 1 - (logs or {})["accuracy"] <= self.error:
            self.model.stop_training = True


def train(make: Callable, data, rate: float, seed: int, epochs: int, batch_size: int = 50, momentum: float = 0.9,
          until: float = -1.0, precision: str = "auto") -> tuple[Any, dict[str, list[float]]]:
    """The trained model and what `fit` logged: SGD with momentum, cross-entropy. A loss that became infinite leaves no logs."""
    nabi.utils.set_random_seed(seed)
    model = make()
    model.compile(nabi.optimizers.SGD(rate, momentum=momentum), "sparse_categorical_crossentropy", metrics=["accuracy"],
                  precision=precision)
    logs = nabi.callbacks.History()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a rate is too high: some are tried in order to see that
        model.fit(*data, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[logs, Until(until)])
    if not np.isfinite(logs.history.get("loss", [math.nan])).all():
        logs.history.clear()
    return model, logs.history


def accuracy(make: Callable, data, test, rate: float, seed: int, epochs: int, **options) -> float:
    """Share of the test answers that are right after the last epoch; 0 if the loss became infinite."""
    model, logs = train(make, data, rate, seed, epochs, **options)
    return model.evaluate(*test, verbose=0)[1] if logs else 0.0


def errors(make: Callable, data, test, rate: float, epochs: int, fast: bool) -> dict[str, list[float]]:
    """Errors on training and test digits after the last epoch, and processor time an epoch, one of each for a seed."""
    found: dict[str, list[float]] = {"training error %": [], "test error %": [], "s / epoch": []}
    for seed in seeds(fast):
        begin = time.process_time()
        model, _ = train(make, data, rate, seed, epochs)
        found["s / epoch"].append((time.process_time() - begin) / epochs)
        for head, pair in (("training error %", data), ("test error %", test)):
            found[head].append(1 - model.evaluate(*pair, verbose=0)[1])
    return found


def epochs_to(error: float, logs: dict[str, list[float]]) -> float:
    """Epochs until the training error had fallen so far, a straight line between epochs; infinite if it never did.

    Example:
        >>> epochs_to(0.1, {"accuracy": [0.5, 0.8, 0.95]})
        2.6666666666666665
    """
    errors = [1.0, *(1 - share for share in logs.get("accuracy", []))]
    for k, (before, after) in enumerate(zip(errors, errors[1:], strict=False)):
        if after <= error:
            return k + (before - error) / (before - after)
    return math.inf


def curves_of(logs: list[dict[str, list[float]]]) -> list[list[float]]:
    """Training errors of several runs, as long as all of them lasted."""
    shown = min(len(log["accuracy"]) for log in logs)
    return [[1 - share for share in log["accuracy"][:shown]] for log in logs]


def speed(error: float, logs: dict[str, list[float]]) -> float:
    """A score for `best`: fewer epochs to the error are better, then the last accuracy of those that never came so far."""
    epochs = epochs_to(error, logs)
    return -epochs if math.isfinite(epochs) else logs["accuracy"][-1] - 1e6 if logs.get("accuracy") else -math.inf


def best(score: Callable[[float], float], rates: tuple[float, ...], fast: bool = False) -> float:
    """The rate with the highest score; in a fast run the middle one, untried."""
    return rates[len(rates) // 2] if fast else max(rates, key=score)


def by_epochs(makes: dict[str, Callable], data, error: float, most: int, rates: tuple[float, ...], fast: bool, **options):
    """Epochs of each net to a training error, at its best rate, at most so many: (numbers, figure) of a claim."""
    numbers, curves = {}, {}
    for name, make in makes.items():
        def run(rate, seed, make=make):
            return train(make, data, rate, seed, most, until=error, **options)[1]

        rate = best(lambda rate: speed(error, run(rate, CHOOSING)), rates, fast)
        logs = [run(rate, seed) for seed in seeds(fast)]
        numbers[name] = {"rate": rate, "epochs": [epochs_to(error, log) for log in logs]}
        curves[name] = curves_of(logs)
    return numbers, nabi.viz.lines(range(1, most + 1), curves, "Training error by activation", "Each at its best learning rate.",
                                   "epoch", "Training error", log="y", percent=True)


def best_rate(make: Callable, data, epochs: int, fast: bool = False, rates: tuple[float, ...] = RATES, **options) -> float:
    """The rate with which most of the last eighth of the training data is answered right after learning from the rest."""
    (x, y), n = data, 7 * len(data[0]) // 8
    learn, check = (x[:n], y[:n]), (x[n:], y[n:])
    return best(lambda rate: accuracy(make, learn, check, rate, CHOOSING, epochs, **options), rates, fast)


def by_depth(net: Callable, depths: tuple[int, ...], data, test, fast: bool) -> dict[str, list[float]]:
    """Test accuracy of net(depth), each depth at its best rate, after five epochs; in a fast run of the first depth alone."""
    found = {}
    for depth in depths[:1] if fast else depths:
        rate = best_rate(partial(net, depth), data, 2, fast)
        found[f"{depth} layers: right %"] = [accuracy(partial(net, depth), data, test, rate, seed, 1 if fast else 5)
                                             for seed in seeds(fast)]
    return found


def seeds(fast: bool) -> tuple[int, ...]:
    """0, 1, 2; in a fast run 0."""
    return SEEDS[:1] if fast else SEEDS


def said(head: str, value: Any) -> str:
    """A value as the table prints it: shares in per cent under a head that ends in %, a list as mean ± standard deviation.

    Example:
        >>> said("error %", [0.02, 0.04]), said("weights", 10**8), said("epochs", [math.inf, 3.0])
        ('3.00 ± 1.41', '100,000,000', 'not always (1 of 2)')
    """
    if isinstance(value, str):
        return value
    v = np.atleast_1d(np.asarray(value, float)) * (100 if head.endswith("%") else 1)
    if np.isnan(v).any():
        return "diverges"
    if not np.isfinite(v).all():
        return f"not always ({np.isfinite(v).sum()} of {len(v)})" if np.isfinite(v).any() else "never"
    if len(v) == 1:
        return f"{value:,}" if isinstance(value, int) else f"{v[0]:.2f}" if head.endswith("%") else f"{v[0]:.4g}"
    digits = 2 if head.endswith("%") else max(0, 2 - math.floor(math.log10(max(abs(v.mean()), 1e-9))))
    return f"{v.mean():.{digits}f} ± {v.std(ddof=1):.{digits}f}" if digits < 6 else f"{v.mean():.2e} ± {v.std(ddof=1):.0e}"


def main(script: str, doc: str | None, claim: Callable[[bool], tuple[dict, Any]]) -> None:
    """The command line of a script: measures, prints the table, writes the figure."""
    parser = argparse.ArgumentParser(description=(doc or "").split("\n")[0])
    parser.add_argument("--out", default=f"{Path(script).stem}.png", help="the figure")
    parser.add_argument("--fast", action="store_true", help="little of everything, to see that it runs")
    options = parser.parse_args()
    numbers, figure = claim(options.fast)
    heads = list(dict.fromkeys(head for row in numbers.values() for head in row))
    rows = [[name, *(said(head, row[head]) if head in row else "" for head in heads)] for name, row in numbers.items()]
    print(table(["", *heads], rows, right=range(1, len(heads) + 1)))
    nabi.viz.save(figure, options.out)
    print(f"figure: {options.out}")
