"""Laws: how the random numbers of a weight are spread, and how they are drawn into memory, piece by piece.

    w = shift + scale z        uniform: z ~ U[0, 1)    normal: z ~ N(0, 1)    truncated: as normal, again where |z| > 2

A weight of a hundred million numbers is drawn straight into its place, whatever the order of its axes in memory; besides it
there are pieces of a quarter of a megabyte. The numbers are those that drawing all at once would give.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch

PIECE = 1 << 16  # numbers
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
        room, size = np.empty(min(PIECE, target.numel()), np.float32), np.empty(min(PIECE, target.numel()), np.float32)
        beyond, done = [], 0
        for place in pieces(tuple(target.shape)):
            part = target[place]
            z = room[:part.numel()]
            draw(dtype=np.float32, out=z)
            if self.kind == "truncated":
                beyond.append(done + np.flatnonzero(np.abs(z, out=size[:z.size]) > MOST))
                done += z.size
            part.copy_(torch.from_numpy(self.placed(z)).view(part.shape))
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


def pieces(shape: tuple[int, ...]) -> Iterator[tuple[int | slice, ...]]:
    """Places of runs of at most `PIECE` numbers, one behind the other, which together are an array of this shape.

    Example:
        >>> list(pieces((5, 25_000)))
        [(slice(0, 2, None),), (slice(2, 4, None),), (slice(4, 5, None),)]
        >>> list(pieces((2, 1, 125_000)))
        [(0, 0, slice(0, 65536, None)), (0, 0, slice(65536, 125000, None)), (1, 0, slice(0, 65536, None)),
         (1, 0, slice(65536, 125000, None))]
    """
    axis = next((k for k in range(len(shape)) if prod(shape[k + 1:]) <= PIECE), len(shape) - 1)
    step = max(PIECE // max(prod(shape[axis + 1:]), 1), 1)
    for outer in np.ndindex(*shape[:axis]):
        for first in range(0, shape[axis], step):
            yield (*outer, slice(first, min(first + step, shape[axis])))
