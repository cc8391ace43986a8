"""Small runs that several tests read: a net of one layer, two epochs on the embedded digits."""

import os
import signal
from contextlib import contextmanager

import nabi
from nabi import lab, zoo
from nabi.callbacks import Callback
from nabi.core.registry import TABLE
from nabi.layers import Dense, Flatten, Input

assert "lecture-cnn" in zoo.list_networks()  # the registry has the zoo before the block below adds to it
RECIPE = lab.Recipe(data="digits", model="tiny", epochs=2, seed=3, name="small")


def tiny(input_shape=(28, 28, 1), classes=10):
    """One layer: softmax regression."""
    return nabi.Sequential(
        [Input(input_shape, name="image"), Flatten(name="flatten"), Dense(classes, activation="softmax", name="dense")],
        name="tiny",
    )


@contextmanager
def tiny_network():
    """Within the block, the zoo has a network "tiny"."""
    before = TABLE["network"].get("tiny")
    TABLE["network"]["tiny"] = tiny
    try:
        yield
    finally:
        if before is None:
            del TABLE["network"]["tiny"]


class Press(Callback):
    """Presses Ctrl-C after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_train_batch_end(self, batch, logs=None):
        self.steps -= 1
        if self.steps == 0:
            os.kill(os.getpid(), signal.SIGINT)
