"""Precision: `keras.mixed_precision`: policies are accepted; nabi computes in bfloat16 where that is faster, by itself."""

from typing import Any

from nabi.as_keras.optimizers import LossScaleOptimizer

__all__ = ["DTypePolicy", "LossScaleOptimizer", "Policy", "dtype_policy", "global_policy", "set_dtype_policy",
           "set_global_policy", "set_policy"]


class Policy:
    """The name of a policy: "float32", "mixed_float16", "mixed_bfloat16".

    Args:
        name: that name.
    """

    def __init__(self, name: Any = "float32", **options: Any):
        self.name = str(getattr(name, "name", name))
        self.variable_dtype = "float32"
        self.compute_dtype = self.name.removeprefix("mixed_")


DTypePolicy = Policy
_policy = [Policy()]


def set_global_policy(policy: Any) -> None:
    """Keeps the policy; what is computed in fewer bits is decided by `compile(precision="auto")`."""
    _policy[0] = Policy(policy)


set_policy = set_dtype_policy = set_global_policy


def global_policy() -> Policy:
    """The policy that was set."""
    return _policy[0]


dtype_policy = global_policy
