"""Lambda: a function as a layer, y = f(x): for what is too short for a class of its own.

    Lambda(lambda x: 2 * x)                    one input
    Lambda(lambda x: x[0] * x[1])([a, b])      several, in a list

What has weights is a layer of your own. A file keeps the function's name, never its code: `load_model(path, custom_objects=
{"double": double})` says what the name means.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from nabi.core.errors import ArgumentError, UnknownName
from nabi.core.numbers import flag
from nabi.core.pieces import NAMER, plain
from nabi.core.registry import lookup, register
from nabi.core.shapes import sample_shape
from nabi.layers.inside import only_computes
from nabi.layers.layer import Layer


@register("layer")
class Lambda(Layer):
    """A function of tensors as a layer.

    Args:
        function: tensor (or list of tensors) -> tensor (or list); in a file, its name.
        output_shape: shape of one sample of the output, or a function from the input's shape to it, batch axis included; None
            finds it by a trial on zeros.
        mask: function (inputs, mask) -> mask of the output, or that mask; None hands none on.
        arguments: dict of further arguments of the function.
        takes_list: whether the function takes a list of tensors; None finds it out at the first call.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Lambda(lambda x, by: x * by, arguments={"by": 3})(torch.tensor([[1., 2.]])).tolist()
        [[3.0, 6.0]]

    Keras' files hold the function's bytecode, which runs when they are loaded; these cannot.
    Raises ArgumentError for what is no function, and by `save` for a function without a name.
    """

    takes_integers = True

    def __init__(self, function, output_shape=None, mask=None, arguments=None, *, takes_list=None, **base):
        super().__init__(**base)
        function, mask = (named(argument, value) if isinstance(value, str) else value
                          for argument, value in (("function", function), ("mask", mask)))
        if not callable(function):
            raise ArgumentError("Lambda(function)", "a function of a tensor", repr(function))
        if not (mask is None or callable(mask)):
            raise ArgumentError("Lambda(mask)", "a function of inputs and masks, or None", repr(mask))
        if not isinstance(arguments, dict | None):
            raise ArgumentError("Lambda(arguments)", "a dict, argument name to value, or None", repr(arguments))
        if not (output_shape is None or callable(output_shape)):
            sample_shape("Lambda(output_shape)", output_shape)
        self.function = only_computes(self, "function", function)
        self.output_shape: Any = output_shape
        self.mask = mask
        self.arguments = dict(arguments or {})
        self.takes_list = None if takes_list is None else flag("Lambda(takes_list)", takes_list)  # type: ignore[assignment]

    def __call__(self, inputs, training=None, mask=None):
        if self.takes_list is None:
            self.takes_list = isinstance(inputs, (list, tuple, dict))
        return super().__call__(inputs, training, mask)

    def call(self, x):
        return self.function(x, **self.arguments)

    @property
    def own_code(self) -> bool:
        """Whatever the function does: it is the user's."""
        return True

    @property
    def hands_masks_on(self) -> bool:
        """Whether it was given a mask, or a function that makes one."""
        return self.mask is not None

    def compute_mask(self, inputs, mask=None):
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape):
        if self.output_shape is None:
            return self.tried(input_shape)[0]
        if callable(self.output_shape):
            found: Any = self.output_shape(input_shape)
            shape = tuple(found)
        else:
            shape = (None, *([self.output_shape] if isinstance(self.output_shape, int) else self.output_shape))
        sides = [n for one in (input_shape if self.takes_list else [input_shape]) for n in one[1:]]
        return self.tried(input_shape)[0] if None in shape[1:] and None not in sides else shape  # open sides are known by now

    def get_config(self):
        """The function by its name.

        Raises:
            ArgumentError: it has none, or is a method of something; the weights alone can be saved.
        """
        parts = {"function": self.function, "output_shape": self.output_shape, "mask": self.mask}
        spoken = {key: name_of(self, value) if callable(value) else plain(value) for key, value in parts.items()}
        return {**{name: plain(getattr(self, name)) for name in BASE}, **spoken, "arguments": plain(self.arguments)}

    def __deepcopy__(self, memo):
        twin = type(self)(self.function, self.output_shape, self.mask, self.arguments, **{n: getattr(self, n) for n in BASE})
        memo[id(self)] = twin
        return twin


BASE = ("name", "trainable", "dtype", "rate_factor", "takes_list")
SPOKEN: ContextVar[dict[str, Callable] | None] = ContextVar("nabi_spoken", default=None)
KEEPING: ContextVar[dict[str, Callable] | None] = ContextVar("nabi_keeping", default=None)


@contextmanager
def speaking() -> Iterator[None]:
    """Within the block any function has a name, so that a model can be copied by its configuration in this process."""
    token = SPOKEN.set({})
    try:
        yield
    finally:
        SPOKEN.reset(token)


@contextmanager
def keeping() -> Iterator[dict[str, Callable]]:
    """Within the block functions without a name are called unnamed_1, unnamed_2, ...; gives all that are spoken of, by name."""
    kept: dict[str, Callable] = {}
    token, naming = KEEPING.set(kept), NAMER.set(lambda thing: kept_name(kept, thing))
    try:
        yield kept
    finally:
        NAMER.reset(naming)
        KEEPING.reset(token)


def kept_name(kept: dict[str, Callable], thing: Any) -> str:
    """The name of a function or class, or a new one where it has none or another has it; it is kept under that."""
    name = getattr(thing, "__name__", "")
    if not name.isidentifier() or kept.get(name, thing) is not thing:
        name = next((one for one, other in kept.items() if other is thing), f"unnamed_{len(kept) + 1}")
    kept[name] = thing
    return name


def name_of(layer: Lambda, function: Any) -> str:
    """The name under which a file can speak of a function."""
    known = SPOKEN.get()
    if known is not None:
        known[f"function {len(known)}"] = function
        return f"function {len(known) - 1}"
    kept = KEEPING.get()
    name = getattr(function, "__name__", "") if kept is None else kept_name(kept, function)
    if not name.isidentifier():
        raise ArgumentError(layer.label, "a function with a name, for load_model(custom_objects={name: function})",
                            repr(name or function), "Define it with def name(x): ..., or save the weights alone: save_weights.")
    return name


def named(argument: str, name: str) -> Callable:
    """The function that a file speaks of: one of custom_objects, or of nabi.ops."""
    known = SPOKEN.get() or {}
    if name in known:
        return known[name]
    try:
        return lookup("op", name)
    except UnknownName:
        raise ArgumentError(f"Lambda({argument})", "a function, or in a file the name of one that is given", repr(name),
                            f"Files hold no code: load_model(path, custom_objects={{{name!r}: {name}}}).") from None
