"""Variables: `K.variable` and `tf.Variable`: weights that compute like tensors.

    w = tf.Variable(3.0);  w.assign_sub(0.1 * gradient);  2 * w + 1
"""

from typing import Any

import torch

from nabi import ops
from nabi.layers.weight import Weight, bare


class Variable(Weight):
    """A tensor whose numbers change in place.

    Args:
        initial_value: number, list, array, tensor, or a function that gives one.
        trainable: whether a tape follows it.
        dtype: of its numbers.
    """

    def __init__(self, initial_value: Any = None, trainable: Any = True, dtype: Any = None, name: str | None = None,
                 shape: Any = None, **more: Any):
        value = initial_value() if callable(initial_value) and not isinstance(initial_value, torch.Tensor) else initial_value
        kind = dtype if dtype is None or isinstance(dtype, type) else str(dtype).removeprefix("torch.")
        made = ops.convert_to_tensor(bare(value), kind)
        super().__init__(name or "Variable", made.detach().clone(), trainable is not False and made.is_floating_point())

    def read_value(self) -> torch.Tensor:
        """Its numbers as a tensor."""
        return self.tensor

    def assign(self, value: Any, *more: Any, **options: Any) -> Any:
        """Overwrites its numbers."""
        super().assign(torch.as_tensor(bare(value)).to(self.stored.dtype).expand(self.shape))
        return self

    def assign_add(self, value: Any, *more: Any, **options: Any) -> Any:
        """Adds to its numbers."""
        return self.assign(self.stored.detach() + torch.as_tensor(bare(value)))

    def assign_sub(self, value: Any, *more: Any, **options: Any) -> Any:
        """Takes off its numbers."""
        return self.assign(self.stored.detach() - torch.as_tensor(bare(value)))

    def __len__(self) -> int:
        return self.shape[0]

    def __bool__(self) -> bool:
        return bool(self.tensor)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.numpy().astype(dtype) if dtype else self.numpy()
