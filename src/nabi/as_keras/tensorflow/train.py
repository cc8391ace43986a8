"""Train: `tf.train`: TensorFlow 1's optimizers, which `compile` takes; checkpoints."""

from typing import Any

from nabi.as_keras.steps import Ftrl
from nabi.as_keras.tensorflow import checkpoints, protos
from nabi.as_keras.tensorflow.checkpoints import *  # noqa: F403
from nabi.as_keras.tensorflow.protos import *  # noqa: F403
from nabi.optimizers import SGD, Adadelta, Adagrad, Adam, Optimizer, RMSprop

__all__ = [*checkpoints.__all__, *protos.__all__, "AdadeltaOptimizer", "AdagradOptimizer", "AdamOptimizer", "FtrlOptimizer",
           "GradientDescentOptimizer", "MomentumOptimizer", "Optimizer", "RMSPropOptimizer", "exponential_decay",
           "get_or_create_global_step"]
INSTEAD = {"Saver": "model.save_weights and load_weights write and read files; tf.train.Checkpoint does so, too.",
           "Coordinator": "nabi computes at once; a tf.data.Dataset reads ahead.",
           "start_queue_runners": "nabi computes at once; a tf.data.Dataset reads ahead."}


def GradientDescentOptimizer(learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> Optimizer:
    """SGD."""
    return SGD(learning_rate)


def MomentumOptimizer(learning_rate: Any, momentum: float, use_locking: bool = False, name: str = "Momentum",
                      use_nesterov: bool = False) -> Optimizer:
    """SGD with momentum."""
    return SGD(learning_rate, momentum=momentum, nesterov=use_nesterov)


def AdamOptimizer(learning_rate: Any = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
                  use_locking: bool = False, name: str = "Adam") -> Optimizer:
    """Adam with TensorFlow 1's epsilon."""
    return Adam(learning_rate, beta_1=beta1, beta_2=beta2, epsilon=epsilon)


def RMSPropOptimizer(learning_rate: Any, decay: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-10,
                     use_locking: bool = False, centered: bool = False, name: str = "RMSProp") -> Optimizer:
    """RMSprop, whose rho TensorFlow 1 calls decay."""
    return RMSprop(learning_rate, rho=decay, momentum=momentum, epsilon=epsilon, centered=centered)


def AdagradOptimizer(learning_rate: Any, initial_accumulator_value: float = 0.1, use_locking: bool = False,
                     name: str = "Adagrad") -> Optimizer:
    """nabi's Adagrad under TensorFlow 1's arguments."""
    return Adagrad(learning_rate, initial_accumulator_value=initial_accumulator_value)


def AdadeltaOptimizer(learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-8, use_locking: bool = False,
                      name: str = "Adadelta") -> Optimizer:
    """nabi's Adadelta under TensorFlow 1's arguments."""
    return Adadelta(learning_rate, rho=rho, epsilon=epsilon)


def FtrlOptimizer(learning_rate: Any, learning_rate_power: float = -0.5, initial_accumulator_value: float = 0.1,
                  l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0, use_locking: bool = False,
                  name: str = "Ftrl", l2_shrinkage_regularization_strength: float = 0.0, beta: float | None = None) -> Optimizer:
    """Keras' FTRL under TensorFlow 1's arguments."""
    return Ftrl(learning_rate, learning_rate_power, initial_accumulator_value, l1_regularization_strength,
                l2_regularization_strength, l2_shrinkage_regularization_strength, beta or 0.0)


def exponential_decay(learning_rate: float, global_step: Any, decay_steps: int, decay_rate: float, staircase: bool = False,
                      name: Any = None) -> Any:
    """A schedule: lr decay_rate^(step / decay_steps)."""
    from nabi.schedules import ExponentialDecay

    return ExponentialDecay(learning_rate, decay_steps, decay_rate, staircase)


def get_or_create_global_step() -> int:
    """0: an optimizer counts its own steps."""
    return 0
