"""Optimizer: what all optimizers share: the learning rate, the order of one step, and the options of Keras.

One step on all spans, `apply(spans)`, in Keras' order:

    1  g = g / loss_scale_factor
    2  with gradient_accumulation_steps = n: add g up; every n-th time g = mean of the n gradients, else go to 6
    3  clip g (clipnorm, clipvalue or global_clipnorm)
    4  w = w - lr * weight_decay * w                                     decoupled decay (Loshchilov & Hutter, 2019)
    5  w, slots = formula(w, g, slots, lr, numbers)                      the optimizer's own file
    6  ema = ema_momentum * ema + (1 - ema_momentum) * w

An optimizer's file holds `slots` (names of its memory vectors), `formula` and `numbers`; nothing else is special.
"""

import inspect
import re
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from nabi import schedules
from nabi.core.errors import ArgumentError, StateError
from nabi.core.numbers import flag
from nabi.core.pieces import Piece
from nabi.core.registry import lookup
from nabi.kernels.update import Update
from nabi.optimizers import checks
from nabi.optimizers.clip import clip_global_norm, clip_norm, clip_value
from nabi.optimizers.span import Span


class Elsewhere:
    """A name that torch or Keras 2 has and nabi has not: whoever asks for it is told what to do instead.

    It stands for that one name, so that an AttributeError inside a property of a subclass is told as it is.
    """

    def __init__(self, instead: str):
        self.instead = instead

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, thing, kind):
        whose = kind.__name__
        raise AttributeError(f"{whose} has no attribute {self.name!r}. {self.instead}", name=self.name, obj=thing or kind)


class Optimizer(Piece):
    """Base of all optimizers.

    Args:
        learning_rate: number above or equal 0, or a schedule: a function of the step.
        weight_decay: each step also takes lr * weight_decay * w off the weights; None for none.
        clipnorm, clipvalue, global_clipnorm: limits on the gradient, see `clip.py`; at most one of them.
        use_ema: keep a running average of the weights, which replaces them at the end of `fit`.
        ema_momentum: share of the average that is kept at each step, in [0, 1].
        ema_overwrite_frequency: also replace the weights by their average every so many steps.
        loss_scale_factor: the loss was multiplied by this (`scale_loss`); gradients are divided by it.
        gradient_accumulation_steps: make one step of the mean of so many gradients.
        name: default is the class name in small letters.
        decay: Keras 1's and 2's decay over time, lr / (1 + decay * t) at step t = 0, 1, ...
        lr: Keras 1's and 2's name of learning_rate.

    Attributes:
        slots: names of the memory vectors, in the formula's order.
        calls: number of `apply` calls so far; schedules read it.
        state: numbers the optimizer carries from step to step.
        averaged: whether weights and running averages have changed places (`swap_averages`).

    Raises:
        ArgumentError: an argument is unknown or has a value that cannot be meant.
    """

    decay_rates: tuple[str, ...] = ("weight_decay",)
    instead = {
        "jit_compile": "Leave it out: the update is compiled anyway.",
        "use_locking": "Leave it out: one step runs at a time.",
        "params": "Leave it out: compile gives an optimizer the weights of its model.",
        "betas": "Write beta_1=..., beta_2=....",
        "eps": "Write epsilon=....",
        "maximize": "Leave it out, and let the loss have the other sign.",
        "foreach": "Leave it out: the formula runs on whole vectors anyway.",
        "fused": "Leave it out: kernels are fused unless compile(run_eagerly=True) is asked for.",
    }
    step = Elsewhere("compile and fit make them; in a train_step of your own write apply_gradients(zip(gradients, weights)).")
    zero_grad = Elsewhere("fit needs none, each step has its own gradients; in a train_step of your own write self.zero_grad().")
    param_groups = Elsewhere("The rate is optimizer.learning_rate; that of one layer is scaled by its rate_factor.")
    minimize = Elsewhere("compile and fit do; in a train_step of your own write apply_gradients(zip(gradients, weights)).")
    slots: tuple[str, ...] = ()
    formula: Callable[..., Any]

    def __init__(self, learning_rate, *, weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None,
                 use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None,
                 gradient_accumulation_steps=None, name=None, decay=None, **unknown):
        lr = unknown.pop("lr", None)
        if unknown:
            self.refuse(unknown)
        if lr is not None:
            named = inspect.signature(type(self)).parameters.get("learning_rate")
            if learning_rate not in (named and named.default, lr):
                raise ArgumentError(f"{type(self).__name__}(lr)", "one learning rate", f"learning_rate={learning_rate}, lr={lr}",
                                    "lr is another name of learning_rate.")
            learning_rate = lr
        where = type(self).__name__
        self._learning_rate: Any = checks.learning_rate(f"{where}(learning_rate)", learning_rate)
        self.weight_decay = checks.optional(f"{where}(weight_decay)", weight_decay)
        self.clipnorm = checks.optional(f"{where}(clipnorm)", clipnorm)
        self.clipvalue = checks.optional(f"{where}(clipvalue)", clipvalue)
        self.global_clipnorm = checks.optional(f"{where}(global_clipnorm)", global_clipnorm)
        self.use_ema = flag(f"{where}(use_ema)", use_ema)
        self.ema_momentum = checks.share(f"{where}(ema_momentum)", ema_momentum)
        self.ema_overwrite_frequency = checks.count(f"{where}(ema_overwrite_frequency)", ema_overwrite_frequency)
        self.loss_scale_factor = checks.optional(f"{where}(loss_scale_factor)", loss_scale_factor)
        self.gradient_accumulation_steps = checks.count(f"{where}(gradient_accumulation_steps)", gradient_accumulation_steps)
        self.name = checks.name(f"{where}(name)", name, where.lower())
        self.decay = checks.optional(f"{where}(decay)", decay)
        clips = {k: v for k in ("clipnorm", "clipvalue", "global_clipnorm") if (v := getattr(self, k)) is not None}
        if len(clips) > 1:
            raise ArgumentError(where, "one of clipnorm, clipvalue and global_clipnorm", clips)
        self.calls = 0
        self.state: dict[str, float] = {}
        self.built = False
        self.averaged = False
        self._kept_names: tuple[str, ...] = ()
        self._kept: tuple[Any, ...] = ()
        self.hand: Any = None  # the weights that `apply` was given by hand
        self.remembered: Any = WeakKeyDictionary()  # {weight: {name: vector}}, frozen ones too, for trainers compiled anew

    # What an optimizer's own file says --------------------------------------------------------------------------------

    def numbers(self, step: int) -> tuple[float, ...]:
        """The formula's numbers after lr, for step 1, 2, ...; asked once a step."""
        return ()

    def slot_start(self, name: str) -> float:
        """The value a memory vector begins with."""
        return 0.0

    def _take(self, slots: tuple[str, ...], formula: Callable[..., Any]) -> None:
        """Steps by another formula of the same family: SGD with momentum by Momentum's."""
        self.slots, self.formula = slots, formula

    # One step ---------------------------------------------------------------------------------------------------------

    def make_span(self, w: Tensor, g: Tensor, segments: list[tuple[int, int]], copy: Tensor | None = None, rate: float = 1.0,
                  decay: bool = True) -> Span:
        """A span with the memory this optimizer needs. Arguments as in `Span`."""
        self.built = True
        slots = {name: torch.zeros_like(w) for name in self.slots}
        for name, slot in slots.items():
            for start, stop in segments:
                slot[start:stop] = self.slot_start(name)
        ema = torch.zeros_like(w) if self.use_ema else None
        total = torch.zeros_like(w) if self.gradient_accumulation_steps else None
        return Span(w, g, segments, slots, copy, rate, decay, ema, total)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step: of a trainer on all its spans; in a train_step of one's own on the weights that gradients are given for.

        Args:
            grads: spans, whose gradients may be overwritten; or one gradient a weight, None for a weight that stays as it is.
            trainable_variables: those weights; None means those of the first call.

        Raises:
            StateError: the running averages stand in the weights' place; weights that the first call did not have.
            ShapeError: a gradient of another shape than its weight.
        """
        if trainable_variables is None and all(isinstance(part, Span) for part in grads):
            self.apply_spans(grads)
            return
        self.build(trainable_variables)
        self.hand.apply(list(grads), trainable_variables)

    def apply_gradients(self, grads_and_vars: Any) -> None:
        """As `apply`, for pairs: `apply_gradients(zip(gradients, weights))`."""
        grads, variables = zip(*grads_and_vars, strict=True)
        self.apply(grads, variables)

    def build(self, variables: Any) -> None:
        """Takes hold of the weights that `apply` is given gradients for; the first call of it does so by itself."""
        if self.hand is None and variables is not None:
            self.hand = lookup("trainer", "ByHand")(self, list(variables))
        elif self.hand is None:
            raise StateError(f"{type(self).__name__}.apply", "the weights beside the gradients, at the first call", "none")

    @torch.no_grad()
    def apply_spans(self, spans: list[Span]) -> None:
        """One step on all spans, in place: w, copy, slots, ema. Gradients may be overwritten.

        Raises StateError: the running averages stand in the weights' place.
        """
        if self.averaged:
            raise StateError(f"{type(self).__name__}.apply", "the weights", "their running averages, put in their place",
                             "Train before SwapEMAWeights swaps at an epoch's end; a resumed fit needs it among its callbacks.")
        if self.loss_scale_factor:
            for span in spans:
                span.g.div_(self.loss_scale_factor)
        if self._gather(spans):
            self._step(spans)
        if self.use_ema:
            self._average(spans)
        self.calls += 1

    def _gather(self, spans: list[Span]) -> bool:
        """Adds gradients up; True when a step is due, with the mean gradient in g."""
        n = self.gradient_accumulation_steps
        if not n:
            return True
        due = (self.calls + 1) % n == 0
        for span in spans:
            assert span.total is not None
            span.total.add_(span.g)
            if due:
                torch.div(span.total, n, out=span.g)
                span.total.zero_()
        return due

    def _step(self, spans: list[Span]) -> None:
        if self.clipnorm:
            clip_norm(spans, self.clipnorm)
        elif self.global_clipnorm:
            clip_global_norm(spans, self.global_clipnorm)
        elif self.clipvalue:
            clip_value(spans, self.clipvalue)
        lr, others = self.current_learning_rate(), self.numbers(self.iterations + 1)
        for span in spans:
            rate = lr * span.rate
            if self.weight_decay and span.decay:
                span.w.sub_(span.w, alpha=rate * self.weight_decay)
            if span.update is None:
                slots = tuple(span.slots[name] for name in self.slots)
                span.update = Update(type(self).__name__, self.formula, span.w, span.g, slots, span.copy)
            span.update((rate, *others))

    def _average(self, spans: list[Span]) -> None:
        """The first average is w itself, as in Keras."""
        momentum = self.ema_momentum if self.iterations else 0.0
        for span in spans:
            assert span.ema is not None
            span.ema.lerp_(span.w, 1 - momentum)
        if self.ema_overwrite_frequency and (self.iterations + 1) % self.ema_overwrite_frequency == 0:
            for span in spans:
                overwrite(span, span.ema)

    @torch.no_grad()
    def finalize_variable_values(self, trainable_variables) -> None:
        """Replaces the weights by their running average, if there is one: the last act of `fit` with use_ema.

        Args:
            trainable_variables: weights, as in Keras, or the spans that hold them.

        Raises StateError: a weight that this optimizer has not trained.
        """
        if not self.use_ema:
            return
        parts, known = list(trainable_variables), self.remembered
        spans = [part for part in parts if isinstance(part, Span)]
        if spans and self.averaged:
            self.swap_averages(spans)
        for span in spans:
            overwrite(span, span.ema)
        for weight in (part for part in parts if not isinstance(part, Span)):
            if weight not in known:
                raise StateError(f"{type(self).__name__}.finalize_variable_values", "weights that it has trained", repr(weight))
            if not self.averaged:
                weight.stored.copy_(weight.view(known[weight]["ema"]))

    @torch.no_grad()
    def swap_averages(self, spans: list[Span]) -> None:
        """Weights and running averages change places; done twice, all is as before, to the bit.

        Raises StateError: there are no averages yet, or none are kept.
        """
        if not self.use_ema or not self.calls:
            got = "an optimizer that has not made a step" if self.use_ema else "use_ema=False"
            raise StateError(f"{type(self).__name__}.swap_averages", "running averages of the weights", got,
                             f"Compile with {type(self).__name__}(use_ema=True) and train first.")
        for span in spans:
            weights = span.w.clone()
            overwrite(span, span.ema)
            span.ema.copy_(weights)  # pyright: ignore[reportOptionalMemberAccess]
        self.averaged = not self.averaged

    def scale_loss(self, loss):
        """The loss that `backward` should start from: multiplied by loss_scale_factor, if there is one."""
        return loss * self.loss_scale_factor if self.loss_scale_factor else loss

    # The learning rate ------------------------------------------------------------------------------------------------

    @property
    def iterations(self) -> int:
        """Number of updates so far."""
        return self.calls // (self.gradient_accumulation_steps or 1)

    @property
    def learning_rate(self) -> Any:
        """The rate as it was set, or the schedule's rate of the next step; callbacks may set it.

        Raises:
            StateError: a number is set where a schedule decides.
        """
        rate = self._learning_rate
        return rate if isinstance(rate, float) else float(rate(self.calls))

    @learning_rate.setter
    def learning_rate(self, value):
        value = checks.learning_rate(f"{type(self).__name__}.learning_rate", value)
        if isinstance(value, float) and not isinstance(self._learning_rate, float):
            raise StateError(f"{type(self).__name__}.learning_rate", "a constant rate to change",
                             f"the schedule {self._learning_rate!r}", "Give the optimizer a number, or set another schedule.")
        self._learning_rate = value

    lr = learning_rate

    def current_learning_rate(self) -> float:
        """The rate of the next step: schedule and `decay` included.

        Raises:
            StateError: the schedule leaves its steps to `fit`, and none has filled them in.
        """
        if getattr(self._learning_rate, "waiting", False):
            raise StateError(f"{type(self).__name__}.learning_rate", "a schedule that knows its steps, or training by fit",
                             repr(self._learning_rate), "Write its steps: OneCycle(peak, steps).")
        return self.learning_rate / (1 + (self.decay or 0.0) * self.calls)

    # Weight decay -----------------------------------------------------------------------------------------------------

    def exclude_from_weight_decay(self, var_list=None, var_names=None) -> None:
        """Keeps weights out of weight decay, by identity or by a pattern found in their name: `var_names=["bias"]`.

        Raises:
            StateError: training has begun.
        """
        if self.built:
            raise StateError(f"{type(self).__name__}.exclude_from_weight_decay", "a call before the first training step",
                             "one after it", "Call it right after making the optimizer.")
        self._kept, self._kept_names = tuple(var_list or ()), tuple(var_names or ())

    def decays(self, name: str, weight: Any = None) -> bool:
        """Whether weight decay applies to a weight: what a trainer asks before it cuts spans."""
        excluded = any(weight is kept for kept in self._kept) or any(re.search(p, name) for p in self._kept_names)
        return any(getattr(self, rate) for rate in self.decay_rates) and not excluded

    # State and configuration ------------------------------------------------------------------------------------------

    def __deepcopy__(self, memo):
        """A fresh one of the same settings: what it remembers belongs to its weights."""
        twin = memo[id(self)] = remade(*self.settings())
        return twin

    def __reduce__(self):
        """In a pickle likewise."""
        return remade, self.settings()

    def settings(self) -> tuple:
        """What `remade` takes."""
        given = {name: getattr(self, name) for name in self.argument_names()} | {"learning_rate": self._learning_rate}
        return type(self), given, self._kept, self._kept_names

    def state_dict(self) -> dict[str, Any]:
        """What changes during training, as plain numbers; the vectors lie in the spans (`Span.state`)."""
        rate = self._learning_rate if isinstance(self._learning_rate, float) else None
        return {"learning_rate": rate, "calls": self.calls, "averaged": self.averaged, "state": dict(self.state)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continues where `state_dict` was taken."""
        if set(state) != set(self.state_dict()) or set(state["state"]) != set(self.state):
            wanted = f"learning_rate, calls, averaged, state {sorted(self.state)}"
            raise StateError(f"{type(self).__name__}.load_state_dict", wanted, state, "The checkpoint is of another optimizer.")
        if state["learning_rate"] is not None:
            self.learning_rate = state["learning_rate"]
        self.calls, self.averaged = int(state["calls"]), bool(state["averaged"])
        self.state = dict(state["state"])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as plain data, with Keras' keys."""
        config = super().get_config()
        if not isinstance(self._learning_rate, float):
            config["learning_rate"] = schedules.serialize(self._learning_rate)
        return config


def overwrite(span: Span, values: Tensor | None) -> None:
    """Sets a span's weights, and their low-precision copy, to other values; None leaves them."""
    if values is not None:
        span.w.copy_(values)
        if span.copy is not None:
            span.copy.copy_(span.w)


def remade(kind: type[Optimizer], given: dict[str, Any], kept: tuple, kept_names: tuple) -> Optimizer:
    """An optimizer of these settings that has not made a step."""
    made = kind(**given)
    made._kept, made._kept_names = kept, kept_names
    return made
