"""Schedules: learning rates that change with the step; give one as `learning_rate` of any optimizer.

    optimizer = nabi.optimizers.SGD(nabi.schedules.CosineDecay(0.1, decay_steps=10_000), momentum=0.9)
"""

import inspect
from collections.abc import Callable
from typing import Any

from nabi.core import pieces
from nabi.core.attributes import offer_nearest
from nabi.core.errors import ArgumentError
from nabi.core.registry import lookup
from nabi.schedules.cosine import CosineDecay
from nabi.schedules.decays import ExponentialDecay, InverseTimeDecay, PolynomialDecay
from nabi.schedules.one_cycle import OneCycle
from nabi.schedules.restarts import CosineDecayRestarts
from nabi.schedules.schedule import Schedule
from nabi.schedules.stairs import PiecewiseConstantDecay, StepDecay

LearningRateSchedule = Schedule  # Keras' name of the base class

__all__ = ["CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "LearningRateSchedule", "OneCycle",
           "PiecewiseConstantDecay", "PolynomialDecay", "Schedule", "StepDecay", "deserialize", "get", "serialize"]

offer_nearest(__name__, __all__)


def get(identifier: Any) -> Callable[[int], float]:
    """A schedule from {"class_name": ..., "config": ...} (Keras' further keys are allowed), or the schedule or function itself.

    Example:
        >>> get({"class_name": "StepDecay", "config": {"initial_learning_rate": 0.1, "factor": 0.5, "every": 10}})
        StepDecay(initial_learning_rate=0.1, factor=0.5, every=10)

    Raises:
        ArgumentError: neither of these.
        UnknownName: no schedule of that name is registered.
    """
    if isinstance(identifier, dict) and "class_name" in identifier:
        kind: Any = lookup("schedule", identifier["class_name"])
        return kind.from_config(identifier.get("config", {}))
    if isinstance(identifier, type) or not callable(identifier):
        raise ArgumentError("schedules.get", "a schedule, a function of the step, or a dict with class_name and config",
                            repr(identifier), "For example nabi.schedules.CosineDecay(0.1, decay_steps=1000).")
    function: Any = identifier
    try:
        inspect.signature(function).bind(0)
    except TypeError:
        raise ArgumentError("schedule", "a function of the step", repr(function), "Write it as `lambda step: ...`.") from None
    return function


def serialize(schedule: Callable[[int], float]) -> dict:
    """{"class_name", "config"} of a registered schedule; a bare function cannot be written down.

    Example:
        >>> serialize(StepDecay(0.1, 0.5, 10))
        {'class_name': 'StepDecay', 'config': {'initial_learning_rate': 0.1, 'factor': 0.5, 'every': 10}}
    """
    return pieces.serialize("schedule", schedule)


deserialize = get
