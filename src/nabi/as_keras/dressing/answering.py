"""Answering: what TensorFlow's tensors, shapes and dtypes say besides, put on torch's own while nabi plays Keras.

    x.shape.rank, x.shape.as_list()      of torch's shapes
    x.dtype.name, tf.int32.max           of torch's dtypes
    x[:, ::-1]                           backwards
    weight.value(), weight.dtype.name, tensor.ref()

torch's shapes and dtypes are classes of C that take no new attributes; their tables do. Those entries stay in memory, in GROWN,
since Python remembers where it found an attribute.
"""

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi.as_keras.dressing.shapes import Lengths
from nabi.as_keras.patches import Patches
from nabi.data.strings import Strings
from nabi.data.structure import TensorSpec
from nabi.layers import RNN, Layer
from nabi.layers.recurrent import Cell, Recurrent
from nabi.layers.weight import Weight
from nabi.optimizers import Optimizer

SHAPE = ("as_list", "ndims", "rank", "dims", "num_elements", "is_fully_defined", "is_compatible_with", "concatenate")


def name_of(dtype: torch.dtype) -> str:
    """A dtype's name: "float32"."""
    return str(dtype).removeprefix("torch.")


def limits(dtype: torch.dtype) -> Any:
    """The largest and smallest number of a dtype."""
    return torch.finfo(dtype) if dtype.is_floating_point else torch.iinfo(dtype)


GROWN: dict[type, dict[str, Any]] = {
    torch.Size: {word: getattr(Lengths, word) if callable(vars(Lengths)[word]) else vars(Lengths)[word] for word in SHAPE},
    torch.dtype: {
        "name": property(name_of), "is_floating": property(lambda self: self.is_floating_point),
        "is_integer": property(lambda self: not (self.is_floating_point or self.is_complex or self is torch.bool)),
        "is_bool": property(lambda self: self is torch.bool), "base_dtype": property(lambda self: self),
        "as_numpy_dtype": property(lambda self: np.dtype(name_of(self)).type), "size": property(lambda self: self.itemsize),
        "max": property(lambda self: limits(self).max), "min": property(lambda self: limits(self).min)},
    torch.device: {word: (lambda self, *values, _word=word: getattr(str(self).upper() + ":0", _word)(*values))
                   for word in ("endswith", "startswith", "lower", "upper", "split")},
}  # fmt: skip


class Attributes:
    """The attributes of a class of C, which `setattr` itself refuses.

    Args:
        kind: the class.
    """

    kind: type
    table: dict[str, Any]

    def __init__(self, kind: type):
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "table", gc.get_referents(kind.__dict__)[0])

    def __setattr__(self, name: str, value: Any) -> None:
        self.table[name] = value
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(self.kind))

    def __delattr__(self, name: str) -> None:
        del self.table[name]
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(self.kind))


def grow(patches: Patches) -> None:
    """Puts entries into the tables of classes of C."""
    for kind, entries in GROWN.items():
        owner = Attributes(kind)
        for name, value in entries.items():
            patches.put(owner, name, value)


class Called(torch.Tensor):
    """A tensor that may be called, and gives itself: `variable.value()`, and `variable.value` of Keras 3."""

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    def __call__(self) -> torch.Tensor:
        return self.as_subclass(torch.Tensor)  # type: ignore[arg-type]


class Reference:
    """What `ref` gives: one that equals another if both are of one tensor.

    Args:
        of: the tensor.
    """

    def __init__(self, of: Any):
        self.of = of

    def deref(self) -> Any:
        """The tensor."""
        return self.of

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Reference) and self.of is other.of

    def __hash__(self) -> int:
        return id(self.of)


class Kind(str):
    """A weight's dtype, equal to its name and to torch's."""

    @property
    def own(self) -> torch.dtype:
        """torch's."""
        return getattr(torch, self)

    def __getattr__(self, word: str) -> Any:
        if word in GROWN[torch.dtype]:
            return GROWN[torch.dtype][word].fget(self.own)
        raise AttributeError(word)

    def __eq__(self, other: Any) -> bool:
        return self.own == other if isinstance(other, torch.dtype) else str.__eq__(self, other)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = str.__hash__


class Count(int):
    """How many steps an optimizer did: `optimizer.iterations.numpy()`, `.assign(0)`."""

    optimizer: Any

    @classmethod
    def of(cls, optimizer: Any, number: int) -> "Count":
        """That of an optimizer."""
        made = cls(number)
        made.optimizer = optimizer
        return made

    def numpy(self) -> np.int64:
        """An int64 of NumPy's."""
        return np.int64(self)

    def assign(self, value: Any, *more: Any) -> None:
        """So many steps from now on."""
        self.optimizer.calls = int(value) * (self.optimizer.gradient_accumulation_steps or 1)

    def assign_add(self, value: Any, *more: Any) -> None:
        """So many more steps."""
        self.assign(self + int(value))

    def read_value(self) -> int:
        """A plain int."""
        return int(self)

    value = read_value

    def __reduce__(self):
        return int, (int(self),)


def backwards(plain: Callable) -> Callable:
    """x[key], with steps backwards, too."""

    def get(self: torch.Tensor, key: Any) -> Any:
        try:
            return plain(self, key)
        except ValueError:
            keys = list(key) if isinstance(key, tuple) else [key]
            if not any(isinstance(one, slice) and (one.step or 1) < 0 for one in keys):
                raise
            axis, used = 0, sum(one is not None and one is not Ellipsis for one in keys)
            x = self
            for place, one in enumerate(keys):
                if isinstance(one, slice) and (one.step or 1) < 0:
                    places = range(*one.indices(x.shape[axis]))
                    x, keys[place] = x.index_select(axis, torch.tensor(list(places), dtype=torch.long)), slice(None)
                axis += x.ndim - used if one is Ellipsis else int(one is not None)
            return plain(x, tuple(keys))

    return get


def from_outside() -> bool:
    """Whether a script asks, and not nabi."""
    return sys._getframe(2).f_globals.get("__name__", "").partition(".")[0] != "nabi"


def value_of(usual: property) -> property:
    """A weight's `value`: for a script one that may be called."""

    def read(self: Weight) -> Any:
        found = usual.__get__(self)
        return found.as_subclass(Called) if self.leaf is None and from_outside() else found

    return property(read)


def scatter(add: int) -> Callable:
    """`variable.scatter_nd_update(places, numbers)`, and those that add or take off."""

    def call(self: Weight, indices: Any, updates: Any, name: str | None = None) -> Weight:
        places = tuple(torch.as_tensor(indices).long().moveaxis(-1, 0))
        values = torch.as_tensor(updates).to(self.stored.dtype)
        self.assign(self.stored.detach().index_put(places, add * values if add else values, accumulate=bool(add)))
        return self

    return call


def batch_of(inputs: Any, batch_size: Any) -> int:
    """How many samples first states are wanted for: a number, or those of a tensor."""
    given = batch_size if inputs is None else inputs
    return int(given.shape[0]) if getattr(given, "shape", ()) else int(given)


def first_states(method: Callable) -> Callable:
    """A layer's `get_initial_state`, of a number of samples or, as in TensorFlow 2, of its inputs."""

    @wraps(method)
    def call(self: Layer, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        return method(self, batch_of(inputs, batch_size))

    return call


def first_states_of_cell(self: Cell, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
    """A cell's states before the first step: one, or a list of two."""
    made = [torch.zeros(batch_of(inputs, batch_size), self.units) for _ in range(self.num_states)]
    return made if self.num_states > 1 else made[0]


def scatter_update(self: Weight, sparse_delta: Any, name: str | None = None) -> Weight:
    """Other rows at some places, as `tf.IndexedSlices` names them."""
    return scatter(0)(self, torch.as_tensor(sparse_delta.indices).reshape(-1, 1), sparse_delta.values)


def dress_answers(patches: Patches) -> None:
    """Puts all that on torch's classes and on nabi's weights, cells and optimizers."""
    grow(patches)
    patches.put(torch.Tensor, "__getitem__", backwards(torch.Tensor.__getitem__))
    patches.put(torch.Tensor, "value", property(lambda self: self.as_subclass(Called)))
    patches.put(torch.Tensor, "read_value", lambda self: self)
    patches.put(Weight, "value", value_of(vars(Weight)["value"]))
    for owner in (torch.Tensor, Weight):
        for name in ("ref", "experimental_ref"):
            patches.put(owner, name, lambda self: Reference(self))
    for owner in (Strings, TensorSpec):
        patches.put(owner, "get_shape", lambda self: Lengths(self.shape))
    usual: Any = vars(Weight)["dtype"]
    patches.put(Weight, "dtype", property(lambda self: Kind(usual.__get__(self))))
    patches.put(Weight, "device", property(lambda self: "/job:localhost/replica:0/task:0/device:CPU:0"))
    for name, sign in (("scatter_nd_update", 0), ("scatter_nd_add", 1), ("scatter_nd_sub", -1)):
        patches.put(Weight, name, scatter(sign))
    for kind in (Recurrent, RNN):
        patches.around(kind, "get_initial_state", first_states)
    patches.put(Cell, "get_initial_state", first_states_of_cell)
    patches.put(Weight, "scatter_update", scatter_update)
    count: Any = vars(Optimizer)["iterations"]
    patches.put(Optimizer, "iterations", property(lambda self: Count.of(self, count.__get__(self))))
