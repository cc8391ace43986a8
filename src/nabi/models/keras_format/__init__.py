"""Keras' files: `.keras`, `.weights.h5`, `.h5` and `.hdf5`, written and read as the real formats; see `files`."""

from nabi.models.keras_format.building import is_keras, model_from_entry
from nabi.models.keras_format.files import from_entry, is_keras_file, read_model, read_weights, write_model, write_weights

__all__ = [
    "from_entry",
    "is_keras",
    "is_keras_file",
    "model_from_entry",
    "read_model",
    "read_weights",
    "write_model",
    "write_weights",
]
