"""The lecture CNN on MNIST: `fit` as a student writes it against plain PyTorch as its tutorial writes it.

    python benchmarks/lecture_cnn.py --batch-size 200 --samples 12000

nabi's side is the whole `fit`: float32 pixels / 255, one-hot labels, accuracy metric, shuffling. PyTorch's side is eager float32
with Adam, shuffled batches, and the loss; no metric.
"""

import os

import numpy as np
from harness import main

SAMPLES = 60000


def mnist(samples: int):
    from nabi.datasets import mnist

    (x, y), _ = mnist.load_data()
    return (x[:samples, ..., None] / 255.0).astype(np.float32), y[:samples]


def nabi_fit(options):
    """The lecture's script."""
    import nabi
    from nabi.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
    from nabi.utils import to_categorical

    x, y = mnist(options.samples)
    y = to_categorical(y, 10)
    model = nabi.Sequential([
        Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        Conv2D(64, (3, 3), activation="relu"),
        MaxPooling2D(pool_size=(2, 2)),
        Dropout(0.25),
        Flatten(),
        Dense(128, activation="relu"),
        Dropout(0.5),
        Dense(10, activation="softmax"),
    ])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])

    def work():
        model.fit(x, y, batch_size=options.batch_size, epochs=1, verbose=0)
        return len(x)

    return work


def nabi_freed(options):
    """The same, with glibc left to hand freed memory back to the system."""
    os.environ["NABI_KEEP_MEMORY"] = "0"
    return nabi_fit(options)


def torch_eager(options):
    """The same net in plain PyTorch."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    x, y = mnist(options.samples)
    x, y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y.astype(np.int64))
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


def arguments(parser):
    parser.add_argument("--batch-size", type=int, default=200)
    parser.add_argument("--samples", type=int, default=SAMPLES)


if __name__ == "__main__":
    main("lecture_cnn", __file__, {"nabi": nabi_fit, "nabi_freed": nabi_freed, "torch_eager": torch_eager}, arguments)
