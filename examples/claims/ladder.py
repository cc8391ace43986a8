"""The ladder: perceptrons, softmax regression, hidden layers, and the lectures' CNN in three steps, on digits (단계별 비교).

2,000 digits, 5 epochs, each at its best of three rates, 3 seeds: errors, processor seconds an epoch, memory of one sample's
activations. Perceptrons: one a class by Rosenblatt's rule, five passes, the largest sum answers. 100 s.
"""

import numpy as np
from common import best_rate, digits, errors, main

import nabi
from nabi.layers import Dropout, MaxPooling2D
from nabi.models.rows import rows


def cnn(*without):
    kept = [layer for layer in nabi.zoo.lecture_cnn().layers if not isinstance(layer, without)]
    return nabi.Sequential([nabi.Input((28, 28, 1)), *(type(layer).from_config(layer.get_config()) for layer in kept)])


NETS = {"softmax regression": nabi.zoo.softmax_regression, "one hidden layer": nabi.zoo.lecture_dense,
        "three hidden layers": lambda: nabi.zoo.mlp(units=(512, 256, 128)),
        "conv, conv, dense": lambda: cnn(MaxPooling2D, Dropout), "and max pool": lambda: cnn(Dropout), "and dropout": cnn}


def claim(fast):
    data, test = digits(200 if fast else 2000)
    x, x_test = (a.reshape(len(a), -1) for a in (data[0], test[0]))
    units = [nabi.zoo.Perceptron() for _ in range(10)]
    _ = [unit.fit(x, data[1] == digit, 1 if fast else 5) for digit, unit in enumerate(units)]
    wrong = np.argmax([x_test @ unit.w + unit.b for unit in units], 0) != test[1]
    numbers: dict = {"ten perceptrons": {"weights": 7850, "test error %": float(wrong.mean())}}
    for name, make in NETS.items():
        rate, model = best_rate(make, data, 2, fast, (0.01, 0.03, 0.1)), make()
        numbers[name] = {"weights": model.count_params(), **errors(make, data, test, rate, 1 if fast else 5, fast),
                         "activations, KB": sum(row.memory or 0 for row in rows(model)) / 1024}
    return numbers, nabi.viz.bars({name: row["test error %"] for name, row in numbers.items()}, "The ladder", "Test error.", True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
