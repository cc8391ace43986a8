"""Dropout on and off: the gap between training and test digits, epochs it costs; and the mean over masks (드롭아웃).

The lectures: dropout works against overfitting like an ensemble of thinned nets, and costs epochs. 1,000 digits, dense 256-256,
rate .5, each net at its best of four learning rates, 3 seeds; then single masks, their mean, and the whole net. 25 s.
"""

from functools import partial

import numpy as np
from common import best_rate, digits, epochs_to, main, seeds, train

import nabi


def claim(fast):
    data, test = digits(200 if fast else 1000)
    epochs, numbers, masks = 2 if fast else 40, {}, 3 if fast else 50
    for name, share in (("without", 0.0), ("with dropout", 0.5)):
        make = partial(nabi.zoo.mlp, units=(256, 256), dropout=share)
        rate = best_rate(make, data, 15, fast)
        row = numbers[name] = {"training error %": [], "test error %": [], "epochs to .02": []}
        for seed in seeds(fast):
            model, logs = train(make, data, rate, seed, epochs)
            row["training error %"].append(1 - model.evaluate(*data, verbose=0)[1])
            row["test error %"].append(1 - model.evaluate(*test, verbose=0)[1])
            row["epochs to .02"].append(epochs_to(0.02, logs))
            if share:
                thin = np.stack([np.asarray(model(test[0], training=True).detach()) for _ in range(masks)])
                whole = model.predict(test[0], verbose=0)
                for head, p in (("one mask", thin[0]), (f"mean of {masks} masks", thin.mean(0)), ("whole net", whole)):
                    numbers.setdefault(head, {"test error %": []})["test error %"].append(np.mean(p.argmax(1) != test[1]))
    shown = {name: row["test error %"] for name, row in numbers.items()}
    return numbers, nabi.viz.bars(shown, "Dropout, and the thinned nets it trains", "Error on 1,000 test digits.", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
