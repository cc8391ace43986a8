"""Larger networks, training steps: nabi as it comes against plain PyTorch (float32, eager).

    python benchmarks/networks.py --network resnet18                                       pictures of 32 x 32, batches of 64
    python benchmarks/networks.py --network vgg16 --batches 4
    python benchmarks/networks.py --network resnet18-64 --batch-size 32 --batches 2        of 64 x 64, the paper's whole network
    python benchmarks/networks.py --network resnet50-224 --batch-size 32 --batches 1 --rounds 3

Pictures and labels are random. Both sides run the same network of the zoo (on torch's side `translated` layer by layer) with
batch normalisation, momentum SGD and shuffled batches; nabi's side is a whole `fit` with accuracy.
"""

import numpy as np
from harness import main, unseen

import nabi
from nabi import Input, Model, zoo
from nabi.layers import Dense, GlobalAveragePooling2D, MaxPooling2D
from nabi.zoo.googlenet import MODULES, conv_norm, reduced
from nabi.zoo.resnet import basic, small


def resnet18():
    """Four stages on maps of 32, 16, 8 and 4 pixels."""
    return zoo.resnet((2, 2, 2, 2), basic, (32, 32, 3), 10, start=small, name="resnet18")


def resnet20():
    """The paper's, but with projections, which have fused kernels."""
    return zoo.resnet_cifar(20, shortcut="projection", name="resnet20")


def vgg16():
    """The 13 convolutions of VGG16 with norms, and NIN's end."""
    features = zoo.vgg16_bn((32, 32, 3), include_top=False, pooling="avg", use_bias=False)
    return Model(features.input, Dense(10, activation="softmax")(features.output))


def googlenet():
    """Four of the inception modules with norms."""
    image = Input((32, 32, 3))
    x = MaxPooling2D(2)(conv_norm(conv_norm(image, 64, 3, "conv1"), 192, 3, "conv2"))
    x = reduced(reduced(x, MODULES["3a"], conv_norm, "3a"), MODULES["3b"], conv_norm, "3b")
    x = reduced(reduced(MaxPooling2D(2)(x), MODULES["4a"], conv_norm, "4a"), MODULES["4b"], conv_norm, "4b")
    return Model(image, Dense(10, activation="softmax")(GlobalAveragePooling2D()(x)))


NETWORKS = {"resnet18": resnet18, "resnet20": resnet20, "vgg16": vgg16, "densenet": zoo.densenet_bc40, "googlenet": googlenet}


def whole(name: str, size: int, classes: int):
    """A network of the zoo, head and all, for pictures of that size."""
    return lambda: zoo.build(name, input_shape=(size, size, 3), classes=classes)


WHOLE = {"resnet18-64": whole("resnet18", 64, 10), "vgg16-64": whole("vgg16", 64, 10),
         "resnet50-224": whole("resnet50", 224, 1000), "densenet121-224": whole("densenet121", 224, 1000)}
NETWORKS |= WHOLE


def pictures(options):
    rng = np.random.default_rng(0)
    n, size = options.batches * options.batch_size, int(options.network.partition("-")[2] or 32)
    return rng.normal(size=(n, size, size, 3)).astype(np.float32), rng.integers(0, 10, n)


def nabi_fit(options):
    x, y = pictures(options)
    model = NETWORKS[options.network]()
    model.compile(nabi.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])

    def work():
        with unseen():
            model.fit(x, y, batch_size=options.batch_size, epochs=1)
        return len(x)

    return work


def torch_eager(options):
    import torch
    import torch.nn.functional as F
    from translated import translated

    x, y = pictures(options)
    x, y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
    model = translated(NETWORKS[options.network]()).train()
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

    from nabi.core.device import native_bfloat16

    dtype = torch.bfloat16 if native_bfloat16() else torch.float32
    return floor.work(NETWORKS[options.network](), options.batch_size, dtype, options.batches * options.batch_size)


def arguments(parser):
    parser.add_argument("--network", choices=list(NETWORKS), default="resnet18")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--batches", type=int, default=4)


if __name__ == "__main__":
    main("networks", __file__, {"nabi": nabi_fit, "floor": bare, "torch_eager": torch_eager}, arguments)
