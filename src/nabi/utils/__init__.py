"""Small helpers for a script: one-hot labels, unit vectors, one seed for everything."""

from nabi.utils import np_utils
from nabi.utils.arrays import normalize
from nabi.utils.labels import to_categorical
from nabi.utils.seeds import set_random_seed

__all__ = ["normalize", "np_utils", "set_random_seed", "to_categorical"]
