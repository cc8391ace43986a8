"""One seed for everything that draws: Python's `random`, NumPy, torch and nabi's own streams."""

import random

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.random import set_seed


def set_random_seed(seed: int) -> None:
    """Starts every generator anew at `seed`, a whole number from 0 to 2^32 - 1: the same program then gives the same numbers.

    Example:
        >>> set_random_seed(7); a = np.random.rand()
        >>> set_random_seed(7); a == np.random.rand()
        True

    nabi draws from its own streams alone; the others are for the user's code. Raises ArgumentError for another number.
    """
    if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ArgumentError("set_random_seed(seed)", "a whole number from 0 to 2**32 - 1", repr(seed))
    seed = int(seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    set_seed(seed)
