"""Remembering: the functions and classes of models that this process wrote, so that it can read them again.

    model = Sequential([..., Lambda(lambda x: x / 255)]);  model.save("m.h5");  load_model("m.h5")

A file holds no code: for a function without a name it says unnamed_1. The process that wrote it has that function; any other is
told to pass it in by the layer's name, as `load_model(path, custom_objects={"lambda": ...})`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nabi.as_keras.dressing.registering import get_custom_objects
from nabi.layers.function import keeping
from nabi.models.saving import own_classes

LONGEST = 4096  # letters of a path; what is longer is a model's JSON
_known: dict[str, dict[str, Any]] = {}


@contextmanager
def remembering(model: Any, path: str) -> Iterator[None]:
    """Within the block a model is written to this path."""
    with keeping() as functions:
        yield
    remember(os.path.abspath(path), own_classes(model) | functions)


def remember(key: str, things: dict[str, Any]) -> None:
    """Keeps things by a path or a text."""
    if things:
        _known[key] = things
    else:
        _known.pop(key, None)


def remembered(key: Any, custom_objects: Any = None) -> dict[str, Any]:
    """What is known of a path or a text, what a scope names, and what is given."""
    if not isinstance(key, (str, os.PathLike)):
        return {**get_custom_objects(), **(custom_objects or {})}
    text = os.fspath(key)
    known = _known.get(text) or (_known.get(os.path.abspath(text)) if len(text) < LONGEST else None)
    return {**(known or {}), **get_custom_objects(), **(custom_objects or {})}


def forget() -> None:
    """Nothing is known any more."""
    _known.clear()
