"""Forms: how the tensors of a call stand among its arguments, so that it can be made again: in copies and from files.

    Attend()(query, states, scale=2.0)      ((Place(0), Place(1)), {"scale": 2.0})                  noted by the node
    in nabi's files                         {"args": [{"tensor": 0}, {"tensor": 1}], "kwargs": {"scale": 2.0}}
    in Keras' files                         the same with Keras' words for tensors

Layers of nabi's are called on one tensor or on a list; only a `call` of the user's has a form.
"""

from typing import Any

from nabi.core.errors import FileError
from nabi.core.pieces import plain
from nabi.layers.layer import Layer
from nabi.layers.node import Place, exchanged, filled

TENSOR = "tensor"


def again(layer: Layer, symbols: list, form: Any = None, training: bool | None = None) -> tuple[tuple, dict[str, Any]]:
    """The arguments with which a layer is called on symbols: as the form says, or on the one symbol, or on their list."""
    if form is not None:
        return filled(form, symbols)
    return (symbols if layer.takes_list or len(symbols) > 1 else symbols[0],), {} if training is None else {"training": training}


def written(form: Any, tensors: list) -> dict[str, Any]:
    """A form as plain data, with these words for its tensors. Raises ArgumentError for other arguments that are not plain."""
    args, kwargs = exchanged(form, lambda leaf: leaf if isinstance(leaf, Place) else plain(leaf))
    return {"args": list(filled(args, tensors)), "kwargs": filled(kwargs, tensors)}


def entry(form: Any) -> dict[str, Any]:
    """A form in nabi's files."""
    most = max((leaf.number for leaf in leaves(form) if isinstance(leaf, Place)), default=-1)
    return written(form, [{TENSOR: number} for number in range(most + 1)])


def from_entry(given: Any, layer: Layer, count: int) -> Any:
    """The form that `entry` wrote, of a call on `count` tensors; None for none.

    Raises:
        FileError: it is none, or of a layer that has no form.
    """
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("args"), list) or not isinstance(given.get("kwargs"), dict):
        raise FileError("model configuration", "the arguments of a call", repr(given)[:80])
    if not layer.own_code:
        raise FileError(f"model configuration, {layer.label}", "a call on tensors alone", repr(given)[:80])

    def read(part: Any) -> Any:
        if isinstance(part, dict) and set(part) == {TENSOR}:
            number = part[TENSOR]
            if type(number) is not int or not 0 <= number < count:
                raise FileError("model configuration", f"one of {count} tensors of a call", repr(part)[:80])
            return Place(number)
        if isinstance(part, dict):
            return {name: read(value) for name, value in part.items()}
        return [read(value) for value in part] if isinstance(part, list) else part

    return tuple(read(given["args"])), read(given["kwargs"])


def leaves(form: Any) -> list:
    """All values of a form."""
    found: list = []
    exchanged(form, found.append)
    return found
