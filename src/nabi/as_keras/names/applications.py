"""Applications: networks of Keras 2 that neither Keras 3 nor nabi have: scripts that list them import them and build none."""

from typing import Any, NoReturn

from nabi.core.errors import NotServed

REGNETS = ("002", "004", "006", "008", "016", "032", "040", "064", "080", "120", "160", "320")
INSTEAD = {
    **{f"ResNetRS{size}": "ResNet50V2" for size in (50, 101, 152, 200, 270, 350, 420)},
    **{f"RegNet{kind}{size}": "EfficientNetV2B0" for kind in "XY" for size in REGNETS},
}  # fmt: skip


def missing(name: str) -> Any:
    """A function in the place of a network that nabi does not have."""

    def build(*args: Any, **options: Any) -> NoReturn:
        raise NotServed(f"keras.applications.{name} is not part of nabi. Take {INSTEAD[name]}, which is near to it.")

    build.__name__ = name
    return build


def _obtain_input_shape(input_shape: Any, default_size: int = 224, min_size: int = 32, data_format: Any = None,
                        require_flatten: bool = True, weights: Any = None, include_top: bool = True) -> tuple:
    """The shape of one picture that a network of Keras 2 is built for."""
    sides = default_size if require_flatten or include_top else None
    return tuple(input_shape) if input_shape else (sides, sides, 3)


obtain_input_shape = _obtain_input_shape
globals().update({name: missing(name) for name in INSTEAD})
__all__ = [*INSTEAD, "obtain_input_shape"]
