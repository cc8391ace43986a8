"""Deeper with smaller kernels: three 3 x 3 see as much as one 7 x 7, two as much as one 5 x 5, for fewer weights (작은 필터).

The lectures: 25 C^2 against 18 C^2, 49 C^2 against 27 C^2, at equal accuracy. C = 12 maps on digits of 14 x 14; each net at its
best of four rates, 3 seeds, 5 epochs. 25 s.
"""

from functools import partial

from common import accuracy, best_rate, digits, main, seeds

import nabi
from nabi import layers

C = 12
STACKS = {"5 x 5": (5,), "3 x 3, 3 x 3": (3, 3), "7 x 7": (7,), "3 x 3, 3 x 3, 3 x 3": (3, 3, 3)}


def cnn(sizes):
    stack = [layers.Conv2D(C, size, padding="same", activation="relu", kernel_initializer="he_normal") for size in sizes]
    return nabi.Sequential([
        nabi.Input((14, 14, 1)), layers.Conv2D(C, 1, activation="relu"), *stack, layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(10, activation="softmax")])


def claim(fast):
    data, test = digits(200 if fast else 2000, side=14)
    numbers = {}
    for name, sizes in STACKS.items():
        stack = cnn(sizes).layers[1:1 + len(sizes)]
        weights = sum(layer.get_weights()[0].size for layer in stack)
        numbers[name] = {"field": 1 + sum(size - 1 for size in sizes), "weights / C²": weights // C**2,
                         "multiply-adds": 14 * 14 * weights}
        rate = best_rate(partial(cnn, sizes), data, 2, fast)
        numbers[name]["error %"] = [1 - accuracy(partial(cnn, sizes), data, test, rate, s, 1 if fast else 5) for s in seeds(fast)]
    return numbers, nabi.viz.bars({name: row["error %"] for name, row in numbers.items()}, "Small kernels in a stack",
                                  "Error on 1,000 test digits; 25, 18, 49 and 27 C² weights.", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
