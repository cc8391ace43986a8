"""Models: what `keras.models` has besides nabi's: Graph-free names of Keras 1 and 2, files in other forms."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from nabi.as_keras.names.files import is_file_of_keras, model_file
from nabi.as_keras.names.remembering import remember, remembered
from nabi.core.errors import ArgumentError
from nabi.core.registry import full_name
from nabi.layers.function import keeping
from nabi.models import Model, Sequential
from nabi.models import clone_model as clone
from nabi.models import load_model as load_file
from nabi.models import model_from_json as from_json
from nabi.models import save_model as save_file
from nabi.models.keras_format import read_model
from nabi.models.saving import also_known, own_classes

__all__ = ["Container", "Functional", "Model", "Network", "Sequential", "clone_model", "collect_trainable_weights", "load_model",
           "model_from_config", "model_from_json", "model_from_yaml", "save_model"]

Container = Functional = Network = Model


def model_from_config(config: dict, custom_objects: dict | None = None) -> Model:
    """A model from what `get_config` gave, or from {"class_name", "config"}."""
    kind = Sequential if config.get("class_name") == "Sequential" or "layers" in config and "inputs" not in config else Model
    return kind.from_config(config.get("config", config))


def model_from_yaml(yaml_string: str, custom_objects: dict | None = None) -> Any:
    """The model of `to_yaml()`, whose text is JSON, and so YAML; other YAML can hold code and is refused.

    Raises ArgumentError.
    """
    if not str(yaml_string).lstrip().startswith("{"):
        raise ArgumentError("model_from_yaml", "JSON, as to_yaml() gives here", "other YAML, which can hold code",
                            "Write model.to_json() where it comes from.")
    return model_from_json(yaml_string, custom_objects)


def to_yaml(self: Model, **options: Any) -> str:
    """`to_json`, which is YAML, too."""
    return self.to_json()


def load_model(filepath: Any, custom_objects: dict | None = None, compile: bool = True, safe_mode: bool = True,
               **more: Any) -> Any:
    """A model from a file, or from the folder that `save` made.

    Args:
        filepath: the file or folder.
        custom_objects: classes and functions that the file names.
        compile: whether it is compiled as it was.
        safe_mode: accepted as in Keras; files hold no code.
    """
    path, known = model_file(filepath), remembered(filepath, custom_objects)
    if is_file_of_keras(path):
        with also_known(known):
            return read_model(path, bool(compile))
    return load_file(path, custom_objects=known, compile=compile)


def save_model(model: Any, filepath: Any, overwrite: bool = True, *more: Any, **options: Any) -> None:
    """`model.save`.

    Args:
        model: the model.
        filepath: a file or a folder.
        overwrite: False makes one that is there an error.
    """
    (model.save if isinstance(model, Model) else partial(save_file, model))(filepath, overwrite, *more, **options)


def model_from_json(json_string: str, custom_objects: dict | None = None) -> Any:
    """The model of `model.to_json()`, with fresh weights.

    Args:
        json_string: what `to_json` gave.
        custom_objects: classes and functions that it names.
    """
    return from_json(json_string, custom_objects=remembered(json_string, custom_objects))


def clone_model(model: Any, input_tensors: Any = None, clone_function: Any = None, call_function: Any = None,
                recursive: bool = False, **options: Any) -> Any:
    """`nabi.models.clone_model`.

    Args:
        model, input_tensors, clone_function, call_function, recursive: as there.
    """
    given = {} if clone_function is None else {"clone_function": clone_function}
    return clone(model, input_tensors, recursive=recursive, call_function=call_function, **given)


def collect_trainable_weights(layer: Any) -> list:
    """Keras 1's name of a list."""
    return layer.trainable_weights


def unregistered(model: Any) -> dict[str, type]:
    """The user's classes in a model that nothing tells apart from nabi's of the same name."""
    return {name: one for name, one in own_classes(model).items() if full_name("layer", one) is None}


def naming_own(method: Callable) -> Callable:
    """`Model.get_config` and the like, also of layers whose classes are called as nabi's are."""

    @wraps(method)
    def call(self, *args):
        with also_known(unregistered(self)):
            return method(self, *args)

    return call


def to_json(method: Callable) -> Callable:
    """`Model.to_json`, also of functions without a name."""

    @wraps(method)
    def call(self, **options):
        with keeping() as functions, also_known(unregistered(self)):
            text = method(self, **options)
        remember(text, own_classes(self) | functions)
        return text

    return call
