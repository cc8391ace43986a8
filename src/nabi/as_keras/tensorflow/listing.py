"""Listing: `tf.TensorArray`: tensors written by number in a loop, and put together behind it.

    array = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    for t in tf.range(steps):
        array = array.write(t, state)
    states = array.stack()
"""

from typing import Any

import torch

from nabi import ops

__all__ = ["IndexedSlices", "TensorArray"]


class IndexedSlices:
    """Some rows of a tensor, and their places.

    Args:
        values: the rows. indices: their places. dense_shape: of the whole tensor.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None):
        self.values, self.indices, self.dense_shape = ops.convert_to_tensor(values), ops.convert_to_tensor(indices), dense_shape


class TensorArray:
    """A list of tensors.

    Args:
        dtype: of their numbers. size: how many places there are; a list that may grow takes more.
        element_shape: accepted, as all others, for their names.
    """

    def __init__(self, dtype: Any = None, size: Any = 0, dynamic_size: bool | None = None, clear_after_read: bool | None = None,
                 tensor_array_name: str | None = None, handle: Any = None, flow: Any = None, infer_shape: bool = True,
                 element_shape: Any = None, colocate_with_first_write_call: bool = True, name: str | None = None):
        self.dtype, self.dynamic_size, self.element_shape = dtype, bool(dynamic_size), element_shape
        self.entries: list[Any] = [None] * int(size or 0)

    def of(self, value: Any) -> Any:
        """A value with this list's dtype."""
        made = ops.convert_to_tensor(value)
        return made.to(self.dtype) if isinstance(self.dtype, torch.dtype) else made

    def write(self, index: Any, value: Any, name: str | None = None) -> "TensorArray":
        """Puts a tensor at a place, and gives the list."""
        place = int(index)
        if place >= len(self.entries):
            if not self.dynamic_size:
                raise IndexError(f"TensorArray of size {len(self.entries)}: no place {place}; write dynamic_size=True.")
            self.entries += [None] * (place + 1 - len(self.entries))
        self.entries[place] = self.of(value)
        return self

    def read(self, index: Any, name: str | None = None) -> Any:
        """The tensor at a place."""
        return self.entries[int(index)]

    def filled(self) -> list[Any]:
        """All of them; zeros where none was written."""
        like = next((one for one in self.entries if one is not None), torch.zeros(tuple(self.element_shape or ())))
        return [torch.zeros_like(like) if one is None else one for one in self.entries]

    def stack(self, name: str | None = None) -> torch.Tensor:
        """They along a new first axis."""
        return torch.stack(self.filled()) if self.entries else self.of([])

    def concat(self, name: str | None = None) -> torch.Tensor:
        """They one behind the other."""
        return torch.cat(self.filled())

    def gather(self, indices: Any, name: str | None = None) -> torch.Tensor:
        """Those at some places, along a new first axis."""
        return torch.stack([self.entries[int(place)] for place in indices])

    def unstack(self, value: Any, name: str | None = None) -> "TensorArray":
        """Takes the entries of a tensor's first axis."""
        self.entries = [self.of(one) for one in value]
        return self

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> "TensorArray":
        """Puts the entries of a tensor at some places."""
        for place, one in zip(indices, value, strict=True):
            self.write(place, one)
        return self

    def identity(self) -> "TensorArray":
        """Itself."""
        return self

    def size(self, name: str | None = None) -> int:
        """How many there are."""
        return len(self.entries)
