"""Train: `tf.train`: TensorFlow 1's optimizers, which `compile` takes; `Checkpoint` of weights."""

import glob
import os
from typing import Any

from nabi.as_keras.files import WEIGHTS, has_ending
from nabi.optimizers import SGD, Adadelta, Adagrad, Adam, Optimizer, RMSprop

__all__ = ["AdadeltaOptimizer", "AdagradOptimizer", "AdamOptimizer", "Checkpoint", "CheckpointManager", "FtrlOptimizer",
           "GradientDescentOptimizer", "MomentumOptimizer", "Optimizer", "RMSPropOptimizer", "exponential_decay",
           "get_or_create_global_step", "latest_checkpoint"]


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


def FtrlOptimizer(learning_rate: Any, **options: Any) -> Optimizer:
    """Nearest to FTRL without its regularization: Adagrad."""
    return Adagrad(learning_rate)


def exponential_decay(learning_rate: float, global_step: Any, decay_steps: int, decay_rate: float, staircase: bool = False,
                      name: Any = None) -> Any:
    """A schedule: lr decay_rate^(step / decay_steps)."""
    from nabi.schedules import ExponentialDecay

    return ExponentialDecay(learning_rate, decay_steps, decay_rate, staircase)


def get_or_create_global_step() -> int:
    """0: an optimizer counts its own steps."""
    return 0


def latest_checkpoint(checkpoint_dir: str, latest_filename: Any = None) -> str | None:
    """The newest file of weights in a folder, None where there is none."""
    found = [path for path in glob.glob(os.path.join(checkpoint_dir, "*")) if has_ending(path) and os.path.isfile(path)]
    return max(found, key=os.path.getmtime).removesuffix(WEIGHTS) if found else None


class Checkpoint:
    """Weights of models, written and read again.

    Args:
        objects: models and optimizers by name; models are written.
    """

    def __init__(self, root: Any = None, **objects: Any):
        self.objects = {name: thing for name, thing in {"root": root, **objects}.items() if hasattr(thing, "save_weights")}
        self.count = 0

    def save(self, file_prefix: str, options: Any = None) -> str:
        """Writes <prefix>-<number>: one file a model."""
        self.count += 1
        for name, model in self.objects.items():
            path = f"{file_prefix}-{self.count}.{name}.weights.h5"
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            model.save_weights(path)
        return f"{file_prefix}-{self.count}"

    write = save

    def restore(self, save_path: str | None, options: Any = None) -> "Checkpoint":
        """Reads what `save` wrote; None changes nothing."""
        for name, model in self.objects.items():
            path = f"{str(save_path).removesuffix(f'.{name}')}.{name}{WEIGHTS}"
            if save_path and os.path.isfile(path):
                model.load_weights(path)
        return self

    read = restore

    def assert_consumed(self) -> "Checkpoint":
        """Itself."""
        return self

    expect_partial = assert_existing_objects_matched = assert_consumed


class CheckpointManager:
    """Numbers the files of a `Checkpoint`.

    Args:
        checkpoint: the checkpoint.
        directory: its folder.
    """

    def __init__(self, checkpoint: Checkpoint, directory: str, max_to_keep: Any = None, checkpoint_name: str = "ckpt",
                 **more: Any):
        self.checkpoint, self.prefix = checkpoint, os.path.join(directory, checkpoint_name)
        self.latest_checkpoint: str | None = None

    def save(self, *more: Any, **options: Any) -> str:
        """Writes the next one."""
        self.latest_checkpoint = self.checkpoint.save(self.prefix)
        return self.latest_checkpoint
