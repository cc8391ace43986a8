"""The schedules of `nabi.schedules` under Keras' path, `keras.optimizers.schedules`."""

from nabi.schedules import *  # noqa: F403
from nabi.schedules import __all__ as __all__
