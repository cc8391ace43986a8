"""Applications: networks of Keras that nabi does not have: they can be imported, as scripts do that list them all, not built."""

from typing import Any, NoReturn

from nabi.core.errors import NotServed

INSTEAD = {
    "InceptionResNetV2": "InceptionV3", "MobileNetV3Small": "MobileNetV2", "MobileNetV3Large": "MobileNetV2",
    "NASNetMobile": "MobileNetV2", "NASNetLarge": "Xception",
    **{f"EfficientNetV2{size}": "EfficientNetB0" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")},
    **{f"ConvNeXt{size}": "ResNet50V2" for size in ("Tiny", "Small", "Base", "Large", "XLarge")},
    **{f"ResNetRS{size}": "ResNet50V2" for size in (50, 101, 152, 200, 270, 350, 420)},
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
