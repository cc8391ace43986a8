"""Batch normalisation: epochs to a training error; ten times the rate, badly scaled first weights (배치 정규화).

The lectures: about three times faster; ten times the rate; first weights x0.1, x10 forgiven. Six layers of 64, at the best of
five rates, until 98 % of 1,000 digits are right; errors after 25 epochs at ten times the plain net's rate, and scaled. 35 s.
"""

from typing import Any

from common import CHOOSING, best, curves_of, digits, epochs_to, main, seeds, speed, train

import nabi

ERROR, RATES = 0.02, (0.01, 0.03, 0.1, 0.3, 1.0)


def net(batch_norm, scale):
    first: Any = nabi.initializers.VarianceScaling(2.0 * scale**2)  # He's, times `scale`
    return nabi.zoo.mlp((14, 14, 1), units=(64,) * 6, initializer=first, batch_norm=batch_norm)


def claim(fast):
    data, _ = digits(200 if fast else 1000, side=14)
    most, numbers, curves, plain = 2 if fast else 25, {}, {}, 0.0
    for name, batch_norm in (("without", False), ("with BN", True)):
        def run(rate, seed, scale=1.0, batch_norm=batch_norm):
            return train(lambda: net(batch_norm, scale), data, rate, seed, most, momentum=0.0, until=ERROR)[1]

        rate = best(lambda rate: speed(ERROR, run(rate, CHOOSING)), RATES, fast)
        logs, plain = [run(rate, seed) for seed in seeds(fast)], plain or rate
        numbers[name] = {"rate": rate, "epochs": [epochs_to(ERROR, log) for log in logs]}
        for head, r, scale in (("rate x10", 10 * plain, 1.0), ("weights x0.1", rate, 0.1), ("weights x10", rate, 10.0)):
            ends = [run(r, seed, scale).get("accuracy", [float("nan")])[-1] for seed in seeds(fast)]
            numbers[name][f"{head}: error %"] = [1 - end for end in ends]
        curves[name] = curves_of(logs)
    return numbers, nabi.viz.lines(range(1, most + 1), curves, "Batch normalisation", "Each at its best rate, 3 seeds.", "epoch",
                                   "Training error", "y", True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
