"""A class of one's own that leaves out what its base class asks for: one error that names the method and how to write it."""

import numpy as np
import pytest

import nabi
from nabi.core.errors import NabiError, StateError, Unwritten
from nabi.data import Feed
from nabi.initializers import Initializer
from nabi.initializers.initializer import RandomInitializer
from nabi.losses import Loss
from nabi.metrics import Metric
from nabi.regularizers import Regularizer
from nabi.schedules import Schedule

ONE = np.ones((1, 2), "float32")


@pytest.mark.parametrize("base, use, method", [
    (nabi.layers.Layer, lambda mine: mine(ONE), "call(self, x)"),
    (Loss, lambda mine: mine(ONE, ONE), "call(self, y_true, y_pred)"),
    (Metric, lambda mine: mine.update_state(ONE, ONE), "update_state(self, y_true, y_pred, sample_weight=None)"),
    (Metric, lambda mine: mine.result(), "result(self)"),
    (Regularizer, lambda mine: mine(ONE), "__call__(self, w)"),
    (Schedule, lambda mine: mine(0), "__call__(self, step)"),
    (Initializer, lambda mine: mine((2, 2)), "values(self, shape, generator)"),
    (RandomInitializer, lambda mine: mine((2, 2)), "draw(self, shape, generator)"),
    (Feed, lambda mine: mine.first(), "first(self)"),
    (Feed, lambda mine: mine.batches(), "batches(self, order=None, start=0)"),
])
def test_the_missing_method_is_named_with_its_arguments(base, use, method):
    mine = type("Mine", (base,), {})()
    with pytest.raises(Unwritten) as caught:
        use(mine)
    name = method.partition("(")[0]
    assert str(caught.value) == (f"Mine.{name}: expected a class that writes this method, got one that leaves it open. "
                                 f"Write {method} in Mine.")
    assert isinstance(caught.value, NabiError) and isinstance(caught.value, NotImplementedError)
    written = method.partition("(")[2][:-1].split(", ")
    given = getattr(base, name).__code__.co_varnames[: getattr(base, name).__code__.co_argcount]
    assert [part.partition("=")[0] for part in written] == list(given), "what it says to write has the base's arguments"


def test_what_has_no_value_yet_is_no_attribute():
    """Keras 3.15: hasattr(layer, "output") is False before a call on an input, of models before they know their shape."""
    for layer in (nabi.layers.Dense(2), nabi.layers.LSTM(2), nabi.layers.Bidirectional(nabi.layers.LSTM(2)), nabi.Sequential()):
        assert [hasattr(layer, name) for name in ("input", "output")] == [False, False] and getattr(layer, "output", 1) == 1
        with pytest.raises(StateError, match="expected a"):
            _ = layer.output
    layer = nabi.layers.Dense(2)
    made = layer(nabi.Input((3,)))
    assert layer.output is made and hasattr(layer, "input")
