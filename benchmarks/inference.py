"""Inference: `predict_on_batch` against plain PyTorch and ONNX Runtime: the lectures' CNN and ResNet-18 on 32 x 32 pictures.

    python benchmarks/inference.py --network cnn --batch-size 64
    python benchmarks/inference.py --network cnn --batch-size 1
    python benchmarks/inference.py --network resnet18 --batch-size 64
    python benchmarks/inference.py --network resnet18 --batch-size 1
    python benchmarks/inference.py --throughput        images a second of `predict` by batch size

Weights are random: time does not depend on them. nabi is compiled as a classifier and takes its own precision; PyTorch is eager
float32 in evaluation mode without gradients; ONNX Runtime has its defaults and the same network without batch normalisation,
which its own optimizer would fold into the convolutions. Pictures and results are NumPy arrays for nabi and ONNX Runtime.
"""

import sys
import time

import numpy as np
from harness import main

STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))  # ResNet-18's filters and first strides, two blocks each
PICTURES = {"cnn": 8000, "resnet18": 400}  # of one round; a quarter of them one by one


def pictures(options) -> np.ndarray:
    """One batch, channels last."""
    shape = (28, 28, 1) if options.network == "cnn" else (32, 32, 3)
    return np.random.default_rng(0).random((options.batch_size, *shape), dtype=np.float32)


def repeated(call, options):
    """`work` for the harness: as many calls as one round takes, warmed up."""
    calls = max(5, PICTURES[options.network] // (options.batch_size if options.batch_size > 1 else 4))
    for _ in range(calls):
        call()

    def work():
        for _ in range(calls):
            call()
        return calls * options.batch_size

    return work


def resnet18_nabi():
    """ResNet-18 for 32 x 32 pictures, functional API."""
    from nabi import Input, Model, layers

    def convolution(x, filters, size, strides=1, relu=True):
        x = layers.Conv2D(filters, size, strides=strides, padding=size // 2, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        return layers.Activation("relu")(x) if relu else x

    inputs = Input((32, 32, 3))
    x = convolution(inputs, 64, 3)
    for filters, first in STAGES:
        for strides in (first, 1):
            skip = x if strides == 1 else convolution(x, filters, 1, strides, relu=False)
            y = convolution(convolution(x, filters, 3, strides), filters, 3, relu=False)
            x = layers.Activation("relu")(layers.Add()([y, skip]))
    return Model(inputs, layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def nabi_predict(options):
    """nabi as it comes, compiled as a classifier."""
    import nabi
    from nabi.zoo import lecture_cnn

    model = lecture_cnn() if options.network == "cnn" else resnet18_nabi()
    model.compile("adam", "categorical_crossentropy", precision=options.precision)
    x = pictures(options)
    assert nabi.kernels.available()
    return repeated(lambda: model.predict_on_batch(x), options)


def torch_network(options):
    """The same network in plain PyTorch."""
    from torch import nn
    from torch.nn import functional as F

    if options.network == "cnn":
        return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
                             nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10), nn.Softmax(-1))

    class Block(nn.Module):
        def __init__(self, before, filters, stride):
            super().__init__()
            self.conv1, self.norm1 = nn.Conv2d(before, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)
            self.conv2, self.norm2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)
            self.skip = nn.Identity() if stride == 1 else nn.Sequential(
                nn.Conv2d(before, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

        def forward(self, x):
            y = F.relu(self.norm1(self.conv1(x)), inplace=True)
            return F.relu(self.norm2(self.conv2(y)) + self.skip(x), inplace=True)

    parts, before = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)], 64
    for filters, first in STAGES:
        parts += [Block(before, filters, first), Block(filters, filters, 1)]
        before = filters
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10), nn.Softmax(-1))


def torch_eager(options):
    """Plain PyTorch."""
    import torch

    model = torch_network(options).eval()
    x = torch.from_numpy(pictures(options).transpose(0, 3, 1, 2).copy())

    @torch.no_grad()
    def call():
        return model(x)

    return repeated(call, options)


def onnx_network(network: str):
    """The same network as an ONNX model, channels first."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights, rng = [], [], np.random.default_rng(0)

    def node(kind, *inputs, **attributes):
        nodes.append(helper.make_node(kind, list(inputs), [f"t{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    def weight(*shape):
        values = rng.normal(0, np.prod(shape[1:]) ** -0.5, shape).astype(np.float32)
        weights.append(numpy_helper.from_array(values, f"w{len(weights)}"))
        return weights[-1].name

    def convolution(x, before, filters, size, stride=1, pad=0, relu=True):
        x = node("Conv", x, weight(filters, before, size, size), weight(filters), kernel_shape=[size, size],
                 strides=[stride, stride], pads=[pad] * 4)
        return node("Relu", x) if relu else x

    def dense(x, before, units):
        return node("Gemm", x, weight(units, before), weight(units), transB=1)

    if network == "cnn":
        x = node("MaxPool", convolution(convolution("x", 1, 32, 3), 32, 64, 3), kernel_shape=[2, 2], strides=[2, 2])
        x = dense(node("Relu", dense(node("Flatten", x), 9216, 128)), 128, 10)
    else:
        x, before = convolution("x", 3, 64, 3, 1, 1), 64
        for filters, first in STAGES:
            for stride in (first, 1):
                skip = x if stride == 1 else convolution(x, before, filters, 1, stride, relu=False)
                y = convolution(convolution(x, before, filters, 3, stride, 1), filters, filters, 3, 1, 1, relu=False)
                x, before = node("Relu", node("Add", y, skip)), filters
        x = dense(node("Flatten", node("GlobalAveragePool", x)), 512, 10)
    nodes.append(helper.make_node("Softmax", [x], ["y"], axis=-1))
    shape = ["n", 1, 28, 28] if network == "cnn" else ["n", 3, 32, 32]
    graph = helper.make_graph(nodes, network, [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 10])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def onnxruntime(options):
    """ONNX Runtime as it comes."""
    import onnxruntime as ort

    session = ort.InferenceSession(onnx_network(options.network).SerializeToString(), providers=["CPUExecutionProvider"])
    x = np.ascontiguousarray(pictures(options).transpose(0, 3, 1, 2))
    return repeated(lambda: session.run(None, {"x": x}), options)


def throughput() -> None:
    """Prints images a second of `predict` on the lectures' CNN by batch size, in turn, medians of seven."""
    from nabi.zoo import lecture_cnn

    model = lecture_cnn()
    model.compile("adam", "categorical_crossentropy")
    x, sizes = np.random.default_rng(0).random((4096, 28, 28, 1), dtype=np.float32), (32, 64, 128, 256, 512, 1024)
    seconds = {size: [] for size in sizes}
    for _ in range(8):
        for size in sizes:
            begin = time.perf_counter()
            model.predict(x, batch_size=size, verbose=0)
            seconds[size].append(time.perf_counter() - begin)
    for size in sizes:
        print(f"batch {size:5d}: {len(x) / np.median(seconds[size][1:]):8.0f} images/s")


ENGINES = {"nabi": nabi_predict, "torch_eager": torch_eager, "onnxruntime": onnxruntime}


def arguments(parser):
    parser.add_argument("--network", choices=["cnn", "resnet18"], default="cnn")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--precision", choices=["auto", "float32"], default="auto")


if __name__ == "__main__":
    if "--throughput" in sys.argv:
        throughput()
    else:
        main("inference", __file__, ENGINES, arguments)
