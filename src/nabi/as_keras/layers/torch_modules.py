"""Torch modules: `keras.layers.TorchModuleWrapper`: a module of PyTorch as a layer; its parameters are the layer's weights.

    y = module(x), with the numbers of the layer's weights in the places of its parameters and buffers

Pictures come as the module wants them, (batch, channels, height, width). Source: Keras 3, utils/torch_utils.py.
"""

import torch
from torch.nn.modules.lazy import LazyModuleMixin

from nabi.as_keras.installing import enter
from nabi.core.errors import ArgumentError, NotServed
from nabi.layers import Layer

__all__ = ["TorchModuleWrapper"]


class TorchModuleWrapper(Layer):
    """A module of PyTorch as a layer.

    Args:
        module: a torch.nn.Module whose parameters exist. output_shape: of a call, batch axis included; None finds it by a trial.

    Raises ArgumentError for what is no module, or one whose parameters wait for a first call.
    """

    takes_integers = True

    def __init__(self, module, name=None, output_shape=None, **base):
        super().__init__(name=name, **base)
        where = "TorchModuleWrapper(module)"
        if not isinstance(module, torch.nn.Module):
            raise ArgumentError(where, "a torch.nn.Module", repr(module))
        if any(isinstance(one, LazyModuleMixin) and one.has_uninitialized_params() for one in module.modules()):  # type: ignore
            raise ArgumentError(where, "a module with all its parameters", "a lazy one", "Call the module once before.")
        self.__dict__["module"] = module  # whose parameters are held as weights below
        self.given_shape = None if output_shape is None else tuple(output_shape)
        self.reads_numbers = any(isinstance(one, (torch.nn.Embedding, torch.nn.EmbeddingBag)) for one in module.modules())
        for key, tensor in module.named_parameters():
            self.hold(key, tensor, tensor.requires_grad)
        for key, tensor in module.named_buffers():
            if tensor.is_floating_point():  # counts of batches stay in the module
                self.hold(key, tensor, False)

    def hold(self, key: str, tensor: torch.Tensor, trainable: bool) -> None:
        """A weight with the numbers of one of the module's tensors."""
        self.add_weight(tuple(tensor.shape), "zeros", trainable=trainable, name=key).assign(tensor.detach())

    def build(self, input_shape):
        """The weights are there."""

    def call(self, x, training=False):
        self.module.train(bool(training))
        x = x.long() if self.reads_numbers else x.to(torch.get_default_dtype()) if not x.is_floating_point() else x
        return torch.func.functional_call(self.module, {key: weight.tensor for key, weight in self._weights.items()}, (x,))

    def compute_output_shape(self, input_shape):
        return self.tried(input_shape)[0] if self.given_shape is None else self.given_shape

    def get_config(self):
        """Raises NotServed: a module is code, which files of nabi do not hold."""
        raise NotServed(f"{self.label}: a module of PyTorch is code, and nabi's files hold none. Save the weights alone: "
                        "model.save_weights('m.weights.h5').")


enter("layer", {"TorchModuleWrapper": TorchModuleWrapper})
