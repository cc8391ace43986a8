"""Labels: do they fit the loss? Shapes of one sample (without the batch axis) and values, each mismatch with its remedy.

A wrong shape is often a Flatten() that is missing: Dense works on the last axis alone, so pictures go in and pictures come out.
"""

import numpy as np

from nabi.core.errors import DataError

Shape = tuple[int | None, ...]
FLATTEN = "Add Flatten() before {0}: without it {0} works on the last axis alone and leaves a picture."
COMPARE = "Compare model.output_shape with y.shape."


def squeezed(shape: Shape) -> Shape:
    """Without a last axis of 1: `(28, 28, 1)` as `(28, 28)`."""
    return shape[:-1] if shape and shape[-1] == 1 else shape


def fits(a: Shape, b: Shape) -> bool:
    """Equal axis by axis, None for unknown, a last axis of 1 more or less not counted."""
    a, b = (a, b) if len(a) == len(b) else (squeezed(a), squeezed(b))
    return len(a) == len(b) and all(n is None or m is None or n == m for n, m in zip(a, b, strict=True))


def batch(shape: Shape) -> str:
    """A sample's shape as text with its batch axis: `(10,)` as `(batch,10)`."""
    return f"({','.join(['batch', *('?' if n is None else str(n) for n in shape)])})"


def same_shape(where: str, y_true: Shape, y_pred: Shape, layer: str, form: str) -> None:
    """Labels in the predictions' shape, or DataError; `form` says how labels look: "labels", "one-hot labels"."""
    if fits(y_true, y_pred):
        return
    expected = f"{form} in the predictions' shape {batch(y_pred)}"
    raise DataError(where, expected, batch(y_true), remedy_of_shapes(y_true, y_pred, layer))


def several_classes(where: str, y_pred: Shape, layer: str) -> None:
    """Predictions over two classes or more, or DataError: a softmax over one class says nothing."""
    if not squeezed(y_pred):
        remedy = f'A softmax over one class is always 1: use "binary_crossentropy" and a sigmoid in {layer}.'
        raise DataError(where, "two classes or more", f"predictions {batch(y_pred)}", remedy)


def class_numbers(where: str, y_true: Shape, y_pred: Shape, layer: str) -> None:
    """One whole number for each vector of class probabilities, or DataError."""
    if not squeezed(y_pred):
        remedy = f'{layer} has one unit: use "binary_crossentropy" with a sigmoid, or one unit a class with a softmax.'
        raise DataError(where, "predictions (batch,classes)", batch(y_pred), remedy)
    if fits(y_true, y_pred[:-1]):
        return
    expected = f"class numbers {batch(y_pred[:-1])} for predictions {batch(y_pred)}"
    if len(y_true) == len(y_pred) and fits(y_true[:-1], y_pred[:-1]):
        units = "" if fits(y_true, y_pred) else f" Then {layer} needs {y_true[-1]} units, it has {y_pred[-1]}."
        remedy = f'The labels look one-hot: use "categorical_crossentropy", or y.argmax(-1).{units}'
    else:
        remedy = FLATTEN.format(layer) if len(y_pred) > len(squeezed(y_true)) + 1 else COMPARE
    raise DataError(where, expected, batch(y_true), remedy)


def remedy_of_shapes(y_true: Shape, y_pred: Shape, layer: str) -> str:
    """What to do when labels and predictions have different shapes."""
    if len(y_pred) and fits(y_true, y_pred[:-1]):
        n = y_pred[-1]
        return f'For class numbers 0 to {n - 1 if n else "n-1"} use "sparse_categorical_crossentropy", or to_categorical(y, {n}).'
    if len(y_pred) > max(len(y_true), 1) and (not y_true or fits(y_true[-1:], y_pred[-1:]) or y_true[-1] == 1):
        return FLATTEN.format(layer)
    if len(y_true) == len(y_pred) and fits(y_true[:-1], y_pred[:-1]) and y_true[-1] != 1:
        return f"The labels have {y_true[-1]} values a sample, {layer} has {y_pred[-1]} units: make it {y_true[-1]}."
    return COMPARE


def whole_numbers(where: str, y: np.ndarray) -> None:
    """Class numbers must be whole, or DataError."""
    if y.dtype.kind == "f" and not (np.isfinite(y).all() and (y == np.floor(y)).all()):
        odd = y[~(np.isfinite(y) & (y == np.floor(y)))].flat[0]
        remedy = "Number the classes, or use a loss for real values."
        raise DataError(where, "class numbers 0, 1, 2, ...", f"the label {odd}", remedy)
    if y.dtype.kind not in "fiub":
        remedy = "Number the classes: names, y = np.unique(y, return_inverse=True)."
        raise DataError(where, "class numbers 0, 1, 2, ...", f"labels of type {y.dtype}", remedy)


def shares(where: str, y: np.ndarray) -> None:
    """Labels between 0 and 1, or DataError."""
    if y.dtype.kind not in "fiub":
        raise DataError(where, "labels between 0 and 1", f"labels of type {y.dtype}")
    low, high = y.min(), y.max()
    if low >= 0 and high <= 1:
        return
    whole = bool(np.isfinite(y).all() and (y == np.floor(y)).all())
    if whole and low == -1 and high == 1:
        remedy = "For labels -1 and 1 use y = (y + 1) / 2, or a hinge loss."
    elif 1 < high <= 255 and low >= 0 and y.ndim > 2:
        remedy = "Pixels 0 to 255 become shares by y / 255."
    elif whole and low >= 0:
        remedy = f'For class numbers use "sparse_categorical_crossentropy" with {int(high) + 1} units and a softmax.'
    else:
        remedy = 'For real values use "mse".'
    raise DataError(where, "labels between 0 and 1", f"{low} to {high}", remedy)
