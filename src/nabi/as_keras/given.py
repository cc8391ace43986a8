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
    shapes = [symbol.shape for symbol in model.inputs] if model.built and not model.written else []
    if len(shapes) == 1 and tuple(shapes[0]) == (None, 1) and isinstance(x, (list, tuple, np.ndarray)) and np.ndim(x) == 1:
        options = {**options, "x": np.reshape(x, (-1, 1))}
    return options | {word: as_arrays(options[word]) for word in WORDS if word in options}
