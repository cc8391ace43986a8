"""Finite differences: the gradient of every registered layer towards its inputs and weights, in float64, over its options.

The outputs are summed with random factors, so one number stands for all of them and every input is still moved by itself.
"""

import inspect

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

import nabi
from nabi import layers as L
from nabi.core.random import Key
from nabi.core.registry import TABLE, names

MAP, VECTOR, SEQUENCE, SHORT, COLOURS = (2, 4, 3, 2), (3, 4), (2, 3, 4), (2, 3, 2), (2, 2, 3, 3)
RECURRENT = {"return_sequences": True, "go_backwards": True, "use_bias": False, "dropout": 0.3, "recurrent_dropout": 0.2}

CASES = {
    "Activation": [(L.Activation(name), VECTOR) for name in ("relu", "sigmoid", "tanh", "softmax", "elu", "gelu", "softplus")],
    "ActivityRegularization": [(L.ActivityRegularization(0.1, 0.2), MAP)],
    "Add": [(L.Add(), [VECTOR, VECTOR]), (L.Add(), [MAP, (2, 1, 1, 2), MAP])],
    "Average": [(L.Average(), [MAP, (2, 2), MAP])],
    "AveragePooling1D": [(L.AveragePooling1D(2), SEQUENCE), (L.AveragePooling1D(3, 2, "same"), SEQUENCE)],
    "AveragePooling2D": [(L.AveragePooling2D(**o), MAP) for o in ({}, {"pool_size": 3, "strides": 2, "padding": "same"},
                                                                 {"pool_size": (3, 2), "strides": 1, "padding": 1})],
    "BatchNormalization": [(L.BatchNormalization(**o), shape) for shape in (MAP, (5, 3), SEQUENCE) for o in
                           ({}, {"center": False, "epsilon": 1e-5}, {"scale": False})] + [(L.BatchNormalization(axis=1), MAP)],
    "Identity": [(L.Identity(), SEQUENCE)],
    "Concatenate": [(L.Concatenate(), [MAP, (2, 4, 3, 1)]), (L.Concatenate(axis=1), [MAP, (2, 2, 3, 2)])],
    "Conv1D": [(L.Conv1D(4, **o), SEQUENCE) for o in ({"kernel_size": 2, "padding": "causal", "dilation_rate": 2}, {
        "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2, "use_bias": False, "activation": "tanh"})],
    "Conv1DTranspose": [(L.Conv1DTranspose(2, 3, strides=2, padding="same"), SEQUENCE)],
    "Conv2D": [(L.Conv2D(4, **o), MAP) for o in (
        {"kernel_size": 1}, {"kernel_size": (3, 2), "strides": 2}, {"kernel_size": 3, "padding": "same", "strides": 2},
        {"kernel_size": 2, "padding": "same", "dilation_rate": 2}, {"kernel_size": 3, "padding": 1, "groups": 2},
        {"kernel_size": 2, "use_bias": False, "activation": "tanh"}, {"kernel_size": 2, "activation": "relu"})],
    "Conv2DTranspose": [(L.Conv2DTranspose(2, **o), (2, 2, 3, 2)) for o in (
        {"kernel_size": 3, "strides": 2, "padding": "same"}, {"kernel_size": (2, 3), "strides": (3, 1), "activation": "tanh"},
        {"kernel_size": 2, "strides": 2, "output_padding": 1, "use_bias": False}, {"kernel_size": 2, "dilation_rate": 2})],
    "Cropping1D": [(L.Cropping1D((1, 0)), SEQUENCE)],
    "Cropping2D": [(L.Cropping2D(((1, 0), (0, 1))), MAP)],
    "Dense": [(L.Dense(3, **o), shape) for shape in (VECTOR, SEQUENCE, MAP)
              for o in ({}, {"use_bias": False, "activation": "sigmoid"})],
    "DepthwiseConv1D": [(L.DepthwiseConv1D(2, depth_multiplier=2), SEQUENCE)],
    "DepthwiseConv2D": [(L.DepthwiseConv2D(**o), MAP) for o in (
        {"kernel_size": 2}, {"kernel_size": (3, 2), "strides": 2, "padding": "same", "depth_multiplier": 2, "activation": "tanh"},
        {"kernel_size": 2, "dilation_rate": 2, "padding": 1, "use_bias": False})],
    "Dot": [(L.Dot(1), [VECTOR, VECTOR]), (L.Dot(-1, normalize=True), [MAP, (2, 2)]), (L.Dot((2, 1)), [MAP, (2, 3, 2)])],
    "Dropout": [(L.Dropout(0.0), VECTOR), (L.Dropout(0.4), MAP), (L.Dropout(0.4, noise_shape=(None, 1, 3, 1)), MAP)],
    "ELU": [(L.ELU(), VECTOR), (L.ELU(0.3), MAP)],
    "Flatten": [(L.Flatten(), MAP)],
    "GaussianDropout": [(L.GaussianDropout(0.3), MAP)],
    "GaussianNoise": [(L.GaussianNoise(0.5), MAP)],
    "GlobalAveragePooling1D": [(L.GlobalAveragePooling1D(), SEQUENCE)],
    "GlobalAveragePooling2D": [(L.GlobalAveragePooling2D(), MAP), (L.GlobalAveragePooling2D(keepdims=True), MAP)],
    "GlobalMaxPooling1D": [(L.GlobalMaxPooling1D(), SEQUENCE)],
    "GlobalMaxPooling2D": [(L.GlobalMaxPooling2D(), MAP), (L.GlobalMaxPooling2D(keepdims=True), MAP)],
    "GroupNormalization": [(L.GroupNormalization(**o), shape) for o, shape in (
        ({"groups": 2}, MAP), ({"groups": 1, "axis": 1, "center": False}, MAP), ({"groups": -1, "scale": False}, SEQUENCE),
        ({"groups": 2, "epsilon": 0.1}, VECTOR))],
    "InputLayer": [(L.InputLayer((4,)), VECTOR)],
    "L2Pooling2D": [(L.L2Pooling2D(**o), MAP) for o in ({}, {"pool_size": 3, "strides": 2, "padding": "same"}, {"padding": 1})],
    "Lambda": [(L.Lambda(nabi.ops.sin), MAP),
               (L.Lambda(nabi.ops.concatenate, arguments={"axis": -1}, takes_list=True), [VECTOR, VECTOR])],
    "LayerNormalization": [(L.LayerNormalization(**o), shape) for o, shape in (
        ({}, MAP), ({"axis": [1, 2], "center": False}, MAP), ({"axis": [-1, 1], "epsilon": 0.1}, MAP), ({"scale": False}, VECTOR),
        ({"rms_scaling": True}, SEQUENCE))],
    "LayerScale": [(L.LayerScale(0.5, 2), MAP)],
    "LeakyReLU": [(L.LeakyReLU(), VECTOR), (L.LeakyReLU(0.01), MAP)],
    "LocalResponseNormalization": [(L.LocalResponseNormalization(**o), shape) for o, shape in (
        ({"size": 2, "alpha": 0.5, "beta": 1.5, "k": 0.3}, MAP), ({"size": 3, "alpha": 1}, SEQUENCE))],
    "LocallyConnected2D": [(L.LocallyConnected2D(2, **o), (2, 3, 3, 2)) for o in (
        {"kernel_size": 2}, {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False, "activation": "tanh"})],
    "Maximum": [(L.Maximum(), [MAP, (2, 2), MAP])],
    "MaxPooling1D": [(L.MaxPooling1D(2), SEQUENCE), (L.MaxPooling1D(3, 1, "same"), SEQUENCE)],
    "MaxPooling2D": [(L.MaxPooling2D(**o), MAP) for o in ({}, {"pool_size": 3, "strides": 2, "padding": "same"},
                                                         {"pool_size": (3, 2), "strides": 1, "padding": 1})],
    "Minimum": [(L.Minimum(), [MAP, (2, 2), MAP])],
    "Multiply": [(L.Multiply(), [MAP, (2, 2), MAP])],
    "Bidirectional": [(L.Bidirectional(L.SimpleRNN(2, return_sequences=mode != "mul"), merge_mode=mode), SHORT)
                      for mode in ("concat", "sum", "mul", "ave", None)],
    "Embedding": [(L.Embedding(5, 3), (2, 4))],
    "GRU": [(L.GRU(2, **o), SHORT) for o in ({}, {"reset_after": False, **RECURRENT}, {"recurrent_dropout": 0.4})],
    "GRUCell": [(L.GRUCell(2, use_bias=False), [(2, 2), (2, 2)])],
    "LSTM": [(L.LSTM(2), SHORT), (L.LSTM(2, return_state=True, **RECURRENT), SHORT), (L.LSTM(2), [SHORT, (2, 2), (2, 2)])],
    "LSTMCell": [(L.LSTMCell(2, dropout=0.4, implementation=1), [(2, 2), (2, 2), (2, 2)])],
    "Masking": [(L.Masking(), SHORT)],
    "RNN": [(L.RNN(L.GRUCell(2), return_sequences=True), SHORT)],
    "SimpleRNN": [(L.SimpleRNN(2), SHORT), (L.SimpleRNN(2, **RECURRENT), SHORT)],
    "SimpleRNNCell": [(L.SimpleRNNCell(2), [(2, 2), (2, 2)])],
    "TimeDistributed": [(L.TimeDistributed(layer), (2, 3, 2, 2)) for layer in (L.Dense(2), L.BatchNormalization())],
    "CenterCrop": [(L.CenterCrop(2, 3), MAP), (L.CenterCrop(5, 2), MAP)],
    "Normalization": [(L.Normalization(mean=[0.5, -1], variance=[2, 0.3], invert=way), MAP) for way in (False, True)],
    "Operation": [(L.Operation("multiply", [{"input": 0}, {"input": 1}]), [MAP, (2, 4, 1, 2)]),
                  (L.Operation("get_item", [{"input": 0}, [{"ellipsis": True}, {"slice": [0, 3, 2]}]]), [VECTOR])],
    "PReLU": [(L.PReLU(), MAP), (L.PReLU(shared_axes=[1, 2]), MAP)],
    "Permute": [(L.Permute((3, 1, 2)), MAP)],
    "AugMix": [(L.AugMix((-1, 1), 1, 2, factor=0.3), MAP)],
    "AutoContrast": [(L.AutoContrast((-1, 1)), MAP)],
    "CustomScaleLayer": [(L.CustomScaleLayer(0.3), [VECTOR, VECTOR])],
    "CutMix": [(L.CutMix(), MAP)],
    "Equalization": [],  # a table of steps: no gradient
    "MixUp": [(L.MixUp(), MAP)],
    "RandAugment": [(L.RandAugment((-1, 1), factor=0.3), MAP)],
    "RandomBrightness": [(L.RandomBrightness(0.3, (-1, 1)), MAP)],
    "RandomColorDegeneration": [(L.RandomColorDegeneration(0.5, (-1, 1)), COLOURS)],
    "RandomColorJitter": [(L.RandomColorJitter((-1, 1), 0.1, 0.2, (0.3, 0.6), 0.3), COLOURS)],
    "RandomContrast": [(L.RandomContrast(0.6, (-1, 1)), MAP)],
    "RandomCrop": [(L.RandomCrop(3, 2), MAP)],
    "RandomErasing": [(L.RandomErasing((1, 1)), MAP)],
    "RandomFlip": [(L.RandomFlip(), MAP)],
    "RandomGaussianBlur": [(L.RandomGaussianBlur(value_range=(-2, 2)), MAP)],
    "RandomGrayscale": [(L.RandomGrayscale(), COLOURS)],
    "RandomHue": [(L.RandomHue(0.5), COLOURS)],
    "RandomInvert": [(L.RandomInvert(), MAP)],
    "RandomPosterization": [(L.RandomPosterization((2, 6)), MAP)],
    "RandomRotation": [(L.RandomRotation(0.3, fill, way), MAP) for fill, way in (("constant", "bilinear"), ("wrap", "nearest"))],
    "RandomSaturation": [(L.RandomSaturation((0.2, 0.8), (-4, 4)), COLOURS)],
    "RandomSharpness": [(L.RandomSharpness((0.2, 0.8), (-2, 2)), MAP)],
    "RandomShear": [(L.RandomShear(0.3, 0.2), MAP)],
    "RandomTranslation": [(L.RandomTranslation(0.3, (-0.5, 0.2), fill, way), MAP) for way in ("bilinear", "nearest")
                          for fill in ("constant", "nearest", "reflect", "wrap")],
    "RandomZoom": [(L.RandomZoom(0.5, (-0.7, 0.9), fill), MAP) for fill in ("reflect", "nearest")],
    "ReLU": [(L.ReLU(), VECTOR), (L.ReLU(max_value=0.7, negative_slope=0.2, threshold=0.1), MAP)],
    "RepeatVector": [(L.RepeatVector(3), VECTOR)],
    "Rescaling": [(L.Rescaling(1 / 3, offset=-0.5), MAP)],
    "Reshape": [(L.Reshape((3, -1)), MAP)],
    "Resizing": [(L.Resizing(3, 5, **o), MAP) for o in ({}, {"interpolation": "lanczos3"}, {"interpolation": "bicubic"}, {
        "interpolation": "area", "crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "antialias": True})],
    "SeparableConv1D": [(L.SeparableConv1D(3, 2, padding="same"), SEQUENCE)],
    "SeparableConv2D": [(L.SeparableConv2D(3, **o), MAP) for o in (
        {"kernel_size": 2, "depth_multiplier": 2}, {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False})],
    "Softmax": [(L.Softmax(), VECTOR), (L.Softmax(axis=1), MAP), (L.Softmax(axis=[1, 2]), MAP)],
    "Solarization": [(L.Solarization(0.2, 0.6, (-1, 1)), MAP)],
    "SpatialDropout1D": [(L.SpatialDropout1D(0.4), SEQUENCE)],
    "SpatialDropout2D": [(L.SpatialDropout2D(0.4), MAP)],
    "StackedRNNCells": [(L.StackedRNNCells([L.GRUCell(2), L.SimpleRNNCell(2)]), [(2, 2), (2, 2), (2, 2)])],
    "Subtract": [(L.Subtract(), [MAP, (2, 2)])],
    "UnitNormalization": [(L.UnitNormalization(), VECTOR), (L.UnitNormalization(axis=[1, 3]), MAP)],
    "UpSampling1D": [(L.UpSampling1D(3), SEQUENCE)],
    "UpSampling2D": [(L.UpSampling2D((2, 3), interpolation=way), (2, 2, 3, 2)) for way in ("nearest", "bilinear")],
    "ZeroPadding1D": [(L.ZeroPadding1D((2, 1)), SEQUENCE)],
    "ZeroPadding2D": [(L.ZeroPadding2D(((1, 0), (2, 1))), MAP)],
}


def model():
    x = nabi.Input(MAP[1:])
    y = L.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return nabi.Model(x, L.Dense(3, activation="softmax")(L.Flatten()(L.Add()([x, y]))))


CASES["Model"] = [(model(), MAP)]
CASES["Sequential"] = [(nabi.Sequential([nabi.Input(MAP[1:]), L.Conv2D(2, 2), L.MaxPooling2D(2), L.BatchNormalization()]), MAP)]
# other layers do the same in training and inference
IN_TRAINING = ("AugMix", "BatchNormalization", "CutMix", "Dropout", "GRU", "GRUCell", "GaussianDropout", "GaussianNoise",
               "LSTM", "LSTMCell", "MixUp", "Model", "RNN", "RandAugment", "RandomBrightness", "RandomColorDegeneration",
               "RandomColorJitter", "RandomContrast", "RandomCrop", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
               "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPosterization", "RandomRotation", "RandomSaturation",
               "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "Sequential", "SimpleRNN", "SimpleRNNCell",
               "Solarization", "SpatialDropout1D", "SpatialDropout2D", "StackedRNNCells", "TimeDistributed")
RUNS = [(name, number, training) for name, cases in CASES.items() for number in range(len(cases))
        for training in ((False, True) if name in IN_TRAINING else (False,))]


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """A thousand tiny calls: a second thread would only be waited for."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_every_registered_layer_is_here():
    ours = {TABLE["layer"][name] for name in names("layer") if TABLE["layer"][name].__module__.startswith("nabi.")}
    assert {layer.__name__ for layer in ours} <= set(CASES)
    for layer in ours - {nabi.Model, nabi.Sequential}:
        assert ("training" in inspect.signature(layer.call).parameters) == (layer.__name__ in IN_TRAINING)


def function_of(layer, shape, training):
    """(number from inputs and weights, their values): weights are bound to the arguments, as a training step does it."""
    shapes = shape if isinstance(shape, list) else [shape]
    layer = layer.from_config(layer.get_config())
    layer.prepare([(None, *s[1:]) for s in shapes])
    generator = torch.Generator().manual_seed(1)
    inputs = [torch.randn(s, dtype=torch.float64, generator=generator) for s in shapes]
    if isinstance(layer, L.Embedding):  # numbers that a small step does not change
        inputs = [t.abs().floor() + 0.5 for t in inputs]
    for weight in layer.weights:
        weight.stored = weight.stored.double()
        if "variance" not in weight.name:
            weight.value.copy_(0.5 * torch.randn(weight.shape, dtype=torch.float64, generator=generator) + 0.3)
    learned = layer.trainable_weights

    def call(*tensors):
        for weight, tensor in zip(learned, tensors[len(inputs):], strict=True):
            weight.bound = tensor
        key = Key(1, 2, 3) if layer.random else None
        made = layer.run(list(tensors[:len(inputs)]), training, key)
        for weight in learned:
            weight.bound = None
        factors, several = torch.Generator().manual_seed(2), made if isinstance(made, (list, tuple)) else [made]
        return sum((y * torch.randn(y.shape, dtype=torch.float64, generator=factors)).sum() for y in several)

    return call, [t.clone().requires_grad_() for t in (*inputs, *(w.value for w in learned))]


@pytest.mark.parametrize("name, number, training", RUNS)
def test_gradients(name, number, training):
    layer, shape = CASES[name][number]
    call, tensors = function_of(layer, shape, training)
    assert gradcheck(call, tensors, eps=1e-6, atol=1e-7, rtol=1e-6, check_undefined_grad=False)


@pytest.mark.parametrize("name", ["Conv2D", "Dense", "BatchNormalization", "L2Pooling2D", "AveragePooling2D", "Sequential", "Dot",
                                  "LayerNormalization", "GroupNormalization", "LocalResponseNormalization", "UnitNormalization"])
def test_second_derivatives(name):
    call, tensors = function_of(*CASES[name][0], training=True)
    assert gradgradcheck(call, tensors, atol=1e-6, rtol=1e-5, check_undefined_grad=False)


def test_l2_pooling_has_no_gradient_at_an_empty_window():
    x = torch.zeros(1, 2, 2, 1, dtype=torch.float64, requires_grad=True)
    (g,) = torch.autograd.grad(L.L2Pooling2D(2)(x).sum(), x)
    assert torch.equal(g, torch.zeros_like(g))


def test_every_option_of_a_window_is_run():
    """An option that a layer has and no case uses would go untested."""
    for name in ("Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "MaxPooling2D", "BatchNormalization", "Dense",
                 "LayerNormalization", "GroupNormalization"):
        layers = [layer for layer, _ in CASES[name]]
        base = set(inspect.signature(L.Layer.__init__).parameters)
        apart = "initializer", "regularizer", "constraint", "format"
        options = {o for o in layers[0].get_config() if not o.endswith(apart)} - base
        unused = {o for o in options if len({str(layer.get_config()[o]) for layer in layers}) == 1}
        assert unused <= {"filters", "units", "momentum"}, f"{name}: {unused}"


def test_a_wrong_gradient_is_found():
    class Crooked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.tanh()

        @staticmethod
        def backward(ctx, g):
            return g * 0.999

    x = torch.randn(3, dtype=torch.float64, requires_grad=True)
    assert not gradcheck(Crooked.apply, [x * 1e-3], eps=1e-6, atol=1e-7, rtol=1e-6, raise_exception=False)
