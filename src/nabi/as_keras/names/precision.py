"""Precision: `keras.dtype_policies`, `keras.mixed_precision`: policies are accepted; nabi computes in bfloat16 where that is
faster, by itself, and keeps weights in float32.

    keras.mixed_precision.set_global_policy("mixed_float16")
    Dense(10, dtype="mixed_bfloat16"), Dense(10, dtype=keras.DTypePolicy("float16"))     weights of float32, and a note
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi import ops
from nabi.as_keras.names.optimizers import LossScaleOptimizer
from nabi.as_keras.notes import note
from nabi.core.errors import ArgumentError

__all__ = ["DTypePolicy", "DTypePolicyMap", "FloatDTypePolicy", "LossScaleOptimizer", "Policy", "deserialize", "dtype_policy",
           "get", "global_policy", "serialize", "set_dtype_policy", "set_global_policy", "set_policy"]
KEPT = ("float32", "float64")  # dtypes of weights
KNOWN = (*KEPT, "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")


class Policy:
    """The name of a policy: "float32", "mixed_float16", "mixed_bfloat16".

    Args:
        name: that name.

    Example:
        >>> policy = Policy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')
    """

    quantization_mode = None

    def __init__(self, name: Any = "float32", *source: Any, **options: Any):
        self.name = str(getattr(name, "name", name))
        self.compute_dtype = self.name.removeprefix("mixed_")
        self.variable_dtype = "float32" if self.name.startswith("mixed_") else self.name

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Policy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def convert_input(self, x: Any, autocast: bool = True, dtype: Any = None) -> Any:
        """x in the dtype, if it is given."""
        return x if dtype is None else ops.cast(x, dtype)

    def get_config(self) -> dict[str, Any]:
        """Its name."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Policy":
        """From its name."""
        return cls(**config)


DTypePolicy = FloatDTypePolicy = Policy
_policy: list[Any] = [Policy()]


class DTypePolicyMap(dict):
    """Policies by paths of layers: kept, and read by nobody, as all weights are float32.

    Args:
        default_policy: of layers that are not named; None: the one of the program.
        policy_map: those of others.
    """

    def __init__(self, default_policy: Any = None, policy_map: Any = None):
        super().__init__({path: get(policy) for path, policy in dict(policy_map or {}).items()})
        self.default_policy = global_policy() if default_policy is None else get(default_policy)
        self.name = f"map_{self.default_policy.name}"

    def __missing__(self, path: str) -> Policy:
        return self.default_policy

    def get_config(self) -> dict[str, Any]:
        """The names of its policies."""
        return {"default_policy": self.default_policy.name, "policy_map": {path: policy.name for path, policy in self.items()}}


def get(identifier: Any) -> Any:
    """A policy by its name or configuration; None means the program's. Raises ArgumentError for a name that there is not."""
    if identifier is None:
        return global_policy()
    if isinstance(identifier, (Policy, DTypePolicyMap)):
        return identifier
    if isinstance(identifier, dict):
        return (DTypePolicyMap if identifier.get("class_name") == "DTypePolicyMap" else Policy)(**identifier["config"])
    name = str(getattr(identifier, "__name__", identifier)).removeprefix("torch.")
    if name not in KNOWN:
        raise ArgumentError("keras.dtype_policies.get", f"one of {', '.join(KNOWN)}", repr(identifier),
                            "Layers of whole numbers are not part of nabi." if "int" in name or "float8" in name else "")
    return Policy(name)


def serialize(dtype_policy: Any) -> dict[str, Any]:
    """A policy as {"class_name", "config"}."""
    name = "DTypePolicy" if isinstance(dtype_policy, Policy) else "DTypePolicyMap"
    return {"module": "keras", "class_name": name, "config": dtype_policy.get_config(), "registered_name": None}


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The policy of such a dict."""
    return get(config)


def set_global_policy(policy: Any) -> None:
    """Keeps the policy; what is computed in fewer bits is decided by `compile(precision="auto")`."""
    _policy[0] = policy if isinstance(policy, DTypePolicyMap) else Policy(policy)


set_policy = set_dtype_policy = set_global_policy


def global_policy() -> Any:
    """The policy that was set."""
    return _policy[0]


dtype_policy = global_policy


def policy_of(layer: Any) -> Policy:
    """The policy that says what a layer does: its weights' dtype."""
    return Policy(layer.dtype)


def lenient(check: Callable) -> Callable:
    """The check of a layer's dtype, which takes policies and short floats, too: its weights are float32 then."""

    @wraps(check)
    def call(where: str, dtype: Any) -> str:
        if isinstance(dtype, dict) and "config" in dtype:  # of a file
            dtype = get(dtype)
        name = getattr(dtype, "name", None) if isinstance(dtype, (Policy, DTypePolicyMap)) else dtype
        name = str(getattr(name, "__name__", name)).removeprefix("torch.").removeprefix("map_")
        if name in KNOWN and name not in KEPT:
            note("policy", f'{where[:-7]}(dtype="{name}"): its weights are float32 here; compile(precision="bfloat16") '
                           f"computes in fewer bits.")
            name = "float32"
        return check(where, name if name in KEPT else dtype)

    return call
