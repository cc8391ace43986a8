"""Shortening: a script for a trial: fewer epochs, the first samples alone.

    nabi run lecture.py --max-epochs 1 --fast-data 500

A net whose batches all have one size, because its states go from batch to batch or its input says so, gets whole batches. So does
a script whose samples fill its batches: the size may stand in its code, too, as in K.random_normal((batch_size, 2)).
"""

import time
from collections.abc import Sequence
from typing import Any

from nabi.core.errors import NabiError
from nabi.core.rows import Rows

BATCH = 32  # Keras' own batch size, where nobody says another
MOST = 5  # times the limit that one whole batch may have
CHEAP, ALL = 2.0, 6.0  # seconds of one evaluate or predict that a trial does in full, and of all of them together


class Limits:
    """What a run is shortened to; None leaves it whole."""

    epochs: int | None = None
    samples: int | None = None
    spent: float = 0.0  # seconds of answers that were computed in full


def begin(epochs: int | None, samples: int | None) -> None:
    """Sets the limits for the script that is run now."""
    Limits.epochs, Limits.samples, Limits.spent = epochs, samples, 0.0


def end() -> None:
    """Takes the limits off."""
    Limits.epochs = Limits.samples = None


def fixed_batch(model: Any, asked: Any = None) -> int | None:
    """The size that all batches of a net have, None where any does; nabi's models and Keras'.

    Args:
        model: the net; its first layer may fix the size, states do.
        asked: `batch_size` as the script gives it.
    """
    inputs = model.inputs if getattr(model, "graph", None) is not None else None  # None of a subclass, too
    first = getattr((inputs or [None])[0], "shape", (None,))
    sizes = [getattr(layer, "batch_size", None) for layer in getattr(model, "layers", ())] + list(first[:1])
    fixed = next((size for size in sizes if isinstance(size, int)), None)
    stateful = any(getattr(layer, "stateful", False) is True for layer in getattr(model, "layers", ()))
    return (asked or fixed or BATCH) if fixed or stateful else None


def whole_batch(model: Any, options: dict[str, Any]) -> int | None:
    """The size of whole batches that are taken: the net's own, or the script's where its samples fill them; else None."""
    asked, x = options.get("batch_size"), options.get("x")
    fixed = fixed_batch(model, asked)
    if fixed is not None or not isinstance(asked, int) or asked < 1 or x is None or is_batches(x):
        return fixed
    return asked if (rows_of(x) or 1) % asked == 0 and asked <= MOST * (Limits.samples or 0) else None


def samples_for(batch: int | None) -> int | None:
    """How many samples are taken: the limit, or as many whole batches as lie within it, one at least."""
    n = Limits.samples
    return n if n is None or batch is None else max(batch, n // batch * batch)


def cut(data: Any, batch: int | None = None) -> Any:
    """The first samples of an array, a frame, a list or dict of arrays; generators as they are."""
    n = samples_for(batch)
    if n is None or data is None or isinstance(data, Rows):
        return data
    if isinstance(data, dict):
        return {name: cut(part, batch) for name, part in data.items()}
    if isinstance(data, (list, tuple)) and data and all(getattr(part, "ndim", 0) >= 1 for part in data):
        return type(data)(cut(part, batch) for part in data)
    frame: Any = getattr(data, "iloc", None)
    if frame is not None:
        return frame[:n]
    if isinstance(data, (list, tuple)) or getattr(data, "ndim", 0) >= 1:
        return data[:n]
    return data


def is_batches(x: Any) -> bool:
    """Whether x gives batches rather than being the samples themselves."""
    return not isinstance(x, (list, tuple, dict, Sequence)) and not hasattr(x, "ndim") and not hasattr(x, "iloc")


def rows_of(x: Any, steps: int | None = None) -> int | None:
    """How many samples there are in arrays, a frame, a list or dict of arrays, or a stream that says so; None if unknown.

    Example:
        >>> import numpy as np
        >>> rows_of(np.zeros((7, 2))), rows_of([np.zeros((5, 2)), np.zeros((5, 3))]), rows_of([1, 2, 3])
        (7, 5, 3)
    """
    if isinstance(x, dict):
        return rows_of(next(iter(x.values()), None))
    if isinstance(x, (list, tuple)):
        arrays = bool(x) and all(getattr(part, "ndim", 0) >= 1 for part in x)
        return len(x[0]) if arrays else len(x)
    if not is_batches(x):
        shape = getattr(x, "shape", None)  # sparse matrices of SciPy's have it, and no length
        return int(shape[0]) if shape else len(x) if hasattr(x, "__len__") else None
    batches, samples = length(x), getattr(x, "samples", getattr(x, "n", None))
    if steps is not None and (batches is None or steps < batches):
        size = getattr(x, "batch_size", None)
        return None if size is None else int(steps) * int(size)
    return None if samples is None else int(samples)


def steps(given: Any) -> int | None:
    """So many batches of a generator, at most as many as were asked for."""
    if Limits.samples is None:
        return given
    most = max(1, -(-Limits.samples // BATCH))
    return most if given is None else min(int(given), most)


def shortened_fit(options: dict[str, Any], model: Any = None) -> dict[str, Any]:
    """The arguments of `fit` within the limits."""
    batch = whole_batch(model, options)
    if Limits.epochs is not None:
        first, asked = (options.get(word) or least for word, least in (("initial_epoch", 0), ("epochs", 1)))
        if not isinstance(first, str) and not isinstance(asked, str) and int(asked) == asked:  # else fit says what is wrong
            options["epochs"] = min(int(asked), int(first) + Limits.epochs)
    if Limits.samples is None or unequal(options):
        return options
    if is_batches(options.get("x")):
        options["steps_per_epoch"] = steps(options.get("steps_per_epoch") or length(options["x"]))
    else:
        options.update({word: cut(options[word], batch) for word in ("x", "y", "sample_weight") if word in options})
        if options.get("steps_per_epoch"):
            options["steps_per_epoch"] = steps(options["steps_per_epoch"])
    held = options.get("validation_data")
    if isinstance(held, (list, tuple)):
        options["validation_data"] = tuple(cut(part, batch) for part in held)
    elif held is not None:
        options["validation_steps"] = steps(options.get("validation_steps") or length(held))
    return options


def shortened(options: dict[str, Any], model: Any = None) -> dict[str, Any]:
    """The arguments of `evaluate` or `predict` within the limits."""
    if Limits.samples is None or unequal(options):
        return options
    if is_batches(options.get("x")):
        options["steps"] = steps(options.get("steps") or length(options["x"]))
        return options
    if fixed_batch(model, options.get("batch_size")) is None and in_full(model, options):
        return options
    batch = whole_batch(model, options)
    return options | {word: cut(options[word], batch) for word in ("x", "y", "sample_weight") if word in options}


def unequal(options: dict[str, Any]) -> bool:
    """Whether arrays that belong together differ in length: they are left whole, so that the error names their lengths."""
    held = options.get("validation_data")
    groups = [options.get(word) for word in ("x", "y", "sample_weight")], held if isinstance(held, (list, tuple)) else ()
    return any(len({rows_of(part) for part in group if part is not None and not is_batches(part)} - {None}) > 1
               for group in groups)


def in_full(model: Any, options: dict[str, Any]) -> bool:
    """Whether evaluate or predict of all samples is cheap, by the time that two batches take."""
    size = int(options.get("batch_size") or BATCH)
    rows, few = rows_of(options.get("x")), 2 * size
    if model is None or not rows or rows <= (Limits.samples or 0) or CHEAP <= 0 or Limits.spent >= ALL:
        return False
    limit, Limits.samples = Limits.samples, few
    x = cut(options["x"])
    Limits.samples = None
    try:
        for _ in range(2):  # the first one compiles and builds
            begun = time.perf_counter()
            model.predict(x, batch_size=size, verbose=0)
            seconds = (time.perf_counter() - begun) * rows / min(few, rows)
    except NabiError:  # the method itself says what is wrong
        return False
    finally:
        Limits.samples = limit
    cheap = seconds <= CHEAP and Limits.spent + seconds <= ALL
    Limits.spent += seconds if cheap else 0.0
    return cheap


def length(source: Any) -> int | None:
    """How many batches a source has, None where it does not say."""
    try:
        return len(source)
    except TypeError:  # a generator, or a stream whose length is not known beforehand
        return None
