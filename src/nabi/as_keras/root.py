"""Root: what `import keras` itself shows beside its modules: Model, Sequential, Input, Layer, Variable, its version."""



from nabi.initializers import Initializer
from nabi.layers import Input, Layer
from nabi.layers.node import Symbol
from nabi.losses import Loss
from nabi.metrics import Metric
from nabi.models import Model, Sequential
from nabi.optimizers.optimizer import Optimizer
from nabi.regularizers import Regularizer
from nabi.utils import set_random_seed

__version__ = "3.99.0"  # above every version of Keras 3 that a script asks for, as numbers and as texts
KerasTensor = Symbol
Operation = Layer

__all__ = ["Initializer", "Input", "KerasTensor", "Layer", "Loss", "Metric", "Model", "Operation", "Optimizer", "Regularizer",
           "Sequential", "set_random_seed", "version"]


def version() -> str:
    """The version that `keras.__version__` says."""
    return __version__
