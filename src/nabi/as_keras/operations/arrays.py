"""Arrays: functions of `keras.ops` on places and shapes: cutting, writing into a copy, putting side by side, grids.

    ops.slice(x, (1, 0), (2, 3))              two rows from the second on, three columns
    ops.slice_update(x, (0, 0), [[7.0]])      a copy of x with 7 in the corner
    ops.scatter([[0], [2]], [1.0, 2.0], [4])  1 0 2 0
"""

from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.operations.entered import entered
from nabi.ops.op import dtype_named, floatx, tensor
from nabi.ops.shapes import together

__all__ = ["append", "argpartition", "array", "array_split", "bartlett", "blackman", "copy", "depth_to_space", "diagflat", "diff",
           "dsplit", "dstack", "empty", "empty_like", "extract_sequences", "fliplr", "flipud", "geomspace", "hamming", "hanning",
           "hsplit", "hstack", "identity", "isin", "kaiser", "logspace", "meshgrid", "multi_hot", "nonzero", "rearrange", "rot90",
           "scatter", "scatter_update", "select", "slice", "slice_update", "space_to_depth", "tri", "unique",
           "unravel_index", "vander", "vsplit", "vstack"]
WINDOWS = {"bartlett": np.bartlett, "blackman": np.blackman, "hamming": np.hamming, "hanning": np.hanning}


def places(starts: Any, lengths: Any, sizes: Any) -> tuple:
    """A block as what stands in brackets; a length of -1 or None reaches the end."""
    import builtins

    return tuple(builtins.slice(int(a), int(n if b is None or int(b) == -1 else int(a) + int(b)))
                 for a, b, n in zip(starts, lengths, sizes, strict=True))


@entered
def slice(inputs: Any, start_indices: Any, shape: Any) -> torch.Tensor:
    """The block of this shape that begins at these places."""
    t = tensor(inputs)
    return t[places(start_indices, shape, t.shape)]


@entered
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> torch.Tensor:
    """A copy with a block of other numbers that begins at these places."""
    t, block = tensor(inputs).clone(), tensor(updates)
    t[places(start_indices, block.shape, t.shape)] = block.to(t.dtype)
    return t


@entered
def scatter(indices: Any, values: Any, shape: Any) -> torch.Tensor:
    """Numbers put at places of zeros; those at one place add up."""
    parts = tensor(values)
    at = tuple(tensor(indices).long().moveaxis(-1, 0))
    return torch.zeros(tuple(int(n) for n in shape), dtype=parts.dtype).index_put(at, parts, accumulate=True)


@entered
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: Any = None) -> torch.Tensor:
    """A copy with other numbers at these places; reduction: None writes, "add", "max", "min" and "mul" combine."""
    t, parts = tensor(inputs), tensor(updates)
    at = tuple(tensor(indices).long().moveaxis(-1, 0))
    parts = parts.to(t.dtype)
    if reduction in (None, "add"):
        return t.index_put(at, parts, accumulate=reduction == "add")
    how = {"max": torch.maximum, "min": torch.minimum, "mul": torch.multiply}[reduction]
    made = t.clone()
    for number, place in enumerate(zip(*(one.reshape(-1).tolist() for one in at), strict=True)):
        made[place] = how(made[place], parts.reshape(-1, *parts.shape[at[0].ndim:])[number])
    return made


@entered
def vstack(xs: Any) -> torch.Tensor:
    """Below one another."""
    return torch.vstack(together(xs))


@entered
def hstack(xs: Any) -> torch.Tensor:
    """Side by side."""
    return torch.hstack(together(xs))


@entered
def dstack(xs: Any) -> torch.Tensor:
    """Behind one another along the third axis."""
    return torch.dstack(together(xs))


@entered
def append(x1: Any, x2: Any, axis: int | None = None) -> torch.Tensor:
    """x2 behind x1; both in one row without an axis."""
    a, b = together([x1, x2])
    return torch.cat([a.flatten(), b.flatten()]) if axis is None else torch.cat([a, b], axis)


@entered
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[torch.Tensor]:
    """So many parts along an axis, the first ones longer by one where they do not go up."""
    cuts = indices_or_sections
    return list(torch.tensor_split(tensor(x), cuts if isinstance(cuts, int) else [int(n) for n in cuts], axis))


@entered
def hsplit(x: Any, indices_or_sections: Any) -> list[torch.Tensor]:
    """Parts side by side."""
    t = tensor(x)
    return array_split(t, indices_or_sections, 0 if t.ndim == 1 else 1)


@entered
def vsplit(x: Any, indices_or_sections: Any) -> list[torch.Tensor]:
    """Parts below one another."""
    return array_split(x, indices_or_sections, 0)


@entered
def dsplit(x: Any, indices_or_sections: Any) -> list[torch.Tensor]:
    """Parts along the third axis."""
    return array_split(x, indices_or_sections, 2)


@entered
def meshgrid(*x: Any, indexing: str = "xy") -> list[torch.Tensor]:
    """Coordinates of a grid."""
    return list(torch.meshgrid(*[tensor(one) for one in x], indexing=indexing))


@entered
def nonzero(x: Any) -> tuple[torch.Tensor, ...]:
    """The places of what is not 0, one tensor an axis."""
    return torch.nonzero(tensor(x), as_tuple=True)


@entered
def unique(x: Any, sorted: bool = True, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
           axis: int | None = None, size: int | None = None, fill_value: Any = None) -> Any:
    """Each value once, in rising order; on demand also places, the way back, and how often."""
    found = np.unique(tensor(x).detach().numpy(), return_index, return_inverse, return_counts, axis)
    made = [torch.as_tensor(part) for part in (found if isinstance(found, tuple) else (found,))]
    return made[0] if len(made) == 1 else tuple(made)


@entered
def unravel_index(indices: Any, shape: Any) -> tuple[torch.Tensor, ...]:
    """Places in a row as places in a shape."""
    return tuple(torch.unravel_index(tensor(indices).long(), tuple(shape)))


@entered
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> torch.Tensor:
    """Whether each is among the others."""
    return torch.isin(tensor(x1), tensor(x2), assume_unique=assume_unique, invert=invert)


@entered
def argpartition(x: Any, kth: int, axis: int = -1) -> torch.Tensor:
    """Places in an order in which the kth is where sorting would put it."""
    return tensor(x).argsort(dim=axis, stable=True)


@entered
def select(condlist: Any, choicelist: Any, default: Any = 0) -> torch.Tensor:
    """From the first choice whose condition holds."""
    made = tensor(default)
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        made = ops.where(condition, choice, made)
    return made


@entered
def rot90(array: Any, k: int = 1, axes: Any = (0, 1)) -> torch.Tensor:
    """Turned by k quarters."""
    return torch.rot90(tensor(array), k, tuple(axes))


@entered
def fliplr(x: Any) -> torch.Tensor:
    """Columns backwards."""
    return tensor(x).flip(1)


@entered
def flipud(x: Any) -> torch.Tensor:
    """Rows backwards."""
    return tensor(x).flip(0)


@entered
def diagflat(x: Any, k: int = 0) -> torch.Tensor:
    """All numbers on a diagonal."""
    return torch.diagflat(tensor(x), k)


@entered
def diff(a: Any, n: int = 1, axis: int = -1) -> torch.Tensor:
    """What lies between neighbours, n times."""
    return torch.diff(tensor(a), n, axis)


@entered
def vander(x: Any, N: int | None = None, increasing: bool = False) -> torch.Tensor:
    """Powers of each number, the highest first."""
    return torch.vander(tensor(x), N, increasing=increasing)


@entered
def copy(x: Any) -> torch.Tensor:
    """The same numbers in memory of their own."""
    return tensor(x).clone()


@entered
def empty_like(x: Any, dtype: Any = None) -> torch.Tensor:
    """Zeros in the shape of x."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else dtype_named("empty_like", dtype))


@entered
def multi_hot(inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False,
              **old: Any) -> torch.Tensor:
    """A 1 for each class that occurs in a sample."""
    wanted = ops.one_hot(inputs, num_classes or old["num_tokens"], dtype=dtype)
    return wanted.amax(-2) if wanted.ndim > 1 and tensor(inputs).ndim > 0 else wanted


@entered
def space_to_depth(x: Any, block_size: int, data_format: Any = None) -> torch.Tensor:
    """Blocks of neighbouring places as channels of one: (N, H, W, C) -> (N, H / b, W / b, b b C)."""
    t, b = tensor(x), block_size
    n, h, w, c = t.shape
    return t.reshape(n, h // b, b, w // b, b, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h // b, w // b, b * b * c)


@entered
def depth_to_space(x: Any, block_size: int, data_format: Any = None) -> torch.Tensor:
    """Channels of a place as a block of places: (N, H, W, C) -> (N, H b, W b, C / b^2)."""
    t, b = tensor(x), block_size
    n, h, w, c = t.shape
    return t.reshape(n, h, w, b, b, c // b**2).permute(0, 1, 3, 2, 4, 5).reshape(n, h * b, w * b, c // b**2)


@entered
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> torch.Tensor:
    """Windows along the last axis."""
    return tensor(x).unfold(-1, sequence_length, sequence_stride)


@entered
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> torch.Tensor:
    """Axes by name: "b h w c -> b (h w) c"."""
    before, after = (side.replace("(", " ( ").replace(")", " ) ").split() for side in pattern.split("->"))
    t = ops.convert_to_tensor(tensor)
    groups, into, sizes = [], None, []
    for word in before:
        if word == "(":
            into = []
        elif word == ")":
            groups.append(into)
            into = None
        else:
            groups.append([word]) if into is None else into.append(word)
    known = dict(axes_lengths)
    for group, n in zip(groups, t.shape, strict=True):
        rest = [name for name in group if name not in known]
        given = int(np.prod([known[name] for name in group if name in known] or [1]))
        if rest:
            known[rest[0]] = n // given
        sizes += [known[name] for name in group]
    order = [name for group in groups for name in group]
    names = [word for word in after if word not in "()"]
    moved = t.reshape(sizes).permute([order.index(name) for name in names])
    shape, inside = [], False
    for word in after:
        if word == "(":
            inside = True
            shape.append(1)
        elif word == ")":
            inside = False
        elif inside:
            shape[-1] *= known[word]
        else:
            shape.append(known[word])
    return moved.reshape(shape)


def array(x: Any, dtype: Any = None) -> torch.Tensor:
    """A tensor of numbers."""
    return ops.convert_to_tensor(x, dtype)


def empty(shape: Any, dtype: Any = None) -> torch.Tensor:
    """Zeros of this shape."""
    return ops.zeros(shape, dtype)


def identity(n: int, dtype: Any = None) -> torch.Tensor:
    """(n, n) with ones on the diagonal."""
    return ops.eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> torch.Tensor:
    """Ones up to the k-th diagonal."""
    return ops.convert_to_tensor(np.tri(N, M, k), dtype or "float32")


def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: float = 10, dtype: Any = None,
             axis: int = 0) -> torch.Tensor:
    """Powers at equal distances of their exponents."""
    made = np.logspace(start, stop, num, endpoint, base, axis=axis)
    return torch.as_tensor(made, dtype=floatx() if dtype is None else dtype_named("logspace", dtype))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> torch.Tensor:
    """Numbers of equal ratios."""
    made = np.geomspace(start, stop, num, endpoint, axis=axis)
    return torch.as_tensor(made, dtype=floatx() if dtype is None else dtype_named("geomspace", dtype))


def window(name: str) -> Any:
    """A function that makes a window of NumPy's."""

    def made(x: Any) -> torch.Tensor:
        return torch.as_tensor(WINDOWS[name](int(x)), dtype=floatx())

    made.__name__, made.__doc__ = name, f"The window {name} of so many places."
    return made


bartlett, blackman, hamming, hanning = map(window, WINDOWS)


def kaiser(x: Any, beta: float) -> torch.Tensor:
    """Kaiser's window of so many places."""
    return torch.as_tensor(np.kaiser(int(x), float(beta)), dtype=floatx())
