"""Layer: what all layers share: name, weights, building on the first input, automatic configuration.

A layer file reads: docstring, constructor, `build` (weights), `call` (forward), `compute_output_shape`. Shapes carry the batch
axis first, as in Keras: (None, 28, 28, 1). A layer knows shapes and tensors; training, saving and fusing work from outside.
"""

import inspect
import re
from collections import defaultdict
from functools import cache, wraps
from typing import Any

import numpy as np
import torch

from nabi import initializers, regularizers
from nabi.core.config import config
from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.core.pieces import Piece, plain
from nabi.core.random import Key, fresh_seed
from nabi.core.shapes import Shape, as_text
from nabi.layers.chain import with_chain
from nabi.layers.inside import refuse_inside
from nabi.layers.node import Node, Symbol, flatten
from nabi.layers.weight import Weight, dtype_of, first_value

_numbers: dict[str, int] = defaultdict(int)


def fresh_name(base: str) -> str:
    """`conv2d`, `conv2d_1`, ...: the class name in small letters and a running number, as Keras counts."""
    number = _numbers[base]
    _numbers[base] += 1
    return base if number == 0 else f"{base}_{number}"


def snake_case(name: str) -> str:
    """`MaxPooling2D -> max_pooling2d`, by Keras' rule."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def reset_names() -> None:
    """Starts the running numbers of layer names anew (Keras' `clear_session`)."""
    _numbers.clear()


class Layer(Piece):
    """Base of all layers.

    Args:
        name: its name in summaries, errors and files; by default the class name in small letters and a number.
        trainable: whether training may change its weights; read when the model is compiled.
        rate_factor: its weights learn at this share of the optimizer's learning rate, 0.1 for a tenth; read when the model is
            compiled. A model's factor multiplies those of the layers in it.
        dtype: dtype of its weights, "float32" or "float64"; default `nabi.config.floatx`.
        input_shape: shape of one sample, for the first layer of a `Sequential`.
        input_dim: Keras 1's way to write `input_shape=(input_dim,)`.

    Class attributes a layer declares:
        rank: number of axes its input must have, batch included; None takes any.
        min_rank: least number of axes.
        random: True if `call` takes a `key` for random numbers.
        takes_list: True if `call` takes a list of tensors.
        takes_integers: True if whole numbers are not to be made floats before `call`.
        frozen_is_inference: True if freezing means inference mode (batch normalisation).
        holds_layers: True for models.
    """

    rank: int | None = None
    min_rank: int = 1
    random = False
    takes_list = False
    takes_integers = False
    frozen_is_inference = False
    holds_layers = False

    def __init__(self, *, name=None, trainable=True, dtype=None, rate_factor=1.0, input_shape=None, input_dim=None, **unknown):
        unknown = {word: value for word, value in unknown.items() if word not in NOT_YET or value is not NOT_YET[word]}
        if unknown:
            word = next(iter(unknown))
            if word in NOT_YET:
                raise ArgumentError(f"{type(self).__name__}({word}=...)", f"{NOT_YET[word]!r}", repr(unknown[word]),
                                    f"nabi does not have {word} yet.")
            self.refuse(unknown)
        if name is not None and not isinstance(name, str):
            raise ArgumentError(f"{type(self).__name__}(name)", "a text as the layer's name", repr(name))
        object.__setattr__(self, "_weights", {})
        self.name = name or fresh_name(snake_case(type(self).__name__))
        self.trainable = trainable
        self.dtype = dtype or config.floatx
        self.rate_factor = rate_factor
        self.input_shape = (input_dim,) if input_dim is not None else (tuple(input_shape) if input_shape is not None else None)
        self.input_dim = None
        self.built = False
        self.built_shape: Any = None  # a shape, or a list of them where the layer takes a list
        self.nodes: list[Node] = []
        self.calls = 0
        self.own_seed = None

    # Weights ------------------------------------------------------------------------------------------------------------

    def add_weight(self, shape: tuple = (), initializer: Any = "glorot_uniform", *, trainable: bool = True,
                   regularizer: Any = None, memory: tuple[int, ...] | None = None, name: str | None = None) -> Any:
        """A new weight; assign it: `self.kernel = self.add_weight((n, units))`. Reading `self.kernel` gives its tensor.

        It belongs to the layer at once; without a name it is called weight#1, weight#2, ... until it is assigned.
        """
        draw: Any = initializers.get("glorot_uniform" if initializer is None else initializer)
        value = first_value(self, draw, tuple(shape), dtype_of(self.dtype))
        weight = Weight(name or f"{RUNNING}{len(self._weights) + 1}", value, trainable, regularizers.get(regularizer), memory)
        weight.owner = self
        self._weights[weight.name] = weight
        return weight

    def __setattr__(self, name, value):
        if not isinstance(value, Weight):
            if not self.holds_layers:
                refuse_inside(self, name, value, is_layer)
            object.__setattr__(self, name, value)
            return
        before = {key: weight for key, weight in self._weights.items() if key != name or weight is value}
        if value.name.startswith(RUNNING):
            value.name = name
        self._weights.clear()  # the weights stay in the order in which they were added
        self._weights.update((name if weight is value else key, weight) for key, weight in before.items())
        self._weights[name] = value

    def __getattr__(self, name):
        weights = self.__dict__.get("_weights", {})
        if name in weights:
            return weights[name].tensor
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    @property
    def weights(self) -> list[Weight]:
        """All weights, in the order they were added."""
        return list(self._weights.values())

    @property
    def trainable_weights(self) -> list[Weight]:
        """Weights that training would change now."""
        return [w for w in self.weights if w.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """Weights that training would leave: frozen ones and counted ones."""
        learned = set(map(id, self.trainable_weights))
        return [w for w in self.weights if id(w) not in learned]

    @property
    def variables(self) -> list[Weight]:
        """Keras' other name for `weights`."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Weight]:
        """Keras' other name for `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Weight]:
        """Keras' other name for `non_trainable_weights`."""
        return self.non_trainable_weights

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights in Keras' shapes."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights) -> None:
        """Overwrites all weights; all shapes are checked before the first is written."""
        values = list(weights)
        if len(values) != len(self.weights):
            raise ShapeError(f"{self.label}.set_weights", f"{len(self.weights)} arrays", len(values),
                             "Build the layer first." if not self.built else "")
        for weight, value in zip(self.weights, values, strict=True):
            if tuple(np.shape(value)) != weight.shape:
                raise ShapeError(f"{self.label}: weight '{weight.name}'", f"shape {weight.shape}", np.shape(value))
        for weight, value in zip(self.weights, values, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Number of elements in all weights."""
        return sum({id(w): w.size for w in self.weights}.values())

    # Calling ------------------------------------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of this shape; layers without weights need none."""

    def call(self, x):
        """The layer's formula on tensors."""
        raise StateError(f"{type(self).__name__}.call", "a layer that says what it computes", "the base class",
                         "Write call(self, x) in your layer.")

    def __init_subclass__(cls, **options):
        """`layer.build(shape)` by hand builds the layer for good, as in Keras; its first call would else draw new weights."""
        super().__init_subclass__(**options)
        build = vars(cls).get("build")
        if build is not None:

            @wraps(build)
            def once(self, input_shape):
                if self.built and self._weights:  # a second time nothing is drawn anew
                    self.check_shapes(input_shape if self.takes_list else [tuple(input_shape)])
                    return
                build(self, input_shape)
                if self._weights and not self.built:
                    self.built, self.built_shape = True, input_shape

            cls.build = once

    def compute_output_shape(self, input_shape):
        """Shape of the output for inputs of this shape; by default unchanged."""
        return input_shape

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """On a Symbol: adds a node to the graph. On tensors or arrays: computes."""
        leaves = flatten(inputs)
        if any(isinstance(leaf, Symbol) for leaf in leaves):
            try:
                shapes = self.prepare([leaf.shape for leaf in leaves])
            except ShapeError as error:
                raise with_chain(error, self, leaves) from None
            node = Node(self, tuple(leaves), shapes)
            self.nodes.append(node)
            return node.outputs[0] if len(node.outputs) == 1 else list(node.outputs)
        several = isinstance(inputs, dict) or (self.takes_list and isinstance(inputs, (list, tuple)))
        given = [inputs] if not several else list(inputs.values() if isinstance(inputs, dict) else inputs)
        tensors = [torch.as_tensor(np.asarray(t) if isinstance(t, (list, tuple)) else t) for t in given]
        tensors = [t if self.takes_integers else self.brought(t) for t in tensors]
        self.prepare([(None, *t.shape[1:]) for t in tensors])
        return self.run(tensors, training, self.own_key() if self.random else None)

    def brought(self, x: torch.Tensor) -> torch.Tensor:
        """x in the dtype of the weights; without weights only whole numbers change."""
        if self.weights:
            return x.to(self.weights[0].value.dtype)
        return x if x.is_floating_point() else x.to(dtype_of(self.dtype))

    def own_key(self) -> Key:
        """Key of the next random tensor when the layer is called outside a model."""
        if self.own_seed is None:
            given = getattr(self, "seed", None)
            self.own_seed = fresh_seed() if given is None else given
        self.calls += 1
        return Key(self.own_seed, 0, self.calls)

    def prepare(self, shapes: list[Shape]) -> list[Shape]:
        """Checks the input shapes, builds the weights if need be, and gives the output shapes."""
        self.check_shapes(shapes)
        shape = shapes if self.takes_list else shapes[0]
        fresh = not self.built
        try:
            if fresh:
                self.build(shape)
                self.built = True
                self.built_shape = shape
                if not self.holds_layers:
                    for name, value in vars(self).items():  # lists may have grown since they were assigned
                        refuse_inside(self, name, value, is_layer)
            out = self.compute_output_shape(shape)
        except ShapeError:
            if fresh:
                self.unbuild()
            raise
        return [out] if isinstance(out, tuple) else list(out)

    def unbuild(self) -> None:
        """Gives up the weights, so that a layer that met a wrong shape first can still be built for the right one."""
        self._weights.clear()
        self.built, self.built_shape = False, None

    def check_shapes(self, shapes: list[Shape]) -> None:
        """Holds the input shapes against what the layer declares."""
        if not self.takes_list and len(shapes) != 1:
            raise ShapeError(self.label, "one input", f"{len(shapes)} of them", "Concatenate() or Add() joins several.")
        for shape in shapes:
            if self.rank is not None and len(shape) != self.rank:
                raise ShapeError(self.label, f"{self.rank} axes {AXES.get(self.rank, '')}".rstrip(),
                                 f"{len(shape)}: {as_text(shape)} a sample", self.rank_remedy(shape))
            if len(shape) < self.min_rank:
                raise ShapeError(self.label, f"at least {self.min_rank} axes", f"{len(shape)}: {as_text(shape)} a sample")
        if self.built and not self.takes_list:
            was, now = self.built_shape, shapes[0]
            if self.weights and was[-1] != now[-1] and len(was) == len(now):
                raise ShapeError(self.label, f"{was[-1]} channels or features as it was built with", now[-1],
                                 f"It was built for {as_text(was)}; this input is {as_text(now)}.")

    def rank_remedy(self, shape: Shape) -> str:
        """What to do about an input with the wrong number of axes."""
        if self.rank == 4 and len(shape) == 3:
            if shape[-1] in (1, 3):
                return "For one picture add the batch axis: x[None]."
            return "Add the channel axis: x[..., None], and input_shape=(height, width, 1)."
        if self.rank == 4 and len(shape) == 2:
            return "Put it before Flatten() and Dense(), behind which there is no height and width."
        return ""

    def run(self, tensors: list, training: bool, key: Key | None = None):
        """`call` with just the extra arguments it takes."""
        extra = {}
        takes = _call_arguments(type(self))
        if "training" in takes:
            extra["training"] = training
        if "key" in takes:
            extra["key"] = key
        return self.call(tensors if self.takes_list else tensors[0], **extra)

    def macs(self, input_shape, output_shape) -> int:
        """Multiply-adds of one sample; 0 for layers that only move, compare or scale numbers."""
        return 0

    @property
    def keeps(self) -> bool:
        """Whether it is more than a function: it has weights, random numbers, a training mode, or layers in it."""
        own_build = getattr(type(self).build, "__qualname__", "") != Layer.build.__qualname__
        return self.holds_layers or self.random or own_build or bool(self._weights) or "training" in _call_arguments(type(self))

    # Words --------------------------------------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """How errors name the layer: Conv2D 'conv2d_1'."""
        return f"{type(self).__name__} '{self.name}'"

    @property
    def input(self):
        """Symbol (or list) that its only call reads."""
        symbols = list(self._node().inputs)
        return symbols[0] if len(symbols) == 1 else symbols

    @property
    def output(self):
        """Symbol (or list) that its only call makes; `Model(base.input, layer.output)` cuts a network there."""
        symbols = list(self._node().outputs)
        return symbols[0] if len(symbols) == 1 else symbols

    def _node(self) -> Node:
        if not self.nodes:
            raise StateError(self.label, "a layer that is part of a model", "one that was never called on an Input")
        return self.nodes[0]

    def get_config(self) -> dict:
        """The constructor's arguments as plain data: every argument is an attribute of the same name."""
        return {name: plain(value) for name, value in super().get_config().items()}

    def __repr__(self):
        return f"<{self.label}>"

    def __deepcopy__(self, memo):
        twin = type(self).from_config(self.get_config())
        memo[id(self)] = twin
        if self.built:
            twin.prepare(self.built_shape if self.takes_list else [self.built_shape])
            twin.set_weights(self.get_weights())
        return twin


def is_layer(value: Any) -> bool:
    """Whether a value is a layer."""
    return isinstance(value, Layer)


RUNNING = "weight#"
NOT_YET = {  # arguments of Keras' layers that nabi does not have, and the values that mean the same as leaving them out
    "kernel_constraint": None, "bias_constraint": None, "beta_constraint": None, "gamma_constraint": None, "constraint": None,
    "renorm": False, "renorm_clipping": None, "synchronized": False, "sparse": None, "ragged": None, "optional": False,
    "lora_rank": None, "lora_alpha": None, "quantization_config": None, "autocast": True, "activity_regularizer": None,
    "depthwise_constraint": None, "noise_shape": None, "input_tensor": None, "batch_shape": None, "batch_input_shape": None,
}  # fmt: skip
AXES = {2: "(batch, features)", 3: "(batch, steps, features)", 4: "(batch, height, width, channels)"}


@cache
def _call_arguments(cls) -> frozenset[str]:
    return frozenset(inspect.signature(cls.call).parameters)
