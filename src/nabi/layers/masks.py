"""Masks: which time steps count, and which only fill a sequence up to the length of the others.

    x: (N, T, ...)        mask: (N, T), True where a step counts

    tokens --> Embedding --> LSTM --> Dense --> loss, metrics
        `----> mask -----------^ ............... ^

Three things a layer may do with masks, all named as in Keras:

    compute_mask(x, mask)       makes the mask of its output: `Embedding(mask_zero=True)`, `Masking`; or joins several: `Add`
    supports_masking = True     hands the mask of its input on as it is: `Dense`, `Dropout`. Other layers lose it, with a warning
    call(x, ..., mask=None)     reads the mask: recurrent layers, pooling over time, batch normalisation

**In a model** nothing of this is looked at while it computes. A mask is one more tensor on its way through the flat graph, with a
slot of its own, and which slots have masks is found once, when the graph is made (`nabi.models.masks`): by calling `compute_mask`
on zeros of the right shapes. A mask that comes back unchanged shares the slot of the one that went in; a new one becomes an op of
the plan. So a model without masks has no slot, no op and no question more than if there were no masks at all, and the layers
between a mask and its reader are fused as ever. Losses and metrics take the mask of the output that they are of.

**Outside a graph**, where layers are called on tensors by hand or in a `call` of one's own, a mask rides on its tensor as an
attribute, as in Keras, or is given: `lstm(x, mask=mask)`; a loss or metric that is called on the tensor reads it there. In a
graph the masks that layers inside a layer of one's own, or inside a `call` that is one op, leave on its outputs go on from there,
as in Keras; those of its inputs it hands on by its own `compute_mask`.

Source: Keras 3, layers/layer.py (`_set_mask_metadata`), backend/common/masking.py.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.masks import ATTRIBUTE, mask_on
from nabi.core.warning import warn

Masks = Sequence[torch.Tensor | None]


def carried(tensors: Sequence[Any]) -> list[torch.Tensor | None]:
    """The masks that ride on these tensors."""
    return [mask_on(tensor) for tensor in tensors]


def carry(tensors: Sequence[torch.Tensor], masks: Masks) -> None:
    """Lets the masks ride on the tensors."""
    for tensor, mask in zip(tensors, masks, strict=True):
        if mask is not None:
            setattr(tensor, ATTRIBUTE, mask)


def as_masks(layer: Any, mask: Any, inputs: int) -> list[torch.Tensor | None]:
    """A mask that was given by hand, or a list of them, as one for each input; inputs behind the last have none.

    Raises:
        ArgumentError: the layer has no use for a mask.
    """
    if not layer.hands_masks_on and not layer.reads_mask(inputs):
        raise ArgumentError(f"{layer.label}(mask=...)", "no mask, since this layer has no use for one", type(mask).__name__)
    several = list(mask) if isinstance(mask, (list, tuple)) and layer.takes_list else [mask]
    arrays = [np.asarray(one) if isinstance(one, list) else one for one in several]
    masks = [None if one is None else torch.as_tensor(one).bool() for one in arrays]
    return [*masks, *[None] * inputs][:inputs]


def some(masks: Masks) -> bool:
    """Whether there is a mask among them."""
    return any(mask is not None for mask in masks)


def output_masks(layer: Any, inputs: Sequence[torch.Tensor], masks: Masks, outputs: int) -> list[torch.Tensor | None]:
    """The masks of a layer's outputs from those of its inputs.

    Example:
        >>> import nabi
        >>> tokens = torch.tensor([[5, 3, 0]])
        >>> output_masks(nabi.layers.Embedding(9, 2, mask_zero=True), [tokens], [None], 1)
        [tensor([[ True,  True, False]])]
    """
    if not layer.hands_masks_on:
        if some(masks):
            warn(f"{layer.label}: its input has a mask, which this layer does not hand on: all that comes behind it, "
                 "the loss too, counts every time step.")
        return [None] * outputs
    made = layer.compute_mask(list(inputs), list(masks)) if layer.takes_list else layer.compute_mask(inputs[0], masks[0])
    several = list(made) if isinstance(made, (list, tuple)) else [made]
    return [*several, *[None] * outputs][:outputs]
