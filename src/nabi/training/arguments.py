"""Arguments of `compile` that cannot be meant: unknown ones, ones that Keras gave up, and things in each other's place."""

import math
from collections.abc import Callable
from inspect import signature
from typing import Any

from nabi.core.calls import unknown_argument
from nabi.core.errors import ArgumentError
from nabi.layers.node import flatten

GONE = {
    "sample_weight_mode": 'give sample_weight the shape of the targets, (samples, steps), for "temporal"',
    "target_tensors": "pass targets to fit as y",
}


def check(compile: Callable, old: dict[str, Any], loss_weights: Any, metrics: Any) -> None:
    """Holds what `compile` was given against what it can use.

    Args:
        compile: the method, for the names it takes.
        old: its arguments under other names.
        loss_weights, metrics: as given.

    Raises:
        ArgumentError: an unknown argument, one that is no more, metrics where loss_weights belong, one metric object twice.
    """
    for name, value in old.items():
        if name not in GONE:
            raise unknown_argument("compile", name, [p for p in signature(compile).parameters if p not in ("self", "old")])
        if value is not None:
            got = repr(value) if isinstance(value, str) else type(value).__name__
            raise ArgumentError(f"compile({name}=...)", "nothing: today's Keras has it no more", got, f"Instead, {GONE[name]}.")
    for factor in flatten(loss_weights):
        if factor is not None and not (hasattr(factor, "__float__") and math.isfinite(float(factor))):
            raise ArgumentError("compile(loss_weights)", "a number for each output", repr(factor),
                                f"The third argument is loss_weights, as in Keras; write metrics={loss_weights!r}.")
    seen: set[int] = set()
    for metric in flatten(metrics):
        if hasattr(metric, "update_state") and not isinstance(metric, type) and id(metric) in seen:
            raise ArgumentError("compile(metrics)", "a metric object of its own in each place", f"{metric!r} twice",
                                "Its sums would be mixed up: make a second one.")
        seen.add(id(metric))
