"""One fixed permutation of all pixels: the dense net and the SVM do not notice, the CNN falls (화소 치환).

The lectures: a dense net does not know which pixels are neighbours; a CNN lives on it. 1,000 digits, plain and with their pixels
in another order, the same for all; nets at their best of three rates, 5 epochs, 3 seeds. 35 s.
"""

import numpy as np
from common import accuracy, best_rate, digits, main, seeds
from sklearn.svm import SVC

import nabi

NETS = {"dense net": nabi.zoo.lecture_dense, "CNN": nabi.zoo.lecture_cnn}


def claim(fast):
    (x, y), (x_test, truth) = digits(300 if fast else 1000)
    order, numbers = np.random.default_rng(0).permutation(28 * 28), {"SVM": {}, "dense net": {}, "CNN": {}}
    for head, places in (("plain: error %", np.arange(28 * 28)), ("permuted: error %", order)):
        flat, flat_test = (a.reshape(len(a), -1)[:, places] for a in (x, x_test))
        numbers["SVM"][head] = float(np.mean(SVC(C=5).fit(flat, y).predict(flat_test) != truth))
        data, test = (flat.reshape(x.shape), y), (flat_test.reshape(x_test.shape), truth)
        for name, make in NETS.items():
            rate = best_rate(make, data, 2, fast, (0.01, 0.03, 0.1))
            numbers[name][head] = [1 - accuracy(make, data, test, rate, seed, 1 if fast else 5) for seed in seeds(fast)]
    shown = {name: {head.split(":")[0]: errors for head, errors in row.items()} for name, row in numbers.items()}
    return numbers, nabi.viz.bars(shown, "Pixels in another order", "Error on 1,000 test digits.", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
