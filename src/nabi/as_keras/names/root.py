"""Root: what `import keras` itself shows beside its modules: Model, Sequential, Input, Layer, Variable, its version."""

from collections.abc import Callable
from typing import Any

from nabi.as_keras.dressing.symbols import Input
from nabi.as_keras.names.layers import InputSpec
from nabi.as_keras.names.precision import DTypePolicy
from nabi.as_keras.tensorflow.tensors import device, name_scope
from nabi.backend.variables import Variable as BackendVariable
from nabi.initializers import Initializer
from nabi.initializers import get as initializer_of
from nabi.layers import Layer
from nabi.layers.node import Symbol, flatten
from nabi.losses import Loss
from nabi.metrics import Metric
from nabi.models import Model, Sequential
from nabi.optimizers.optimizer import Optimizer
from nabi.regularizers import Regularizer
from nabi.utils import set_random_seed

__version__ = "3.99.0"  # above every version of Keras 3 that a script asks for, as numbers and as texts
KerasTensor = Symbol
Operation = Layer
FloatDTypePolicy = DTypePolicy
StatelessScope = SymbolicScope = RematScope = name_scope

__all__ = ["DTypePolicy", "FloatDTypePolicy", "Function", "Initializer", "Input", "InputSpec", "KerasTensor", "Layer", "Loss",
           "Metric", "Model", "Operation", "Optimizer", "Regularizer", "RematScope", "Sequential", "StatelessScope",
           "SymbolicScope", "Variable", "device", "name_scope", "remat", "set_random_seed", "version"]


class Function:
    """A graph from inputs to outputs that gives what it was made with: of a list of one output a list, unlike a model.

    Args:
        inputs, outputs: symbols, or lists or dicts of them. name: its name.

    What a model can do besides it can do, too: `layers`, `summary`, `trainable_variables`.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None):
        self.model = Model(inputs, outputs, name=name)
        self.listed = type(outputs) if isinstance(outputs, (list, tuple)) else None

    def __call__(self, inputs: Any) -> Any:
        made = self.model(inputs)
        return made if self.listed is None else self.listed(flatten(made))

    def __getattr__(self, name: str) -> Any:
        if name == "model":  # while it is copied
            raise AttributeError(name)
        return getattr(self.model, name)


class Variable(BackendVariable):
    """Numbers that change in place: `keras.Variable(0.0)`, or by an initializer, `keras.Variable("zeros", shape=(2, 3))`.

    Args:
        initializer: number, array, tensor; name, object or function (shape, dtype) with `shape`.
        shape, dtype, trainable, name: as in Keras.
    """

    def __init__(self, initializer: Any, shape: Any = None, dtype: Any = None, trainable: bool = True, *more: Any,
                 name: str | None = None, **options: Any):
        value = initializer
        if isinstance(value, str):
            value = initializer_of(value)
        if callable(value) and not hasattr(value, "shape"):
            value = value(tuple(shape or ()), dtype=dtype or "float32")
        super().__init__(value, trainable, dtype, name)


def remat(f: Callable) -> Callable:
    """The function itself: nothing is computed a second time to save memory."""
    return f


def version() -> str:
    """The version that `keras.__version__` says."""
    return __version__
