"""Old defaults: what stand-alone Keras up to 2.3 took where a script says nothing, and its hard sigmoid.

    Adadelta()           learning rate 1.0, in Keras 3 0.001        LSTM(8)        gates: hard_sigmoid, in Keras 3 sigmoid
    Nadam()              0.002, schedule_decay 0.004                GRU(8)         and the reset gate before the product
    l1_l2()              0.01 and 0.01, in Keras 3 0 and 0          hard_sigmoid   x/5 + 1/2, in Keras 3 x/6 + 1/2
    Conv2D(8, 3, 2)      a kernel of 3 x 2, in tf.keras and Keras 3 a kernel of 3 x 3 with steps of 2

They are put in place for one script whose text shows its time, since what it writes runs today with other numbers, unseen.
Source: Keras 2.2, optimizers.py, layers/recurrent.py, layers/convolutional_recurrent.py, regularizers.py, legacy/interfaces.py.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from typing import Any

from nabi import optimizers
from nabi.activations import older_hard_sigmoid
from nabi.as_keras.dressing.translating import SPECIAL, convolution
from nabi.as_keras.layers.conv_lstm import ConvLSTM
from nabi.as_keras.names import activations
from nabi.as_keras.names import regularizers as names_of_regularizers
from nabi.as_keras.patches import Patches
from nabi.core.registry import TABLE
from nabi.layers import GRU, LSTM, GRUCell, LSTMCell
from nabi.regularizers import L1L2

GATES = {"recurrent_activation": "hard_sigmoid"}
DEFAULTS: dict[type, dict[str, Any]] = {
    LSTM: GATES, LSTMCell: GATES, GRU: {**GATES, "reset_after": False}, GRUCell: {**GATES, "reset_after": False}, ConvLSTM: GATES,
    optimizers.Adagrad: {"learning_rate": 0.01, "initial_accumulator_value": 0.0}, optimizers.Adadelta: {"learning_rate": 1.0},
    optimizers.Adamax: {"learning_rate": 0.002}, optimizers.Nadam: {"learning_rate": 0.002, "schedule_decay": 0.004},
}  # fmt: skip


@contextmanager
def old_defaults() -> Iterator[None]:
    """Within the block these hold, while nabi plays Keras."""
    patches = Patches()
    patches.into(TABLE["activation"], {"hard_sigmoid": older_hard_sigmoid})
    patches.put(activations, "hard_sigmoid", activations.FUNCTIONS["older_hard_sigmoid"])
    patches.into(SPECIAL, {"Convolution": of_rows_and_columns, "Transposed": of_rows_and_columns})
    for name in ("l1_l2", "l1l2", "activity_l1l2"):
        patches.put(names_of_regularizers, name, l1_l2)
    for kind, defaults in DEFAULTS.items():
        patches.around(kind, "__init__", lambda init, defaults=defaults: with_defaults(init, defaults))
    try:
        yield
    finally:
        patches.undo()


def of_rows_and_columns(ours: type, args: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Arguments of a convolution; of three numbers the second and third are the kernel's."""
    if getattr(ours, "dims", 2) == 2 and len(args) >= 3 and all(isinstance(n, int) for n in args[:3]):
        args = (args[0], args[1:3], *args[3:])
    return convolution(ours, args, options)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """The function of that name; the class L1L2 begins with 0 and 0 there, too."""
    return L1L2(l1, l2)


def with_defaults(init: Callable, defaults: dict[str, Any]) -> Callable:
    """A constructor that takes these where nothing is said; what is said, in old words too, stands behind them and holds."""
    places = list(signature(init).parameters)[1:]

    @wraps(init)
    def call(self, *args, **options):
        missing = {word: value for word, value in defaults.items() if word not in places[: len(args)]}
        init(self, *args, **(missing | options))

    return call
