"""Dressing: what torch's tensors and nabi's weights answer to besides while nabi plays Keras.

    loss.numpy()           also of a tensor that autograd follows
    x.get_shape()          the shape
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi import activations
from nabi.as_keras.dressing.old import NAMES
from nabi.as_keras.dressing.shapes import Lengths
from nabi.as_keras.patches import Patches
from nabi.as_keras.tensorflow.taping import dress_taping
from nabi.core.masks import ATTRIBUTE, mask_on
from nabi.core.registry import TABLE
from nabi.layers import Layer
from nabi.layers.activated import Activated
from nabi.layers.weight import Weight
from nabi.metrics import Metric
from nabi.optimizers import Optimizer

OF_ADD_WEIGHT = {"shape", "initializer", "trainable", "regularizer", "constraint", "memory", "name"}


def dress_tensors(patches: Patches) -> None:
    """Puts these on torch.Tensor and Weight, and on symbols and layers what belongs to them."""
    from nabi.as_keras.dressing.answering import dress_answers
    from nabi.as_keras.dressing.in_place import dress_in_place
    from nabi.as_keras.dressing.symbols import dress_symbols
    from nabi.as_keras.dressing.weights_listed import dress_weights
    from nabi.as_keras.layers.adapted import dress_adapted

    dress_in_place(patches)
    dress_symbols(patches)
    dress_weights(patches)
    dress_adapted(patches)
    dress_answers(patches)
    numpy = torch.Tensor.numpy
    patches.put(torch.Tensor, "numpy", by_script(numpy))
    patches.put(torch.Tensor, "__array__", as_array(numpy))
    patches.put(torch.Tensor, "__float__", lambda self: float(self.detach().item()))
    for name, sign in (("assign", 0), ("assign_add", 1), ("assign_sub", -1)):
        patches.put(torch.Tensor, name, assigning(sign))
    patches.put(Activated, "__setattr__", with_named_activation)
    patches.put(torch.Tensor, "get_shape", lambda self: Lengths(self.shape))
    patches.put(torch.Tensor, "_keras_mask", property(mask_on, lambda self, mask: setattr(self, ATTRIBUTE, mask)))
    patches.put(Weight, "__eq__", same_weight)
    for name in ("get_value", "eval"):  # of Theano's shared variables, and of TensorFlow 1's tensors in a session
        patches.put(torch.Tensor, name, lambda self, *session, **options: self.numpy())
        patches.put(Weight, name, lambda self, *session, **options: self.numpy())
    patches.put(torch.Tensor, "set_shape", lambda self, shape: None)
    dress_taping(patches)
    patches.put(Weight, "get_shape", lambda self: Lengths(self.shape))

    patches.around(Layer, "add_weight", with_old_add_weight)

    metrics = {base for one in TABLE["metric"].values() if isinstance(one, type) for base in one.__mro__}
    for kind in metrics:
        if "result" in vars(kind):
            patches.around(kind, "result", as_number)
    for kind in {one for one in TABLE["schedule"].values() if isinstance(one, type) and "__call__" in vars(one)}:
        patches.around(kind, "__call__", at_a_step)
    patches.around(Metric, "add_weight", with_name_first)
    patches.put(Metric, "reset_states", lambda self: self.reset_state())

    rate: Any = vars(Optimizer)["learning_rate"]
    variable = property(lambda self: Rate(rate.fget(self), self), rate.fset, doc=rate.__doc__)
    patches.put(Optimizer, "learning_rate", variable)
    patches.put(Optimizer, "lr", variable)


def same_weight(self, other: Any) -> Any:
    """Number by number; of a weight and the tensor that reading it gives one True: `layer.weights == [layer.w, layer.b]`."""
    if isinstance(other, torch.Tensor) and other.ndim and self.ndim and tuple(other.shape) != self.shape:
        return False
    shown = isinstance(other, torch.Tensor) and other.data_ptr() == self.tensor.data_ptr()
    return shown or own_eq(self, other)


own_eq: Any = Weight.__eq__


def readable(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor as NumPy can read it: without autograd, and no bfloat16, which NumPy does not have."""
    bare = tensor.detach().cpu()
    return bare.float() if bare.dtype is torch.bfloat16 else bare


def by_script(numpy: Callable) -> Callable:
    """`tensor.numpy()`: for a script an array of its own, as in TensorFlow; of one number NumPy's: `round(loss.numpy(), 2)`."""

    def call(self: torch.Tensor, **options: Any) -> Any:
        made = numpy(readable(self), **options)
        if sys._getframe(1).f_globals.get("__name__", "").partition(".")[0] in ("nabi", "torch", "numpy"):
            return made
        return made.copy() if self.ndim else made[()]

    return call


def as_array(numpy: Callable) -> Callable:
    """What NumPy makes of a tensor."""

    def call(self: torch.Tensor, dtype: Any = None, copy: Any = None) -> np.ndarray:
        made = numpy(readable(self))
        return made if dtype is None else made.astype(dtype, copy=False)

    return call


def assigning(sign: int) -> Callable:
    """What `self.total.assign_add(x)` does in a layer, where a variable is read as its tensor."""

    def assign(self, value, *more, **options):
        with torch.no_grad():
            value = torch.as_tensor(value).to(self.dtype)
            self.data.copy_(self.data + sign * value if sign else value)
        return self

    return assign


def with_named_activation(self: Activated, name: str, value: Any) -> None:
    """`layer.activation = None`, as it takes off a softmax before looking into a network; or a name."""
    super(Activated, self).__setattr__(name, activations.get(value) if name == "activation" and not callable(value) else value)


def with_old_add_weight(method: Callable) -> Callable:
    """add_weight, also with the name first, as in Keras 2: `add_weight("kernel", (3, 4))`."""

    @wraps(method)
    def call(self, *args, **options):
        if args and (args[0] is None or isinstance(args[0], str)):
            places = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
        else:
            places = ("shape", "initializer", "regularizer" if len(args) > 2 and not isinstance(args[2], str) else "name")
        given = dict(zip(places, args, strict=False)) | options
        given = {word: value for word, value in given.items() if word in OF_ADD_WEIGHT}
        shape = given.get("shape", ())
        given["shape"] = tuple(int(n) for n in shape) if np.ndim(shape) else (int(shape),)
        if isinstance(given.get("initializer"), str):
            given["initializer"] = NAMES["kernel_initializer"].get(given["initializer"], given["initializer"])
        return method(self, **given)

    return call


def with_name_first(method: Callable) -> Callable:
    """A metric's add_weight, also with the name first: `add_weight("total", initializer="zeros")`."""

    @wraps(method)
    def call(self, *args, **options):
        places = ("name", "shape", "aggregation", "synchronization", "initializer", "dtype")
        given = dict(zip(places if args and isinstance(args[0], str) else ("shape", "initializer"), args, strict=False)) | options
        return method(self, **{word: given[word] for word in ("shape", "initializer", "dtype", "name") if word in given})

    return call


def as_number(method: Callable) -> Callable:
    """A metric's `result`, whose float answers to `numpy()`."""

    @wraps(method)
    def result(self):
        found = method(self)
        if type(found) is not float:
            return found
        made = Number(found)
        made.metric_name = self.name
        return made

    return result


def at_a_step(method: Callable) -> Callable:
    """A schedule's call, whose float answers to `numpy()`."""

    @wraps(method)
    def call(self, step):
        found = method(self, step)
        return Number(found) if type(found) is float else found

    return call


class Number(float):
    """A float that answers as a tensor of one number, and knows the metric that gave it."""

    metric_name: str

    shape = ()
    dtype = "float32"

    def numpy(self) -> np.float32:
        """It as NumPy's."""
        return np.float32(self)

    def __reduce__(self):
        return float, (float(self),)


class Rate(float):
    """A learning rate that answers as Keras' variable: `K.set_value(optimizer.lr, 0.01)`, `optimizer.lr.numpy()`.

    Args:
        value: the rate.
        optimizer: whose it is.
    """

    optimizer: Any

    def __new__(cls, value: Any, optimizer: Any):
        made = float.__new__(cls, value)
        made.optimizer = optimizer
        return made

    def assign(self, value: Any) -> None:
        """Sets the optimizer's rate."""
        self.optimizer.learning_rate = float(value)

    def numpy(self) -> np.float32:
        """The number."""
        return np.float32(self)

    def __reduce__(self):
        return float, (float(self),)

    def get_value(self) -> np.float32:
        """The number, as of Theano's shared variables."""
        return self.numpy()

    def set_value(self, value: Any) -> None:
        """Sets the optimizer's rate."""
        self.assign(value)

    @property
    def dtype(self) -> str:
        """The dtype that Keras gives it."""
        return "float32"

    def read_value(self) -> float:
        """The number."""
        return float(self)

    value = read_value
