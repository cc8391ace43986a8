"""Naming: what the weights of a model are called in a file, and which array of a file belongs to which weight.

    conv2d/kernel    encoder/dense/bias    dense#2/kernel (a second layer of the same name beside the first)
    block/conv/kernel                      of the layer in the attribute `conv` of a layer
    scale    encoder/scale                 of a model with a weight of its own
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.layers.inside import local_names
from nabi.layers.weight import Weight

SHOWN = 8  # names listed in an error
MOST_COMPARED = 2000  # names; comparing lists in order takes the square of their length


def is_model(layer: Any) -> bool:
    """A model is a layer that can be compiled."""
    return hasattr(layer, "compile")


def checked_names(where: str, names: Any, classes: int) -> list[str]:
    """Names of so many classes as a list; one sigmoid unit tells two classes apart.

    Example:
        >>> checked_names("transfer(class_names)", ("no", "yes"), 1)
        ['no', 'yes']

    Raises:
        ArgumentError: they are no texts, or more or fewer than the classes.
    """
    wanted = max(2, classes)
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise ArgumentError(where, f"a list of {wanted} names", repr(names))
    found = list(names)
    if len(found) != wanted or not all(isinstance(name, str) for name in found):
        raise ArgumentError(where, f"{wanted} names, one a class", f"{len(found)}: {found[:SHOWN]}",
                            "They are texts, in the order of the classes' numbers.")
    return [str(name) for name in found]


def check_card(model: Any) -> None:
    """Whether a model with one output has as many classes as its card names.

    Raises:
        ArgumentError: it has others.
    """
    names = model.card.get("class_names")
    if names is not None and model.graph is not None and len(model.outputs) == 1 and model.outputs[0].shape[-1] is not None:
        checked_names(f'save of {model.label}: model.card["class_names"]', names, model.outputs[0].shape[-1])


def named_weights(model: Any) -> dict[str, Weight]:
    """Each weight of a model once, under `<layer>/<weight>` or `<model>/<layer>/<weight>`, in the model's order.

    Example:
        >>> import nabi
        >>> list(named_weights(nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2, name="out")])))
        ['out/kernel', 'out/bias']
    """
    found: dict[str, Weight] = {}
    seen: set[int] = set()

    def enter(holder, layers, prefix: str) -> None:
        used: set[str] = set()
        for weight in holder.own_weights if holder is not None else ():  # of a class with weights of its own
            if id(weight) not in seen:
                seen.add(id(weight))
                found[unused(f"{prefix}{weight.name}", found)] = weight
        for layer in layers:
            if layer.weights:
                key = unused(layer.name, used)
                used.add(key)
                if is_model(layer):
                    enter(layer, layer.layers, f"{prefix}{key}/")
                    continue
                for name, weight in local_names(layer).items():
                    if id(weight) not in seen:
                        seen.add(id(weight))
                        found[unused(f"{prefix}{key}/{name}", found)] = weight

    enter(model if is_model(model) else None, model.layers if is_model(model) else [model], "")
    return found


def unused(name: str, used) -> str:
    """The name, or with `#2`, `#3`, ... behind it if it is taken."""
    number, free = 2, name
    while free in used:
        number, free = number + 1, f"{name}#{number}"
    return free


def paired(weights: Mapping[str, Weight], shapes: Mapping[str, tuple[int, ...]], where: str) -> dict[str, str]:
    """For each weight the name of its array: the same, or the same but for running numbers (dense_3 for dense) in the same order.

    Args:
        weights: the model's weights by name.
        shapes: shapes of the file's arrays by name.
        where: beginning of errors.

    Raises:
        ShapeError: the names fit, some shapes do not. FileError: names are missing or left over. All of them are listed.
    """
    pairs = found(list(weights), list(shapes))
    missing = [f"'{name}' {weights[name].shape}" for name in weights if name not in pairs]
    left = set(shapes) - set(pairs.values())
    extra = [f"'{name}' {shape}" for name, shape in shapes.items() if name in left]
    different = [f"'{name}' is {weights[name].shape} in the model and {shapes[source]} in the file"
                 for name, source in pairs.items() if weights[name].shape != shapes[source]]
    expected, remedy = f"arrays for the model's {len(weights)} weights", "Nothing was changed. Build the model as the saved one."
    titles = (("missing in the file", missing), ("not in the model", extra), ("of another shape", different))
    said = "; ".join(listed(title, names) for title, names in titles if names)
    if missing or extra:
        raise FileError(where, expected, said, remedy)
    if different:
        raise ShapeError(where, expected, said, remedy)
    return pairs


def found(names: list[str], sources: list[str]) -> dict[str, str]:
    """Which of the file's names belongs to which of the model's; some may have none.

    Example:
        >>> found(["dense_3/kernel", "dense_4/kernel"], ["dense/kernel", "dense_1/kernel"])
        {'dense_3/kernel': 'dense/kernel', 'dense_4/kernel': 'dense_1/kernel'}
    """
    plain, theirs = [unnumbered(name) for name in names], [unnumbered(name) for name in sources]
    if set(names) != set(sources) and plain == theirs:
        return dict(zip(names, sources, strict=True))
    if set(names) & set(sources) or len(names) + len(sources) > MOST_COMPARED:
        return {name: name for name in set(sources).intersection(names)}
    blocks = SequenceMatcher(None, plain, theirs, autojunk=False).get_matching_blocks()
    return {names[i + k]: sources[j + k] for i, j, length in blocks for k in range(length)}


def listed(title: str, names: list[str]) -> str:
    """The first names after a title."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{title}: {', '.join(names[:SHOWN])}{more}"


def unnumbered(name: str) -> str:
    """`dense_3/kernel -> dense/kernel`: without the running numbers that layers get when no name is given."""
    return re.sub(r"_\d+(?=/)", "", name)
