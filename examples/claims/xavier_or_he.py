"""Xavier or He: how much of the signal reaches the last layer of a ReLU net, and what it learns by depth (초기값).

The lectures name both as cures for the vanishing gradient. Xavier keeps the variance in a linear layer, He's factor 2 in a ReLU
layer (He et al. 2015, section 2.2), where Xavier halves it. Layers of 64 units, best of 4 rates, 3 seeds. 30 s.
"""

from functools import partial

import numpy as np
from common import SEEDS, by_depth, digits, main

import nabi

FIRST = {"Xavier": "glorot_normal", "He": "he_normal", "normal, .05": nabi.initializers.RandomNormal(stddev=0.05)}


def net(name, depth):
    return nabi.zoo.mlp((14, 14, 1), units=(64,) * depth, initializer=FIRST[name])


def deviations(name, seed, x):
    """Standard deviation of the sums before each of 30 ReLUs, over the first one's."""
    nabi.utils.set_random_seed(seed)
    model = net(name, 30)
    inner = nabi.Model(model.inputs, [model.get_layer(f"dense{k}").output for k in range(1, 31)])
    stds = [float(np.std(sums)) for sums in inner.predict(x[:200], verbose=0)]
    return [std / stds[0] for std in stds]


def claim(fast):
    data, test = digits(200 if fast else 2000, side=14)
    curves = {name: [deviations(name, seed, test[0]) for seed in SEEDS] for name in FIRST}
    numbers = {name: {"last / first deviation": [curve[-1] for curve in curves[name]],
                      **by_depth(partial(net, name), (5, 15, 30), data, test, fast)} for name in FIRST}
    return numbers, nabi.viz.lines(range(1, 31), curves, "The signal in 30 ReLU layers before training", "3 seeds.", "layer",
                                   "Deviation before the ReLU, the first layer's is 1", log="y")


if __name__ == "__main__":
    main(__file__, __doc__, claim)
