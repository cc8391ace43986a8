"""Large constants: pictures beside symbols: K.concatenate([K.constant(content), K.constant(style), made], axis=0).

nabi writes small arrays down in the graph, and refuses larger ones, which no file of a model should hold. Keras 1 and 2 took any.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi.as_keras.patches import Patches
from nabi.backend.variables import Variable
from nabi.layers import operation
from nabi.layers.held import Held


def dress_constants(patches: Patches) -> None:
    """Puts this on the arguments of operations."""
    patches.around(operation, "standing_in", with_large)


def with_large(usual: Callable) -> Callable:
    """`standing_in`, which takes large arrays and tensors for variables that never change."""

    @wraps(usual)
    def call(values: Any, beside: Any) -> Any:
        if isinstance(values, (list, tuple)):
            return type(values)(call(part, beside) for part in values)
        if isinstance(values, (np.ndarray, torch.Tensor)) and np.prod(values.shape) > operation.MOST:
            return Held(Variable(values, trainable=False))(beside)
        return usual(values, beside)

    return call
