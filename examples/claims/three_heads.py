"""Three ways to read a network's answer, on one backbone: number, probability, class probabilities (회귀, 이진·다중 분류).

The lectures: one output for a number, a sigmoid for two classes, a softmax for many. Here the digit's ink (mean pixel x 10), is
it odd, which one is it; beside a net of its own for each; Adam at .003, 8 epochs, 3 seeds. 15 s.
"""

import numpy as np
from common import digits, main, seeds

import nabi
from nabi.layers import Dense, Flatten

HEADS: dict = {"ink": (1, None, "mse"), "odd": (1, "sigmoid", "bce"), "digit": (10, "softmax", "sparse_categorical_crossentropy")}


def errors(heads, data, test, seed, epochs):
    nabi.utils.set_random_seed(seed)
    image = nabi.Input((28, 28, 1))
    features = Dense(128, activation="relu")(Flatten()(image))
    model = nabi.Model(image, {name: Dense(*HEADS[name][:2])(features) for name in heads})
    answers = [{"ink": 10 * x.mean((1, 2)), "odd": y[:, None] % 2 > 0, "digit": y} for x, y in (data, test)]
    model.compile(nabi.optimizers.Adam(0.003), {name: HEADS[name][2] for name in heads})
    model.fit(data[0], {name: answers[0][name] for name in heads}, batch_size=50, epochs=epochs, verbose=0)
    said, truth = model.predict(test[0], verbose=0), answers[1]
    wrong = {"ink": lambda p, t: ((p - t) ** 2).mean() / t.var(), "odd": lambda p, t: np.mean((p > 0.5) != t),
             "digit": lambda p, t: np.mean(p.argmax(1) != t)}
    return {f"{name} %": float(wrong[name](said[name], truth[name])) for name in heads}


def claim(fast):
    (data, test), numbers = digits(400 if fast else 4000), {}
    for row, heads in (("three heads", [tuple(HEADS)]), ("a net for each", [(name,) for name in HEADS])):
        runs = [{k: v for h in heads for k, v in errors(h, data, test, seed, 1 if fast else 8).items()} for seed in seeds(fast)]
        numbers[row] = {head: [found[head] for found in runs] for head in runs[0]}
    shown = {row: {head.removesuffix(" %"): errors for head, errors in found.items()} for row, found in numbers.items()}
    return numbers, nabi.viz.bars(shown, "One backbone, three heads", "1,000 test digits; ink: 1 - R².", percent=True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
