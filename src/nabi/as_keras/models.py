"""Models: what `keras.models` has besides nabi's: Graph-free names of Keras 1 and 2, files in other forms."""

from nabi.core.errors import ArgumentError
from nabi.models import Model, Sequential

__all__ = ["Functional", "Model", "Network", "Sequential", "model_from_config", "model_from_yaml"]

Functional = Network = Model


def model_from_config(config: dict, custom_objects: dict | None = None) -> Model:
    """A model from what `get_config` gave, or from {"class_name", "config"}."""
    kind = Sequential if config.get("class_name") == "Sequential" or "layers" in config and "inputs" not in config else Model
    return kind.from_config(config.get("config", config))


def model_from_yaml(yaml_string: str, custom_objects: dict | None = None) -> Model:
    """Refused, as in Keras since 2.6: such files can hold code.

    Raises ArgumentError.
    """
    raise ArgumentError("model_from_yaml", "JSON or a model file", "YAML, which can hold code", "Write model.to_json().")
