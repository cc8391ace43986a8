"""Store: weights side by side in one long vector, so that an optimizer's formula runs once over all of them.

    vector   [ kernel | bias | kernel | bias | ... | moving_mean | moving_variance ]     learned ones first, then counted ones

Each weight has one segment, begun on a multiple of 32 numbers; layers hold views of it. A weight belongs to one store, which
every model that uses its layer shares; freezing moves nothing. Stores are formed at the first training step.
"""

import torch

from nabi.layers.weight import Weight

ALIGN = 32  # numbers; 64 bytes even in bfloat16


class Store:
    """A vector with one segment for each of `weights`.

    Attributes:
        vector: float32 or float64 (size,); zeros lie between segments.
        segments: id of a weight -> (start, stop).
    """

    def __init__(self, weights: list[Weight], dtype: torch.dtype):
        self.weights = sorted(weights, key=lambda w: not w.trainable)  # stable: graph order on both sides
        self.segments: dict[int, tuple[int, int]] = {}
        end = 0
        for weight in self.weights:
            self.segments[id(weight)] = (end, end + weight.size)
            end += -(-weight.size // ALIGN) * ALIGN
        self.size = end
        self.unseen = 0  # changes that torch does not count
        self.fill(dtype)

    def fill(self, dtype: torch.dtype) -> None:
        """Makes the vector in `dtype` and moves the weights into it."""
        self.vector = torch.zeros(self.size, dtype=dtype)
        for weight in self.weights:
            start, stop = self.segments[id(weight)]
            weight.place(self.vector[start:stop], self)

    @property
    def version(self) -> int:
        """Rises with every change of any weight (torch counts for us, but for `written_unseen`)."""
        return self.vector._version + self.unseen


def form_stores(weights: list[Weight], dtype: torch.dtype) -> list[Store]:
    """The stores of these weights: those without one get a new one together, all are brought to `dtype`."""
    homeless = [w for w in weights if w.store is None]
    if homeless:
        Store(homeless, dtype)
    stores = list({id(w.store): w.store for w in weights}.values())
    for store in stores:
        if store.vector.dtype != dtype:
            store.fill(dtype)
    return stores
