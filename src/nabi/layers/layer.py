"""Layer: what all layers share: name, building on the first input, calling, automatic configuration; weights: `weighted.py`.

A layer file reads: docstring, constructor, `build` (weights), `call` (forward), `compute_output_shape`. Shapes carry the batch
axis first, as in Keras: (None, 28, 28, 1). A layer knows shapes and tensors; training, saving and fusing work from outside.
"""

import inspect
from contextlib import nullcontext
from functools import cache, wraps
from typing import Any

import numpy as np
import torch

from nabi.core.claimed import is_users
from nabi.core.config import config
from nabi.core.errors import ArgumentError, ShapeError, StateError, Unset, Unwritten
from nabi.core.names import snake_case
from nabi.core.numbers import flag, number, readable
from nabi.core.pieces import plain
from nabi.core.random import Key, fresh_seed
from nabi.core.registry import TABLE, lookup
from nabi.core.shapes import Shape
from nabi.core.words import text
from nabi.layers.accepts import check_shapes, first_shape
from nabi.layers.adding import ADDING, Added, Adding
from nabi.layers.chain import with_chain
from nabi.layers.inside import FROZEN, RUNNING, asked_for, entered, held, holding, in_few_rows, settle, stands_still
from nabi.layers.masks import Masks, as_masks, carried, carry, output_masks, some
from nabi.layers.names import claim_members, claimable, claims, clash, fresh_name, taken
from nabi.layers.node import Node, Symbol, flatten
from nabi.layers.tracing import mode_of, note
from nabi.layers.weight import dtype_name, dtype_of
from nabi.layers.weighted import Weighted


class Layer(Adding, Weighted):
    """Base of all layers.

    Args:
        name: its name in summaries, errors and files; by default the class name in small letters and a number.
        trainable: whether training may change its weights; read when the model is compiled.
        rate_factor: its weights learn at this share of the optimizer's learning rate, 0.1 for a tenth; read when the model is
            compiled. A model's factor multiplies those of the layers in it.
        dtype: dtype of its weights, "float32" or "float64"; default `nabi.config.floatx`.
        input_shape: shape of one sample, for the first layer of a `Sequential`.
        input_dim: Keras 1's way to write `input_shape=(input_dim,)`.
        batch_input_shape: Keras 2's way to write `input_shape=batch_input_shape[1:]`; any batch size runs.

    Class attributes a layer declares:
        rank: number of axes its input must have, batch included; None takes any.
        min_rank: least number of axes.
        fixed_axes: axes whose length the weights are made for, the last by default.
        random: True if `call` takes a `key` for random numbers.
        takes_list: True if `call` takes a list of tensors.
        takes_integers: True if whole numbers are not to be made floats before `call`.
        frozen_is_inference: True if freezing means inference mode (batch normalisation).
        holds_layers: True for models.
        supports_masking: True if the mask of its input is that of its output; see `nabi.layers.masks`.
    """

    rank: int | None = None
    min_rank: int = 1
    fixed_axes: tuple[int, ...] = (-1,)
    random = False
    augments = False  # whether it is in training mode where it is called by itself
    takes_list = False
    takes_integers = False
    frozen_is_inference = False
    holds_layers = False
    supports_masking = False

    def __init__(self, *, name=None, trainable=True, dtype=None, rate_factor=1.0, input_shape=None, input_dim=None,
                 batch_input_shape=None, **unknown):
        unknown = {word: value for word, value in unknown.items() if word not in NOT_YET or value is not NOT_YET[word]}
        where = type(self).__name__
        for word, value in unknown.items():
            if word in NOT_YET:
                raise ArgumentError(f"{where}({word}=...)", repr(NOT_YET[word]), repr(value), f"nabi does not have {word} yet.")
            self.refuse(unknown)
        if name not in (None, ""):  # Keras names a model of name="" itself
            text(f"{where}(name)", name, "a text as the layer's name")
        object.__setattr__(self, "_weights", {})
        object.__setattr__(self, "_tried", {})  # input shape -> output shape and multiply-adds, of a layer with layers inside
        self.name = name or fresh_name(snake_case(where))
        self.trainable = flag(f"{where}(trainable)", trainable)
        self.dtype = dtype_name(f"{where}(dtype)", dtype or config.floatx)
        self.rate_factor = number(f"{where}(rate_factor)", rate_factor, least=0)
        self.input_shape = first_shape(where, input_shape, input_dim, batch_input_shape)
        self.input_dim = self.batch_input_shape = None
        self.built = False
        self.built_shape: Any = None  # a shape, or a list of them where the layer takes a list
        self.nodes: list[Node] = []
        self.calls = 0
        self.own_seed = None
        self.add_nothing()

    def __setattr__(self, name, value):
        if name in claimable(type(self)) and claims(self, name, value):
            return
        hides = isinstance(value, Layer) and hasattr(Layer, name) and not hasattr(getattr(Layer, name), "gives_way")
        if hides or name in taken(type(self)):  # self.output = Dense(10) would hide what every layer has
            raise clash(self, name, f"self.{name}_layer" if hides else f"self.my_{name}")
        if isinstance(value, torch.nn.Module) and any(True for _ in value.parameters()):
            raise ArgumentError(f"{type(self).__name__}.{name}", "a function, nabi's layers, or weights of add_weight",
                                f"torch's {type(value).__name__}, whose parameters nabi would neither train nor save",
                                "Take the layer of nabi.layers that does the same, or write it with self.add_weight(...).")
        super().__setattr__(name, value)
        if name == "trainable":
            for layer in self.inside:
                layer.trainable = value
        elif isinstance(value, (Layer, list, tuple, dict)):
            object.__setattr__(self, "_inside", None)

    @property
    def inside(self) -> list["Layer"]:
        """The layers in its attributes, each once; see `nabi.layers.inside`. A model has none: it has `layers`."""
        known = self.__dict__.get("_inside")
        if known is None:
            known = list(held(self).values())
            if self.__dict__.get("built"):  # before, a list may still grow
                object.__setattr__(self, "_inside", known)
        return known

    # Calling ------------------------------------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of this shape; layers without weights need none."""

    def call(self, x):
        """The layer's formula on tensors."""
        raise Unwritten(self, "call(self, x)")

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the output from inputs and their masks (lists where the layer takes a list); None for none."""
        return previous_mask

    @property
    def hands_masks_on(self) -> bool:
        """Whether its outputs may have masks."""
        return self.supports_masking or type(self).compute_mask is not Layer.compute_mask

    def reads_mask(self, inputs: int) -> bool:
        """Whether `call` takes the masks that so many inputs have; layers in code of the user's find them on the tensors."""
        return "mask" in _call_arguments(type(self)) or bool(self.own_code and self.inside)

    def __init_subclass__(cls, **options):
        """`layer.build(shape)` by hand builds the layer for good, as in Keras; its first call would else draw new weights."""
        super().__init_subclass__(**options)
        if is_users(cls):
            claim_members(cls)
        build = vars(cls).get("build")
        if build is not None and not cls.holds_layers:

            @wraps(build)
            def once(self, input_shape, *more, **options):
                if self.built and (self._weights or self.inside):  # a second time nothing is drawn anew
                    return self.check_shapes(input_shape if self.takes_list else [tuple(input_shape)])
                build(self, *asked_for(build, input_shape, *more), **options)
                if self.built_shape is None and (self._weights or self.inside) and all(layer.built for layer in self.inside):
                    self.built, self.built_shape = True, input_shape  # a class may have set `built` itself, as Keras' do
                    settle(self)

            cls.build = once

    def compute_output_shape(self, input_shape):
        """Shape of the output for inputs of this shape. A layer of the user's own, or with layers inside, is tried out."""
        return self.tried(input_shape)[0] if self.inside or self.own_code else input_shape

    def tried(self, input_shape: Any) -> tuple[Any, int | None]:
        """Output shape and multiply-adds by a trial, one for each shape."""
        place = tuple(input_shape)
        if place not in self._tried:
            self._tried[place] = in_few_rows(self, input_shape)
        return self._tried[place]

    def __call__(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """On a Symbol: adds a node to the graph. On tensors or arrays: computes.

        Inside another layer `training` is by default that layer's, elsewhere False, but True where a layer (or a model of nothing
        else) varies pictures, as in Keras. On a Symbol a mode that is given holds for good; without one the layer goes by its
        model's. On tensors a mask may be given, or a list of them; by default it rides on the tensor (see `nabi.layers.masks`).
        """
        leaves = flatten(inputs)
        if any(isinstance(leaf, Symbol) for leaf in leaves):
            if mask is not None:
                raise ArgumentError(f"{self.label}(mask=...)", "no mask on an Input or what follows from it", type(mask).__name__,
                                    "Masks find their own way through a model; see Embedding(mask_zero=True) and Masking.")
            try:
                shapes = self.prepare([leaf.shape for leaf in leaves])
            except ShapeError as error:
                raise with_chain(error, self, leaves) from None
            node = Node(self, tuple(leaves), shapes, mode_of(training, self))
            self.nodes.append(node)
            note(node)
            return node.outputs[0] if len(node.outputs) == 1 else list(node.outputs)
        several = isinstance(inputs, dict) or (self.takes_list and isinstance(inputs, (list, tuple)))
        given = [inputs] if not several else list(inputs.values() if isinstance(inputs, dict) else inputs)
        masks = carried(given) if mask is None else as_masks(self, mask, len(given))
        arrays = [np.asarray(t) if isinstance(t, (list, tuple)) else getattr(t, "tensor", t) for t in given]
        tensors = [torch.as_tensor(readable(array)) for array in arrays]
        object.__setattr__(self, "_rows", tensors[0].shape[:1] if tensors else ())
        self.prepare([(None, *t.shape[1:]) for t in tensors])  # makes the weights, whose dtype decides
        tensors = [t if self.takes_integers else self.brought(t) for t in tensors]
        outer = RUNNING.get()
        training = (self.augments if outer is None else outer.training) if training is None else training
        trial = outer is not None and outer.trial is not None and not self.own_code  # counts no moments, draws no numbers
        training = bool(training) and not stands_still(self) and not trial
        if outer is None:
            key = self.own_key() if self.random else None
        else:
            key = outer.draw(self) if self.random and not self.inside else None
        read = some(masks) and (mask is not None or self.reads_mask(len(given)))
        with nullcontext() if ADDING.get() is not None else holding(ADDING, Added()):
            made = self.run(tensors, training, key, masks if read else ())
        if outer is not None and outer.trial is not None and (not self.inside or self.counts_macs):
            outer.trial.append((self, *self.counted(tensors, made)))
        if some(masks) or type(self).compute_mask is not Layer.compute_mask:
            outputs = list(made) if isinstance(made, (list, tuple)) else [made]
            carry(outputs, output_masks(self, tensors, masks, len(outputs)))
        return made

    def counted(self, tensors: list, made: Any) -> tuple[int | None, list, list]:
        """Multiply-adds of one sample, from the tensors that went in and came out, and their shapes."""
        before = [(None, *t.shape[1:]) for t in tensors]
        after = [(None, *t.shape[1:]) for t in (made if isinstance(made, (list, tuple)) else [made])]
        return self.macs(before if self.takes_list else before[0], after if len(after) > 1 else after[0]), before, after

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
                if FROZEN.get() is not None:
                    self.refuse_late()
                self.build(shape)
                self.built = True
                self.built_shape = shape
                if self.inside:
                    own_shape = type(self).compute_output_shape is not Layer.compute_output_shape
                    if not own_shape or not all(layer.built for layer in self.inside):
                        self.tried(shape)
                    settle(self)
            out = self.compute_output_shape(shape)
        except ShapeError:
            if fresh:
                self.unbuild()
            raise
        return [out] if isinstance(out, tuple) else list(out)

    def refuse_late(self) -> None:
        """Raises StateError for a layer with weights that is built in the middle of a training step: no optimizer knows them."""
        if self.keeps and "build" in {name for base in type(self).__mro__[:-1] for name in vars(base) if base is not Layer}:
            raise StateError(self.label, "a layer that was built before training", "one that a step is the first to reach",
                             "Call the model once on data that reaches it, or build it: layer.build(shape).")

    def unbuild(self) -> None:
        """Gives up the weights, so that a layer that met a wrong shape first can still be built for the right one."""
        self._weights.clear()
        self._tried.clear()
        self.built, self.built_shape = False, None
        for layer in self.inside:
            layer.unbuild()

    def check_shapes(self, shapes: list[Shape]) -> None:
        """Holds the input shapes against what the layer declares."""
        check_shapes(self, shapes)

    def run(self, tensors: list, training: bool, key: Key | None = None, masks: Masks = ()):
        """`call` with just the extra arguments it takes; `masks` are those that it reads, one a tensor, or ()."""
        takes: Any = _call_arguments(type(self))
        extra: dict[str, Any] = {word: value for word, value in (("training", training), ("key", key)) if word in takes}
        if masks and self.own_code:
            carry(tensors, masks)
            takes = inspect.signature(self.call).parameters
        if masks and "mask" in takes:
            extra["mask"] = list(masks) if self.takes_list else masks[0]
        given = tensors if self.takes_list else tensors[0]
        with holding(RUNNING, entered(training, key, self.counts_macs)) if self.inside else nullcontext():
            made = self.call(given, **extra)
        if self.activity_regularizer is not None:
            self.regularize(made)
        return made

    @property
    def counts_macs(self) -> bool:
        """Whether it says itself what it and the layers inside it compute."""
        return type(self).macs is not Layer.macs

    def macs(self, input_shape, output_shape) -> int | None:
        """Multiply-adds of one sample; 0 for layers that only move, compare or scale numbers. Those of layers inside count."""
        return self.tried(input_shape)[1] if self.inside else 0

    @property
    def keeps(self) -> bool:
        """Whether it is more than a function: it has weights, random numbers, a training mode, or layers in it."""
        own_build = getattr(type(self).build, "__qualname__", "") != Layer.build.__qualname__
        trains = "training" in _call_arguments(type(self))
        return self.holds_layers or self.random or own_build or trains or bool(self._weights) or bool(self.inside)

    @property
    def own_code(self) -> bool:
        """Whether its `call` is the user's, who may do in it what he likes."""
        return not type(self).call.__module__.startswith("nabi.")

    @property
    def told_the_mode(self) -> bool:
        """Whether its `call` is told whether it trains."""
        return "training" in _call_arguments(type(self))

    @property
    def has_modes(self) -> bool:
        """Whether training mode makes a difference."""
        return self.random or self.told_the_mode or bool(self.inside)

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
            raise Unset(self.label, "a layer that is part of a model", "one that was never called on an Input")
        return self.nodes[0]

    def get_config(self) -> dict:
        """The constructor's arguments as plain data: every argument is an attribute of the same name."""
        return {name: plain(value) for name, value in super().get_config().items()}

    @classmethod
    def from_config(cls, config: dict):
        """A new layer from what `get_config` returned; layers among its arguments are made again, too."""
        return cls(**revived_arguments(config))

    def __repr__(self):
        return f"<{self.label}>"

    def __deepcopy__(self, memo):
        twin = type(self).from_config(self.get_config())
        memo[id(self)] = twin
        if self.built:
            twin.prepare(self.built_shape if self.takes_list else [self.built_shape])
            twin.set_weights(self.get_weights())
        return twin


def revived_arguments(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration with layers for their entries, but where an argument never holds one: Identity is an initializer, too."""
    return {name: value if name.endswith(NO_LAYERS) else revived(value) for name, value in config.items()}


def revived(value: Any) -> Any:
    """A configuration's value with layers for their entries {"class_name", "config"}, also in lists."""
    if isinstance(value, (list, tuple)):
        return type(value)(revived(part) for part in value)
    if isinstance(value, dict) and set(value) == {"class_name", "config"} and value["class_name"] in TABLE["layer"]:
        return lookup("layer", value["class_name"]).from_config(value["config"])
    return value


NO_LAYERS = ("_initializer", "_regularizer", "_constraint")
NOT_YET = {  # arguments of Keras' layers that nabi does not have, and the values that mean the same as leaving them out
    "renorm": False, "renorm_clipping": None, "synchronized": False, "sparse": None, "ragged": None, "optional": False,
    "lora_rank": None, "lora_alpha": None, "quantization_config": None, "autocast": True, "activity_regularizer": None,
    "input_tensor": None, "batch_shape": None}  # fmt: skip


@cache
def _call_arguments(cls) -> frozenset[str]:
    return frozenset(inspect.signature(cls.call).parameters)
