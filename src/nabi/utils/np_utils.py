"""The place where Keras 1 and 2 kept `to_categorical`: `from nabi.utils import np_utils; np_utils.to_categorical(y, 10)`."""

from nabi.utils.arrays import normalize
from nabi.utils.labels import to_categorical

__all__ = ["normalize", "to_categorical"]
