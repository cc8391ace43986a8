"""MeanTensor: Keras 2's metric of arrays: the mean of each place over what came in.

    mean[i, j, ...] = sum over batches of w v[i, j, ...] / sum of w        w: sample_weight, 1 without
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ShapeError, StateError
from nabi.metrics import Metric


class MeanTensor(Metric):
    """The mean of arrays of one shape, place by place.

    Args:
        name, dtype: as in `Metric`.
        shape: of the arrays; None takes that of the first.

    Example:
        >>> mean = MeanTensor()
        >>> mean.update_state([0, 1, 2, 3]); mean.update_state([4, 5, 6, 7], sample_weight=[1, 0.2, 1, 0])
        >>> (100 * mean.result()).astype(int).tolist()
        [200, 166, 400, 300]

    Raises ShapeError for an array of another shape, StateError for a result before any.
    """

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None, shape: Any = None):
        super().__init__(name, dtype)
        self.shape = None if shape is None else tuple(shape)
        if self.shape is not None:
            self.begin()

    def begin(self) -> None:
        """Makes the sums."""
        self.total, self.count = self.add_weight(self.shape, name="total"), self.add_weight(self.shape, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Takes in an array."""
        v = torch.as_tensor(np.asarray(values), dtype=torch.float64)
        if self.shape is None:
            self.shape = tuple(v.shape)
            self.begin()
        if tuple(v.shape) != self.shape:
            raise ShapeError(self.name, f"arrays of shape {self.shape}", tuple(v.shape))
        w = torch.ones_like(v) if sample_weight is None else torch.as_tensor(np.asarray(sample_weight), dtype=torch.float64)
        w = w.reshape(*w.shape, *[1] * (v.ndim - w.ndim)).expand_as(v)
        self.total.assign_add(w * v)
        self.count.assign_add(w)

    def result(self) -> np.ndarray:
        """The means; 0 where nothing was counted."""
        if self.shape is None:
            raise StateError(self.name, "an array before the result", "none", "Call update_state(values) first.")
        total, count = (one.as_subclass(torch.Tensor) for one in (self.total, self.count))
        return torch.where(count != 0, total / count.where(count != 0, 1.0), 0.0).float().numpy()
