"""Pieces: single layers, initializers, losses, optimizers ... from Keras' configurations of them.

    {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}, "registered_name": null}

The arguments are Keras' own, so that little is translated. An argument that nabi does not have is passed over where it stands at
the value that means nothing, and named otherwise. Lists, tuples, slices and small arrays are data; functions are names; code is
refused.
"""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import numpy as np

from nabi import metrics
from nabi.core.errors import ArgumentError, FileError, NabiError
from nabi.core.pieces import arguments
from nabi.core.registry import TABLE, lookup
from nabi.layers.layer import Layer
from nabi.models.keras_format.own_state import built_from

CODE = """__lambda__ __bytecode__ __typespec__ TensorFlowOpLayer TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer""".split()
DROPPED = """batch_input_shape batch_shape input_shape ragged sparse optional dtype renorm renorm_clipping renorm_momentum
    synchronized quantization_config lora_rank lora_alpha fused virtual_batch_size autocast input_dtype time_major module
    function_type output_shape_type output_shape_module shared_object_id __passive_serialization__ registered_name
    is_legacy_optimizer jit_compile use_locking vocabulary_size rng_type query_shape key_shape value_shape""".split()
SHARES = ("RandomSaturation", "RandomShear", "RandomColorDegeneration")
DANGER = {"renorm": "batch renormalisation", "quantization_config": "quantized weights", "lora_rank": "LoRA"}
RENAMED = {  # old names of classes
    "CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU", "LSTMV2": "LSTM", "GRUV2": "GRU", "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization", "SyncBatchNormalization": "BatchNormalization", "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D", "Deconvolution2D": "Conv2DTranspose", "RandomNormalV2": "RandomNormal", "OnesV2": "Ones",
    "GlorotUniformV2": "GlorotUniform", "ZerosV2": "Zeros", "L1L2V2": "L1L2",
}  # fmt: skip
NEW_ARGUMENTS = {  # of Keras 1
    "nb_filter": "filters", "border_mode": "padding", "output_dim": "units", "init": "kernel_initializer", "bias": "use_bias",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint", "subsample": "strides", "p": "rate", "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation", "dropout_W": "dropout", "dropout_U": "recurrent_dropout", "lr": "learning_rate",
    "U_regularizer": "recurrent_regularizer", "filter_length": "kernel_size", "subsample_length": "strides", "mode": None,
    "U_constraint": "recurrent_constraint", "depth_multiplier": "depth_multiplier", "atrous_rate": "dilation_rate",
    "kernel_initializer": None,  # which Keras 2 writes for SeparableConv2D, too; it has no say in weights that are read
}  # fmt: skip


def layer_from_entry(entry: dict[str, Any], inner: Callable[[Any], Layer]) -> Layer:
    """The layer of an entry; `inner` makes those among its arguments.

    Raises:
        FileError: code, a class that is not known, an argument that nabi does not have.
    """
    name, config = entry["class_name"], dict(entry.get("config") or {})
    label = f"{name} '{config.get('name', entry.get('name'))}'"
    if name in CODE:
        raise FileError(
            f"model configuration, {label}", "layers of nabi", "one that runs code of another library", "Such code is never run."
        )
    registered = entry.get("registered_name")
    known = [word for word in (registered, name, RENAMED.get(name)) if isinstance(word, str) and word in TABLE["layer"]]
    if not known:
        raise FileError(
            f"model configuration, {label}",
            "a layer that is registered",
            f"the class {registered or name}",
            f"If it is yours, pass it in: load_model(path, custom_objects={{'{name}': {name}}}).",
        )
    cls = lookup("layer", known[0])
    if name == "Lambda":
        return lambda_layer(cls, config, label)
    if not cls.__module__.startswith("nabi."):
        if cls.from_config.__module__.startswith("nabi."):  # else it reads what its get_config wrote, as Keras has it
            config = {key: own_value(value, inner) for key, value in config.items()}
        return built_from(cls.from_config(config), entry)
    axis = config.get("axis")
    if name.startswith("BatchNorm") and isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    if name == "ReLU" and config.get("threshold") is None:
        config.pop("threshold", None)
    if name == "CuDNNGRU":
        config.setdefault("reset_after", True)
    if name == "Embedding" and "input_dim" in config:
        config = {"dtype": config.get("dtype"), **config}
    if name == "GRU" and "reset_after" not in config:
        config["reset_after"] = name == "GRU" and entry.get("module") is not None
    for side in ("layer", "backward_layer", "cell", "forward_layer"):
        if isinstance(config.get(side), dict):
            config[side] = inner(config[side])
    if isinstance(config.get("cells"), list):
        config["cells"] = [inner(cell) for cell in config["cells"]]
    given = accepted(cls, config, label)
    dtype = dtype_named(entry.get("config", {}).get("dtype"))
    if "dtype" in arguments(cls) and dtype is not None:
        given["dtype"] = dtype
    layer = cls(**given)
    if config.get("trainable") is False:
        layer.trainable = False
    return layer


def lambda_layer(cls: Any, config: dict[str, Any], label: str) -> Layer:
    """A Lambda whose function is known by name: that of the file, or that of the layer, in custom_objects."""
    function, name = config.get("function"), config.get("name")
    said = function.get("config") if isinstance(function, dict) and function.get("class_name") == "function" else function
    if not isinstance(said, str) or (said not in TABLE["layer"] and said not in TABLE["op"]):
        said = name
    function = TABLE["layer"].get(said, TABLE["op"].get(said)) if isinstance(said, str) else None
    if not callable(function) or isinstance(function, type):
        raise FileError(
            f"model configuration, {label}",
            "no code",
            "a Python function in the file",
            f"It is never run. Write it in your script and pass it in: custom_objects={{'{name}': function}}.",
        )
    shape, given = value_of(config.get("output_shape")), config.get("arguments")
    return cls(function, tuple(shape) if isinstance(shape, (list, tuple)) else None, arguments=value_of(given) or None, name=name)


def accepted(cls: Any, config: dict[str, Any], label: str) -> dict[str, Any]:
    """The arguments that a class of nabi's takes."""
    names = arguments(cls)
    for key, what in DANGER.items():
        if config.get(key):
            raise FileError(
                f"model configuration, {label}", f"no {what}", f"{key}={config[key]!r}"[:80], "nabi does not have it."
            )
    given = {}
    for key, value in config.items():
        new = key if key in names else NEW_ARGUMENTS.get(key, key)
        kept = key in names and key in ("ragged", "sparse")
        if key in DROPPED and not kept or new is None or key == "trainable":
            continue
        if new in names:
            given[new] = value_of(value, key)
            if key.endswith("factor") and cls.__name__ in SHARES and isinstance(value, list) and value == [-value[-1], value[-1]]:
                given[new] = value[-1]  # Keras writes (-f, f) for f
        elif value not in (None, False, 0, 1, "default", "channels_last", "auto", "floormod", [], {}):
            raise FileError(
                f"model configuration, {label}",
                f"arguments of {cls.__name__}",
                f"{key}={value!r}"[:120],
                "nabi's layer does not have it.",
            )
    if {"nb_row", "nb_col"} <= set(config):
        given["kernel_size"] = (config["nb_row"], config["nb_col"])
    if given.get("data_format") == "default":
        given.pop("data_format")
    return given


def value_of(value: Any, key: str = "") -> Any:
    """A configuration's value as nabi takes it."""
    if isinstance(value, (list, tuple)):
        return [value_of(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {name: value_of(part) for name, part in value.items()}
    name, config = value["class_name"], value.get("config") or {}
    if name in CODE:
        raise FileError("model configuration", "no code", f"{name}", "Code in a file is never run.")
    if name == "__tuple__":
        return tuple(value_of(part) for part in value.get("items", config.get("value", ())))
    if name == "__slice__":
        return slice(*(config.get(part) for part in ("start", "stop", "step")))
    if name == "__ellipsis__":
        return Ellipsis
    if name in ("__numpy__", "__tensor__"):
        return np.asarray(config["value"], dtype=config.get("dtype"))
    if name == "TensorShape":
        return tuple(config.get("items", value.get("items", ())))
    if name in ("DTypePolicy", "Policy"):
        return dtype_named(value)
    if name == "function" and isinstance(config, str):
        return config
    if key == "activation" and name in TABLE["layer"] and name not in TABLE["activation"]:
        return layer_from_entry(value, lambda inner: layer_from_entry(inner, no_layer))
    return {"class_name": known_name(value, key), "config": piece_config(value, key)}


def no_layer(entry: Any) -> Layer:
    """Raises FileError: an activation holds no layers."""
    raise FileError("model configuration", "an activation", repr(entry)[:80])


def known_name(entry: dict[str, Any], key: str = "") -> str:
    """The name under which a piece is registered; the last optimizers of Keras 2 are called "Custom>Adam" in files."""
    kinds = [key.rsplit("_", 1)[-1]] if key.rsplit("_", 1)[-1] in TABLE else list(TABLE)
    said = entry["class_name"]
    for name in (entry.get("registered_name"), said, RENAMED.get(said), str(said).removeprefix("Custom>")):
        if isinstance(name, str) and any(name in TABLE[kind] for kind in kinds):
            return name
    raise FileError(
        "model configuration",
        "registered functions and classes",
        repr(said)[:120],
        "If it is yours, pass it in: custom_objects={name: thing}.",
    )


def piece_config(entry: dict[str, Any], key: str = "") -> dict[str, Any]:
    """The arguments of a piece; those that it does not have are left out where they say nothing."""
    name, config = known_name(entry, key), entry.get("config")
    if not isinstance(config, dict):
        return {}
    kinds = [kind for kind in TABLE if name in TABLE[kind]]
    cls: Any = TABLE[kinds[0]][name]
    names = (
        arguments(cls)
        if isinstance(cls, type)
        else {p.name: p.default for p in signature(cls).parameters.values() if p.kind != Parameter.VAR_KEYWORD}
    )
    given = {}
    for word, value in config.items():
        new = word if word in names else NEW_ARGUMENTS.get(word, word)
        if new in names:
            given[new] = value_of(value)
        elif (
            word not in DROPPED and value not in (None, False, "auto", 0, 1, 0.0) and word not in ("name", "ema_momentum", "axis")
        ):
            raise FileError(f"model configuration, {name}", f"arguments of {name}", f"{word}={value!r}"[:120])
    return given


def own_value(value: Any, inner: Callable[[Any], Layer]) -> Any:
    """A value for a class of the user's: layers are made, pieces too, the rest stays plain."""
    if isinstance(value, list):
        return [own_value(part, inner) for part in value]
    if not isinstance(value, dict) or "class_name" not in value:
        return {key: own_value(part, inner) for key, part in value.items()} if isinstance(value, dict) else value
    if value["class_name"] in TABLE["layer"] and ("inbound_nodes" in value or "layers" in str(value.get("module"))):
        return inner(value)
    return value_of(value)


def dtype_named(value: Any) -> str | None:
    """ "float32" or "float64" from Keras' name or policy; lower precisions keep their weights in float32.

    Raises:
        FileError: another dtype.
    """
    if isinstance(value, dict):
        value = (value.get("config") or {}).get("name")
    if value is None or value in ("float32", "mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "int32", "int64", "uint8"):
        return None if value is None else "float32"
    if value == "float64":
        return value
    raise FileError("model configuration", "a floating-point dtype", repr(value)[:80])


def revived(kind: str, value: Any) -> Any:
    """A loss, metric or optimizer from Keras' configuration, by its name where it is one.

    Raises:
        FileError: it is not known.
    """
    from nabi.core.pieces import get

    if isinstance(value, dict) and value.get("class_name") == "function":
        value = value.get("config")
    if isinstance(value, str):  # what was passed in is looked up now, later it is not known any more
        known = TABLE[kind].get(value)
        return value if known is None or known.__module__.startswith("nabi.") else known
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, list):
        return [revived(kind, part) for part in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: revived(kind, part) for key, part in value.items()}
    if kind == "metric" and value["class_name"] == "MeanMetricWrapper" and isinstance(value.get("config"), dict):
        return wrapped_metric(value["config"])
    try:
        return get(kind, value_of({**value, "class_name": value["class_name"]}, f"x_{kind}"))
    except NabiError as error:
        raise FileError("compile settings", f"a {kind} that is registered", str(error)[:300]) from None
    except (TypeError, ValueError, KeyError) as error:
        raise ArgumentError("compile settings", f"a {kind}", f"{type(error).__name__}: {error}") from None


def wrapped_metric(config: dict[str, Any]) -> Any:
    """The metric of a function's name, under the name that `compile` was given: how Keras 2 writes metrics=["mae"].

    Raises:
        FileError: it is not known.
    """
    more = {word: value_of(value) for word, value in config.items() if word not in ("fn", "name", "dtype")}
    try:
        made = metrics.MeanMetricWrapper(config.get("fn"), **more) if more else metrics.get(config.get("fn"))
    except NabiError as error:
        raise FileError("compile settings", "a metric that is registered", str(error)[:300]) from None
    if made is not None and isinstance(config.get("name"), str):
        made.name = config["name"]
    return made
