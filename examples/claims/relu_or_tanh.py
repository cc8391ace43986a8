"""ReLU, tanh or sigmoid: epochs until a small CNN answers 98 % of its training digits right (활성화 함수).

The lectures, after Krizhevsky et al. (2012): with ReLU the same training error comes about six times sooner than with tanh.
Each net at its best rate of four; 3 seeds; 1,000 digits in batches of 20. 60 s.
"""

from common import CHOOSING, best, curves_of, digits, epochs_to, main, seeds, speed, train

import nabi
from nabi import layers

ERROR, RATES = 0.02, (0.1, 0.3, 1.0, 3.0)


def cnn(activation):
    return nabi.Sequential([
        nabi.Input((14, 14, 1)), layers.Conv2D(16, 3, padding="same", activation=activation), layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation=activation), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(32, activation=activation), layers.Dense(10, activation="softmax")])


def claim(fast):
    data, _ = digits(200 if fast else 1000, side=14)
    most, numbers, curves = 2 if fast else 25, {}, {}
    for name in ("relu", "tanh", "sigmoid"):
        def run(rate, seed, name=name):
            return train(lambda: cnn(name), data, rate, seed, most, batch_size=20, momentum=0.0, until=ERROR)[1]

        rate = best(lambda rate: speed(ERROR, run(rate, CHOOSING)), RATES, fast)
        logs = [run(rate, seed) for seed in seeds(fast)]
        numbers[name] = {"rate": rate, "epochs": [epochs_to(ERROR, log) for log in logs]}
        curves[name] = curves_of(logs)
    return numbers, nabi.viz.lines(range(1, most + 1), curves, "Training error by activation", "Each at its best learning rate.",
                                   "epoch", "Training error", log="y", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
