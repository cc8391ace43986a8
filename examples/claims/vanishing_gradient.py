"""Vanishing gradient: norm of dL/dW in each layer of deep dense nets before training, and what they learn (기울기 소실).

The lectures: sigmoid' <= 1/4 multiplies at every layer, so deep sigmoid nets do not learn; ReLU, fitting first weights and batch
normalisation cure it. Layers of 64 units, gradients at depth 10, accuracy at 2, 5 and 10, each net at its best of 4 rates. 40 s.
"""

import numpy as np
from common import SEEDS, by_depth, digits, main

import nabi

KINDS: dict = {"sigmoid": ("sigmoid", "glorot_uniform"), "tanh, Xavier": ("tanh", "glorot_uniform"),
               "ReLU, He": ("relu", "he_normal"), "sigmoid, BN": ("sigmoid", "glorot_uniform", True)}


def net(kind, depth):
    return nabi.zoo.mlp((14, 14, 1), 10, (64,) * depth, *KINDS[kind])


def norms(kind, seed, x, y):
    nabi.utils.set_random_seed(seed)
    model = net(kind, 10)
    model.compile(nabi.optimizers.SGD(1.0), "sparse_categorical_crossentropy", precision="float64")
    kernels = [w for w in model.trainable_weights if w.name == "kernel"]
    before = [np.array(w) for w in kernels]
    model.train_on_batch(x[:200], y[:200])  # at rate 1 each kernel moves by its gradient
    return [float(np.linalg.norm(np.array(w) - old)) for w, old in zip(kernels, before, strict=True)]


def claim(fast):
    data, test = digits(400 if fast else 3000, side=14)
    curves = {kind: [norms(kind, seed, *data) for seed in SEEDS] for kind in KINDS}
    numbers = {kind: {"first / last gradient": [n[0] / n[-1] for n in curves[kind]],
                      **by_depth(lambda depth, kind=kind: net(kind, depth), (2, 5, 10), data, test, fast)} for kind in KINDS}
    return numbers, nabi.viz.lines(range(1, 12), curves, "Gradients before training", "10 hidden layers of 64, 3 seeds.", "layer",
                                   "Norm of the kernel's gradient", log="y")


if __name__ == "__main__":
    main(__file__, __doc__, claim)
