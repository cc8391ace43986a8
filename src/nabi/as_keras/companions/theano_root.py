"""Theano root: what scripts of Keras 1 set up in theano: its settings. Its compiled functions are not served.

    theano.config.floatX = "float32";  theano.config.openmp = True
    T.mean(T.sqr(y_pred - y_true), axis=-1)              theano.tensor: Keras' backend functions
"""

from typing import Any

import numpy as np

from nabi.as_keras.tensorflow.version1 import ConfigProto
from nabi.backend.variables import Variable

__all__ = ["__version__", "config", "shared", "use"]
__version__ = "1.0.5"
INSTEAD = {
    "function": "keras.backend.function makes a function from inputs to outputs; a loss is a function of y_true and y_pred.",
    "scan": "keras.backend.rnn goes through time steps.",
    "grad": "tf.GradientTape takes gradients.",
}
config: Any = ConfigProto(floatX="float32", device="cpu", optimizer="fast_run", openmp=False)


def use(*devices: Any, **options: Any) -> None:
    """Accepted: everything runs on the processor."""


def shared(value: Any, name: str | None = None, **options: Any) -> Any:
    """A variable."""
    return Variable(np.asarray(value), name=name)
