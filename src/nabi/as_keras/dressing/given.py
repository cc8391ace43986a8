"""Given: what scripts hand to fit, evaluate and predict besides arrays: frames of pandas whose columns are of several kinds, ...

    x = pd.get_dummies(table)      float, whole and truth columns in one frame: float32
"""

from typing import Any

import numpy as np

WORDS = ("x", "y", "sample_weight", "validation_data")
OBJECT = np.dtype(object)


def as_arrays(value: Any) -> Any:
    """Frames, and arrays of objects that are numbers, as arrays of numbers; everything else as it is."""
    if isinstance(value, tuple):
        return tuple(map(as_arrays, value))
    if isinstance(value, dict) and not hasattr(value, "iloc"):
        return {name: as_arrays(part) for name, part in value.items()}
    if isinstance(value, list) and any(hasattr(part, "iloc") or getattr(part, "dtype", None) is OBJECT for part in value):
        return [as_arrays(part) for part in value]
    frame: Any = value
    if hasattr(frame, "iloc"):
        value = frame.to_numpy()
    if isinstance(value, np.ndarray) and value.dtype == object:
        try:
            first = value.flat[0] if value.size else 0
            value = np.stack(list(value)) if isinstance(first, np.ndarray) else value.astype("float32")
        except (TypeError, ValueError):  # texts, or samples of several shapes: nabi's own error says so
            return value
    return frame.toarray() if hasattr(frame, "nnz") else value  # a sparse matrix of SciPy


def with_arrays(model: Any, options: dict[str, Any]) -> dict[str, Any]:
    """The arguments of fit, evaluate or predict with arrays for frames; single numbers are samples of one feature."""
    x = options.get("x")
    if isinstance(x, (list, tuple, np.ndarray)) and takes_features(model) and is_row_of_numbers(x):
        options = {**options, "x": np.reshape(x, (-1, 1))}
        held = options.get("validation_data")
        if isinstance(held, (list, tuple)) and is_row_of_numbers(held[0]):
            options["validation_data"] = (np.reshape(held[0], (-1, 1)), *held[1:])
    return options | {word: as_arrays(options[word]) for word in WORDS if word in options}


def takes_features(model: Any) -> bool:
    """Whether a model takes one feature a sample, or does not know yet what it takes."""
    if model.graph is None:  # a train_step of the script's own gets its numbers as they are
        return (type(model).train_step.__module__ or "").startswith("nabi.")
    shapes = [tuple(symbol.shape) for symbol in model.inputs]
    return shapes == [(None, 1)]


def is_row_of_numbers(x: Any) -> bool:
    """Whether it is an array or list of single numbers."""
    return isinstance(x, (list, tuple, np.ndarray)) and np.ndim(x) == 1 and np.asarray(x).dtype.kind in "buif"
