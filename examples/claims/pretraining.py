"""Pre-training: an autoencoder learns from digits without labels, then a classifier starts from its encoder (비지도 사전 학습).

The lectures: unsupervised pre-training and back-propagation beat a random start. 784-256-64 and back learns from 4,000 digits,
classifiers from 50 to 1,000 labels; each at its best of four rates, 3 seeds, 30 epochs. 35 s.
"""

from common import CHOOSING, accuracy, best_rate, digits, main, seeds

import nabi
from nabi.layers import Dense, Flatten, Reshape


def net(*behind):
    return nabi.Sequential([nabi.Input((28, 28, 1)), Flatten(), Dense(256, "relu"), Dense(64, "relu"), *behind])


def classifier(start):
    model = net(Dense(10, "softmax"))
    model.set_weights([*start, *model.get_weights()[len(start):]])
    return model


def claim(fast):
    nabi.utils.set_random_seed(CHOOSING)
    (data, test), drawn = digits(200 if fast else 4000), net(Dense(256, "relu"), Dense(784, "sigmoid"), Reshape((28, 28, 1)))
    drawn.compile("adam", "binary_crossentropy")
    drawn.fit(data[0], data[0], batch_size=50, epochs=1 if fast else 10, verbose=0)
    labels, numbers = (50,) if fast else (50, 100, 300, 1000), {}
    for name, start in (("random start", []), ("pre-trained", drawn.get_weights()[:4])):
        for n in labels:
            make, few = lambda start=start: classifier(start), (data[0][:n], data[1][:n])
            rate = best_rate(make, few, 10, fast, batch_size=20)
            right = [accuracy(make, few, test, rate, seed, 2 if fast else 30, batch_size=20) for seed in seeds(fast)]
            numbers.setdefault(name, {})[f"{n} labels: error %"] = [1 - share for share in right]
    curves = {name: list(zip(*row.values(), strict=True)) for name, row in numbers.items()}
    return numbers, nabi.viz.lines(labels, curves, "Pre-training", "3 seeds.", "labels", "Error on 1,000 test digits", "x", True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
