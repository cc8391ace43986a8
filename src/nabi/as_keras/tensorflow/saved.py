"""Saved: `tf.saved_model` by nabi's folders; `tf.lite`, which nabi does not write.

    tf.saved_model.save(model, "export");  loaded = tf.saved_model.load("export")
    loaded(x);  loaded.serve(x);  loaded.signatures["serving_default"](x)["dense"]
"""

import os
from typing import Any, NoReturn

import numpy as np
import torch

from nabi.as_keras.names.files import MODEL, NOTE
from nabi.as_keras.names.models import load_model
from nabi.as_keras.tensorflow.modules import Module
from nabi.as_keras.tensorflow.saved_modules import load_module, save_module
from nabi.core.errors import ArgumentError, NotServed
from nabi.data.structure import TensorSpec
from nabi.layers import Layer
from nabi.models import Model

__all__ = ["Interpreter", "LoadOptions", "OpsSet", "Optimize", "SaveOptions", "SavedModel", "Signature", "TFLiteConverter",
           "TFSMLayer", "contains_saved_model", "load", "save"]
INSTEAD = {"simple_save": "model.save(folder) writes a model."}


def save(obj: Any, export_dir: Any, signatures: Any = None, options: Any = None) -> None:
    """Writes a model into a folder, as `model.save` does; of a module or layer the variables.

    Raises ArgumentError for what is none of them.
    """
    folder = os.fspath(export_dir).rstrip("/")
    if isinstance(obj, Model):
        obj.save(folder + "/")
    elif isinstance(obj, (Module, Layer)):
        save_module(obj, folder, signatures)
    else:
        raise ArgumentError("tf.saved_model.save(obj)", "a model, a tf.Module or a layer", f"a {type(obj).__name__}",
                            "tf.train.Checkpoint(module=obj).save(prefix) keeps its variables.")


def contains_saved_model(export_dir: Any) -> bool:
    """Whether a folder holds a model."""
    return any(os.path.isfile(os.path.join(os.fspath(export_dir), name)) for name in (MODEL, NOTE))


def load(export_dir: Any, tags: Any = None, options: Any = None) -> Any:
    """The model or module of a folder that `save` wrote, with its signatures."""
    return load_module(os.fspath(export_dir)) or SavedModel(load_model(export_dir))


class SavedModel:
    """A model as TensorFlow gives it back: a function of tensors; what else a model has, it has, too.

    Args:
        model: the model.

    Attributes:
        signatures: {"serving_default": a function that gives a dict of tensors}.
    """

    def __init__(self, model: Model):
        self.model, self.signatures = model, {"serving_default": Signature(model)}

    def __call__(self, inputs: Any, training: bool = False, **more: Any) -> Any:
        return self.model(tensors(inputs), training=training)

    serve = __call__

    def __getattr__(self, name: str) -> Any:
        if name in ("model", "signatures"):
            raise AttributeError(name)
        return getattr(self.model, name)


class Signature:
    """What a model is to TensorFlow's serving: inputs by name, outputs as a dict.

    Args:
        model: the model.
    """

    def __init__(self, model: Any):
        self.model = model

    def __call__(self, *inputs: Any, **named: Any) -> dict[str, torch.Tensor]:
        given = named if named and set(named) <= set(self.model.input_names) else [*inputs, *named.values()]
        made = self.model(tensors(given[0] if isinstance(given, list) and len(given) == 1 else given), training=False)
        if isinstance(made, dict):
            return made
        return dict(zip(self.model.output_names, made if isinstance(made, (list, tuple)) else [made], strict=True))

    @property
    def structured_outputs(self) -> dict[str, TensorSpec]:
        """Shapes of the outputs by name."""
        return dict(zip(self.model.output_names, map(spec, self.model.outputs), strict=True))

    @property
    def structured_input_signature(self) -> tuple[tuple, dict[str, TensorSpec]]:
        """Shapes of the inputs by name."""
        return (), dict(zip(self.model.input_names, map(spec, self.model.inputs), strict=True))

    @property
    def inputs(self) -> list:
        """The model's."""
        return self.model.inputs

    @property
    def outputs(self) -> list:
        """The model's."""
        return self.model.outputs


class TFSMLayer(Layer):
    """A saved model as a layer that does not learn; `call_endpoint="serving_default"` gives a dict of outputs.

    Args:
        filepath: the folder.
        call_endpoint: "serve" for the outputs themselves.
        call_training_endpoint: accepted as in Keras.
        base: see `Layer`.
    """

    def __init__(self, filepath, call_endpoint="serve", call_training_endpoint=None, **base):
        super().__init__(**{"trainable": False} | base)
        self.filepath, self.call_endpoint, self.call_training_endpoint = filepath, call_endpoint, call_training_endpoint
        self.saved = load_model(filepath)

    def call(self, x):
        made = self.saved(x, training=False)
        several = isinstance(made, (list, tuple, dict))
        return {self.saved.output_names[0]: made} if self.call_endpoint != "serve" and not several else made


def spec(symbol: Any) -> TensorSpec:
    """Shape and dtype of a symbol."""
    return TensorSpec(tuple(symbol.shape), torch.float32, symbol.name)


def tensors(inputs: Any) -> Any:
    """Arrays, numbers and lists of them as tensors of float32."""
    if isinstance(inputs, dict):
        return {name: tensors(part) for name, part in inputs.items()}
    if isinstance(inputs, (list, tuple)) and inputs and hasattr(inputs[0], "shape"):
        return [tensors(part) for part in inputs]
    given = torch.as_tensor(inputs if isinstance(inputs, torch.Tensor) else np.asarray(inputs))
    return given.float() if given.is_floating_point() else given


class Optimize:
    """Names of `tf.lite`'s ways to make a model smaller."""

    DEFAULT = OPTIMIZE_FOR_SIZE = OPTIMIZE_FOR_LATENCY = "default"


class OpsSet:
    """Names of `tf.lite`'s sets of operations."""

    TFLITE_BUILTINS = SELECT_TF_OPS = TFLITE_BUILTINS_INT8 = "default"


class SaveOptions:
    """Options of TensorFlow's, which mean nothing here.

    Args:
        options: passed over.
    """

    def __init__(self, *options: Any, **named: Any):
        self.named = named


LoadOptions = SaveOptions


def refused(*args: Any, **options: Any) -> NoReturn:
    """Raises NotServed: nabi neither writes nor runs TFLite's files."""
    raise NotServed("tf.lite is not part of nabi, which writes no .tflite files and runs none. model.save('model.keras') writes "
                    "what TensorFlow's own converter reads.")


class TFLiteConverter:
    """Refused: nabi writes no TFLite files."""

    from_keras_model = from_saved_model = from_keras_model_file = from_concrete_functions = from_session = staticmethod(refused)


Interpreter = TocoConverter = refused
