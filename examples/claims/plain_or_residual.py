"""Degradation: a deeper plain network has a larger training error, the same with skip connections has not (잔차 연결).

The lectures, after He et al. (2015, figure 4): plain-34 is worse than plain-18, ResNet-34 better than ResNet-18. Here the CIFAR
form of depth 8 and 32 (this family's 34), half as wide, on 1,000 digits of 14 x 14; 4 epochs, best of 3 rates, 3 seeds. 40 s.
"""

from functools import partial

from common import best_rate, digits, errors, main

import nabi

KINDS = {"plain": "none", "residual": "identity"}


def net(shortcut, depth):
    return nabi.zoo.resnet_cifar(depth, (14, 14, 1), width=0.5, shortcut=shortcut)


def claim(fast):
    data, test = digits(200 if fast else 1000, side=14)
    epochs, numbers = 1 if fast else 4, {}
    for kind, shortcut in KINDS.items():
        for depth in (8,) if fast else (8, 32):
            make = partial(net, shortcut, depth)
            rate = best_rate(make, data, 2, fast, (0.01, 0.03, 0.1))
            numbers[f"{kind}, {depth} layers"] = {"rate": rate, **errors(make, data, test, rate, epochs, fast)}
    shown = {kind: {name.split(", ")[1]: row["training error %"] for name, row in numbers.items() if name.startswith(kind)}
             for kind in KINDS}
    return numbers, nabi.viz.bars(shown, "Deeper, plain and residual", "Training error after the last epoch.", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
