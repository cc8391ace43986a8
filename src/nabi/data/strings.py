"""Strings: texts where tensors stand: names of files, labels in words, contents of files; `numpy()` gives bytes.

    Strings("a.png").numpy() -> b"a.png"           Strings(["a", "b"]) == "a" -> tensor([True, False])
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


class Strings:
    """One text, or an array of texts.

    Args:
        values: a text, bytes, or an array or list of them.

    Example:
        >>> names = Strings(["cat.png", "dog.png"])
        >>> names.shape, names[1], names[1].numpy(), str(names[0])
        ((2,), <text b'dog.png'>, b'dog.png', 'cat.png')
    """

    dtype = "string"
    __array_priority__ = 100  # so that an array of NumPy's leaves == to this class

    def __init__(self, values: Any):
        values = values.values if isinstance(values, Strings) else values
        if isinstance(values, (str, bytes)):
            self.values = np.array(encoded(values), dtype=object)
        else:
            given = np.asarray(values, dtype=object)
            flat = np.empty(given.size, dtype=object)
            flat[:] = [encoded(value) for value in given.ravel()]
            self.values = flat.reshape(given.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """() for one text."""
        return self.values.shape

    @property
    def ndim(self) -> int:
        """0 for one text, 1 for a list of them."""
        return self.values.ndim

    def numpy(self) -> Any:
        """Bytes, or an array of bytes."""
        return self.values.item() if self.values.ndim == 0 else self.values

    def decode(self, encoding: str = "utf-8") -> str:
        """One text as Python's."""
        return self.values.item().decode(encoding)

    def __getitem__(self, key: Any) -> "Strings":
        return Strings(self.values[key])

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.values if dtype is None else self.values.astype(dtype)

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator["Strings"]:
        return (Strings(value) for value in self.values)

    def __eq__(self, other: Any) -> Any:
        return torch.from_numpy(np.asarray(self.values == Strings(other).values, bool))

    def __ne__(self, other: Any) -> Any:
        return ~(self == other)

    def __hash__(self) -> int:
        return hash(self.values.tobytes() if self.values.ndim else self.values.item())

    def __add__(self, other: Any) -> "Strings":
        return Strings(self.values + Strings(other).values)

    def __radd__(self, other: Any) -> "Strings":
        return Strings(Strings(other).values + self.values)

    def __fspath__(self) -> str:
        return self.decode()

    def __str__(self) -> str:
        return self.decode() if self.values.ndim == 0 else str(self.values.tolist())

    def __repr__(self) -> str:
        return f"<text {self.values.item()!r}>" if self.values.ndim == 0 else f"<texts {self.values.tolist()!r}>"


def encoded(value: Any) -> bytes:
    """A text as UTF-8."""
    return value if isinstance(value, bytes) else str(value).encode()
