"""ProgbarLogger: verbose decides what it shows, samples are counted as Keras 2 did, and no second display stands beside it."""

import io
import re

import numpy as np
import pytest
from callbacks_window import Window, fit

import nabi
from nabi.callbacks import CallbackList, ProgbarLogger, Progress
from nabi.core.errors import ArgumentError


def shown(verbose, **options):
    """What a fit of 5 samples in batches of 2 writes."""
    stream = io.StringIO()
    model = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(5, 2))
    model.fit(x, x[:, :1], batch_size=2, epochs=2, verbose=verbose, callbacks=[ProgbarLogger(stream=stream, **options)])
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("verbose", [0, 1, 2, "auto"])
def test_verbose_decides(verbose, capsys):
    lines = shown(verbose)
    if verbose == 0:
        assert lines == []
    else:  # a text stream is no terminal: a bar becomes a line an epoch
        assert len(lines) == 3 and all(re.match(rf"Epoch {n}/2 - 3/3 - \d+s - \d+(us|ms|s)/step", lines[n]) for n in (1, 2))
    assert capsys.readouterr().out == "", "the display that fit would add is not there"


def test_samples_are_counted_and_the_last_batch_is_small():
    _, first, second = shown(2, count_mode="samples")
    assert re.match(r"Epoch 1/2 - 5/5 - \d+s - \d+(us|ms|s)/sample - \d+ samples/s - loss: ", first) and "5/5" in second


def test_a_bar_of_samples():
    window = Window(120)
    fit(ProgbarLogger("samples", stream=window.stream), epochs=1, steps=6, pause=0.02, batch_size=100)
    row = window.rows()[0]
    assert re.match(r"600/600 ━+ \d+s [2-9]\d\dus/sample", row), row


@pytest.mark.parametrize("params", [{"steps": 3}, {"steps": None, "batch_size": 4}])
def test_without_the_number_of_samples_it_counts_what_is_known(params):
    stream = io.StringIO()
    calls = CallbackList([ProgbarLogger("samples", stream=stream)], verbose=2, epochs=1, **params)
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    for batch in range(3):
        calls.on_train_batch_end(batch, {})
    calls.on_epoch_end(0, {})
    assert stream.getvalue().startswith("12/12 - " if "batch_size" in params else "3/3 - ")


def test_arguments():
    assert isinstance(nabi.callbacks.get("ProgbarLogger"), Progress)
    assert ProgbarLogger("steps", stateful_metrics=["auc"]).get_config()["stateful_metrics"] == ["auc"]
    for bad in ("batches", None, 1):
        with pytest.raises(ArgumentError, match=rf"ProgbarLogger\(count_mode\): expected 'steps' or 'samples', got {bad!r}"):
            ProgbarLogger(bad)
