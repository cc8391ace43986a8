"""Own optimizers: subclasses of Optimizer that write the step of one variable, as Keras 3, Keras 2.11 and OptimizerV2 have it.

    update_step(self, gradient, variable, learning_rate)     Keras 3; without the last in TensorFlow 2.11 to 2.15
    _resource_apply_dense(self, grad, var[, apply_state])    TensorFlow 2.0 to 2.10, with add_slot and get_slot
    get_updates(self, loss, params)                          Keras 1 and 2 (`old_steps.py`)

A step hands the weights over one by one, as variables that share their numbers; the memory lies in variables of its own.
A class made from Adam or its like may call `super().update_step(...)`: Adam's formula, with Adam's memory.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi import initializers
from nabi.as_keras.dressing import old_steps, own_memory
from nabi.as_keras.dressing.answering import from_outside
from nabi.as_keras.patches import Patches
from nabi.layers.weight import Weight
from nabi.optimizers import Optimizer, Span, checks
from nabi.training.binding import Binding

STEPS = ("update_step", "_resource_apply_dense", "get_updates")


class Variable(torch.Tensor):
    """A tensor that is changed in place by Keras' words."""

    name = "variable"

    @torch.no_grad()
    def assign(self, value: Any, *options: Any, **more: Any) -> Any:
        """Takes a value, of its shape or a number."""
        plain = self.as_subclass(torch.Tensor)
        plain.copy_(torch.as_tensor(value, dtype=plain.dtype, device=plain.device))
        return self

    def assign_add(self, value: Any, *options: Any, **more: Any) -> Any:
        """v <- v + value."""
        return self.assign(self.as_subclass(torch.Tensor) + value)

    def assign_sub(self, value: Any, *options: Any, **more: Any) -> Any:
        """v <- v - value."""
        return self.assign(self.as_subclass(torch.Tensor) - value)

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What is computed from it is a plain tensor."""
        with torch._C.DisableTorchFunctionSubclass():
            return function(*args, **(kwargs or {}))


def steps_itself(optimizer: Optimizer) -> str | None:
    """The name of the method with which a class of the user's own steps; None for nabi's optimizers and those made from them."""
    for kind in type(optimizer).__mro__:
        if kind.__module__.partition(".")[0] == "nabi":
            return None
        for name in STEPS:
            if name in vars(kind):
                return name
    return None


class OwnStepping:
    """The step of all weights of a span by the optimizer's own method.

    Args:
        optimizer: it.
        span: the weights.
    """

    def __init__(self, optimizer: Any, span: Span):
        self.optimizer, self.span = optimizer, span
        self.variables: list[Variable] = []
        self.counts: dict[int, int] = {}  # how much each weight's memory holds

    def take_hold(self) -> None:
        """Makes the variables."""
        views: Any = self.span.views or [lambda part: part] * len(self.span.segments)
        self.variables = [view(self.span.w[start:stop]).as_subclass(Variable)
                          for (start, stop), view in zip(self.span.segments, views, strict=True)]

    def __call__(self, numbers: tuple[float, ...]) -> None:
        optimizer, span = self.optimizer, self.span
        if not self.variables:
            begin(optimizer)
        name = steps_itself(optimizer) or STEPS[0]
        if name == "get_updates":
            if self is optimizer.own_steps[-1]:
                self.all_at_once()
            return
        method = getattr(optimizer, name)
        known = inspect.signature(method).parameters
        rate = numbers[:1] if name == STEPS[0] and len(known) > 2 else ()  # whatever the argument is called
        more = {"apply_state": None} if "apply_state" in known else {}
        views: Any = span.views or [lambda part: part] * len(span.segments)
        for variable, (start, stop), view in zip(self.variables, span.segments, views, strict=True):
            optimizer.__dict__["slots_now"] = [view(span.slots[slot][start:stop]) for slot in optimizer.slots]
            method(view(span.g[start:stop]), variable, *rate, **more)
        if span.copy is not None:
            span.copy.copy_(span.w)

    def all_at_once(self) -> None:
        """The step of all spans, by `get_updates`."""
        steps = self.optimizer.own_steps
        variables, gradients = [], []
        for one in steps:
            views: Any = one.span.views or [lambda part: part] * len(one.span.segments)
            variables += one.variables
            gradients += [view(one.span.g[start:stop]) for (start, stop), view in zip(one.span.segments, views, strict=True)]
        old_steps.step(self.optimizer, variables, gradients)
        for one in steps:
            if one.span.copy is not None:
                one.span.copy.copy_(one.span.w)


def begin(optimizer: Any) -> list:
    """Gives all weights to the optimizer's `build` and `_create_slots`, once; the numbers that it remembered before."""
    before = own_memory.begin_memory(optimizer)
    steps = optimizer.__dict__["own_steps"]
    for step in steps:
        step.take_hold()
    variables = [variable for step in steps for variable in step.variables]
    optimizer._trainable_variables = variables
    optimizer._index_dict = optimizer._trainable_variables_indices = {id(variable): n for n, variable in enumerate(variables)}
    optimizer.own_slots = {}
    optimizer.built, optimizer.__dict__["begun"] = False, True
    optimizer.__dict__.pop("_built", None)
    optimizer.build(variables)
    optimizer._create_slots(variables)
    optimizer.built = True
    return before


def dress_own_optimizers(patches: Patches) -> None:
    """Lets subclasses of Optimizer write their step so."""

    def with_name_first(init: Callable) -> Callable:
        @wraps(init)
        def call(self: Any, learning_rate: Any = 0.001, *args: Any, **options: Any) -> None:
            if steps_itself(self):
                if isinstance(learning_rate, str):
                    learning_rate, options["name"] = options.pop("learning_rate", 0.001), learning_rate
                for word in ("gradient_transformers", "gradient_aggregator", "jit_compile"):
                    options.pop(word, None)
            init(self, learning_rate, *args, **options)

        return call

    def stepping(make_span: Callable) -> Callable:
        @wraps(make_span)
        def call(self: Any, *args: Any, **options: Any) -> Span:
            span = make_span(self, *args, **options)
            if steps_itself(self):
                if self.__dict__.pop("begun", False) or "own_steps" not in self.__dict__:
                    self.own_steps = []
                span.update = OwnStepping(self, span)
                self.own_steps.append(span.update)
            return span

        return call

    plain_build = Optimizer.build

    def build(self: Any, variables: Any) -> None:
        if not (steps_itself(self) and all(isinstance(one, Variable) for one in variables or [None])):
            plain_build(self, variables)

    def by_hand(apply: Callable) -> Callable:
        @wraps(apply)
        def call(self: Any, grads: Any, trainable_variables: Any = None, **options: Any) -> None:
            if steps_itself(self) and trainable_variables is not None:
                trainable_variables = list(trainable_variables)
                plain_build(self, trainable_variables)
                self.hand.apply(list(grads), trainable_variables)
            else:
                apply(self, grads, trainable_variables, **options)

        return call

    def described(get_config: Callable) -> Callable:
        @wraps(get_config)
        def call(self: Any) -> dict[str, Any]:
            if not steps_itself(self):
                return get_config(self)
            names = ("learning_rate", *(name for name in self.argument_names() if name in vars(self)))
            values = ((name, getattr(self, name)) for name in names)
            return {"name": self.name} | {name: float(it) if isinstance(it, Weight) else it for name, it in values}

        return call

    patches.around(Binding, "take_up", lambda take_up: own_memory.with_memory(take_up, begin, steps_itself))
    patches.around(Optimizer, "state_dict", own_memory.with_own_numbers)
    patches.around(Optimizer, "load_state_dict", own_memory.taking_own_numbers)
    patches.put(Optimizer, "take_memory", own_memory.taking_memory(steps_itself))
    for name, make in (("__init__", with_name_first), ("make_span", stepping), ("apply", by_hand), ("get_config", described)):
        patches.around(Optimizer, name, make)
    patches.put(Optimizer, "build", build)
    for method in (add_variable_from_reference, add_variable, add_weight, add_slot, get_slot, assign, assign_add, assign_sub,
                   _set_hyper, _get_hyper, _serialize_hyperparameter, _decayed_lr, _create_slots, _prepare_local,
                   _fallback_apply_state, _build_learning_rate, _var_key, _get_variable_index):
        patches.put(Optimizer, method.__name__, method)
    patches.put(Optimizer, "_use_locking", False)
    for name in STEPS[:2]:
        patches.put(Optimizer, name, formula_step)
    patches.put(Optimizer, "get_gradients", old_steps.get_gradients)
    patches.put(Optimizer, "iterations", old_steps.own_iterations(vars(Optimizer)["iterations"], from_outside))
    rate = old_steps.own_rate(vars(Optimizer)["learning_rate"], from_outside)
    for name in ("learning_rate", "lr"):
        patches.put(Optimizer, name, rate)
    usual: Any = vars(Optimizer)["weights"]
    patches.put(Optimizer, "weights", property(usual.__get__, lambda self, value: None))  # get_updates lists its memory there
    old_steps.dress_old_steps(patches, lambda made: made.as_subclass(Variable))


# What such classes call --------------------------------------------------------------------------------------------------------


def formula_step(self: Any, gradient: Any, variable: Any, learning_rate: Any = None, *more: Any, **options: Any) -> Any:
    """The step of a class of nabi's, for one made from it: `super().update_step(gradient, variable, learning_rate)`."""
    rate = float(self.current_learning_rate() if learning_rate is None or isinstance(learning_rate, dict) else learning_rate)
    w, slots, numbers = variable.as_subclass(torch.Tensor), self.slots_now, self.numbers(self.calls + 1)
    with torch.no_grad():
        if hasattr(self, "step_of"):
            self.step_of(w, gradient, slots, rate, *numbers)
            return variable
        made = self.formula(w, gradient, *slots, rate, *numbers)
        for old, new in zip((w, *slots), made if isinstance(made, tuple) else (made,), strict=True):
            old.copy_(new)
    return variable


def add_variable_from_reference(self: Any, reference_variable: Any = None, name: str | None = None, initializer: Any = "zeros",
                                model_variable: Any = None, variable_name: str | None = None, shape: Any = None,
                                initial_value: Any = None) -> Variable:
    """Memory in the shape of a weight."""
    weight = reference_variable if model_variable is None else model_variable
    made = variable_of(tuple(weight.shape) if shape is None else shape, initializer, initial_value)
    return own_memory.remembered(self, made, weight)


def add_variable(self: Any, shape: Any = (), initializer: Any = "zeros", dtype: Any = None, name: str | None = None,
                 initial_value: Any = None, **options: Any) -> Variable:
    """Memory of a shape."""
    return own_memory.remembered(self, variable_of(shape, initializer, initial_value))


def add_weight(self: Any, name: str | None = None, shape: Any = (), dtype: Any = None, initializer: Any = "zeros",
               trainable: Any = None, **options: Any) -> Variable:
    """Memory of a shape, in OptimizerV2's words."""
    return add_variable(self, shape, initializer)


def variable_of(shape: Any, initializer: Any, initial_value: Any) -> Variable:
    """A variable of a shape, or of first numbers."""
    if initial_value is None:
        start: Any = initializers.get(initializer) if isinstance(initializer, str) else initializer
        initial_value = start(tuple(shape)) if callable(start) else start
    return torch.as_tensor(np.asarray(initial_value, "float32")).clone().expand(tuple(shape)).contiguous().as_subclass(Variable)


def add_slot(self: Any, var: Any, slot_name: str, initializer: Any = "zeros", shape: Any = None) -> Variable:
    """Memory of a weight by name."""
    return self.own_slots.setdefault((id(var), slot_name), add_variable_from_reference(self, var, initializer=initializer))


def get_slot(self: Any, var: Any, slot_name: str) -> Variable:
    """It again."""
    return self.own_slots[id(var), slot_name]


def assign(self: Any, variable: Any, value: Any) -> None:
    """variable <- value"""
    variable.assign(value)


def assign_add(self: Any, variable: Any, value: Any) -> None:
    """variable <- variable + value"""
    variable.assign_add(value)


def assign_sub(self: Any, variable: Any, value: Any) -> None:
    """variable <- variable - value"""
    variable.assign_sub(value)


def _set_hyper(self: Any, name: str, value: Any) -> None:
    if name == "learning_rate":
        self._learning_rate = _build_learning_rate(self, value)
    else:
        self.__dict__[name] = value


def _get_hyper(self: Any, name: str, dtype: Any = None) -> Any:
    value: Any = self.current_learning_rate() if name == "learning_rate" else self.__dict__[name]
    if callable(value):
        value = value()
    return torch.tensor(float(np.asarray(value)))


def _serialize_hyperparameter(self: Any, name: str) -> Any:
    return float(self.learning_rate) if name == "learning_rate" else self.__dict__[name]


def _decayed_lr(self: Any, var_dtype: Any = None) -> torch.Tensor:
    return torch.tensor(self.current_learning_rate())


def _create_slots(self: Any, var_list: Any) -> None:
    pass


def _prepare_local(self: Any, var_device: Any, var_dtype: Any, apply_state: Any) -> None:
    rate = self._decayed_lr(var_dtype)
    apply_state.setdefault((var_device, var_dtype), {}).update(lr_t=rate, neg_lr_t=-rate)


def _fallback_apply_state(self: Any, var_device: Any, var_dtype: Any) -> Any:
    state: dict[Any, Any] = {(var_device, var_dtype): {}}
    self._prepare_local(var_device, var_dtype, state)
    return state[var_device, var_dtype]


def _build_learning_rate(self: Any, learning_rate: Any) -> Any:
    return checks.learning_rate(f"{type(self).__name__}(learning_rate)", learning_rate)


def _var_key(self: Any, variable: Any) -> int:
    return id(variable)


def _get_variable_index(self: Any, variable: Any) -> int:
    return self._index_dict[id(variable)]
