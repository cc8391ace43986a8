"""Utils: Keras' helpers that `nabi.utils` does not have: custom objects (see `registering`), labels under Keras 1's arguments."""

import linecache
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from nabi import ops, utils
from nabi.as_keras.dressing.registering import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from nabi.as_keras.names.entries import Config
from nabi.as_keras.names.objects import deserialize_keras_object, serialize_keras_object
from nabi.backend import clear_session, floatx, is_keras_tensor
from nabi.core.symbolic import Symbolic
from nabi.preprocessing import split_dataset
from nabi.utils import OrderedEnqueuer, Progbar, PyDataset, Sequence

__all__ = ["Config", "CustomObjectScope", "OrderedEnqueuer", "Progbar", "PyDataset", "Sequence",
           "categorical_probas_to_classes", "clear_session", "custom_object_scope", "deserialize_keras_object",
           "disable_interactive_logging", "enable_interactive_logging", "get_custom_objects", "get_registered_name",
           "get_registered_object", "get_source_inputs", "is_interactive_logging_enabled", "is_keras_tensor", "model_to_dot",
           "multi_gpu_model", "normalize", "pack_x_y_sample_weight", "plot", "plot_model", "print_summary",
           "probas_to_classes", "pydot", "register_keras_serializable", "serialize_keras_object", "split_dataset",
           "standardize_dtype", "to_categorical", "to_ordinal", "unpack_x_y_sample_weight"]
KERAS_3 = re.compile(r"KERAS_BACKEND|keras\.ops|from keras import .*\bops\b|keras\.(Variable|random|saving)\b")
pydot = None  # Keras 2's module of plots looks for it; nabi draws by itself


def probas_to_classes(y_pred: Any) -> np.ndarray:
    """Keras 1's numbers of classes of shares: of the largest of a row, or whether the only one is above a half.

    Example:
        >>> probas_to_classes([[0.2, 0.8], [0.9, 0.1]]).tolist(), probas_to_classes([[0.7], [0.1]]).tolist()
        ([1, 0], [1, 0])
    """
    y = np.asarray(y_pred)
    return y.argmax(1) if y.ndim > 1 and y.shape[1] > 1 else (y.reshape(-1) > 0.5).astype(int)


def categorical_probas_to_classes(p: Any) -> np.ndarray:
    """Keras 1's numbers of the likeliest classes."""
    return np.asarray(p).argmax(1)


def to_categorical(x: Any = None, num_classes: int | None = None, dtype: str = "float32", *,
                   nb_classes: int | None = None, y: Any = None) -> np.ndarray:
    """One-hot labels; `nb_classes` is Keras 1's name, negative numbers count from the last class, as in Keras.

    Example:
        >>> to_categorical([1, 0], nb_classes=2)
        array([[0., 1.],
               [1., 0.]], dtype=float32)
    """
    y = x if y is None else y
    y = y.detach().cpu().numpy() if isinstance(y, torch.Tensor) else np.asarray(y)
    if y.dtype.kind in "USO":
        y = y.astype("float64")
    if y.dtype.kind == "f":
        y = y.astype("int64")
    n = nb_classes if num_classes is None else num_classes
    if y.size and y.min() < 0:
        y = np.where(y < 0, y + (n or int(y.max()) + 1), y)
    return utils.to_categorical(y, n, dtype)


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """x divided by its norm along an axis, of a vector a row of a batch; of a tensor a tensor, with its way.

    Example:
        >>> normalize([3.0, 4.0])
        array([[0.6, 0.8]])
    """
    if isinstance(x, (torch.Tensor, Symbolic)):
        return ops.normalize(x, axis, order)
    return np.atleast_2d(utils.normalize(x, axis, order))


def to_ordinal(y: Any, num_classes: int | None = None) -> np.ndarray:
    """Class numbers as rows of ones up to them: 2 of 4 classes becomes 1, 1, 0."""
    numbers = np.asarray(y, "int64").reshape(-1)
    n = num_classes or int(numbers.max()) + 1
    return (np.arange(n - 1) < numbers[:, None]).astype("float32")


def multi_gpu_model(model: Any, gpus: Any = None, **options: Any) -> Any:
    """The model itself: it runs on the processor."""
    return model


def plot_model(model: Any, to_file: Any = "model.png", **options: Any) -> Any:
    """Draws the model; see `nabi.utils.plot_model`. Graphviz also writes .jpg and .pdf, and a .png where a name has no ending."""
    known: dict[str, Any] = {"show_layer_names": names_are_shown()}
    known |= {word: value for word, value in options.items() if word != "show_layer_activations" or value}
    path = None if to_file is None else Path(to_file)
    ending = "" if path is None else path.suffix.lower()
    if path is not None and path.name:
        path.parent.mkdir(parents=True, exist_ok=True)
    if path is None or ending not in ("", ".jpg", ".jpeg", ".pdf"):
        return utils.plot_model(model, to_file, **known)
    diagram = utils.plot_model(model, None, **known)
    picture = diagram.png(known.get("dpi") or 96)
    if ending:
        Image.open(BytesIO(picture)).convert("RGB").save(path)
    else:
        path.write_bytes(picture)
    return diagram


def names_are_shown() -> bool:
    """Whether drawings name the layers unasked, as in tf.keras and Keras 2; not where a script uses names of Keras 3."""
    text = "".join(linecache.getlines(getattr(sys.modules.get("__main__"), "__file__", None) or ""))
    return "tensorflow" in text or KERAS_3.search(text) is None


plot = plot_model


def model_to_dot(model: Any, show_shapes: bool = False, show_layer_names: bool = True, **options: Any) -> Any:
    """The drawing of a model; `.create(prog="dot", format="svg")` gives it as SVG."""
    return Drawing(utils.plot_model(model, to_file=None, show_shapes=show_shapes, show_layer_names=show_layer_names))


to_graph = model_to_dot  # of Keras 0.3 and 1, in utils.visualize_util


class Drawing:
    """A diagram that answers as pydot's graphs do.

    Args:
        diagram: what `plot_model` gave.
    """

    def __init__(self, diagram: Any):
        self.diagram = diagram

    def create(self, prog: Any = None, format: str = "svg") -> bytes:
        """The SVG."""
        return self.diagram.svg.encode()

    def _repr_svg_(self) -> str:
        return self.diagram.svg


def print_summary(model: Any, **options: Any) -> None:
    """Prints `model.summary()`."""
    model.summary(**options)


def enable_interactive_logging() -> None:
    """Nothing: progress goes where `verbose` says."""


def disable_interactive_logging() -> None:
    """Nothing: `verbose=0` is silent."""


def is_interactive_logging_enabled() -> bool:
    """True: progress is shown as `verbose` says."""
    return True


def unpack_x_y_sample_weight(data: Any) -> tuple:
    """What a step is given as (x, y, sample_weight); what is not there is None."""
    parts = tuple(data) if isinstance(data, (list, tuple)) else (data,)
    return (*parts, None, None)[:3]


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """x, (x, y) or (x, y, sample_weight), as many as are there."""
    if y is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def standardize_dtype(dtype: Any) -> str:
    """A dtype by name; None means the one of weights."""
    return floatx() if dtype is None else getattr(dtype, "name", None) or str(dtype).removeprefix("torch.")


def get_source_inputs(tensor: Any) -> list:
    """The inputs from which a symbol was made."""
    todo, found, seen = [tensor], [], set()
    while todo:
        symbol = todo.pop(0)
        before = list(symbol.node.inputs)
        if not before:
            found += [symbol] if id(symbol) not in seen else []
        todo += [one for one in before if id(one) not in seen]
        seen.add(id(symbol))
    return found
