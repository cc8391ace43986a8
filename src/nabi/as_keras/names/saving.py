"""Saving: `keras.saving`'s names for custom objects, besides those of `nabi.saving`."""

from typing import Any

from nabi.as_keras.names.models import load_model, save_model
from nabi.as_keras.names.utils import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)


def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: Any = None, **options: Any) -> None:
    """`model.save_weights`; one file, whatever its size."""
    model.save_weights(filepath, overwrite)


__all__ = ["CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects",
           "get_registered_name", "get_registered_object", "load_model", "register_keras_serializable", "save_model",
           "save_weights", "serialize_keras_object"]
