"""Channels first: layers of pictures (batch, channels, height, width), for scripts that say "channels_first" or "th".

    call(x) = first(layer(last(x)))         last: (N, C, H, W) -> (N, H, W, C), first: the way back; both are views

An object is given a class made of its own and of `ChannelsFirst`; it computes without fused kernels.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from nabi.as_keras.patches import Patches
from nabi.backend import image_data_format
from nabi.layers import CenterCrop, Flatten, Layer, Resizing, SpatialDropout2D

HOMES = ("convolution", "depthwise", "transposed", "pooling", "global_pooling", "padding", "upsampling", "local")
OF_PICTURES = tuple(f"nabi.layers.{home}" for home in HOMES)
OTHERS = Flatten, Resizing, CenterCrop, SpatialDropout2D  # layers of pictures in other modules


class ChannelsFirst:
    """What such a layer does otherwise: shapes and tensors are turned on the way in and out."""

    fixed_axes = (1,)

    def build(self, input_shape: Any) -> None:
        """The weights of the layer for pictures with the channels last."""
        super().build(last(input_shape))  # type: ignore[misc]

    def call(self, x: Any) -> Any:
        """The layer between two turns."""
        y = super().call(x.movedim(1, -1))  # type: ignore[misc]
        return y.movedim(-1, 1) if y.ndim == x.ndim else y

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape with the channels behind the batch."""
        made = super().compute_output_shape(last(input_shape))  # type: ignore[misc]
        return first(made) if len(made) == len(input_shape) else made

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
    does = MapsFirst if issubclass(kind, SpatialDropout2D) else ChannelsFirst
    return type(kind.__name__, (does, kind), {"__module__": kind.__module__, "stands_for": kind})


def asked_for(kind: type, options: dict[str, Any]) -> bool:
    """Whether a layer's arguments, or the program's setting, mean channels first; the argument is taken out."""
    if not issubclass(kind, Layer) or "data_format" not in options and image_data_format() == "channels_last":
        return False
    of_pictures = issubclass(kind, OTHERS) or any(base.__module__ in OF_PICTURES for base in kind.__mro__)
    given = options.get("data_format")
    if given != "channels_first" and (given is not None or image_data_format() == "channels_last"):
        return False
    if not of_pictures:  # what knows one order only refuses the other, if it is told it
        return False
    options.pop("data_format", None)
    return not issubclass(kind, (ChannelsFirst, MapsFirst)) and (given is not None or getattr(kind, "dims", 2) == 2)


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
