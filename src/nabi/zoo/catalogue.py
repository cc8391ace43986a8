"""Catalogue: networks by name: list, build, outline.

    list("resnet*")                                           which there are
    build("vgg16", input_shape=(64, 64, 3), classes=10)       one of them
    outline("vgg16")                                          its layers and shapes, without numbers in the weights
"""

from contextlib import contextmanager
from fnmatch import fnmatch
from typing import Any

import torch

from nabi.core.errors import ArgumentError, ShapeError, UnknownName, did_you_mean
from nabi.core.registry import lookup, names
from nabi.layers.chain import smallest_input
from nabi.layers.weight import supplied
from nabi.zoo.card import hyphened
from nabi.zoo.torch_weights import load_torch

PRETRAINED = ("efficientnet-lite0",)  # whose weights lie in a Python package
LARGE = 512  # side of pictures that every network takes


def list_networks(pattern: str = "*") -> list[str]:
    """Names of the networks that fit a pattern with * and ?.

    Example:
        >>> list_networks("vgg1?")
        ['vgg11', 'vgg13', 'vgg16', 'vgg19']
    """
    return sorted({name for name in map(hyphened, names("network")) if fnmatch(name, hyphened(pattern))})


def build(name: str, weights: Any = None, **options: Any):
    """A network by its name; case, underscores, hyphens and dots do not matter.

    Args:
        name: one of `list_networks()`.
        weights: None for fresh ones; a file or state_dict for `load_torch`; "imagenet" where they can be had.
        options: those of its function. Most have
            input_shape: (height, width, channels);
            classes: number of classes;
            include_top: False leaves the classifier out, so that the last maps come out;
            pooling: without the top, "avg" or "max" makes one number of each last map;
            and width, depth, growth ... where the family has them.

    Example:
        >>> build("lecture-dense").count_params()
        407050
        >>> build("vgg16", input_shape=(64, 64, 3), include_top=False, pooling="avg", width=0.25).output_shape
        (None, 128)

    Raises:
        UnknownName: no network of that name; the message offers the nearest one.
        ArgumentError: an option that it does not have. ShapeError: the input is too small; it names the layer and the least size.
    """
    known = list_networks()
    if hyphened(name) not in known:
        raise UnknownName("network", "a known network", repr(name), did_you_mean(hyphened(name), known))
    make = lookup("network", next(word for word in names("network") if hyphened(word) == hyphened(name)))
    if isinstance(weights, str) and weights == "imagenet":
        if hyphened(name) not in PRETRAINED:
            raise ArgumentError("build(weights)", f"'imagenet' for one of {', '.join(PRETRAINED)}", f"it for {hyphened(name)!r}",
                                "A file of torch's weights can be given for others: weights='file.pth'.")
        options["weights"] = weights
    try:
        model = make(**options)
    except ShapeError as error:
        size = least(make, options)
        if not error.plain or size is None:
            raise
        reason = error.plain.rstrip(".")
        raise ShapeError(f"{hyphened(name)}: {reason}. The least input of this network is {size}x{size}.") from error
    if weights is not None and "weights" not in options:
        load_torch(model, weights)
    return model


def outline(name: str, **options: Any):
    """The network without numbers in its weights: for counting, summaries and drawings, in no time. It computes nothing.

    Example:
        >>> outline("vgg16").count_params()
        138357544
    """
    with weightless():
        return build(name, **options)


@contextmanager
def weightless():
    """Within the block weights have shapes, and no memory."""
    with supplied(lambda layer, shape, dtype: torch.empty(shape, dtype=dtype, device="meta")):
        yield


def least(make: Any, options: dict[str, Any]) -> int | None:
    """Least n for which pictures of n x n pass a network; None if the options have no size of pictures."""
    shape = options.get("input_shape", ())
    if len(shape) != 3:
        return None
    with weightless():
        return smallest_input([], make(**{**options, "input_shape": (LARGE, LARGE, shape[-1])}).outputs)


def parameters(model: Any) -> int:
    """Numbers that training changes: the moving means and variances of batch normalisation are not among them.

    Example:
        >>> parameters(outline("resnet50"))
        25557032
    """
    return sum(weight.size for weight in model.trainable_weights)


def macs(model: Any) -> int | None:
    """Multiply-adds of all layers for one sample; None where sizes are open.

    What a `call` of your own computes itself is not among them, unless its layer has a method `macs`: `summary()` names these.

    Example:
        >>> macs(outline("lecture-cnn"))
        11992448
    """
    shapes = [symbol.shape for symbol in model.inputs]
    return model.macs(shapes if len(shapes) > 1 else shapes[0], model.output_shape)
