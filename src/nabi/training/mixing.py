"""Mixing: batches whose pictures, labels and weights are blended in pairs before the step: `fit(x, y, mix=MixUp(0.2))`.

    (x, t, w)[n]  ->  (varied(x), s t[n] + (1 - s) t[order[n]], s w[n] + (1 - s) w[order[n]])      s, order: see `layers.mixing`

Draws are f(the model's seed, how many batches were mixed), which the model counts and its checkpoints keep: exact after a resume.
"""

from typing import Any

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.pieces import plain
from nabi.core.random import Key
from nabi.core.shapes import as_text
from nabi.data import Batch
from nabi.layers.mixing import Mixing, blended, shares
from nabi.losses import SparseCategoricalCrossentropy

INDEX = 2**24 - 1  # in the place of a layer's index in the graph, where no layer is
ROWS = "Class numbers become rows by nabi.utils.to_categorical(y), for loss='categorical_crossentropy'."


def check_mix(mix: Any, own_step: bool) -> Mixing | None:
    """The layer itself, or None.

    Raises ArgumentError: another thing; a train_step of the user's own, whose data may be of any form.
    """
    if mix is not None and not isinstance(mix, Mixing):
        raise ArgumentError("fit(mix)", "MixUp(...), CutMix(...) or None", repr(mix), "Write mix=nabi.layers.MixUp(0.2).")
    if mix is not None and own_step:
        raise ArgumentError("fit(mix)", "None with a train_step of your own", repr(mix),
                            "Call the layer there: layer({'images': x, 'labels': y}).")
    return mix


def check_loss(trainer) -> None:
    """Raises ArgumentError where the loss takes class numbers, between which there is nothing."""
    for loss in trainer.objective.losses:
        if isinstance(loss, SparseCategoricalCrossentropy):
            raise ArgumentError("fit(mix)", "a loss on rows of shares, between which labels can be blended", loss.name, ROWS)


def settings(layer: Mixing | None) -> dict[str, Any] | None:
    """What the draws depend on besides the model: the kind of the layer and its arguments, as plain data; None for no layer."""
    if layer is None:
        return None
    return {"kind": type(layer).__name__, **plain({name: value for name, value in layer.get_config().items() if name != "name"})}


def mixed(batch: Batch, layer: Mixing, key: Key, shape: tuple) -> Batch:
    """One batch, blended; `shape` is that of one sample of the output.

    Raises:
        ShapeError: inputs that are no pictures, several of them, labels that are no rows of shares, or not of the output's shape.
    """
    if len(batch.x) != 1 or batch.x[0].ndim != 4 or len(batch.y) != 1:
        shapes = [tuple(t.shape) for t in (*batch.x, *batch.y)]
        raise ShapeError("fit(mix)", "one input of pictures (batch, height, width, channels) and one of labels", shapes)
    x = layer.brought(batch.x[0])
    order, s, *others = layer.draws(x, key)
    labels = blended(shares("fit(mix), y", batch.y[0], len(x), x.dtype), order, s)
    if labels.ndim != len(shape) + 1 or any(n not in (None, m) for m, n in zip(labels.shape[1:], shape, strict=True)):
        raise ShapeError("fit(mix), y", f"shares in the output's shape {as_text((None, *shape))}", as_text(labels.shape), ROWS)
    weights = [None if w is None else blended(w if w.is_floating_point() else w.to(x.dtype), order, s) for w in batch.w]
    return Batch([layer.varied(x, order, s, *others)], [labels], weights, batch.numbers)
