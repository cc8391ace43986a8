"""Channels first: layers of pictures (batch, channels, height, width), for scripts that say "channels_first" or "th".

    call(x) = first(layer(last(x)))         last: (N, C, H, W) -> (N, H, W, C), first: the way back; both are views

An object is given a class made of its own and of `ChannelsFirst`; it computes without fused kernels.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import torch

from nabi.as_keras.patches import Patches
from nabi.backend import image_data_format
from nabi.core.pieces import arguments
from nabi.layers import Layer
from nabi.layers.dropout import Dropping
from nabi.layers.mixing import Mixing

ONE_ORDER = ("ConvLSTM", "GaussianDropout")  # beginnings of classes that know channels last only
_within: list[int] = [0]  # how many of nabi's constructors are running


class ChannelsFirst:
    """What such a layer does otherwise: shapes and tensors are turned on the way in and out."""

    fixed_axes = (1,)

    def build(self, input_shape: Any) -> None:
        """The weights of the layer for pictures with the channels last."""
        super().build(last(input_shape))  # type: ignore[misc]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape with the channels behind the batch."""
        made = super().compute_output_shape(last(input_shape))  # type: ignore[misc]
        return first(made) if len(made) == len(input_shape) else made

    def both(self, images: Any, labels: Any, training: bool | None) -> tuple[Any, Any]:
        """Pictures and labels of a dict; `call` turns the pictures, but where they are mixed by themselves."""
        if not isinstance(self, Mixing):
            return super().both(images, labels, training)  # type: ignore[misc]
        made, labels = super().both(torch.as_tensor(images).movedim(1, -1), labels, training)  # type: ignore[misc]
        return made.movedim(-1, 1), labels

    def get_config(self) -> dict[str, Any]:
        """The layer's arguments; a file names its own class, which the order of axes turns again."""
        return {**super().get_config(), "data_format": "channels_first"}  # type: ignore[misc]

    def macs(self, input_shape: Any, output_shape: Any) -> Any:
        """Multiply-adds do not depend on the order of axes."""
        turned = last(output_shape) if len(output_shape) == len(input_shape) else output_shape
        return super().macs(last(input_shape), turned)  # type: ignore[misc]


class MapsFirst:
    """What a dropout of whole maps (batch, channels, height, width) does otherwise."""

    fixed_axes = (1,)

    def mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """(N, C, H, W) -> (N, C, 1, 1): one number for all places of a channel."""
        return shape[0], shape[1], *[1] * (len(shape) - 2)

    def get_config(self) -> dict[str, Any]:
        """The layer's arguments, and the order of axes."""
        return {**super().get_config(), "data_format": "channels_first"}  # type: ignore[misc]


def last(shape: Any) -> tuple:
    """(N, C, H, W) -> (N, H, W, C)."""
    return (shape[0], *shape[2:], shape[1])


def first(shape: Any) -> tuple:
    """(N, H, W, C) -> (N, C, H, W)."""
    return (shape[0], shape[-1], *shape[1:-1])


@cache
def turned_class(kind: type) -> type:
    """The class of a layer with its channels first."""
    body = {"__module__": kind.__module__, "stands_for": kind}
    if issubclass(kind, Dropping):
        return type(kind.__name__, (MapsFirst, kind), body)
    return type(kind.__name__, (ChannelsFirst, kind), {**body, "call": between(kind.call)})


def between(call: Callable) -> Callable:
    """A layer's `call` between two turns; it takes what the layer's own takes."""

    @wraps(call)
    def turned(self: Any, x: torch.Tensor, *args: Any, **options: Any) -> torch.Tensor:
        y = call(self, x.movedim(1, -1), *args, **options)
        return y.movedim(-1, 1) if y.ndim == x.ndim else y

    return turned


@contextmanager
def within() -> Iterator[None]:
    """While a constructor of nabi's runs: the layers that it makes for itself stay as they are."""
    _within[0] += 1
    try:
        yield
    finally:
        _within[0] -= 1


def asked_for(kind: type, options: dict[str, Any]) -> bool:
    """Whether a layer's arguments, or the program's setting, mean channels first; the argument is taken out.

    The setting is meant for pictures and volumes: sequences had the channels last in Keras 2 whatever it said.
    """
    if not issubclass(kind, Layer) or "data_format" not in arguments(kind) or issubclass(kind, (ChannelsFirst, MapsFirst)):
        return False
    given = options.get("data_format")
    by_setting = given is None and not _within[0] and getattr(kind, "dims", 2) > 1 and kind.rank != 3
    if given != "channels_first" and not (by_setting and image_data_format() == "channels_first"):
        return False
    if kind.__name__.startswith(ONE_ORDER):  # what knows one order only refuses the other
        options["data_format"] = "channels_first"
        return False
    options.pop("data_format", None)
    return True


def in_order(load: Callable) -> Callable:
    """A set's `load_data`, whose pictures have the order of axes that the program has set."""

    @wraps(load)
    def load_data(*args: Any, **options: Any) -> Any:
        (x, y), (x_test, y_test) = load(*args, **options)
        if image_data_format() == "channels_first":
            x, x_test = x.transpose(0, 3, 1, 2), x_test.transpose(0, 3, 1, 2)
        return (x, y), (x_test, y_test)

    return load_data


def dress_pictures(patches: Patches) -> None:
    """Lets generators and functions of pictures take the order of axes that the program has set."""
    from nabi.preprocessing import arrays_flow, files_flow, folders, generator, pixels

    for module in (arrays_flow, files_flow, folders, generator, pixels):
        patches.around(module, "checked_format", by_setting)


def by_setting(check: Callable) -> Callable:
    """The check of a `data_format`, where None is the program's setting."""

    @wraps(check)
    def checked_format(where: str, data_format: str | None) -> str:
        return check(where, image_data_format() if data_format is None else data_format)

    return checked_format
