"""Operation: a function of `nabi.ops` as a layer of a graph: what `ops.exp(x)`, `x + y` and `x[:, 0]` become on symbols.

    ops.mean(x, axis=-1)     ->  Operation("mean", [{"input": 0}], {"axis": -1})(x)
    x[:, 0]                  ->  Operation("get_item", [{"input": 0}, [{"slice": [None, None, None]}, 0]])(x)

It keeps the function's name and plain arguments, so that a file can name it and cannot carry code. A sum of two tensors with as
many axes is an `Add`, an activation an `Activation`: these are fused with the layers around them. Where a mask may come along
they stay functions, since functions do not hand masks on, as in Keras 3.
"""

from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import lookup, register
from nabi.core.shapes import Shape, as_text
from nabi.core.symbolic import Symbolic
from nabi.layers.activation import Activation
from nabi.layers.held import first_symbol, standing_in
from nabi.layers.inside import UNKNOWN, common, opened
from nabi.layers.layer import Layer
from nabi.layers.masking import Masking
from nabi.layers.merging import Add
from nabi.layers.names import fresh_name
from nabi.layers.tracing import leave_graph

ACTIVATIONS = {"relu", "relu6", "elu", "selu", "silu", "sigmoid", "log_sigmoid", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh",
               "softplus", "softsign", "softmax", "log_softmax", "leaky_relu"}  # with one meaning in ops and as a layer
TRUTHS = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_not",
          "logical_xor", "isnan", "isinf", "isfinite", "any", "all"}
PLACES = {"argmax", "argmin", "argsort", "shape", "size"}
BATCHES = (2, 3)  # numbers of samples that are tried: an axis that differs is as long as the batch, or follows from it
MOST = 4096  # numbers of an array that a node may keep
WITH_PRODUCTS = "nabi.ops.linear", "nabi.ops.nn"  # where functions may multiply matrices


@register("layer")
class Operation(Layer):
    """A function of `nabi.ops` on one tensor or several.

    Args:
        function: its name.
        arguments: its arguments in order: plain values, {"input": n} for the n-th tensor, {"slice": [start, stop, step]},
            {"ellipsis": True}, and {"array": nested lists, "dtype": name}; lists of them.
        options: its arguments by name, likewise.

    Shapes: those of the function, found by a trial on zeros with two numbers of samples.

    Example:
        >>> import nabi
        >>> x = nabi.Input((4,))
        >>> y = 2 * x[:, :3] + 1
        >>> y.shape, y.node.layer.get_config()["arguments"]
        ((None, 3), [{'input': 0}, 1])

    Keras has a class for each function; files of such models name a class of Keras'.
    Raises UnknownName for a function that `nabi.ops` does not have, ArgumentError for what no file can keep.
    """

    takes_list = True
    takes_integers = True

    def __init__(self, function, arguments=(), options=None, name=None, **base):
        if not isinstance(arguments, (list, tuple)):
            raise ArgumentError("Operation(arguments)", "a list", repr(arguments))
        if not isinstance(options, dict | None):
            raise ArgumentError("Operation(options)", "a dict or None", repr(options))
        self.compute = lookup("op", function)
        super().__init__(name=name or fresh_name(function), **base)
        self.function = function
        self.arguments = list(arguments)
        self.options = dict(options or {})

    @classmethod
    def node(cls, function: str, arguments: tuple, options: dict[str, Any]) -> Any:
        """The symbol, or list of symbols, that a function makes of arguments with symbols among them."""
        beside: Any = first_symbol([*arguments, *options.values()])
        arguments = tuple(standing_in(value, beside) for value in arguments)
        options = {name: standing_in(value, beside) for name, value in options.items()}
        plain_call = len(arguments) == 1 and not options and isinstance(arguments[0], Symbolic)
        hides = masked([x for x in arguments if isinstance(x, Symbolic)])
        if function in ACTIVATIONS and plain_call and not hides:
            return Activation(function)(arguments[0])
        batches = all(isinstance(x, Symbolic) and x.shape[:1] == (None,) for x in arguments)
        if function == "add" and batches and not hides and len({x.ndim for x in arguments}) == 1:
            return Add()(list(arguments))
        if function == "squeeze" and plain_call:  # a batch of one sample stays a batch
            options = {"axis": [axis for axis, n in enumerate(arguments[0].shape) if n == 1]}
        inputs: list[Symbolic] = []
        written = [encoded(function, value, inputs) for value in arguments]
        named = {name: encoded(function, value, inputs) for name, value in options.items()}
        return cls(function, written, named)(inputs)

    def call(self, x):
        made = self.compute(*[decoded(a, x) for a in self.arguments], **{name: decoded(a, x) for name, a in self.options.items()})
        return list(made) if isinstance(made, tuple) else made

    @property
    def numberwise(self) -> bool:
        """Whether it works number by number, so that each place of a map sees what it saw."""
        return getattr(self.compute, "numberwise", False)

    def dtype_made(self, dtypes):
        """Truth values of comparisons, whole numbers of places, what `cast` names; else floats, or the kind that went in."""
        if self.function == "cast":
            asked = self.options.get("dtype", self.arguments[1] if len(self.arguments) > 1 else "float32")
            return str(asked).removeprefix("torch.")
        if self.function in TRUTHS:
            return "bool"
        return "int32" if self.function in PLACES else self.dtype if self.dtype in dtypes else dtypes[0]

    def check_shapes(self, shapes):
        """Any shapes that the function takes."""

    def compute_output_shape(self, input_shape):
        place = tuple(map(tuple, input_shape))
        if place not in self._tried:
            self._tried[place] = self.tried_out(list(place)), 0
        return self._tried[place][0]

    def tried_out(self, shapes: list[Shape]) -> Any:
        """The shape, or list of shapes, that the function makes of these."""
        found = []
        for batch, side in zip(self.batches(), UNKNOWN, strict=True):
            try:
                try:
                    made = self.on_zeros(shapes, batch, side)
                except RuntimeError:  # a side may be as long as the batch: each sample beside each
                    made = self.on_zeros(shapes, batch, batch)
            except (RuntimeError, IndexError, TypeError, ValueError) as error:
                raise ShapeError(f"ops.{self.function}", "tensors and arguments that it can take",
                                 f"{' and '.join(map(as_text, shapes))} a sample; torch says: {error}") from error
            found.append([tuple(t.shape) for t in made] if isinstance(made, list) else tuple(made.shape))
        return common(*found)

    def on_zeros(self, shapes: list[Shape], batch: int, side: int) -> Any:
        """What it makes of zeros, of so many samples, with sides of unknown size so long."""
        sized = [tuple(batch if not axis and n is None else side if n is None else n for axis, n in enumerate(s)) for s in shapes]
        with torch.no_grad():
            return self.call([torch.zeros(s) for s in sized])

    def batches(self) -> tuple[int, int]:
        """Numbers of samples that are tried; x[5] needs six."""
        places = self.arguments[1:2] if self.function == "get_item" else []
        first = places[0][0] if places and isinstance(places[0], list) and places[0] else places[0] if places else None
        least = abs(first) + 1 if type(first) is int else 0
        return least + BATCHES[0], least + BATCHES[1]

    def macs(self, input_shape, output_shape):
        """Multiply-adds of one sample in products of matrices, as torch counts them."""
        if self.compute.__module__ not in WITH_PRODUCTS:  # the counter takes a second to load
            return 0
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            self.call([torch.zeros([1 if n is None else n for n in shape]) for shape in input_shape])
        return counter.get_total_flops() // 2


def masked(symbols: list) -> bool:
    """Whether a mask may come with one of these symbols: a layer makes one before them, and none loses it on the way."""
    todo, seen = [getattr(symbol, "node", None) for symbol in symbols], set()
    while todo:
        node = todo.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        for layer in opened(node.layer):
            own = not type(layer).__module__.startswith("nabi.") and type(layer).compute_mask is not Layer.compute_mask
            if own or isinstance(layer, Masking) or getattr(layer, "mask_zero", False):
                return True
        if node.layer.hands_masks_on or node.layer.holds_layers:
            todo += [symbol.node for symbol in node.inputs]
    return False


def encoded(function: str, value: Any, inputs: list) -> Any:
    """An argument as plain data; symbols are appended to `inputs`.

    Raises:
        ArgumentError: it is neither a number, name, slice, nor a small array.
    """
    if isinstance(value, Symbolic):
        places = [n for n, known in enumerate(inputs) if known is value]
        if not places:
            inputs.append(value)
        return {"input": places[0] if places else len(inputs) - 1}
    if function == "get_item" and isinstance(value, list):  # x[[0, 2]] means places; x[0, 2] one number
        return {"array": value, "dtype": str(np.asarray(value).dtype)}
    if isinstance(value, (list, tuple)):
        return [encoded(function, part, inputs) for part in value]
    if isinstance(value, slice):
        return {"slice": [None if part is None else int(part) for part in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (torch.dtype, np.dtype)) or (isinstance(value, type) and issubclass(value, (np.generic, float, int))):
        return str(value).removeprefix("torch.") if not isinstance(value, type) else value.__name__
    value = getattr(value, "tensor", value)
    if isinstance(value, (np.ndarray, torch.Tensor)):
        leave_graph(f"ops.{function} of an array or tensor")
        array = value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value
        if array.size <= MOST:
            return {"array": array.tolist(), "dtype": str(array.dtype)}
        raise ArgumentError(f"ops.{function}", f"an array of at most {MOST} numbers beside a symbol", array.size,
                            "Make it a weight: self.add_weight(...) in a layer of your own, trainable=False.")
    raise ArgumentError(f"ops.{function}", "symbols, numbers, names, slices or arrays", type(value).__name__)


def decoded(value: Any, tensors: list) -> Any:
    """What `encoded` wrote down, with tensors in the places of inputs."""
    if isinstance(value, list):
        parts = [decoded(part, tensors) for part in value]
        return tuple(parts) if not any(isinstance(part, torch.Tensor) for part in parts) else parts
    if not isinstance(value, dict):
        return value
    if "input" in value:
        return tensors[value["input"]]
    if "slice" in value:
        return slice(*value["slice"])
    return Ellipsis if "ellipsis" in value else np.asarray(value["array"], dtype=value["dtype"])
