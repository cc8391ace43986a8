"""Errors: one shape for every message: where, what was expected, what came, what to do.

    Conv2D 'conv2d_1': expected 4 axes (batch, height, width, channels), got 3: (28,28) a sample. Add the channel axis: ...
"""


class NabiError(Exception):
    """Base of all errors raised by nabi.

    Args:
        where: the layer, argument, file or step that is at fault; alone, it is the whole message.
        expected: what would have been right.
        got: what came instead.
        remedy: one sentence that says what to do.

    Example:
        >>> print(NabiError("Dropout(rate)", "a share in [0, 1)", 1.5, "0.3 drops 30 % of the units."))
        Dropout(rate): expected a share in [0, 1), got 1.5. 0.3 drops 30 % of the units.
    """

    def __init__(self, where: str, expected: object = None, got: object = None, remedy: str = ""):
        message = where
        if expected is not None:
            message += f": expected {expected}, got {got}."
        if remedy:
            message += f" {remedy}"
        super().__init__(message)


class ArgumentError(NabiError, ValueError):
    """An argument has a value that cannot be meant."""


class ShapeError(NabiError, ValueError):
    """Tensors or layers do not fit together.

    Attributes:
        plain, way: where a graph has drawn the shapes that led to the error: the error without them, and they, layer by layer.
        inner: the part of `way` that lies in a nested model.
    """

    plain: str = ""
    inner: tuple[str, ...] = ()
    way: tuple[str, ...] = ()


class DataError(NabiError, ValueError):
    """The data are not what the model or loss can take."""


class FileError(NabiError, OSError):
    """A file is missing, damaged, hostile, of another kind, or cannot be written."""


class StateError(NabiError, RuntimeError):
    """A call came at the wrong time, such as `fit` before `compile`."""


class UnknownName(NabiError, ValueError):
    """A name that no registry knows; the message offers the nearest ones."""


def did_you_mean(name: str, known) -> str:
    """A closing sentence that names the nearest known names.

    Example:
        >>> did_you_mean("val_acc", ["loss", "val_loss", "val_accuracy"])
        "Did you mean 'val_accuracy'? Known: loss, val_accuracy, val_loss."
    """
    import difflib

    known = sorted(map(str, known))
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    question = f"Did you mean '{near[0]}'? " if near else ""
    return f"{question}Known: {', '.join(known)}."
