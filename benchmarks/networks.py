"""Larger networks on pictures of 32x32, training steps: nabi as it comes against plain PyTorch (float32, eager).

    python benchmarks/networks.py --network resnet18
    python benchmarks/networks.py --network vgg16 --batches 4

Pictures and labels are random. Both sides run the same network with batch normalisation, momentum SGD and shuffled batches;
nabi's side is a whole `fit` with accuracy.
"""


import numpy as np
from harness import main, unseen


class Nabi:
    """Builds with nabi's functional API."""

    def __init__(self):
        from nabi import layers

        self.layers = layers

    def conv(self, x, filters, size=3, strides=1):
        return self.layers.Conv2D(filters, size, strides=strides, padding="same" if strides == 1 else (size - 1) // 2,
                                  use_bias=False)(x)

    def norm(self, x):
        return self.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    def relu(self, x):
        return self.layers.ReLU()(x)

    def add(self, a, b):
        return self.layers.Add()([a, b])

    def join(self, *parts):
        return self.layers.Concatenate()(list(parts))

    def pool(self, x, size=2, strides=None, same=False):
        return self.layers.MaxPooling2D(size, strides, padding="same" if same else "valid")(x)

    def mean_pool(self, x):
        return self.layers.AveragePooling2D(2)(x)

    def head(self, x, classes):
        return self.layers.Dense(classes, activation="softmax")(self.layers.GlobalAveragePooling2D()(x))


class Torch:
    """Writes the same network down as torch modules: each step is (module, numbers of its inputs)."""

    def __init__(self):
        self.steps, self.channels = [], {0: 3}

    def note(self, module, inputs, channels):
        self.steps.append((module, inputs))
        self.channels[len(self.steps)] = channels
        return len(self.steps)

    def conv(self, x, filters, size=3, strides=1):
        from torch import nn

        conv = nn.Conv2d(self.channels[x], filters, size, strides, (size - 1) // 2, bias=False)
        return self.note(conv, (x,), filters)

    def norm(self, x):
        from torch import nn

        return self.note(nn.BatchNorm2d(self.channels[x]), (x,), self.channels[x])

    def relu(self, x):
        from torch import nn

        return self.note(nn.ReLU(), (x,), self.channels[x])

    def add(self, a, b):
        return self.note(None, (a, b), self.channels[a])

    def join(self, *parts):
        return self.note("join", parts, sum(self.channels[p] for p in parts))

    def pool(self, x, size=2, strides=None, same=False):
        from torch import nn

        return self.note(nn.MaxPool2d(size, strides, size // 2 if same else 0), (x,), self.channels[x])

    def mean_pool(self, x):
        from torch import nn

        return self.note(nn.AvgPool2d(2), (x,), self.channels[x])

    def head(self, x, classes):
        from torch import nn

        last = nn.Linear(self.channels[x], classes)
        return self.note(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), last), (x,), classes)

    def module(self):
        """All of it as one nn.Module."""
        import torch
        from torch import nn

        steps = self.steps

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.ModuleList(m for m, _ in steps if isinstance(m, nn.Module))

            def forward(self, x):
                values = [x]
                for module, inputs in steps:
                    given = [values[i] for i in inputs]
                    if module is None:
                        values.append(given[0] + given[1])
                    elif module == "join":
                        values.append(torch.cat(given, 1))
                    else:
                        values.append(module(given[0]))
                return values[-1]

        return Net()


def block(b, x, filters, strides, project):
    """ResNet's basic block."""
    y = b.relu(b.norm(b.conv(x, filters, 3, strides)))
    y = b.norm(b.conv(y, filters))
    return b.relu(b.add(y, b.norm(b.conv(x, filters, 1, strides)) if project else x))


def resnet18(b, x):
    x = b.relu(b.norm(b.conv(x, 64)))
    for stage, filters in enumerate((64, 128, 256, 512)):
        for k in range(2):
            first = k == 0 and stage > 0
            x = block(b, x, filters, 2 if first else 1, first)
    return b.head(x, 10)


def resnet20(b, x):
    x = b.relu(b.norm(b.conv(x, 16)))
    for stage, filters in enumerate((16, 32, 64)):
        for k in range(3):
            first = k == 0 and stage > 0
            x = block(b, x, filters, 2 if first else 1, first)
    return b.head(x, 10)


def vgg16(b, x):
    for filters, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            x = b.relu(b.norm(b.conv(x, filters)))
        x = b.pool(x)
    return b.head(x, 10)


def densenet(b, x, growth=12, depth=40):
    """DenseNet-BC, growth 12: 1x1 bottlenecks, compression one half."""
    channels, repeats = 2 * growth, (depth - 4) // 6
    x = b.conv(x, channels)
    for stage in range(3):
        for _ in range(repeats):
            y = b.conv(b.relu(b.norm(x)), 4 * growth, 1)
            y = b.conv(b.relu(b.norm(y)), growth)
            x, channels = b.join(x, y), channels + growth
        if stage < 2:
            channels //= 2
            x = b.mean_pool(b.conv(b.relu(b.norm(x)), channels, 1))
    return b.head(b.relu(b.norm(x)), 10)


def googlenet(b, x):
    """A few inception blocks with batch normalisation."""
    def unit(x, filters, size=1):
        return b.relu(b.norm(b.conv(x, filters, size)))

    def inception(x, a, b3, c3, b5, c5, d):
        return b.join(unit(x, a), unit(unit(x, b3), c3, 3), unit(unit(x, b5), c5, 5), unit(b.pool(x, 3, 1, same=True), d))

    x = unit(unit(x, 64, 3), 192, 3)
    x = inception(b.pool(x), 64, 96, 128, 16, 32, 32)
    x = inception(x, 128, 128, 192, 32, 96, 64)
    x = inception(b.pool(x), 192, 96, 208, 16, 48, 64)
    return b.head(inception(x, 160, 112, 224, 24, 64, 64), 10)


NETWORKS = {"resnet18": resnet18, "resnet20": resnet20, "vgg16": vgg16, "densenet": densenet, "googlenet": googlenet}


def pictures(options):
    rng = np.random.default_rng(0)
    n = options.batches * options.batch_size
    return rng.normal(size=(n, 32, 32, 3)).astype(np.float32), rng.integers(0, 10, n)


def nabi_fit(options):
    import nabi

    x, y = pictures(options)
    inputs = nabi.Input((32, 32, 3))
    model = nabi.Model(inputs, NETWORKS[options.network](Nabi(), inputs))
    model.compile(nabi.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])

    def work():
        with unseen():
            model.fit(x, y, batch_size=options.batch_size, epochs=1)
        return len(x)

    return work


def torch_eager(options):
    import torch
    import torch.nn.functional as F

    x, y = pictures(options)
    x, y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
    notes = Torch()
    NETWORKS[options.network](notes, 0)
    model = notes.module().train()
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)

    def work():
        order = torch.randperm(len(x))
        for index in order.split(options.batch_size):
            optimizer.zero_grad()
            F.cross_entropy(model(x[index]), y[index]).backward()
            optimizer.step()
        return len(x)

    return work


def bare(options):
    import floor
    import torch

    import nabi
    from nabi.core.device import native_bfloat16

    inputs = nabi.Input((32, 32, 3))
    model = nabi.Model(inputs, NETWORKS[options.network](Nabi(), inputs))
    dtype = torch.bfloat16 if native_bfloat16() else torch.float32
    return floor.work(model, options.batch_size, dtype, options.batches * options.batch_size)


def arguments(parser):
    parser.add_argument("--network", choices=list(NETWORKS), default="resnet18")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--batches", type=int, default=4)


if __name__ == "__main__":
    main("networks", __file__, {"nabi": nabi_fit, "floor": bare, "torch_eager": torch_eager}, arguments)
