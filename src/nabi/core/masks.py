"""Masks on tensors: where one rides outside a graph, and what it does to sample weights.

    y = layer(x)        y carries its mask, (batch, steps), True where a step counts; losses and metrics read it there

Source: Keras 3, backend/common/masking.py. What masks are, and how a model finds them: `nabi.layers.masks`.
"""

from typing import Any

import torch

from nabi.core.targets import per_sample

ATTRIBUTE = "nabi_mask"  # where a mask rides on a tensor


def mask_on(tensor: Any) -> torch.Tensor | None:
    """The mask that rides on a tensor; None if there is none. What torch makes of the tensor carries none.

    Example:
        >>> import nabi
        >>> y = nabi.layers.Embedding(9, 2, mask_zero=True)(torch.tensor([[5, 3, 0]]))
        >>> mask_on(y), mask_on(2 * y)
        (tensor([[ True,  True, False]]), None)
    """
    return getattr(tensor, ATTRIBUTE, None)


def masked(weight: Any, mask: torch.Tensor) -> torch.Tensor:
    """Sample weights, in float64, with 0 where a mask says that nothing counts, in the mask's shape.

    Example:
        >>> masked([0.5, 2.0], torch.tensor([[True, True], [True, False]])).tolist()
        [[0.5, 0.5], [2.0, 0.0]]
    """
    if weight is None:
        return mask.double()
    m, w = per_sample(mask.double(), torch.as_tensor(weight, dtype=torch.float64, device=mask.device))
    return m * w
