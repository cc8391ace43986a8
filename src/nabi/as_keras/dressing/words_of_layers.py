"""Words of layers: what Keras 3's layers and models answer to besides: dtypes, paths, specs, calls without state.

    outputs, others = model.stateless_call(model.trainable_variables, model.non_trainable_variables, x)
    layer.compute_output_spec(symbol).shape
    torch.optim.Adam(model.parameters())

Source: Keras 3, layers/layer.py, trainers/trainer.py, backend/torch/layer.py.
"""

import inspect
import linecache
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from nabi.as_keras.dressing.giving_way import always, put_methods, put_values, refusing
from nabi.as_keras.dressing.symbols import Input
from nabi.as_keras.layers.low_rank import KINDS, enable_lora
from nabi.as_keras.names.precision import lenient, policy_of
from nabi.as_keras.patches import Patches
from nabi.as_keras.tensorflow.taping import Running, lasting_leaf
from nabi.core.errors import ArgumentError
from nabi.core.registry import TABLE
from nabi.layers import InputLayer, Layer
from nabi.layers.node import flatten
from nabi.models import Model
from nabi.models.config import model_from_config
from nabi.models.saving import also_known
from nabi.models.views import own_metrics


def dress_words(patches: Patches) -> None:
    """Puts these on nabi's layers and models."""
    patches.into(TABLE["layer"], {kind.__name__: kind for kind in KINDS.values()})
    patches.around(sys.modules["nabi.layers.layer"], "dtype_name", lenient)
    patches.put(Running, "always", Running.always or trains_by_hand())  # and undone later
    patches.put(Model, "from_config", classmethod(from_config))
    put_values(patches, Layer, VALUES)
    put_values(patches, InputLayer, {name: whole_shape for name in ("batch_shape", "_batch_input_shape")})
    put_methods(patches, Layer, METHODS)
    put_values(patches, Model, {"metrics_variables": metrics_variables, **OF_MODELS})
    put_methods(patches, Model, {"stateless_compute_loss": stateless_compute_loss, "get_state_tree": get_state_tree,
                                 "set_state_tree": set_state_tree})


def from_config(cls: Any, config: dict[str, Any], custom_objects: dict | None = None) -> Any:
    """A new model from `get_config()`; `custom_objects`: classes and functions that it names."""
    with also_known(custom_objects or {}):
        return model_from_config(cls, config)


def whole_shape(self: Any) -> tuple[int | None, ...]:
    """The shape of an input with its batch axis."""
    return (self.batch_size, *self.shape)


def metrics_variables(self: Any) -> list:
    """The sums of its metrics."""
    return [variable for metric in self.metrics for variable in getattr(metric, "variables", ())]


def call_arguments(self: Any) -> list[str]:
    """The names of what `call` takes."""
    return list(inspect.signature(self.call).parameters)


def symbol_like(self: Any, *inputs: Any, **options: Any) -> Any:
    """What it gives for symbols, without a place in their graph."""
    shapes = [tuple(one.shape) for one in flatten(inputs)]
    made = self.prepare(shapes)
    made = [Input(tuple(shape)[1:], dtype=self.dtype) for shape in made]
    return made[0] if len(made) == 1 else made


def get_build_config(self: Any) -> dict[str, Any] | None:
    """What `build_from_config` takes: the shape that it was built for."""
    shape = self.built_shape
    return None if shape is None else {"input_shape": tuple(shape) if isinstance(shape, tuple) else list(shape)}


def build_from_config(self: Any, config: dict[str, Any] | None) -> None:
    """Builds it for the shape that `get_build_config` gave."""
    shape = (config or {}).get("input_shape", (config or {}).get("shapes_dict"))
    if shape is not None:
        self.build(tuple(shape) if not any(isinstance(n, (list, tuple)) for n in shape) else [tuple(n) for n in shape])


def save_own_variables(self: Any, store: Any) -> None:
    """Puts its own weights into a dict, by number."""
    for number, weight in enumerate(self.own_weights):
        store[str(number)] = weight.numpy()


def load_own_variables(self: Any, store: Any) -> None:
    """Takes them from there. Raises ArgumentError for another number of them."""
    if len(store) != len(self.own_weights):
        raise ArgumentError(f"{self.label}.load_own_variables", f"{len(self.own_weights)} arrays", len(store))
    for number, weight in enumerate(self.own_weights):
        weight.assign(np.asarray(store[str(number)]))


def stateless_call(self: Any, trainable_variables: Any, non_trainable_variables: Any, *args: Any, return_losses: bool = False,
                   **options: Any) -> tuple:
    """What it computes with other numbers for its weights: (outputs, numbers of the weights that do not learn, as they are then).

    Args:
        trainable_variables, non_trainable_variables: tensors or weights, in the order of the lists of these names.
        return_losses: whether what is added to the loss is the third that is given.
    """
    counted = self.non_trainable_variables
    pairs = [*zip(self.trainable_variables, trainable_variables, strict=True),
             *zip(counted, non_trainable_variables, strict=True)]
    before = [(weight, weight.bound, weight.stored.detach().clone()) for weight, _ in pairs]
    try:
        for weight, value in pairs:
            given = torch.as_tensor(getattr(value, "tensor", value)).to(weight.stored.dtype)
            if weight.trainable:
                weight.bound = given
            else:
                weight.assign(given.detach())
        made = self(*args, **options)
        after = [weight.stored.detach().clone() for weight in counted]
        losses = list(self.losses)
    finally:
        for weight, bound, value in before:
            weight.bound = bound
            weight.assign(value)
    return (made, after, losses) if return_losses else (made, after)


def stateless_compute_loss(self: Any, trainable_variables: Any, non_trainable_variables: Any, metrics_variables: Any,
                           x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,
                           training: bool = True) -> tuple:
    """The loss of a batch, and the three lists as they are."""
    loss = self.compute_loss(x, y, y_pred, sample_weight)
    return loss, (trainable_variables, non_trainable_variables, metrics_variables)


def get_state_tree(self: Any, value_format: str = "backend_tensor") -> dict[str, dict[str, Any]]:
    """The numbers of its weights by path."""
    def read(weights: Any) -> dict[str, Any]:
        return {weight.path: weight.numpy() if value_format == "numpy_array" else weight.stored for weight in weights}

    return {"trainable_variables": read(self.trainable_variables), "non_trainable_variables": read(self.non_trainable_variables)}


def set_state_tree(self: Any, state_tree: dict[str, dict[str, Any]]) -> None:
    """Takes the numbers that `get_state_tree` gave."""
    known = {weight.path: weight for weight in self.weights}
    for values in state_tree.values():
        for path, value in values.items():
            if path in known:
                known[path].assign(value)


def named_parameters(self: Any, *options: Any, **more: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """The weights as tensors that torch's optimizers change, by path; `loss.backward()` gathers their gradients."""
    Running.always = True
    return ((weight.path, lasting_leaf(weight)) for weight in self.trainable_weights)


def parameters(self: Any, *options: Any, **more: Any) -> Iterator[torch.Tensor]:
    """As `named_parameters`, without their paths."""
    return (leaf for _, leaf in named_parameters(self))


def state_dict(self: Any, *args: Any, **options: Any) -> dict[str, torch.Tensor]:
    """The numbers of all weights by path."""
    return {weight.path: weight.stored for weight in self.weights}


def load_state_dict(self: Any, state_dict: Any, strict: bool = True, **options: Any) -> None:
    """Takes the numbers that `state_dict` gave; `strict` wants all of them. Raises ArgumentError."""
    known = {weight.path: weight for weight in self.weights}
    if strict and set(known) != set(state_dict):
        raise ArgumentError(f"{self.label}.load_state_dict", "the paths of its weights", sorted(set(known) ^ set(state_dict)))
    for path in set(known) & set(state_dict):
        known[path].assign(state_dict[path])


def children(self: Any) -> Iterator[Any]:
    """The layers in it."""
    return iter(self.layers if isinstance(self, Model) else self.inside)


def modules(self: Any) -> Iterator[Any]:
    """It, and all layers in it, however deep."""
    yield self
    for layer in children(self):
        yield from modules(layer)


def requires_grad_(self: Any, requires_grad: bool = True) -> Any:
    """Lets it learn, or not."""
    self.trainable = requires_grad
    return self


def trains_by_hand() -> bool:
    """Whether the program's own file calls `loss.backward()`: reading a weight then gives a leaf of autograd."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return any(".backward(" in line for line in linecache.getlines(file)) if file else False


def itself(self: Any, *args: Any, **options: Any) -> Any:
    """The layer: it runs on the processor, and is told by each call whether it trains."""
    return self


UNNEEDED = refusing("quantize", "Weights are float32; compile(precision=\"bfloat16\") computes in fewer bits.")
VALUES = {
    "compute_dtype": lambda self: self.dtype, "variable_dtype": lambda self: self.dtype, "input_dtype": lambda self: self.dtype,
    "dtype_policy": policy_of, "path": lambda self: self.name, "autocast": always(True), "input_spec": always(None),
    "quantization_mode": always(None), "quantization_config": always(None), "supports_jit": always(True),
    "lora_enabled": always(False), "lora_rank": always(None), "metrics": own_metrics,
    "call_signature_parameters": call_arguments, "metrics_variables": metrics_variables, "torch_params": always({}),
}  # fmt: skip
METHODS = {
    "add_variable": lambda self, *args, **options: self.add_weight(*args, **options), "build_from_config": build_from_config,
    "get_build_config": get_build_config, "compute_output_spec": symbol_like, "save_own_variables": save_own_variables,
    "load_own_variables": load_own_variables, "stateless_call": stateless_call, "quantize": UNNEEDED, "quantized_call": UNNEEDED,
    "quantized_build": UNNEEDED, "symbolic_call": lambda self, *args, **options: self(*args, **options),
    "rematerialized_call": lambda self, layer_call, *args, **options: layer_call,
    "enable_lora": enable_lora,
    "parameters": parameters, "named_parameters": named_parameters, "to": itself, "cpu": itself, "eval": itself, "train": itself,
    "state_dict": state_dict, "load_state_dict": load_state_dict, "children": children, "modules": modules,
    "named_children": lambda self: ((layer.name, layer) for layer in children(self)), "requires_grad_": requires_grad_,
    "named_modules": lambda self, *more: ((layer.name, layer) for layer in modules(self)),
    "forward": lambda self, *args, **options: self(*args, **options), "buffers": lambda self, *more: iter(()),
}  # fmt: skip
OF_MODELS = {
    "run_eagerly": always(False), "jit_compile": always(False), "steps_per_execution": always(1), "train_function": always(None),
    "test_function": always(None), "predict_function": always(None), "operations": lambda self: list(self.layers),
}  # fmt: skip
