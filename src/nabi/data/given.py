"""Given: the feed for what `fit`, `evaluate` or `predict` was given.

    arrays                        ArrayFeed
    pictures on the disk          MappedFeed      (a part of a set, or its pictures)
    batches by number             NumberedFeed
    what can be iterated          IterableFeed
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.core.rows import Part, Rows
from nabi.data.batch import as_list, weights_for
from nabi.data.feeds import ArrayFeed, Feed, IterableFeed, NumberedFeed, is_iterable_source, is_numbered
from nabi.data.mapped import MappedFeed


def make_feed(x: Any, y: Any, sample_weight: Any, batch_size: int | None, inputs: list[str], outputs: list[str]) -> Feed:
    """The feed for what `fit`, `evaluate` or `predict` was given; a part of a set of pictures brings its own labels.

    Raises:
        ArgumentError: y or sample_weight beside a generator, a torch Dataset. DataError, ShapeError: arrays that cannot be used.
    """
    if isinstance(x, torch.utils.data.Dataset):
        raise ArgumentError("x", "arrays, or a source of batches", f"a {type(x).__name__}, which gives samples",
                            "Wrap it: torch.utils.data.DataLoader(dataset, batch_size=32, shuffle=True).")
    if is_iterable_source(x):
        for name, value in (("y", y), ("sample_weight", sample_weight)):
            if value is not None:
                raise ArgumentError(name, "None, since x gives (x, y) or (x, y, sample_weight) itself", type(value).__name__)
        return (NumberedFeed if is_numbered(x) else IterableFeed)(x, inputs, outputs)
    x, y = opened(x, y)
    refuse_whole_set(x)
    targets = as_list(y, outputs, "y", 1)
    if isinstance(x, Rows):
        return MappedFeed(x, targets, weights_for(sample_weight, outputs, len(targets)), batch_size)
    return ArrayFeed(as_list(x, inputs, "x"), targets, weights_for(sample_weight, outputs, len(targets)), batch_size)


def refuse_whole_set(x: Any) -> None:
    """Raises ArgumentError for a set of several parts, of which one is learned and another one judges."""
    if any(isinstance(getattr(x, name, None), Part) for name in ("train", "test")):
        raise ArgumentError("x", "one part of the set", f"the whole {type(x).__name__}",
                            "Write fit(s.train, validation_data=s.validation) and evaluate(s.test).")


def opened(x: Any, y: Any) -> tuple[Any, Any]:
    """Pictures and labels of a part of a set; everything else as it is.

    Raises:
        ArgumentError: y beside a part, which has its own.
    """
    if not isinstance(x, Part):
        return x, y
    if y is not None:
        raise ArgumentError("y", "None, since x is a Part with labels of its own", type(y).__name__,
                            "With others: fit(part.x, y).")
    return x.x, x.y
