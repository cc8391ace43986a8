"""What a traceback shows: the user's line and one error, nothing "during handling" of another."""

import traceback

import numpy as np
import pytest

import nabi
from nabi import layers as L
from nabi.core.errors import NabiError

X, Y = np.eye(8, 4, dtype="float32"), np.arange(8) % 3


def net():
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("act", [
    lambda: net().fit(X[:, :3], Y),
    lambda: net().fit(X, Y + 5), lambda: net().train_on_batch(X, Y + 5), lambda: net().evaluate(iter([(X, Y + 5)])),
    lambda: net().fit(iter([(X, Y + 5)])), lambda: nabi.losses.SparseCategoricalCrossentropy()(Y + 5, np.full((8, 3), 1 / 3)),
    lambda: net().fit(X, Y, epoch=2),
    lambda: net().fit(X, ["a"] * 8),
    lambda: net().fit([[1, 2], [3]], Y),
    lambda: net().fit(np.full((8, 4), np.nan), Y),
    lambda: net().fit(X, Y, verbose=0, callbacks=nabi.callbacks.EarlyStopping("los", mode="min")),
    lambda: net().fit(X, Y, verbose=0, callbacks=nabi.callbacks.ModelCheckpoint("{epochs}.safetensors")),
    lambda: net().fit(X, Y, verbose=0, callbacks=nabi.callbacks.ModelCheckpoint("/dev/null/a.safetensors")),
    lambda: net().fit(X, Y, verbose=0, callbacks=nabi.callbacks.CSVLogger("/dev/null/a.csv")),
    lambda: net().fit(X, Y, verbose=0, callbacks=nabi.callbacks.BackupAndRestore("/dev/null/a")),
    lambda: net().save("/dev/null/a.safetensors"),
    lambda: nabi.load_model("/dev/null/a.safetensors"),
    lambda: nabi.Sequential([nabi.Input((2, 2, 1)), L.Conv2D(3, 3)]),
    lambda: net().compile("adm"),
])  # fmt: skip
def test_one_error_and_the_users_line(act):
    with pytest.raises(NabiError) as caught:
        act()
    shown = "".join(traceback.format_exception(caught.value))
    assert "During handling" not in shown and "direct cause" not in shown
    assert f'File "{__file__}"' in shown and shown.splitlines()[-1].endswith(str(caught.value).splitlines()[-1])
