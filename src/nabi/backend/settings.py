"""Settings: what Keras' backend keeps for a whole program: epsilon, floatx, order of axes, phase, sessions.

Source: keras/backend of Keras 1, 2 and 3.
"""

from typing import Any

from nabi.core.config import config
from nabi.core.errors import ArgumentError
from nabi.layers.names import reset_names

_order = ["channels_last"]
_phase = [0]
_uids: dict[str, int] = {}


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite."""
    return config.epsilon


def set_epsilon(value: float) -> None:
    """From now on `epsilon()` gives this number, and the losses clip by it."""
    config.epsilon = float(value)


def floatx() -> str:
    """The dtype of new weights and of Python's numbers."""
    return config.floatx


def set_floatx(value: str) -> None:
    """Sets `floatx()`: "float32" or "float64"; "float16" stays float32, as weights are kept so."""
    config.floatx = "float32" if value in ("float16", "bfloat16") else value


def image_data_format() -> str:
    """The order of axes that layers without a `data_format` read: "channels_last"."""
    return _order[0]


def set_image_data_format(data_format: str) -> None:
    """Sets `image_data_format()`: "channels_last" or "channels_first"."""
    if data_format not in ("channels_last", "channels_first"):
        raise ArgumentError("backend.set_image_data_format", "'channels_last' or 'channels_first'", repr(data_format))
    _order[0] = data_format


def image_dim_ordering() -> str:
    """Keras 1's name: "tf" for channels last, "th" for channels first."""
    return "tf" if _order[0] == "channels_last" else "th"


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Keras 1's way to set the order: "tf" or "th"."""
    set_image_data_format({"tf": "channels_last", "th": "channels_first"}.get(dim_ordering, dim_ordering))


def backend() -> str:
    """The name that scripts branch by; nabi serves the spellings of TensorFlow's."""
    return "tensorflow"


def clear_session(free_memory: bool = True) -> None:
    """Starts the running numbers of layer names anew."""
    reset_names()
    _uids.clear()


reset_uids = clear_session


def get_uid(prefix: str = "") -> int:
    """A running number for a name: 1, 2, ..."""
    _uids[prefix] = _uids.get(prefix, 0) + 1
    return _uids[prefix]


def learning_phase() -> int:
    """0 for testing, 1 for training: what `set_learning_phase` said. A running `fit` tells its layers by `training`."""
    return _phase[0]


def set_learning_phase(value: int) -> None:
    """Sets `learning_phase()`; `fit` and `predict` go on knowing for themselves which it is."""
    _phase[0] = int(value)


class NoSession:
    """Stands where TensorFlow 1 had a session: nabi computes at once, so there is nothing to run or to close."""

    graph: Any = None

    def __init__(self, *args: Any, **options: Any):
        self.graph = self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def as_default(self) -> "NoSession":
        """Itself, for `with`."""
        return self

    def close(self) -> None:
        """There is nothing to close."""

    def run(self, fetches: Any = None, feed_dict: Any = None, **options: Any) -> Any:
        """The values of tensors that are there; None for the starters of TensorFlow 1.

        Raises ArgumentError for numbers to be fed in: there is no graph of placeholders.
        """
        if feed_dict:
            raise ArgumentError("Session.run(feed_dict)", "nothing", "values of placeholders",
                                "nabi computes at once: call the function, layer or model on the numbers themselves.")
        if isinstance(fetches, (list, tuple)):
            return [self.run(one) for one in fetches]
        return None if fetches is None else fetches.numpy() if hasattr(fetches, "numpy") else fetches


def get_session(*args: Any) -> NoSession:
    """What stands where TensorFlow 1 had its session."""
    return NoSession()


def set_session(session: Any) -> None:
    """Nothing: nabi has no sessions."""


def manual_variable_initialization(value: bool) -> None:
    """Nothing: weights are made when a layer is built."""
