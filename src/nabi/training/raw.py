"""Raw: batches for a train_step of the user's own: in the form in which the data were given, as tensors.

    fit(x)          data is x: a tensor, or the list or dict of tensors that x is
    fit(x, y)       data is (x, y), with sample weights (x, y, w)
    fit(source)     data is what the source gives; a list of two or three parts is a tuple

Source: Keras 3, trainers/data_adapters/data_adapter_utils.py (`pack_x_y_sample_weight`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from nabi.core.errors import DataError
from nabi.core.rows import Rows
from nabi.data import (
    ArrayFeed,
    Batch,
    Feed,
    IterableFeed,
    MappedFeed,
    NumberedFeed,
    as_list,
    is_iterable_source,
    make_feed,
    opened,
    weights_for,
)
from nabi.data.batch import as_tensor
from nabi.models.written import Given


class Raw(NamedTuple):
    """One batch: the data, and how many samples they are."""

    data: Any
    size: int


class RawNumbered(NumberedFeed):
    """Numbered batches, handed on in their own form."""

    def read(self, item: Any) -> Any:
        return raw(item)


class RawIterable(IterableFeed):
    """Batches as they come, handed on in their own form."""

    def read(self, item: Any) -> Any:
        return raw(item)


def raw(item: Any) -> Raw:
    """What a source gave, with tensors for arrays."""
    data = tensors(tuple(item) if isinstance(item, list) and len(item) <= 3 else item)
    first = first_leaf(data)
    if first is None or not len(first):
        raise DataError("generator", "at least one sample a batch", "an empty batch")
    return Raw(data, len(first))


def tensors(value: Any) -> Any:
    """Tensors for the arrays in a tuple, list or dict."""
    if isinstance(value, (tuple, list)):
        return type(value)(tensors(part) for part in value)
    if isinstance(value, dict):
        return {name: tensors(part) for name, part in value.items()}
    return None if value is None else as_tensor(value, "generator")


def first_leaf(value: Any) -> torch.Tensor | None:
    """The first tensor in a tuple, list or dict."""
    if isinstance(value, (tuple, list, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return next((leaf for part in parts if (leaf := first_leaf(part)) is not None), None)
    return value


def mapped(value: Any, function: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """A function of every tensor in a tuple, list or dict."""
    if isinstance(value, (tuple, list)):
        return type(value)(mapped(part, function) for part in value)
    if isinstance(value, dict):
        return {name: mapped(part, function) for name, part in value.items()}
    return function(value) if isinstance(value, torch.Tensor) else value


def unpacked(data: Any) -> tuple[Any, Any, Any]:
    """x, y and sample weights of what a step is given; None for what is not there.

    Example:
        >>> unpacked((1, 2)), unpacked([1, 2])
        ((1, 2, None), ([1, 2], None, None))
    """
    parts = data if isinstance(data, tuple) and len(data) <= 3 else (data,)
    x, y, w = [*parts, None, None][:3]
    return x, y, w


class Forms:
    """How x, y and sample weights were given: one array, a list of them, or a dict; and the way back from a batch.

    One array of weights serves each part of y, in y's form. Weights in a list or dict keep their order, and None its place.

    Args:
        x, y, w: as `fit` was given them, where that is known; a form that is not known is an array for one, else a list.
    """

    def __init__(self, x: Any = None, y: Any = None, w: Any = None):
        self.x, self.y, given = (None if side is None else Given.of_data(side) for side in (x, y, w))
        self.w = self.y if given is not None and given.one and self.y is not None else given

    def raw(self, batch: Batch) -> Raw:
        """A batch in the form of the data."""
        x, y = arranged(self.x, batch.x), arranged(self.y, batch.y)
        if any(part is not None for part in batch.w):
            return Raw((x, y, arranged(self.w, batch.w)), batch.size)
        return Raw(x if y is None else (x, y), batch.size)


def raw_feed(x: Any, y: Any = None, w: Any = None, batch_size: int | None = None) -> tuple[Feed, Forms | None]:
    """The feed of a step of one's own, and the form of its arrays."""
    x, y = opened(x, y)
    if is_iterable_source(x):
        plain = make_feed(x, y, w, batch_size, [], [])
        return (RawNumbered if isinstance(plain, NumberedFeed) else RawIterable)(x, [], []), None
    forms = Forms(x, y, w)
    targets = [] if forms.y is None else as_list(y, names_of(forms.y), "y")
    weights = [None] * len(targets) if forms.w is None else weights_for(w, names_of(forms.w), len(forms.w.shapes))
    if isinstance(x, Rows):
        return MappedFeed(x, targets, weights, batch_size), forms
    inputs = [] if forms.x is None else as_list(x, names_of(forms.x), "x")
    return ArrayFeed(inputs, targets, weights, batch_size), forms


def arranged(form: Given | None, parts: list) -> Any:
    """Parts in a form; None where there are none."""
    if not parts:
        return None
    return form.arranged(parts) if form is not None else parts[0] if len(parts) == 1 else list(parts)


def names_of(form: Given) -> list[str]:
    """A name for each part."""
    return list(form.names or [f"part {number}" for number in range(len(form.shapes))])
