"""Weight: one array of learned (or counted) numbers, in Keras' shape for the user and in the kernels' order in memory.

A Conv2D kernel has Keras' shape (kH, kW, C_in, C_out) and lies in memory as (C_out, kH, kW, C_in), which oneDNN reads without a
copy; `memory=(3, 0, 1, 2)` says so. Before training a weight is a tensor of its own; `place` moves it into a store's vector.
"""

import math
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.initializers import RandomInitializer
from nabi.layers.computing import Computing

DTYPES = {"float32": torch.float32, "float64": torch.float64}
_supplier: ContextVar[Callable | None] = ContextVar("nabi_supplier", default=None)
WATCH: ContextVar[Callable | None] = ContextVar("nabi_watch", default=None)  # told of every weight that is made


def written_unseen(weights: list) -> None:
    """Counts a change of numbers that was written through `.data`.

    Counted numbers are written so: weights that learn lie in the same vector, and a backward pass that is still to come asks
    torch whether it has changed. Copies of the vector ask here.
    """
    for weight in weights:
        (weight.store or weight).unseen += 1


class Weight(Computing):
    """An array of a layer: kernel, bias, moving mean ...

    Args:
        name: the layer's name for it, such as "kernel".
        value: first value, in Keras' shape.
        trainable: whether an optimizer may change it; False for counted numbers such as a moving mean.
        regularizer: function of the tensor whose result is added to the loss.
        constraint: function of the tensor whose result takes the value's place after each step of an optimizer.
        memory: order in which the axes of Keras' shape lie in memory; None keeps them.
        own: whether the value lies in that order already and is this weight's alone: then it is not copied.
    """

    def __init__(self, name, value, trainable=True, regularizer=None, memory=None, constraint=None, own=False):
        self.name = name
        self.shape = tuple(value.shape)
        self.trainable = trainable
        self.regularizer: Any = regularizer
        self.constraint: Any = constraint
        self.memory = tuple(memory or range(len(self.shape)))
        self.owner: Any = None
        self.outer: Any = None  # the outermost layer that holds its owner, and its name there
        self.store: Any = None
        self.unseen = 0  # changes of a weight in no store that torch does not count
        self.bound: torch.Tensor | None = None
        self.leaf: torch.Tensor | None = None  # within a train_step of the user's own, where its gradient gathers
        if own:
            self.stored = value
        else:
            self.stored = self.view(torch.empty(self.size, dtype=value.dtype, device=value.device))
            self.stored.copy_(value)
        watch = WATCH.get()
        if watch is not None:
            watch(self)

    @property
    def value(self) -> torch.Tensor:
        """Its numbers as a tensor; `assign` changes them. In a train_step of the user's own autograd follows it: `value.grad`."""
        return self.stored if self.leaf is None else self.leaf

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def dtype(self) -> str:
        """"float32" or "float64"."""
        return str(self.stored.dtype).removeprefix("torch.")

    @property
    def path(self) -> str:
        """Where files keep it: the layer's name, a slash, its own name, as Keras writes it; block/conv/kernel inside a layer."""
        if self.outer is not None:
            return f"{self.outer[0].name}/{self.outer[1]}"
        return f"{self.owner.name}/{self.name}" if self.owner is not None else self.name

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self.numpy() if dtype is None else self.numpy().astype(dtype, copy=False)

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        """In torch's functions a weight stands for its tensor, so that weights in a list compute as well."""
        return function(*bare(args), **bare(kwargs or {}))

    @property
    def tensor(self) -> torch.Tensor:
        """What a layer computes with: the value, or inside a training step the step's own leaf or low-precision copy."""
        return self.stored if self.bound is None else self.bound

    def view(self, segment: torch.Tensor) -> torch.Tensor:
        """A flat segment (size,) seen in Keras' shape; nothing is copied."""
        return laid(segment, self.shape, self.memory)

    def place(self, segment: torch.Tensor, store) -> None:
        """Copies the value into a segment of a store's vector and lives there from now on."""
        view = self.view(segment)
        view.copy_(self.stored)
        self.stored, self.store = view, store
        if self.leaf is not None:
            self.leaf.data = view.data  # it is the same number still, at its new place

    def assign(self, value) -> None:
        """Overwrites the value, in place; the shape must be Keras' shape of this weight."""
        if not isinstance(value, torch.Tensor):
            value = np.asarray(value)
            value = torch.as_tensor(value.copy() if min(value.strides, default=0) < 0 else value)  # torch takes no kernel[::-1]
        if tuple(value.shape) != self.shape:
            raise ShapeError(f"weight '{self.name}'", f"shape {self.shape}", tuple(value.shape))
        with torch.no_grad():
            (self.stored if self.trainable else self.stored.data).copy_(value)
        if not self.trainable:
            written_unseen([self])

    def assign_add(self, value) -> None:
        """Adds to the value, in place."""
        self.assign(self.stored.detach() + bare(value))

    def assign_sub(self, value) -> None:
        """Takes off the value, in place."""
        self.assign(self.stored.detach() - bare(value))

    def numpy(self) -> np.ndarray:
        """A contiguous copy in Keras' shape."""
        return np.array(self.stored.detach().cpu().numpy(), order="C")

    def __repr__(self):
        return f"<Weight {self.name} {self.shape} {self.stored.dtype}>"


def bare(value: Any) -> Any:
    """The value with tensors for weights, in lists, tuples and dicts too."""
    if isinstance(value, Weight):
        return value.tensor
    if isinstance(value, (list, tuple)):
        return type(value)(bare(part) for part in value)
    return {name: bare(part) for name, part in value.items()} if isinstance(value, dict) else value


def dtype_of(name: str) -> torch.dtype:
    """The torch dtype of "float32" or "float64"."""
    return DTYPES[dtype_name("dtype", name)]


def dtype_name(where: str, dtype: Any) -> str:
    """ "float32" or "float64", also for torch's and NumPy's dtypes of these names, or ArgumentError.

    Example:
        >>> dtype_name("Dense(dtype)", torch.float64)
        'float64'
    """
    name = str(getattr(dtype, "__name__", dtype)).removeprefix("torch.")
    if name not in DTYPES:
        raise ArgumentError(where, f"one of {', '.join(DTYPES)}", repr(dtype),
                            'Weights are kept so; to compute in fewer bits: compile(precision="bfloat16").')
    return name


@contextmanager
def supplied(by: Callable):
    """Within the block new weights begin with `by(layer, shape, dtype)` instead of their initializers' values.

    A file's architecture is built so: nothing is drawn, and `by` can refuse a shape before memory is taken for it.
    """
    token = _supplier.set(by)
    try:
        yield
    finally:
        _supplier.reset(token)


def first_value(layer, initializer: Callable, shape: tuple[int, ...], dtype: torch.dtype,
                memory: tuple[int, ...] | None) -> tuple[torch.Tensor, bool]:
    """First value of a weight, from its initializer or from whom `supplied` named; and whether it lies where it may stay."""
    by = _supplier.get()
    if by is not None:
        return by(layer, shape, dtype), False
    if isinstance(initializer, RandomInitializer):
        place = laid(torch.empty(math.prod(shape), dtype=dtype), shape, memory or tuple(range(len(shape))))
        if initializer.fills(place):
            return place, True
    value = initializer(shape, dtype=dtype)
    if not isinstance(value, torch.Tensor):  # an initializer of the user's own may give NumPy numbers, also doubles
        value = torch.tensor(np.asarray(value), dtype=dtype)
    return value, False


def laid(segment: torch.Tensor, shape: tuple[int, ...], memory: tuple[int, ...]) -> torch.Tensor:
    """A flat segment seen in Keras' shape, whose axes lie in the order of `memory`; nothing is copied."""
    return segment.view([shape[axis] for axis in memory]).permute([memory.index(axis) for axis in range(len(shape))])
