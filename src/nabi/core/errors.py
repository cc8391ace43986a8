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

    Attributes:
        parts: (where, expected, got, remedy) as texts, None for what was not given, for who says it in another language.

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
        self.parts = (where, None if expected is None else str(expected), None if expected is None else str(got), remedy)
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


class Unset(StateError, AttributeError):
    """An attribute has no value yet, such as `layer.output` before a call: `hasattr` is False, as in Keras."""


class Unwritten(StateError, NotImplementedError):
    """A base class leaves a method to the classes made of it, and this one has not written it.

    Args:
        owner: the object whose class lacks the method.
        method: the method with its arguments, as its class should write it.

    Example:
        >>> print(Unwritten(object(), "call(self, x)"))
        object.call: expected a class that writes this method, got one that leaves it open. Write call(self, x) in object.
    """

    def __init__(self, owner: object, method: str):
        name = type(owner).__name__
        super().__init__(f"{name}.{method.partition('(')[0]}", "a class that writes this method", "one that leaves it open",
                         f"Write {method} in {name}.")


class NotServed(NabiError, ImportError):
    """A module or name of Keras or TensorFlow that nabi does not have, asked for by an import."""


class UnknownName(NabiError, ValueError):
    """A name that no registry knows; the message offers the nearest ones."""


MOST_NAMES = 8  # that an error lists
NEAR = 0.51  # share of the letters of two names, in order, that one which is offered has: botom and top have half in common


def same_parts(name: str, other: str) -> bool:
    """Whether two names have the same letters in another order, or the other has all words of the first and more.

    Example:
        >>> same_parts("adma", "adam"), same_parts("sparse_crossentropy", "sparse_categorical_crossentropy"), same_parts("a", "b")
        (True, True, False)
    """
    words = name.split("_")
    return sorted(name) == sorted(other) or (len(words) > 1 and set(words) <= set(other.split("_")))


def did_you_mean(name: str, known) -> str:
    """A closing sentence that names the nearest known names, at most eight of them.

    Example:
        >>> did_you_mean("val_acc", ["loss", "val_loss", "val_accuracy"])
        "Did you mean 'val_accuracy'? Known: loss, val_accuracy, val_loss."
        >>> did_you_mean("n07", [f"n{number:02}" for number in range(30)])
        "Did you mean 'n07'? Known: n06, n07, n08, n09, n10, n17, n20, n27 and 22 more."
    """
    import difflib

    name, known = str(name), sorted(set(map(str, known)))
    if not known:
        return ""
    near = difflib.get_close_matches(name, known, n=MOST_NAMES, cutoff=NEAR if len(name) > 2 else 0.5)  # as l3 and l2
    question = f"Did you mean '{max(near, key=lambda other: same_parts(name, other))}'? " if near else ""  # else the nearest
    nearest = sorted(difflib.get_close_matches(name, known, n=MOST_NAMES, cutoff=0.0)) if len(known) > MOST_NAMES else known
    more = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    return f"{question}Known: {', '.join(nearest)}{more}."
