"""Memory: 50 epochs of a small fit, validations, evaluations and predictions leave the process as large as it was."""

import os
import subprocess
import sys
import textwrap

import pytest

PROGRAM = """
    import gc, os
    import numpy as np
    import nabi
    from nabi import layers

    def resident():
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 12, 12, 1)).astype("float32"), rng.integers(0, 3, 64)
    model = nabi.Sequential([nabi.Input((12, 12, 1)), layers.Conv2D(8, 3, activation="relu"), layers.BatchNormalization(),
                             layers.MaxPooling2D(2), layers.Dropout(0.2), layers.Flatten(),
                             layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    sizes = []

    class Measure(nabi.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch in (4, 49):
                sizes.append(resident())

    model.fit(x, y, epochs=50, batch_size=8, validation_split=0.25, verbose=0, callbacks=Measure())
    print(*sizes)
    plain = nabi.Sequential.from_config(model.get_config())
    for number in range(70):
        model.evaluate(x, y, verbose=0)
        model.predict(x, verbose=0)
        plain.predict(x[:4], verbose=0)
        model.train_on_batch(x[:8], y[:8])
        if number == 9:
            before = resident()
    print(before, resident())
    for number in range(20):
        model.compile("adam", "sparse_categorical_crossentropy")
        model.train_on_batch(x[:8], y[:8])
        if number == 4:
            before = resident()
    print(before, resident())
"""


@pytest.mark.learn
def test_memory_is_flat():
    """Resident size, MB: after epoch 5 and 50; over 60 evaluations and predictions; over 15 compilations. Below 2 % more."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", textwrap.dedent(PROGRAM)], capture_output=True, text=True,
                          check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        before, after = map(float, line.split())
        assert after < 1.02 * before, done.stdout
