"""Steps: optimizers of Keras 3 that few scripts name.

    Ftrl                sums of gradients, and weights that l1 holds at 0
    Lamb                Adam's direction, as long as a share of the weight
    Adafactor           the second moment of a matrix from its rows and columns alone
    Muon                momentum of a matrix made orthogonal
    ScheduleFreeAdamW   AdamW that is tested on the mean of its steps
    MultiOptimizer      several optimizers, each for some of the weights
"""

from nabi.as_keras.steps.adafactor import Adafactor
from nabi.as_keras.steps.ftrl import Ftrl
from nabi.as_keras.steps.lamb import Lamb
from nabi.as_keras.steps.multi import MultiOptimizer, OptimizerMap
from nabi.as_keras.steps.muon import Muon
from nabi.as_keras.steps.schedule_free import ScheduleFreeAdamW

__all__ = ["Adafactor", "Ftrl", "Lamb", "MultiOptimizer", "Muon", "OptimizerMap", "ScheduleFreeAdamW"]
