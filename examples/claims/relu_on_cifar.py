"""ReLU or tanh on CIFAR-10: epochs until a CNN answers 75 % of its training pictures right, as in the paper's figure 1.

The lectures' "six times faster" is Krizhevsky et al. (2012): a four-layer net, 25 % training error, each rate chosen by itself.
Three convolutions and a dense layer; 20,000 pictures in batches of 128; each at its best rate of three. Reads `cifar10.tar.gz`
where NABI_DATA says. About 25 minutes on one core.
"""

from functools import partial

from common import by_epochs, main

import nabi
from nabi import layers
from nabi.initializers import GlorotUniform, HeNormal

ERROR, RATES = 0.25, (0.003, 0.01, 0.03)


def cnn(activation, first):
    stack = [part for n in (32, 32, 64) for part in (layers.Conv2D(n, 5, padding="same", activation=activation,
                                                                   kernel_initializer=first()), layers.MaxPooling2D(2))]
    return nabi.Sequential([nabi.Input((32, 32, 3)), layers.Rescaling(1 / 127.5, -1), *stack, layers.Flatten(),
                            layers.Dense(10, activation="softmax")])


def claim(fast):
    (x, y), _ = nabi.datasets.cifar10.load_data()
    n, most = (500, 2) if fast else (20_000, 20)
    makes = {"relu": partial(cnn, "relu", HeNormal), "tanh": partial(cnn, "tanh", GlorotUniform)}
    return by_epochs(makes, (x[:n], y[:n]), ERROR, most, RATES, fast, batch_size=128)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
