"""Laws: how the random numbers of a weight are spread, and how they are drawn into memory, piece by piece.

    w = shift + scale z        uniform: z ~ U[0, 1)    normal: z ~ N(0, 1)    truncated: as normal, again where |z| > 2

A weight of a hundred million numbers is drawn straight into its place, whatever the order of its axes in memory; besides it
there is one piece of a megabyte. The numbers are those that drawing all at once would give.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch

PIECE = 1 << 18  # numbers
MOST = 2.0  # standard deviations that a truncated normal goes


@dataclass(frozen=True)
class Law:
    """w = shift + scale z with z of a kind: "uniform", "normal" or "truncated".

    Example:
        >>> w = Law("uniform", -1, 2).drawn((3, 4), np.random.default_rng(1))
        >>> w.dtype, bool((abs(w) <= 1).all())
        (dtype('float32'), True)
    """

    kind: str
    shift: float
    scale: float

    def drawn(self, shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
        """float32 numbers of a shape."""
        made = torch.empty(shape)
        self.fill(made, generator)
        return made.numpy()

    def fill(self, target: torch.Tensor, generator: np.random.Generator) -> None:
        """Draws into a tensor, in the order of its axes; they may lie in memory in any other order."""
        draw = generator.random if self.kind == "uniform" else generator.standard_normal
        target = target if target.ndim else target.reshape(1)
        beyond, done = [], 0
        for rows in pieces(tuple(target.shape)):
            z = torch.empty(target[rows].shape).numpy()
            draw(dtype=np.float32, out=z)
            if self.kind == "truncated":
                beyond.append(done + np.flatnonzero(np.abs(z) > MOST))
                done += z.size
            target[rows].copy_(torch.from_numpy(self.placed(z)))
        again = np.concatenate(beyond) if beyond else np.empty(0, np.intp)
        while again.size:
            z = generator.standard_normal(again.size, np.float32)
            further = again[np.abs(z) > MOST]
            places = tuple(map(torch.from_numpy, np.unravel_index(again, tuple(target.shape))))
            target[places] = torch.from_numpy(self.placed(z)).to(target.dtype)
            again = further

    def placed(self, z: np.ndarray) -> np.ndarray:
        """shift + scale z, in the memory of z."""
        z *= np.float32(self.scale)
        z += np.float32(self.shift)
        return z


def pieces(shape: tuple[int, ...]) -> Iterator[slice]:
    """Runs of the first axis with about `PIECE` numbers each.

    Example:
        >>> list(pieces((5, 100_000)))
        [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    row = max(prod(shape[1:]), 1)
    step = max(PIECE // row, 1)
    for first in range(0, shape[0], step):
        yield slice(first, min(first + step, shape[0]))
