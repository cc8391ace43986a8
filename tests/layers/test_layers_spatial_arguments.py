"""Convolutions, pooling, padding, reshapes: bad values of each argument and inputs that do not fit, one message each; files."""

import json
import re

import numpy as np
import pytest

import nabi
from nabi import layers as L
from nabi.core.errors import NabiError

MAP, SEQUENCE, VECTOR = (8, 8, 4), (8, 4), (4,)
WHOLE, WHOLES = "a whole number above 0", "a whole number above 0 or 2 of them"

REFUSED = [  # (what is written, what is said)
    (lambda: L.Conv1D(0, 3), f"Conv1D(filters): expected {WHOLE}, got 0."),
    (lambda: L.Conv1D(4, (3, 3)), f"Conv1D(kernel_size): expected {WHOLE}, got (3, 3)."),
    (lambda: L.Conv1D(4, 3, strides=0), f"Conv1D(strides): expected {WHOLE}, got 0."),
    (lambda: L.Conv1D(4, 3, padding="casual"), "Conv1D(padding): expected 'valid', 'same', 'causal' or a number of zeros, "
                                               "got 'casual'."),
    (lambda: L.Conv1D(4, 3, dilation_rate=1.5), f"Conv1D(dilation_rate): expected {WHOLE}, got 1.5."),
    (lambda: L.Conv1D(4, 3, groups=-1), f"Conv1D(groups): expected {WHOLE}, got -1."),
    (lambda: L.Conv1D(4, 3, data_format="channels_first"), "x.transpose(0, 2, 1)"),
    (lambda: L.Conv2D(4, 3, padding="causal"), "Conv2D(padding): expected 'valid', 'same' or a number of zeros, got 'causal'."),
    (lambda: L.DepthwiseConv2D(3, depth_multiplier=0), f"DepthwiseConv2D(depth_multiplier): expected {WHOLE}, got 0."),
    (lambda: L.DepthwiseConv2D((3, 0)), f"DepthwiseConv2D(kernel_size): expected {WHOLES}, got (3, 0)."),
    (lambda: L.DepthwiseConv2D(3, filters=8), "DepthwiseConv2D(filters=...): expected a known argument, got 'filters'."),
    (lambda: L.DepthwiseConv1D(3, strides="2"), f"DepthwiseConv1D(strides): expected {WHOLE}, got '2'."),
    (lambda: L.SeparableConv2D(True, 3), f"SeparableConv2D(filters): expected {WHOLE}, got True."),
    (lambda: L.SeparableConv2D(8), "SeparableConv2D(kernel_size): expected a value, got none."),
    (lambda: L.SeparableConv1D(8, 3, depth_multiplier=0.5), f"SeparableConv1D(depth_multiplier): expected {WHOLE}, got 0.5."),
    (lambda: L.Conv2DTranspose(4, 3, padding=1), "Conv2DTranspose(padding): expected 'valid' or 'same', got 1."),
    (lambda: L.Conv2DTranspose(4, 3, strides=2, output_padding=2), "Conv2DTranspose(output_padding): expected None, or whole "
                                                                   "numbers below the strides (2, 2), got 2."),
    (lambda: L.Conv2DTranspose(4, 3, output_padding=(0, -1)), "below the strides (1, 1), got (0, -1)."),
    (lambda: L.Conv1DTranspose(4, 3, padding="causal"), "Conv1DTranspose(padding): expected 'valid' or 'same', got 'causal'."),
    (lambda: L.LocallyConnected2D(4, 3, implementation=4), "LocallyConnected2D(implementation): expected 1, 2 or 3, got 4."),
    (lambda: L.LocallyConnected2D(4, 3, padding=-1), "LocallyConnected2D(padding): expected 'valid', 'same' or a number"),
    (lambda: L.MaxPooling1D(0), f"MaxPooling1D(pool_size): expected {WHOLE}, got 0."),
    (lambda: L.MaxPooling1D(2, padding=2), "MaxPooling1D(padding): expected fewer zeros than the window (2,) is wide, got 2."),
    (lambda: L.AveragePooling1D(2, strides=0), f"AveragePooling1D(strides): expected {WHOLE}, got 0."),
    (lambda: L.GlobalMaxPooling1D(data_format="channels_first"), "GlobalMaxPooling1D(data_format): expected 'channels_last'"),
    (lambda: L.ZeroPadding1D((1, 2, 3)), "(padding): expected a whole number from 0 or a pair of them, got (1, 2, 3)."),
    (lambda: L.ZeroPadding2D(-1), "ZeroPadding2D(padding): expected a whole number from 0 or a pair of them, or a pair of pairs, "
                                  "got -1."),
    (lambda: L.ZeroPadding2D(((1, 2), (1, 2, 3))), "got ((1, 2), (1, 2, 3))."),
    (lambda: L.Cropping1D("1"), "Cropping1D(cropping): expected a whole number from 0 or a pair of them, got '1'."),
    (lambda: L.Cropping2D((1, 2, 3)), "Cropping2D(cropping): expected a whole number from 0 or a pair of them, or a pair"),
    (lambda: L.UpSampling1D(1.5), f"UpSampling1D(size): expected {WHOLE}, got 1.5."),
    (lambda: L.UpSampling2D(2, interpolation="bilinaer"), "UpSampling2D(interpolation): expected 'nearest' or 'bilinear', got "
                                                          "'bilinaer'. Did you mean 'bilinear'?"),
    (lambda: L.UpSampling2D(2, None, "bicubic"), "expected 'nearest' or 'bilinear', got 'bicubic'"),
    (lambda: L.Reshape((0, 4)), "Reshape(target_shape): expected whole numbers above 0, of which one may be -1, got (0, 4)."),
    (lambda: L.Reshape((-1, -1)), "of which one may be -1, got (-1, -1)."), (lambda: L.Reshape((None, 4)), "got (None, 4)."),
    (lambda: L.Permute((2, 3)), "Permute(dims): expected the numbers 1 to the number of axes, in another order, got (2, 3)."),
    (lambda: L.Permute((0, 2, 1)), "The batch axis is not among them"), (lambda: L.Permute(2), "got 2."),
    (lambda: L.RepeatVector(0), f"RepeatVector(n): expected {WHOLE}, got 0."),
]  # fmt: skip

MISFITS = [  # (layer, shape of a sample, what is said)
    (L.Conv1D(4, 3), VECTOR, "3 axes (batch, steps, features), got 2: (4) a sample. Add the axis of features: x[..., None]"),
    (L.Conv1D(4, 3), MAP, "expected 3 axes (batch, steps, features), got 4"),
    (L.Conv1D(4, 9), SEQUENCE, "(8,4): window 9 does not fit; smallest input for the layers so far is 9 steps. padding='same' or "
                               "fewer poolings keep the sequences longer."),
    (L.Conv1D(4, 3, groups=3), SEQUENCE, "expected channels and filters that 3 groups divide, got 4 channels and 4 filters."),
    (L.Conv1D(4, 3), (None, None), "expected a known number of channels, got an unknown one. Give Input its channels, such as "
                                   "(None, 3)."),
    (L.DepthwiseConv2D(9), MAP, "window 9x9 does not fit; smallest input for the layers so far is 9x9."),
    (L.DepthwiseConv2D(3), (8, 8, None), "a known number of channels"),
    (L.SeparableConv2D(4, 5, dilation_rate=2), MAP, "window 5x5 does not fit; smallest input for the layers so far is 9x9."),
    (L.LocallyConnected2D(4, 9), MAP, "window 9x9 does not fit; smallest input for the layers so far is 9x9."),
    (L.Conv2DTranspose(4, 2, padding="same", output_padding=0), (1, 1, 4), "output_padding (0, 0) does not fit"),
    (L.MaxPooling1D(9), SEQUENCE, "window 9 does not fit; smallest input for the layers so far is 9 steps."),
    (L.GlobalMaxPooling2D(), SEQUENCE, "expected 4 axes (batch, height, width, channels), got 3"),
    (L.Cropping2D(4), MAP, "(8,8,4): cropping ((4, 4), (4, 4)) does not fit; smallest input for the layers so far is 9x9."),
    (L.Cropping1D((5, 3)), SEQUENCE, "(8,4): cropping (5, 3) does not fit; smallest input for the layers so far is 9 steps."),
    (L.Reshape((8, 8, 3)), MAP, "expected 192 numbers a sample for (8, 8, 3), got 256: (8,8,4). One size may be -1"),
    (L.Reshape((-1, 10)), MAP, "expected a multiple of 10 numbers a sample for (-1, 10), got 256: (8,8,4)."),
    (L.Permute((2, 1)), MAP, "expected 3 axes"), (L.RepeatVector(3), SEQUENCE, "expected 2 axes (batch, features), got 3"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_values_that_cannot_be_meant(number):
    make, said = REFUSED[number]
    with pytest.raises(NabiError, match=re.escape(said)):
        make()


@pytest.mark.parametrize("layer, shape, said", MISFITS)
def test_inputs_that_do_not_fit(layer, shape, said):
    layer = layer.from_config(layer.get_config())
    with pytest.raises(NabiError, match=re.escape(said)):
        layer(nabi.Input(shape))
    assert not layer.built and not layer.weights


def test_the_shortest_sequence_passes():
    """The error is taken at its word: so many steps pass, one fewer does not."""
    def net(steps):
        x = nabi.Input((steps, 4))
        for _ in range(2):
            x = L.MaxPooling1D(2)(L.Conv1D(4, 5)(x))
        return L.Conv1D(2, 7)(x)

    with pytest.raises(NabiError) as caught:
        net(20)
    side = int(re.search(r"is (\d+) steps", str(caught.value))[1])
    assert net(side).shape == (None, 1, 2)
    with pytest.raises(NabiError):
        net(side - 1)


LAYERS = [
    (L.Conv1D(3, 2, 1, "causal", None, 2, 1, "relu"), SEQUENCE), (L.Conv1DTranspose(3, 2, 2, "same"), SEQUENCE),
    (L.DepthwiseConv2D((3, 2), 2, "same", 2, depthwise_regularizer="l2", depthwise_constraint="max_norm"), MAP),
    (L.SeparableConv2D(3, 3, depth_multiplier=2, pointwise_initializer="he_normal", pointwise_constraint="non_neg"), MAP),
    (L.Conv2DTranspose(3, 3, (2, 3), "same", (1, 2), kernel_constraint="unit_norm", bias_constraint="non_neg"), MAP),
    (L.LocallyConnected2D(3, 3, 2, "same", kernel_regularizer="l1", implementation=2), MAP), (L.DepthwiseConv1D(3), SEQUENCE),
    (L.SeparableConv1D(3, 3), SEQUENCE), (L.MaxPooling1D(3, 2, "same"), SEQUENCE), (L.AveragePooling1D(3), SEQUENCE),
    (L.GlobalMaxPooling2D(keepdims=True), MAP), (L.GlobalAveragePooling1D(keepdims=True), SEQUENCE),
    (L.ZeroPadding1D((0, 2)), SEQUENCE), (L.ZeroPadding2D(((0, 1), (2, 3))), MAP), (L.Cropping1D((0, 2)), SEQUENCE),
    (L.Cropping2D((1, 2)), MAP), (L.UpSampling1D(3), SEQUENCE), (L.UpSampling2D((1, 2), interpolation="bilinear"), MAP),
    (L.Reshape((-1, 8)), MAP), (L.Permute((2, 1)), SEQUENCE), (L.RepeatVector(3), VECTOR),
]  # fmt: skip


def test_configurations_and_files(tmp_path):
    """Each layer again from its configuration as JSON; all of them in one model through a file, to the last bit."""
    inputs = {shape: nabi.Input(shape) for shape in (MAP, SEQUENCE, VECTOR)}
    vectors = []
    for layer, shape in LAYERS:
        config = json.loads(json.dumps(layer.get_config()))
        again = type(layer).from_config(config)
        assert json.loads(json.dumps(again.get_config())) == config, layer
        vectors.append(L.Flatten()(again(inputs[shape])))
    model = nabi.Model(list(inputs.values()), L.Concatenate()(vectors))
    model.save(tmp_path / "all.safetensors")
    twin = nabi.models.load_model(tmp_path / "all.safetensors")
    x = [np.random.default_rng(0).normal(size=(2, *shape)).astype("float32") for shape in inputs]
    np.testing.assert_array_equal(model(x).detach(), twin(x).detach())
    assert [w.path for w in model.weights] == [w.path for w in twin.weights]


def test_other_names():
    """Keras' other names are the same classes, in code and in files."""
    for other, name in (("Convolution1D", "Conv1D"), ("Convolution2DTranspose", "Conv2DTranspose"), ("MaxPool1D", "MaxPooling1D"),
                        ("SeparableConvolution2D", "SeparableConv2D"), ("AvgPool1D", "AveragePooling1D"),
                        ("GlobalAvgPool1D", "GlobalAveragePooling1D"), ("GlobalMaxPool2D", "GlobalMaxPooling2D"),
                        ("Convolution1DTranspose", "Conv1DTranspose"), ("GlobalMaxPool1D", "GlobalMaxPooling1D")):
        assert getattr(L, other) is getattr(L, name) is nabi.core.registry.lookup("layer", other)
