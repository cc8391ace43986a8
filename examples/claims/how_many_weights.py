"""How many weights from 1000 x 1000 pixels to a million units: all to all, windows of 10 x 10, shared windows (가중치 공유).

The lectures: fully connected 10^12; locally connected 10^8; one shared filter 100; a convolution of 100 filters 10^4. Counted in
layers of nabi without numbers in their weights; biases, which the lectures leave out, in a column of their own. 2 s.
"""

from common import main

import nabi
from nabi import layers
from nabi.zoo.catalogue import weightless

WIRINGS = {
    "fully connected": (layers.Flatten(), layers.Dense(10**6)),
    "locally connected 10 x 10": (layers.LocallyConnected2D(1, 10, padding="same"),),
    "one filter 10 x 10": (layers.Conv2D(1, 10, padding="same"),),
    "100 filters 10 x 10": (layers.Conv2D(100, 10, padding="same"),),
}


def claim(fast):
    numbers = {}
    for name, wiring in WIRINGS.items():
        with weightless():
            model = nabi.Sequential([nabi.Input((1000, 1000, 1)), *wiring])
        counts = {weight.name: weight.size for weight in model.weights}
        numbers[name] = {"weights": counts["kernel"],
                         "biases": counts["bias"]}
    return numbers, nabi.viz.bars({name: row["weights"] for name, row in numbers.items()}, "Weights by wiring",
                                  "From 1000 x 1000 pixels to as many units; logarithmic.", log=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
