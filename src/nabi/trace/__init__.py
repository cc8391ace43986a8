"""Trace: where any number of a network came from: forward, backward, and which places of the input it sees (수의 추적).

    found = nabi.trace(model, x)               one run, in float64, beside the model
    print(found.at("conv2d_1", 4, 4, 7))       the window, the kernel, the products, their sum, the bias, the activation
    print(found.field("conv2d_1", 4, 4, 7))    the places of the input that this unit sees
    found = nabi.trace(model, x, y)            the next training step on this batch
    print(found.weight("conv2d_1", (1, 0, 0, 3)))   the sum that is the gradient, the optimizer's step, the new value
    print(found.gradient("conv2d_1", 4, 4, 7)) dL/d the unit, from the layers that read it
    found.chain("conv2d_1", 4, 4, 7)           the same again and again, as far as the loss

How it is built. `run` computes the model once and keeps every tensor; nothing in the model changes. `telling` has two functions
of a layer's class, `tell` (how a number came about) and `reads` (which places it read), with one small file for each kind of
layer in `kinds`. What they give is plain data (`step`): lines of arithmetic, tables, arrays, places. `text` writes it down as the
lecture does, `nabi.viz.traced_number` draws it. `field` follows `reads` back to the input.

Backward, `backward` runs the same step with autograd and takes each gradient apart into the sum that it is (`weights`: input x
upstream gradient, place by place; `derivatives`: any other layer, by columns of its Jacobian). `update` runs the optimizer itself
on copies, and `formula` reads the lines of the formula that trains from its source.

The arithmetic is not the layers': it is done again in NumPy, number by number, and tests hold it against the network.

`nabi.trace` is this package and the function in one: the module can be called.
"""

import sys
from types import ModuleType
from typing import Any

from nabi.core.attributes import offer_nearest
from nabi.trace.field import SeenField
from nabi.trace.gradients import Gradient, UnitStep, WeightStep
from nabi.trace.step import Line, Reads, Table
from nabi.trace.traced import Step
from nabi.trace.tracing import Trace, trace

__all__ = ["Gradient", "Line", "Reads", "SeenField", "Step", "Table", "Trace", "UnitStep", "WeightStep", "trace"]

offer_nearest(__name__, __all__)


class Callable(ModuleType):
    """The module itself as a function: `nabi.trace(model, x)`, before and after anything was imported from it."""

    __call__: Any = staticmethod(trace)


sys.modules[__name__].__class__ = Callable
