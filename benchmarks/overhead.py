"""What a step of `fit` costs beside its arithmetic: a small dense net, 20-32-3, batches of 32, where calls are all there is.

    python benchmarks/overhead.py
    python benchmarks/overhead.py --metric none

    nabi           `fit` as a student writes it
    bare_torch     a bare loop of the same operations in torch: its functions, its autograd, Adam's formula on one vector
    by_kernels     the least there is: no autograd, gradients by hand, nabi's compiled softmax and Adam, one call after the other
    torch_module   nn.Sequential, autograd, torch.optim.Adam: the loop of torch's tutorial
    keras_torch    the same `fit` by Keras 3 on torch

All compute in float32 on one thread (a step this small has nothing to share), shuffle, gather batches, make a step of Adam, read
the loss at each step and, unless it is left out, take the accuracy along. The goal: `fit` takes at most 1.3 times as long as
torch's bare loop.
"""

import os
import statistics

import numpy as np
from harness import main, unseen

FEATURES, HIDDEN, CLASSES, GOAL = 20, 32, 3, 1.3


def data(options):
    """Random features; the class is the largest of three random sums of them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(options.samples, FEATURES)).astype(np.float32)
    return x, (x @ rng.normal(size=(FEATURES, CLASSES))).argmax(1)


def fit(library, options, **compile_options):
    """The student's script; progress goes nowhere."""
    layers = library.layers
    model = library.Sequential([library.Input((FEATURES,)), layers.Dense(HIDDEN, activation="relu"),
                                layers.Dense(CLASSES, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"] if options.metric == "accuracy" else None,
                  **compile_options)
    x, y = data(options)

    def work():
        with unseen():
            model.fit(x, y, batch_size=options.batch_size, epochs=1)
        return len(x)

    return work


def nabi_fit(options):
    import nabi

    return fit(nabi, options, precision="float32")


def keras_fit(options):
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    return fit(keras, options)


def vectors():
    """Weights and gradients as two vectors, and views for each layer: w, g, (W1, b1, W2, b2), (G1, d1, G2, d2)."""
    import torch

    sizes = [(HIDDEN, FEATURES), (HIDDEN,), (CLASSES, HIDDEN), (CLASSES,)]
    ends = np.cumsum([0, *map(np.prod, sizes)]).tolist()
    w, g = 0.2 * torch.randn(ends[-1]), torch.zeros(ends[-1])
    weights, gradients = ([v[a:b].view(size) for a, b, size in zip(ends, ends[1:], sizes, strict=False)] for v in (w, g))
    return w, g, weights, gradients


def bare_torch(options):
    """Torch's own functions, autograd behind them, and Adam as it is written in the paper on one vector."""
    import torch
    import torch.nn.functional as F

    x, y = map(torch.from_numpy, data(options))
    w, g, weights, gradients = vectors()
    m, v, steps = torch.zeros_like(w), torch.zeros_like(w), 0
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.requires_grad_().grad = gradient
    W1, b1, W2, b2 = weights

    def work():
        nonlocal steps
        total, right = 0.0, torch.zeros((), dtype=torch.float64)
        for index in torch.randperm(len(x)).split(options.batch_size):
            inputs, labels = x.index_select(0, index), y.index_select(0, index)
            g.zero_()
            z = F.linear(F.linear(inputs, W1, b1).relu_(), W2, b2)
            loss = F.cross_entropy(z, labels)
            loss.backward()
            with torch.no_grad():
                steps += 1
                m.lerp_(g, 0.1)
                v.mul_(0.999).addcmul_(g, g, value=0.001)
                rate = 0.001 * (1 - 0.999 ** steps) ** 0.5 / (1 - 0.9 ** steps)
                w.addcdiv_(m, v.sqrt().add_(1e-7), value=-rate)
                total += loss.item() * len(labels)
                if options.metric == "accuracy":
                    right += (z.argmax(1) == labels).sum()
        return len(x)

    return work


def by_kernels(options):
    """Two vectors, weights and gradients, and what happens to them; no modules, no autograd, no callbacks."""
    import torch
    import torch.nn.functional as F

    from nabi.kernels import softmax
    from nabi.kernels.update import Update
    from nabi.optimizers import Adam

    x, y = map(torch.from_numpy, data(options))
    w, g, (W1, b1, W2, b2), (G1, d1, G2, d2) = vectors()
    adam, update, steps = Adam(), Update("Adam", Adam.formula, w, g, (torch.zeros_like(w), torch.zeros_like(w))), 0

    def gradient(x, y):
        """What the pass over the logits found; dL/dw into g."""
        h = F.linear(x, W1, b1).relu_()
        made = softmax.one_pass(F.linear(h, W2, b2), y, 1 / len(y))
        d = made.gradient
        torch.mm(d.t(), h, out=G2)
        torch.sum(d, 0, out=d2)
        d = torch.ops.aten.threshold_backward(d @ W2, h, 0)
        torch.mm(d.t(), x, out=G1)
        torch.sum(d, 0, out=d1)
        return made

    @torch.no_grad()
    def work():
        nonlocal steps
        total, right = 0.0, 0
        for index in torch.randperm(len(x)).split(options.batch_size):
            made = gradient(x.index_select(0, index), y.index_select(0, index))
            steps += 1
            update((0.001, *adam.numbers(steps)))
            total += made.total
            if options.metric == "accuracy":
                right += made.right
        return len(x)

    with torch.no_grad():
        gradient(x[:32], y[:32])
    held_against_autograd(x[:32], y[:32], (W1, b1, W2, b2), (G1, d1, G2, d2))
    return work


def held_against_autograd(x, y, weights, gradients) -> None:
    """Stops unless the gradients by hand are autograd's."""
    import torch
    import torch.nn.functional as F

    leaves = [w.clone().requires_grad_() for w in weights]
    loss = F.cross_entropy(F.linear(F.linear(x, *leaves[:2]).relu(), *leaves[2:]), y)
    torch.testing.assert_close(list(gradients), list(torch.autograd.grad(loss, leaves)), rtol=1e-5, atol=1e-6)


def torch_module(options):
    """What torch's tutorial has, with shuffled batches gathered from tensors instead of a DataLoader, which is slower."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    x, y = map(torch.from_numpy, data(options))
    model = nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    optimizer = torch.optim.Adam(model.parameters())

    def work():
        total, right = 0.0, torch.zeros((), dtype=torch.float64)
        for index in torch.randperm(len(x)).split(options.batch_size):
            labels = y[index]
            optimizer.zero_grad()
            z = model(x[index])
            loss = F.cross_entropy(z, labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            if options.metric == "accuracy":
                right += (z.argmax(1) == labels).sum()
        return len(x)

    return work


def arguments(parser):
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--samples", type=int, default=32000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--metric", choices=["accuracy", "none"], default="accuracy")


def report(result) -> None:
    """Time a step of each engine, and the ratio that the goal is about, by paired rounds."""
    rows = result["engines"]
    steps = -(-rows["nabi"]["images"] // int(result["options"]["batch-size"]))
    for name, row in rows.items():
        print(f"{name:28s} {statistics.median(row['seconds']) / steps * 1e6:7.1f} us a step")
    for name in [name for name in rows if name != "nabi"]:
        ratio = statistics.median(a / b for a, b in zip(rows["nabi"]["seconds"], rows[name]["seconds"], strict=True))
        print(f"fit takes {ratio:.2f} times as long as {name}" + f"; the goal is at most {GOAL}" * (name == "bare_torch"))


def on_threads(engine):
    """The engine with so many threads, which is said before torch is loaded."""
    def start(options):
        os.environ["OMP_NUM_THREADS"] = str(options.threads)
        return engine(options)

    return start


ENGINES = {"nabi": on_threads(nabi_fit), "bare_torch": on_threads(bare_torch), "by_kernels": on_threads(by_kernels),
           "torch_module": on_threads(torch_module), "keras_torch": on_threads(keras_fit)}

if __name__ == "__main__":
    if (result := main("overhead", __file__, ENGINES, arguments)) is not None:
        report(result)
