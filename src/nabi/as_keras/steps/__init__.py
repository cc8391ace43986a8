"""Steps: optimizers of Keras 3 that few scripts name: FTRL, and two whose step looks at a weight as a whole.

    Ftrl        sums of gradients, and weights that l1 holds at 0
    Lamb        Adam's direction, as long as a share of the weight
    Adafactor   the second moment of a matrix from its rows and columns alone
"""

from nabi.as_keras.steps.adafactor import Adafactor
from nabi.as_keras.steps.ftrl import Ftrl
from nabi.as_keras.steps.lamb import Lamb

__all__ = ["Adafactor", "Ftrl", "Lamb"]
