"""Objects: Keras' `serialize` and `deserialize`, for every kind, and for lists and dicts of things.

    keras.saving.serialize_keras_object([layer, {"rate": 0.5}])
    keras.optimizers.deserialize({"class_name": "Adam", "config": {...}}, custom_objects={"Own": Own})

Only names that are registered, or among `custom_objects`, are found: nothing in a configuration is run.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nabi.as_keras.dressing.registering import REGISTERED, get_custom_objects, get_registered_name
from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.registry import TABLE, names
from nabi.models.saving import also_known

KINDS = ("layer", "model", "optimizer", "loss", "metric", "initializer", "regularizer", "constraint", "activation", "schedule",
         "callback")  # in which a class or function of a name is looked for


def deserializer(get: Callable) -> Callable:
    """`deserialize` of a package, from its `get`."""

    def deserialize(config: Any, custom_objects: dict | None = None, **more: Any) -> Any:
        """The object of a name or of {"class_name", "config"}.

        Args:
            config: the name or dict; Keras 3's further entries are passed over.
            custom_objects: classes and functions that it names.
        """
        if isinstance(config, dict) and "class_name" in config:
            name, inner = str(config["class_name"]).rpartition(">")[2], config.get("config", {})
            config = {"class_name": name, "config": inner} if isinstance(inner, dict) else inner
        with also_known(custom_objects or {}):
            return get(config)

    return deserialize


def serialize_keras_object(obj: Any) -> Any:
    """Plain data of an object: {"module", "class_name", "config", ...}; the name of a function; lists and dicts of them.

    Example:
        >>> from nabi.regularizers import L2
        >>> serialize_keras_object([1, {"a": L2(0.5)}])[1]["a"]["config"]
        {'l2': 0.5}
    """
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    if isinstance(obj, (list, tuple)):
        made = [serialize_keras_object(part) for part in obj]
        return made if isinstance(obj, list) else {"class_name": "__tuple__", "items": made}
    if isinstance(obj, dict):
        return {key: serialize_keras_object(part) for key, part in obj.items()}
    if hasattr(obj, "get_config"):
        known = get_registered_name(type(obj))
        module = None if ">" in known else type(obj).__module__.replace("nabi", "keras", 1)
        return {"module": module, "class_name": type(obj).__name__, "config": obj.get_config(), "registered_name": known}
    if isinstance(obj, np.generic):
        return obj.item()
    return obj.tolist() if hasattr(obj, "tolist") else obj.__name__


def deserialize_keras_object(config: Any, custom_objects: dict | None = None, safe_mode: bool = True, **more: Any) -> Any:
    """What `serialize_keras_object` was given.

    Args:
        config: that data; a text is itself, unless it is the name of what the user registered, or `module_objects` are given.
        custom_objects: classes and functions that it names.
        safe_mode: accepted; no code is in such data.

    Raises UnknownName for a name that is not registered.
    """
    if isinstance(config, (list, tuple)):
        return type(config)(deserialize_keras_object(part, custom_objects) for part in config)
    if isinstance(config, dict) and config.get("class_name") == "__tuple__":
        return tuple(deserialize_keras_object(part, custom_objects) for part in config["items"])
    if isinstance(config, dict) and "class_name" not in config:
        return {key: deserialize_keras_object(part, custom_objects) if isinstance(part, (dict, list)) else part
                for key, part in config.items()}
    if not isinstance(config, (str, dict)):
        return config
    if isinstance(config, str):
        known = {**REGISTERED, **get_custom_objects(), **(custom_objects or {})}
        return found(config, known) if more.get("module_objects") is not None else known.get(config, config)
    name, known = str(config["class_name"]), str(config.get("registered_name"))
    if name == "function":
        return REGISTERED[known] if known in REGISTERED else found(config["config"], custom_objects or {})
    thing = REGISTERED[known] if known in REGISTERED and name not in (custom_objects or {}) else found(name, custom_objects or {})
    with also_known(custom_objects or {}):
        return thing.from_config(config["config"])


def found(name: str, more: dict[str, Any]) -> Any:
    """What is registered under a name, of any kind. Raises UnknownName."""
    for key in (name, name.rpartition(">")[2]):
        if key in more or key in REGISTERED:
            return more[key] if key in more else REGISTERED[key]
        for kind in KINDS:
            names(kind)
            if key in TABLE[kind]:
                return TABLE[kind][key]
    known = sorted({one for kind in KINDS for one in TABLE[kind]})
    raise UnknownName("deserialize_keras_object", "a registered name, or one of custom_objects", repr(name),
                      did_you_mean(name, known))
