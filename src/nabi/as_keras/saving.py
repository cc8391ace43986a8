"""Saving: `keras.saving`'s names for custom objects, besides those of `nabi.saving`."""

from nabi.as_keras.models import load_model, save_model
from nabi.as_keras.utils import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    serialize_keras_object,
)

__all__ = ["CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects", "get_registered_name",
           "get_registered_object", "load_model", "save_model", "serialize_keras_object"]
