"""Transfer in three ways (전이 학습): a network that knows the digits 0 to 4 learns 5 to 9 from one picture of each.
    python examples/transfer.py               20 seconds on two cores, no download
    head                only the new classifier learns, on features that are computed once
    top, all            the last layers, or all of them, learn along: the lower, the slower
    scratch, untaught   all layers, or only the classifier, of a network that never saw 0 to 4
"""
import time
import warnings
from functools import partial

import numpy as np

import nabi

warnings.filterwarnings("ignore", r"transfer\(backbone\)")  # the last two ways begin untaught, on purpose
EACH, SEEDS, EPOCHS = 1, 5, 40  # pictures of a class, runs, epochs
(x, y), (x_test, y_test) = nabi.datasets.digits.load_data()
x, x_test = (pixels[..., None] / np.float32(255) for pixels in (x, x_test))

nabi.utils.set_random_seed(0)
first = nabi.zoo.fast_cnn(classes=5, pixels=0)
first.compile("adam", "sparse_categorical_crossentropy")
first.fit(x[y < 5], y[y < 5], batch_size=50, epochs=8, verbose=0)


def learn(way, seed):
    """Test accuracy on 5 to 9, and seconds, of a network that has seen a few of them."""
    nabi.utils.set_random_seed(seed)
    few = np.concatenate([np.random.default_rng(seed).permutation(np.flatnonzero(y == k))[:EACH] for k in range(5, 10)])
    base = first if way in ("head", "top", "all") else nabi.zoo.fast_cnn(classes=5, pixels=0)
    model = nabi.transfer(base, 5, *{"scratch": ("all", 1.0), "untaught": ("head", 0.1)}.get(way, (way, 0.1)), norms=True)
    model.compile(nabi.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit, begin = partial(nabi.zoo.fit_cached, model) if way in ("head", "untaught") else model.fit, time.perf_counter()
    fit(x[few], y[few] - 5, batch_size=5, epochs=EPOCHS, verbose=0)
    return model.evaluate(x_test[y_test > 4], y_test[y_test > 4] - 5, verbose=0)[1], time.perf_counter() - begin


for way in ("head", "top", "all", "scratch", "untaught"):
    right, seconds = zip(*(learn(way, seed) for seed in range(SEEDS)), strict=True)
    print(f"{way:8s} {100 * np.mean(right):5.1f} % ± {100 * np.std(right, ddof=1):.1f}   {np.median(seconds):.1f} s")
