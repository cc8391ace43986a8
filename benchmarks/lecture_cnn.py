"""The lectures' CNN and dense network on MNIST: `fit` as a student writes it, against what they would pick instead.

Each runs as its own tutorial has it.

    python benchmarks/lecture_cnn.py --batch-size 200 --samples 12000
    python benchmarks/lecture_cnn.py --batch-size 200 --samples 12000 --precision float32 --only nabi torch_eager keras_tf
    python benchmarks/lecture_cnn.py --batch-size 200 --samples 6000 --isa avx2
    python benchmarks/lecture_cnn.py --network dense --batch-size 32

nabi's side and Keras' are the whole `fit`: float32 pixels / 255, one-hot labels, accuracy metric, shuffling, progress. PyTorch's
side is eager float32 with Adam, shuffled batches, and the loss; no metric. The floor is oneDNN's bare time for the network.
"""

import os

import numpy as np
from harness import main, unseen

SAMPLES = 60000


def mnist(samples: int):
    from nabi.datasets import mnist

    (x, y), _ = mnist.load_data()
    return (x[:samples, ..., None] / 255.0).astype(np.float32), y[:samples]


def lecture_cnn(library):
    """The lectures' network, in nabi's or Keras' words, which are the same."""
    layers = library.layers
    return library.Sequential([
        library.Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])


def lecture_dense(library):
    """The lectures' dense network."""
    layers = library.layers
    return library.Sequential([library.Input((28, 28, 1)), layers.Flatten(), layers.Dense(512, activation="relu"),
                               layers.Dense(10, activation="softmax")])


def network(library, options):
    return (lecture_dense if options.network == "dense" else lecture_cnn)(library)


def fit(library, options, **compile_options):
    """The lecture's script; progress goes nowhere."""
    x, y = mnist(options.samples)
    y = np.eye(10, dtype=np.float32)[y]
    model = network(library, options)
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"], **compile_options)

    def work():
        with unseen():
            model.fit(x, y, batch_size=options.batch_size, epochs=1)
        return len(x)

    return work


def nabi_fit(options):
    """nabi as it comes."""
    import nabi

    return fit(nabi, options, precision=options.precision)


def nabi_freed(options):
    """The same, with glibc left to hand freed memory back to the system."""
    os.environ["NABI_KEEP_MEMORY"] = "0"
    return nabi_fit(options)


def bare(options):
    """Bare primitives."""
    import floor
    import torch

    import nabi
    from nabi.core.device import native_bfloat16

    low = options.precision == "auto" and native_bfloat16()
    return floor.work(network(nabi, options), options.batch_size, torch.bfloat16 if low else torch.float32, options.samples)


def torch_eager(options):
    """The same net in plain PyTorch."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    x, y = mnist(options.samples)
    x, y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y.astype(np.int64))
    if options.network == "dense":
        model = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
    else:
        model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
                              nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters())

    def work():
        model.train()
        order = torch.randperm(len(x))
        for begin in range(0, len(x), options.batch_size):
            index = order[begin:begin + options.batch_size]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x[index]), y[index])
            loss.backward()
            optimizer.step()
        return len(x)

    return work


def keras(options, backend: str, policy: str | None = None):
    os.environ["KERAS_BACKEND"], os.environ["TF_CPP_MIN_LOG_LEVEL"] = backend, "3"
    import keras

    if policy:
        keras.mixed_precision.set_global_policy(policy)
    return fit(keras, options)


ENGINES = {
    "nabi": nabi_fit,
    "nabi_freed": nabi_freed,
    "floor": bare,
    "torch_eager": torch_eager,
    "keras_tf": lambda options: keras(options, "tensorflow"),
    "keras_tf_bfloat16": lambda options: keras(options, "tensorflow", "mixed_bfloat16"),
}


def arguments(parser):
    parser.add_argument("--batch-size", type=int, default=200)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--network", choices=["cnn", "dense"], default="cnn")
    parser.add_argument("--precision", choices=["auto", "float32"], default="auto")


if __name__ == "__main__":
    main("lecture", __file__, ENGINES, arguments)
