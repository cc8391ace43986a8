"""Customizing: what scripts that train by hand ask of models and optimizers, put on nabi's classes while it plays Keras.

    updates = Adam(lr=1e-3).get_updates(model.trainable_weights, [], loss)          Keras 1 and 2, with K.function(updates=...)
    optimizer.minimize(lambda: loss_of(w), [w])                                     TensorFlow 2
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

from nabi.as_keras.dressing.class_weights import with_class_weights
from nabi.as_keras.dressing.metrics_of_outputs import broadcast
from nabi.as_keras.dressing.not_numbers import going_on
from nabi.as_keras.dressing.symbolic_losses import reads_symbols
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.as_keras.tensorflow.taping import GradientTape
from nabi.backend.functions import Update
from nabi.backend.gradient import gradients
from nabi.core.claimed import is_users
from nabi.core.errors import ArgumentError, StateError
from nabi.layers import Layer
from nabi.layers.inside import MISFITS
from nabi.layers.node import Symbol, flatten
from nabi.models import Model
from nabi.models.learning import Learning
from nabi.optimizers import Optimizer
from nabi.training import objective


def dress_customs(patches: Patches) -> None:
    """Puts these in place."""
    patches.put(objective, "metrics_per_output", broadcast)
    for name in ("_make_predict_function", "make_predict_function", "_make_train_function", "make_train_function",
                 "_make_test_function", "make_test_function"):
        patches.put(Model, name, made_already)
    for name in ("optimizer", "metrics_names"):
        patches.put(Model, name, of_twin(name, vars(Learning)[name]))
    for owner in (Model, Layer):
        patches.around(owner, "add_loss", with_inputs)
    patches.around(Model, "compile", with_losses_inside)
    for name in ("fit", "train_on_batch"):
        patches.around(Model, name, with_class_weights)
    for name in ("fit", "evaluate", "train_on_batch", "test_on_batch"):
        patches.around(Model, name, going_on)
    patches.around(Layer, "__call__", on_symbols)
    patches.put(Layer, "add_update", add_update)
    patches.around(Layer, "prepare", with_plain_shapes)
    patches.around(Layer, "refuse_late", told_late)
    for method in (get_updates, get_gradients, minimize, compute_gradients):
        patches.put(Optimizer, method.__name__, method)


def of_twin(name: str, usual: property) -> property:
    """A property of a model, or of the twin that trains in its place."""

    def read(self: Model) -> Any:
        twin = self.__dict__.get("loss_twin")
        return usual.__get__(self) if twin is None else getattr(twin.model, name)

    def write(self: Model, value: Any) -> None:
        twin = self.__dict__.get("loss_twin")
        usual.__set__(self if twin is None else twin.model, value)

    return property(read, write)


def with_inputs(method: Callable) -> Callable:
    """add_loss, with Keras 2's second argument; symbols wait for the model to be compiled."""

    @wraps(method)
    def add(self, loss, inputs=None, **options):
        if isinstance(self, Model) or not isinstance(loss, Symbol):
            return method(self, loss)
        return self.__dict__.setdefault("symbolic_losses", []).append(loss)

    return add


def add_update(self: Layer, updates: Any, inputs: Any = None) -> None:
    """Writes new numbers of weights, given as pairs (weight, numbers); what is done already is None."""
    for one in updates if isinstance(updates, list) else [updates]:
        if isinstance(one, tuple) and len(one) == 2:
            weight = next((w for w in self.weights if w is one[0] or w.tensor is one[0]), None)
            if weight is not None and isinstance(one[1], torch.Tensor):
                weight.assign(one[1].detach())


def on_symbols(method: Callable) -> Callable:
    """Calls of a layer whose `call` reads symbols from around it, as Keras 2 allowed: on symbols they are that graph."""

    @wraps(method)
    def call(self, inputs, *args, **options):
        if type(self).__module__.startswith("nabi.") or not has_symbol(inputs) or isinstance(self, Model):
            return method(self, inputs, *args, **options)
        if not any(reads_symbols(function) for function in vars(type(self)).values()):
            return method(self, inputs, *args, **options)
        self.build([one.shape for one in inputs] if isinstance(inputs, (list, tuple)) else inputs.shape)
        made = First(name=self.name)([type(self).call(self, inputs), *flatten(inputs)])
        made.node.layer.__dict__["symbolic_losses"] = self.__dict__.pop("symbolic_losses", [])
        return made

    return call


def with_plain_shapes(method: Callable) -> Callable:
    """What a layer's `build` and `compute_output_shape` are given: plain tuples, as layers of the user's test for.

    A compute_output_shape that reads what `call` keeps, which Keras ran first, gives way to a trial.
    """

    @wraps(method)
    def prepare(self, shapes):
        shapes = [tuple(shape) for shape in shapes]
        try:
            return as_computed(self, shapes, method(self, shapes))
        except AttributeError:
            own = type(self).compute_output_shape
            if not self.built or own.__module__.startswith("nabi.") or "compute_output_shape" in vars(self):
                raise
            object.__setattr__(self, "compute_output_shape", lambda input_shape: self.tried(input_shape)[0])
            return method(self, shapes)

    return prepare


def told_late(refuse: Callable) -> Callable:
    """A layer that a `call` makes anew each time, as `LayerNormalization()(x)`: its weights do not learn, in Keras neither."""

    @wraps(refuse)
    def call(self) -> None:
        try:
            refuse(self)
        except StateError as error:
            note("made in a call", f"{error} It computes with the weights it begins with.")

    return call


def as_computed(layer: Layer, shapes: list, made: list) -> list:
    """The shape of one output for which a class gives a list: of numbers, or the shapes of its inputs, whose first Keras took."""
    if len(made) < 2 or not is_users(type(layer)):
        return made
    if not any(isinstance(one, (tuple, list)) for one in made):
        usual = layer.compute_output_shape
        object.__setattr__(layer, "compute_output_shape", lambda input_shape: tuple(usual(input_shape)))
        return [tuple(made)]
    try:
        found = layer.tried(shapes if layer.takes_list else shapes[0])[0]
    except MISFITS:
        return made
    if not isinstance(found, tuple):
        return made
    object.__setattr__(layer, "compute_output_shape", lambda input_shape: layer.tried(input_shape)[0])
    return [found]


class First(Layer):
    """The first of its inputs; the others are there so that the graph has what made them."""

    takes_list = True
    takes_integers = True

    def call(self, x):
        return x[0]

    def check_shapes(self, shapes):
        """Any."""

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[0])


def has_symbol(inputs: Any) -> bool:
    """Whether it is a symbol, or a list of them."""
    return isinstance(inputs, Symbol) or isinstance(inputs, (list, tuple)) and any(isinstance(one, Symbol) for one in inputs)


def with_losses_inside(method: Callable) -> Callable:
    """compile, that finds losses of symbols which layers added."""

    @wraps(method)
    def compile(self, *args, **options):
        for layer in self.layers if self.__dict__.get("graph") is not None else []:
            found = layer.__dict__.pop("symbolic_losses", None) if not isinstance(layer, Model) else None
            if found:
                self.__dict__.setdefault("symbolic_losses", []).extend(found)
        return method(self, *args, **options)

    return compile


def made_already(self: Model, *options: Any) -> None:
    """Nothing: a model makes its steps when they are first needed."""


def get_updates(self: Optimizer, *args: Any, loss: Any = None, params: Any = None, constraints: Any = None) -> list[Update]:
    """The step that a `K.function(..., updates=...)` does: `get_updates(loss, params)`, or `(params, constraints, loss)` before.

    Raises ArgumentError without a loss or weights.
    """
    given = list(args)
    if loss is None and len(given) in (1, 2) and not isinstance(given[0], (list, tuple)):
        loss = given.pop(0)
    if params is None and given:
        params = given.pop(0)
    if loss is None and given:
        loss = given[-1]
    if loss is None or params is None:
        raise ArgumentError(f"{type(self).__name__}.get_updates", "a loss and weights", f"loss={loss!r}, params={params!r}")
    return [Update(self, loss[0] if isinstance(loss, list) else loss, params)]


def get_gradients(self: Optimizer, loss: Any, params: Any) -> Any:
    """`K.gradients`."""
    return gradients(loss, params)


def minimize(self: Optimizer, loss: Any, var_list: Any = None, grad_loss: Any = None, name: str | None = None,
             tape: Any = None, **options: Any) -> None:
    """One step downhill on what a function gives, by the variables of a list, or of a function that gives one.

    Raises ArgumentError for what is no function and was not computed under `tape`.
    """
    variables: Any = var_list() if callable(var_list) else var_list
    if tape is None and not callable(loss):
        raise ArgumentError(f"{type(self).__name__}.minimize(loss)", "a function, or the tape beside it", repr(loss),
                            "Write optimizer.minimize(lambda: loss_of(...), variables): nabi has no graph of operations.")
    watched: Any = tape
    if callable(loss):
        with GradientTape() as watched:
            loss = loss()
    if variables is None:
        variables = watched.watched_variables()
    variables = [variables] if hasattr(variables, "assign") else list(variables)
    self.apply_gradients(zip(watched.gradient(loss, variables, grad_loss), variables, strict=True))


def compute_gradients(self: Optimizer, loss: Any, var_list: Any = None, **options: Any) -> list[tuple[Any, Any]]:
    """Pairs (gradient, variable) of what a function gives."""
    with GradientTape() as tape:
        value = loss()
    variables = list(tape.watched_variables() if var_list is None else var_list)
    return list(zip(tape.gradient(value, variables), variables, strict=True))
