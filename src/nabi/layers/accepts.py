"""Accepts: the shape that a first layer is told, and what a layer declares of its inputs, held against the shapes that come.

    rank, min_rank, takes_list, fixed_axes        see `Layer`
"""

from typing import Any

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import whole
from nabi.core.shapes import Shape, as_text, sample_shape

AXES = {2: "(batch, features)", 3: "(batch, steps, features)", 4: "(batch, height, width, channels)"}


def first_shape(where: str, input_shape: Any, input_dim: Any, batch_input_shape: Any) -> Shape | None:
    """A sample's shape, in whichever of Keras' three ways it was given to the first layer; None for none."""
    if input_dim is not None:
        return (int(whole(f"{where}(input_dim)", input_dim, least=1)),)
    if batch_input_shape is None:
        return None if input_shape is None else sample_shape(f"{where}(input_shape)", input_shape)
    if not isinstance(batch_input_shape, (tuple, list)) or not batch_input_shape:
        raise ArgumentError(f"{where}(batch_input_shape)", "a tuple with the batch axis first", repr(batch_input_shape),
                            "(None, 28, 28, 1) leaves the batch size open.")
    return sample_shape(f"{where}(batch_input_shape)", batch_input_shape[1:])


def check_shapes(layer: Any, shapes: list[Shape]) -> None:
    """Raises ShapeError where the shapes are not what the layer declares, or was built for."""
    if not layer.takes_list and len(shapes) != 1:
        raise ShapeError(layer.label, "one input", f"{len(shapes)} of them", "Concatenate() or Add() joins several.")
    for shape in shapes:
        if layer.rank is not None and len(shape) != layer.rank:
            raise ShapeError(layer.label, f"{layer.rank} axes {AXES.get(layer.rank, '')}".rstrip(),
                             f"{len(shape)}: {as_text(shape)} a sample", rank_remedy(layer.rank, shape))
        if len(shape) < layer.min_rank:
            remedy = "A shape is no data: Input((28, 28)) makes what a layer reads." if len(shape) == 1 else ""
            raise ShapeError(layer.label, f"at least {layer.min_rank} axes", f"{len(shape)}: {as_text(shape)} a sample", remedy)
    if layer.built and layer.built_shape is not None and not layer.takes_list:
        was, now = layer.built_shape, shapes[0]
        changed = [a for a in layer.fixed_axes if was[a] != now[a]] if layer.weights and len(was) == len(now) else []
        if changed:
            what = "channels or features" if changed[0] in (-1, len(now) - 1) else f"places on axis {changed[0]}"
            raise ShapeError(layer.label, f"{was[changed[0]]} {what} as it was built with", now[changed[0]],
                             f"It was built for {as_text(was)}; this input is {as_text(now)}.")


def rank_remedy(rank: int, shape: Shape) -> str:
    """What to do about an input with the wrong number of axes."""
    if rank == 4 and len(shape) == 3:
        if shape[-1] in (1, 3):
            return "For one picture add the batch axis: x[None]."
        return "Add the channel axis: x[..., None], and input_shape=(height, width, 1)."
    if rank == 3 and len(shape) == 2:
        return "Add the axis of features: x[..., None], and input_shape=(steps, 1)."
    if rank == 4 and len(shape) == 2:
        return "Put it before Flatten() and Dense(), behind which there is no height and width."
    return ""
