"""Kept settings: what a script sets for its whole program ends with it, so that a second one in the same process begins afresh.

    floatx, epsilon, precision, image_data_format, learning phase, dtype policy, random generators, torch's default dtype
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from nabi.as_keras.names import config as keras_config
from nabi.as_keras.names import precision
from nabi.backend import settings
from nabi.core.config import config
from nabi.core.random import going_on

LISTS: tuple[list, ...] = settings._order, settings._phase, precision._policy, keras_config._steps  # each holds one setting


@contextmanager
def settings_kept() -> Iterator[None]:
    """After the block all is set as before it, and the generators go on where they were.

    Example:
        >>> with settings_kept(): settings.set_floatx("float64"); random.seed(1)
        >>> settings.floatx()
        'float32'
    """
    numbers, lists = asdict(config), [list(one) for one in LISTS]
    states: Any = random.getstate(), np.random.get_state(), torch.get_rng_state(), torch.get_default_dtype()
    try:
        with going_on():
            yield
    finally:
        for name, value in numbers.items():
            setattr(config, name, value)
        for one, value in zip(LISTS, lists, strict=True):
            one[:] = value
        setters: Any = random.setstate, np.random.set_state, torch.set_rng_state, torch.set_default_dtype
        for put, state in zip(setters, states, strict=True):
            put(state)
