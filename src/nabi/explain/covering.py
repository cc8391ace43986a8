"""Covering: the colour that stands for "nothing there" where parts of a picture are taken away.

    the median of the picture's edge, channel by channel      paper around a digit, the wall behind a cat
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from nabi.core.errors import ArgumentError


def colour(method: str, picture: Tensor, fill: Any = None) -> Tensor:
    """One number a channel: `fill`, or the median of the edge of a picture (H, W, C).

    Example:
        >>> colour("deletion", torch.eye(4)[..., None]).tolist(), colour("deletion", torch.eye(4)[..., None], 0.5).tolist()
        ([0.0], [0.5])

    Raises ArgumentError for a fill that is neither a number nor one a channel.
    """
    if fill is None:
        edge = torch.cat([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        return edge.quantile(0.5, dim=0, interpolation="nearest")
    given = np.asarray(fill)
    if given.dtype.kind not in "iuf" or given.shape not in ((), (1,), (picture.shape[-1],)) or not np.isfinite(given).all():
        raise ArgumentError(f"{method}(fill)", f"a number, or {picture.shape[-1]} of them", repr(fill))
    return torch.as_tensor(given, dtype=picture.dtype).expand(picture.shape[-1])
