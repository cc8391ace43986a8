"""Models: what `keras.models` has besides nabi's: Graph-free names of Keras 1 and 2, files in other forms."""

from typing import Any

from nabi.as_keras.files import model_file
from nabi.core.errors import ArgumentError
from nabi.models import Model, Sequential
from nabi.models import load_model as load_file

__all__ = ["Container", "Functional", "Model", "Network", "Sequential", "load_model", "model_from_config", "model_from_yaml"]

Container = Functional = Network = Model


def model_from_config(config: dict, custom_objects: dict | None = None) -> Model:
    """A model from what `get_config` gave, or from {"class_name", "config"}."""
    kind = Sequential if config.get("class_name") == "Sequential" or "layers" in config and "inputs" not in config else Model
    return kind.from_config(config.get("config", config))


def model_from_yaml(yaml_string: str, custom_objects: dict | None = None) -> Model:
    """Refused, as in Keras since 2.6: such files can hold code.

    Raises ArgumentError.
    """
    raise ArgumentError("model_from_yaml", "JSON or a model file", "YAML, which can hold code", "Write model.to_json().")


def load_model(filepath: Any, custom_objects: dict | None = None, compile: bool = True, safe_mode: bool = True,
               **more: Any) -> Any:
    """A model from a file, or from the folder that `save` made.

    Args:
        filepath: the file or folder.
        custom_objects: classes and functions that the file names.
        compile: whether it is compiled as it was.
        safe_mode: accepted as in Keras; files hold no code.
    """
    return load_file(model_file(filepath), custom_objects=custom_objects, compile=compile)
