"""Translating: old arguments and methods put on nabi's classes while it plays Keras.

    Dense(output_dim=10, init="uniform")   ->  Dense(units=10, kernel_initializer="random_uniform"), and a note

The classes stay the same objects, so that `isinstance`, classes made of them and files go on as ever: only the constructors are
replaced, by ones that rename what `old.py` names.
"""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from nabi.as_keras.dressing import old
from nabi.as_keras.dressing.amounts import spoken
from nabi.as_keras.dressing.channels_first import asked_for, dress_pictures, turned_class, within
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.core.errors import ArgumentError
from nabi.core.pieces import arguments
from nabi.core.registry import TABLE, names


def dress(patches: Patches) -> None:
    """Puts all translations in place."""
    from nabi.as_keras.dressing.configs import dress_configs
    from nabi.as_keras.dressing.customizing import dress_customs
    from nabi.as_keras.dressing.dressing import dress_tensors
    from nabi.as_keras.dressing.learning import dress_models
    from nabi.as_keras.dressing.truncating import dress_ends
    from nabi.as_keras.names.initializations import dress_initializers
    from nabi.as_keras.names.layers import LAYERS
    from nabi.as_keras.steps import Adafactor, Ftrl, Lamb, MultiOptimizer, Muon, OptimizerMap, ScheduleFreeAdamW

    for kind in ("layer", "optimizer", "callback", "model", "regularizer", "constraint", "initializer", "metric", "loss"):
        names(kind)
    patches.into(TABLE["layer"], {thing.__name__: thing for thing in LAYERS})  # so that files can name them
    further = {thing.__name__: thing for thing in (Adafactor, Ftrl, Lamb, MultiOptimizer, Muon, OptimizerMap, ScheduleFreeAdamW)}
    patches.into(TABLE["optimizer"], further | {name.lower(): thing for name, thing in further.items()})
    for kind, rows in (("layer", old.LAYERS), ("optimizer", old.OPTIMIZERS), *old.OTHERS.items()):
        dress_constructors(patches, TABLE[kind], rows)
    dress_configs(patches)
    dress_models(patches)
    dress_tensors(patches)
    dress_customs(patches)
    dress_ends(patches)
    dress_initializers(patches)
    dress_pictures(patches)


def dress_constructors(patches: Patches, things: Mapping[str, Any], rows: Mapping[str, dict[str, str]]) -> None:
    """Lets the constructors of classes, and of what they are made from, take old arguments; each once."""
    owners = {base for thing in things.values() if isinstance(thing, type) for base in thing.__mro__
              if "__init__" in vars(base) and base.__module__.startswith("nabi.") and hasattr(base, "get_config")}
    for owner in owners:
        if not hasattr(vars(owner)["__init__"], "translates"):
            patches.around(owner, "__init__", lambda init, owner=owner: translated(owner, init, rows))


def translated(owner: type, init: Callable, rows: Mapping[str, dict[str, str]]) -> Callable:
    """The constructor `init` of `owner`, taking old arguments too."""

    @wraps(init)
    def call(self, *args, **options):
        if first_of_ours(type(self)) is not owner:
            init(self, *args, **options)
            return
        first = options.pop("weights", None) if "weights" not in arguments(type(self)) else None
        args, options, size = sized(type(self), args, options)
        args, options = renamed(type(self), args, options, rows)
        turned = asked_for(type(self), options)
        with within():
            init(self, *args, **options)
        if turned:
            self.__class__ = turned_class(type(self))
            if "data_format" in vars(self):
                object.__setattr__(self, "data_format", "channels_first")
        if first is not None:
            begin_with(self, first)
        if size is not None:
            end_at(self, size)

    vars(call)["translates"] = owner
    return call


def sized(kind: type, args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any], Any]:
    """The arguments without the size of what a transposed convolution gives, and that size: Keras 1 was told it."""
    if not hasattr(kind, "cuts"):
        return args, options, None
    if len(args) >= 4 and isinstance(args[3], (tuple, list)):  # ... (8, 3, 3, (None, 28, 28, 8))
        return (*args[:3], *args[4:]), options, args[3]
    return args, {word: value for word, value in options.items() if word != "output_shape"}, options.get("output_shape")


def end_at(layer: Any, size: Any) -> None:
    """Lets a transposed convolution give maps of this size, (batch, height, width, channels), where its stride allows it."""
    build = layer.build

    def built(input_shape):
        layer.__dict__.pop("build")
        wanted = size[1:-1] if size[-1] == layer.filters else size[2:]
        kernel = [(k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
        least = [(n - 1) * s + (k % 2 if layer.padding == "same" else k)
                 for n, s, k in zip(input_shape[1:-1], layer.strides, kernel, strict=True)]
        more = [None if n is None else int(n) - low for n, low in zip(wanted, least, strict=True)]
        if all(n is not None and 0 <= n < s for n, s in zip(more, layer.strides, strict=True)):
            layer.output_padding = tuple(more)
        build(input_shape)

    object.__setattr__(layer, "build", built)


def begin_with(layer: Any, values: Any) -> None:
    """Gives a layer its first weights as soon as it is built: Keras 1's `Dense(10, weights=[kernel, bias])`."""
    build = layer.build

    def built(input_shape):
        layer.__dict__.pop("build")
        build(input_shape)
        for weight, value in zip(layer.weights, values, strict=True):
            weight.assign(value)

    object.__setattr__(layer, "build", built)


@cache
def first_of_ours(kind: type) -> type:
    """The class of nabi's whose constructor is the first to run for objects of this class."""
    return next(base for base in kind.__mro__ if "__init__" in vars(base) and base.__module__.startswith("nabi."))


def renamed(kind: type, args: tuple, options: dict[str, Any], rows: Mapping[str, dict[str, str]]) -> tuple[tuple, dict[str, Any]]:
    """Arguments as nabi's constructor takes them."""
    ours = next(base for base in kind.__mro__ if base.__module__.startswith("nabi."))
    special = SPECIAL.get(next((base.__name__ for base in ours.__mro__ if base.__name__ in SPECIAL), ""))
    if special is not None:
        args, options = special(ours, args, dict(options))
    known, made = arguments(ours), {}
    words = {word: new for base in reversed(ours.__mro__) for word, new in rows.get(base.__name__, {}).items()}
    for word, value in options.items():
        new = words.get(word)
        if new is None or (word in known and new != old.DROP and word != "lr"):
            made[word] = value
        elif new != old.DROP:
            note(f"argument {word}", f"{ours.__name__}({word}=...): an old argument, {new}=... since Keras 2.")
            if new == "learning_rate" and args:  # SGD(0.5, lr=0.1): lr went before
                args = (value, *args[1:])
            else:
                made[new] = value
    if made.get("name") == "":  # as Keras 2 took it: no name
        del made["name"]
    for word, value in made.items():
        made[word] = value_of(word, value)
    return args if ours.__name__ == "Lambda" else tuple(map(known_function, args)), made


def value_of(word: str, value: Any) -> Any:
    """A value by its present name."""
    if word == "verbose":
        return spoken(value)
    if not isinstance(value, str):
        return known_function(value) if word.endswith("activation") else value
    if word == "data_format":
        return old.VALUES.get(value, value)
    if word == "reduction":
        return old.NAMES["reduction"].get(value, value)
    if word.endswith("_initializer"):
        return old.NAMES["kernel_initializer"].get(value, value)
    return value


def known_function(value: Any) -> Any:
    """The name of an activation for tf.nn's or ops' function of that name, so that files can name it."""
    inner = getattr(value, "__wrapped__", None)
    name = getattr(inner, "__name__", "")
    if inner is not None and TABLE["activation"].get(name) is inner and getattr(value, "function", None) is inner:
        return inner
    same = inner is not None and name in TABLE["activation"] and TABLE["op"].get(name) in (value, inner)
    return name if same else value


def convolution(ours: type, args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Keras 1's Convolution2D(32, 3, 3) and Convolution3D(32, 3, 3, 3): a kernel of 3 x 3, or 3 x 3 x 3."""
    rows, columns = options.pop("nb_row", None), options.pop("nb_col", None)
    dims = getattr(ours, "dims", 2)
    if dims == 1:
        args, options = recurrent(ours, args, options)
    if dims == 3:
        return volume(args, options)
    if rows is not None:
        options["kernel_size"] = (rows, columns)
    elif columns is not None and len(args) >= 2:  # (32, 3, nb_col=3)
        args = (args[0], (args[1], columns), *args[2:])
    if dims == 2 and len(args) == 3 and all(isinstance(n, int) for n in args) and args[1] == args[2] > 1:
        note("kernel", f"{ours.__name__}{args}: read as Keras 1 and 2 do, a kernel of {args[1]} x {args[2]}.")
        args = (args[0], args[1:])
    return args, options


def volume(args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Keras 1's Convolution3D(32, 3, 3, 3) and Convolution3D(32, kernel_dim1=3, kernel_dim2=3, kernel_dim3=3).

    Example:
        >>> volume((32, 3, 3, 3), {}), volume((32,), {"kernel_dim1": 1, "kernel_dim2": 2, "kernel_dim3": 3})
        (((32, (3, 3, 3)), {}), ((32, (1, 2, 3)), {}))
    """
    sizes = [*args[1:4], *[options.pop(name) for name in ("kernel_dim1", "kernel_dim2", "kernel_dim3") if name in options]]
    old_way = len(sizes) == 3 and all(isinstance(n, int) for n in sizes)
    return ((args[0], tuple(sizes), *args[4:]) if old_way and args else args), options


def recurrent(ours: type, args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Keras 1's LSTM(32, input_dim=8, input_length=10): steps and features of one sample."""
    if "input_dim" in options:
        options["input_shape"] = (options.pop("input_length", None), options.pop("input_dim"))
    options.pop("input_length", None)
    if options.get("time_major"):
        raise ArgumentError(f"{ours.__name__}(time_major)", "False: (batch, steps, features)", True,
                            "Turn the data, and what comes back: x.transpose(1, 0, 2); Keras 3 has left the argument out too.")
    return args, options


def lenient(ours: type, args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Arguments without those that nobody knows: Keras 2's ModelCheckpoint and ReduceLROnPlateau passed them over."""
    known = {*arguments(ours), *old.OTHERS["callback"].get(ours.__name__, {})}
    for word in options.keys() - known:
        note(f"argument {word}", f"{ours.__name__}({word}=...): there is no such argument; as in Keras 2 it has no effect.")
    return args, {word: value for word, value in options.items() if word in known}


SPECIAL: dict[str, Callable[..., tuple[tuple, dict[str, Any]]]] = {
    "ModelCheckpoint": lenient, "ReduceLROnPlateau": lenient,
    "Convolution": convolution, "Transposed": convolution, "Recurrent": recurrent}
