"""A stack of linear layers is one matrix: f(x) = ((x W1 + b1) W2 + b2) W3 + b3 = x W + b (선형 활성화).

The lectures: with linear activations any depth collapses to one layer. Five trained linear layers, multiplied out into one, and
the same five under ReLU; 4,000 digits, each at its best of four rates, 3 seeds. 15 s.
"""

import numpy as np
from common import best_rate, digits, main, seeds, train

import nabi
from nabi.zoo.softmax_regression import softmax


def collapsed(model):
    (W, b), *pairs = [[np.array(a, float) for a in layer.get_weights()] for layer in model.layers if layer.weights]
    for kernel, bias in pairs:
        W, b = W @ kernel, b @ kernel + bias
    return W, b


def claim(fast):
    data, (x, y) = digits(400 if fast else 4000)
    numbers = {"linear": {"error %": []}, "linear, as one matrix": {"error %": [], "differs by": []}, "relu": {"error %": []}}
    for name in ("linear", "relu"):
        def make(name=name):
            return nabi.zoo.mlp((28, 28, 1), 10, (128, 128, 64, 64), name, "glorot_uniform")
        rate = best_rate(make, data, 3, fast)
        for seed in seeds(fast):
            model, _ = train(make, data, rate, seed, 1 if fast else 10, precision="float32")
            numbers[name]["error %"].append(1 - model.evaluate(x, y, verbose=0)[1])
            if name == "linear":
                (W, b), row = collapsed(model), numbers["linear, as one matrix"]
                p = softmax(x.reshape(len(x), -1) @ W + b)
                row["error %"].append(np.mean(p.argmax(1) != y))
                row["differs by"].append(float(np.abs(p - model.predict(x, verbose=0)).max()))
    return numbers, nabi.viz.bars({name: row["error %"] for name, row in numbers.items()}, "Five layers", "Test error.", True)


if __name__ == "__main__":
    main(__file__, __doc__, claim)
