"""Race: the optimizers that train networks, on functions of two variables and on a line fit, as paths, tables and figures (경주).

    found = nabi.race("beale")                 nine optimizers from one start, 500 steps
    print(found)                               steps to tolerance, last value, who diverged
    found.save("race.png")                     also .svg, .gif (animation) and .html (a page that plays by itself)
    nabi.race.sweep("beale", "sgd,adam")       the same over learning rates
    nabi.race.network("mlp")                   the same race on a real net, over a slice of its loss surface
    nabi.race.line_fit()                       batch, mini-batch and stochastic descent on a line fit
    nabi.race.steps_table("adam")              three steps with every number; backprop_table, softmax_table

How it is built. `functions` has the formulas with their gradients, `path` lets an optimizer step on them (the class that trains
networks, on a vector of two in float64), `rates` has the usual learning rates, `contest` puts paths side by side, `descent` fits
a line with batches of several sizes, `nets` trains networks, `small` has the tables for the calculator. What they give is plain
data, which `nabi.viz` draws.

`nabi.race` is this package and the function in one: the module can be called.
"""

import sys
from types import ModuleType
from typing import Any

from nabi.core.attributes import offer_nearest
from nabi.race.contest import Race, race, sweep, sweep_figure
from nabi.race.descent import Fit, line_fit
from nabi.race.functions import FUNCTIONS, Function
from nabi.race.nets import NetRace, network
from nabi.race.path import Path
from nabi.race.rates import NINE, RATES
from nabi.race.small import Small, all_steps, backprop_table, softmax_table, steps_table

__all__ = ["FUNCTIONS", "Fit", "Function", "NINE", "NetRace", "Path", "RATES", "Race", "Small", "all_steps", "backprop_table",
           "line_fit", "network", "race", "softmax_table", "steps_table", "sweep", "sweep_figure"]

offer_nearest(__name__, __all__)


class Callable(ModuleType):
    """The module itself as a function: `nabi.race("beale")`, before and after anything was imported from it."""

    __call__: Any = staticmethod(race)


sys.modules[__name__].__class__ = Callable
