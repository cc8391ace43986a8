"""Trials of scripts that train in loops of their own: how many rounds loops go, and what they leave as it is."""

import sys

import pytest

from nabi.as_keras.scripts import looping, shortening
from nabi.as_keras.scripts.beside import OwnFolder
from nabi.as_keras.scripts.running import Trial, run_file

SCRIPT = """
import matplotlib.pyplot as plt
import tensorflow as tf

w = tf.Variable(1.0)
optimizer = tf.keras.optimizers.SGD(0.1)

def step():
    with tf.GradientTape() as tape:
        loss = w * w
    optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    return float(loss)

losses, steps, tried = [], 0, {}
for epoch in range(50):
    for batch in range(1000):
        last = step()
        steps += 1
    losses.append(last)
for rate in [0.1, 0.2, 0.3]:
    for _ in range(20):
        tried[rate] = step()
plain = sum(1 for n in range(100)) + len([n for n in range(100)])
for n in range(500):
    plain += 1
plt.plot(range(50), losses)

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
history = model.fit(tf.ones((64, 2)), tf.ones(64), epochs=5, verbose=0)
plt.plot(range(5), history.history["loss"])
print(steps, len(losses), len(tried), plain, history.epoch, len(history.history["loss"]))
"""


@pytest.mark.parametrize("limits, said", [
    ({"max_epochs": 1, "fast_data": 64}, "2 1 3 700 [0, 1, 2, 3, 4] 5"),
    ({"max_epochs": 2, "fast_data": 96}, "6 2 3 700 [0, 1, 2, 3, 4] 5")])
def test_loops_that_train(tmp_path, monkeypatch, capsys, limits, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    assert run_file("script.py", trial=Trial(**limits)) == 0
    assert capsys.readouterr().out.strip() == said
    from matplotlib.axes import Axes

    assert not looping.DRAWN.done and "nabi" not in Axes.plot.__module__


HELPER = """
import tensorflow as tf

def learn(w, optimizer):
    for n in range(1000):
        with tf.GradientTape() as tape:
            loss = w * w
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    return n, w.shape.as_list()
"""


def test_modules_beside_the_script(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "__init__.py").write_text("from .learning_q import learn")
    (tmp_path / "part" / "learning_q.py").write_text(HELPER)
    (tmp_path / "older_q.py").write_text("def say(x):\n    print 'said', x\n")
    (tmp_path / "script.py").write_text("import tensorflow as tf\nfrom part import learn\nfrom older_q import say\n"
                                        "say(learn(tf.Variable([1.0]), tf.keras.optimizers.SGD(0.1)))")
    try:
        assert run_file("script.py", trial=Trial(max_epochs=1, fast_data=96)) == 0
        assert capsys.readouterr().out.strip() == "said (2, [1])"
        assert not any(isinstance(finder, OwnFolder) for finder in sys.meta_path)
    finally:
        for name in ("part", "part.learning_q", "older_q"):
            sys.modules.pop(name, None)


def test_what_is_gone_over():
    shortening.begin(1, 64)
    try:
        for kept in ([1], (1,), {"a": 1}, {"a": 1}.items(), enumerate([1]), zip([1], range(5), strict=False), reversed([1])):
            assert looping.rounds(kept) is kept
        for cut in (range(3), enumerate(range(3)), zip(range(3), range(3), strict=True), (n for n in range(3))):
            assert looping.rounds(cut) is not cut
    finally:
        shortening.end()
    assert looping.rounds(source := range(3)) is source


BY_BATCH = """
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

def net():
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    return model

x, y, model, losses = np.ones((4, 2)), np.ones((4, 1)), net(), []
for epoch in range(30_000):
    for _ in range(5):
        loss = model.train_on_batch(x, y)
    losses.append(loss)
fresh = net()
for step in range(101):
    fresh.train_on_batch(x, y)
print(epoch, len(losses), step, np.array([[1], [2, 3]]).dtype, np.array([1, 2]).dtype)
"""


def test_loops_of_train_on_batch_end_where_it_learns_no_more(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(BY_BATCH)
    with pytest.warns(UserWarning, match=r"learned 200 batches in all; 2 calls after them learned nothing"):
        assert run_file("script.py", trial=Trial(max_epochs=1)) == 0
    assert capsys.readouterr().out.strip() == "20 21 100 object int64"


def test_a_slow_net_learns_fewer_batches(monkeypatch):
    from nabi.as_keras.scripts import repeating

    monkeypatch.setattr(shortening.Limits, "epochs", 1)
    monkeypatch.setattr(repeating, "PATIENCE", -1.0)
    step, model = repeating.brief_step(lambda self, batch: batch), type("Net", (), {})()
    learned = repeating.Steps.learned
    with pytest.warns(UserWarning, match="learns 16 batches"):
        assert [step(model, n) for n in range(40)] == [*range(16), *[15] * 24]
    assert repeating.Steps.learned == learned + 16
