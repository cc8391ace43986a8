"""Saved: `tf.saved_model` by nabi's files; `tf.lite`, which nabi does not write."""

from typing import Any

from nabi.as_keras.models import load_model
from nabi.core.errors import StateError

__all__ = ["Optimize", "TFLiteConverter", "load", "save"]


def save(obj: Any, export_dir: Any, signatures: Any = None, options: Any = None) -> None:
    """Writes a model into a folder, as `model.save` does."""
    obj.save(export_dir)


def load(export_dir: Any, tags: Any = None, options: Any = None) -> Any:
    """The model of a folder that `save` wrote."""
    return load_model(export_dir)


class Optimize:
    """Names of `tf.lite`'s ways to make a model smaller."""

    DEFAULT = "default"


class TFLiteConverter:
    """Refused: nabi writes no TFLite files."""

    @classmethod
    def from_keras_model(cls, model: Any) -> Any:
        """Raises StateError."""
        raise StateError("tf.lite.TFLiteConverter", "a form that nabi writes", "TFLite",
                         'model.save("model.keras") writes what TensorFlow\'s own converter reads.')

    from_saved_model = from_keras_model
