"""Precision: what "auto" lowers, what the other names mean, what is said of it, and that it stays what it was."""

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.callbacks import Callback
from nabi.core.errors import ArgumentError
from nabi.training import precision as precisions
from nabi.training.precision import Precision, low_layers
from parity.twins import labels, one_hot, pictures

X, Y = pictures(), one_hot(labels())


@pytest.fixture
def with_bfloat16(monkeypatch):
    monkeypatch.setattr(precisions, "native_bfloat16", lambda: True)


@pytest.fixture
def without_bfloat16(monkeypatch):
    monkeypatch.setattr(precisions, "native_bfloat16", lambda: False)


def net(last="softmax", units=3):
    return Sequential([
        Input((8, 8, 2)), layers.Conv2D(4, 3, activation="relu", name="conv"), layers.BatchNormalization(name="norm"),
        layers.Flatten(), layers.Dense(6, activation="relu", name="hidden"), layers.Dropout(0.2, name="drop"),
        layers.Dense(units, activation=last, name="last")])


def lowered(model) -> set[str]:
    """Names of the layers that compute in bfloat16."""
    return {op.layers[0].name for op in model.plan().ops if op.dtype is torch.bfloat16}


@pytest.mark.parametrize("loss, last, units, low", [
    ("categorical_crossentropy", "softmax", 3, True), ("sparse_categorical_crossentropy", "softmax", 3, True),
    ("binary_crossentropy", "sigmoid", 1, True), ("mse", None, 3, False), ("mae", "sigmoid", 3, False), ("huber", None, 3, False),
    ("kl_divergence", "softmax", 3, False), ("poisson", "softplus", 3, False),
])  # fmt: skip
def test_auto_lowers_convolutions_and_hidden_dense_layers_of_classifiers(with_bfloat16, loss, last, units, low):
    model = net(last, units)
    model.compile("sgd", loss)
    assert lowered(model) == ({"conv", "hidden"} if low else set())
    assert {w.value.dtype for w in model.weights} == {torch.float32}
    assert {span.g.dtype for span in model.trainer.binding.spans} == {torch.float32}
    if low:
        assert {op.kind: op.dtype for op in model.plan().ops}["BatchNormalization"] is None, "float32 inside, whatever it reads"
        unfused = net(last, units)
        unfused.compile("sgd", loss, run_eagerly=True)
        assert {op.kind: op.dtype for op in unfused.plan().ops}["BatchNormalization"] is torch.float32


def test_what_is_said_is_what_is_done(with_bfloat16):
    """A classifier of one layer has nothing to lower."""
    model = Sequential([Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy")
    assert lowered(model) == set() and model.trainer.precision.text == "float32"


def test_auto_lowers_nothing_where_the_processor_does_not_multiply_it(without_bfloat16):
    model = net()
    model.compile("sgd", "categorical_crossentropy")
    assert lowered(model) == set() and model.trainer.precision.text == "float32"


def test_one_regression_among_the_outputs_keeps_all_in_float32(with_bfloat16):
    x = Input((8, 8, 2))
    h = layers.Flatten()(layers.Conv2D(4, 3)(x))
    model = Model(x, [layers.Dense(3, activation="softmax", name="a")(h), layers.Dense(1, name="b")(h)])
    model.compile("sgd", {"a": "categorical_crossentropy", "b": "mse"})
    assert lowered(model) == set()
    model.compile("sgd", {"a": "categorical_crossentropy", "b": "mse"}, precision="bfloat16")
    assert len(lowered(model)) == 1


def test_the_last_layer_before_every_output_stays_exact(with_bfloat16):
    """Behind an activation, a pooling or a flatten the last Conv2D or Dense is found; a head in the middle counts too."""
    x = Input((8, 8, 2))
    h = layers.Conv2D(4, 3, name="first")(x)
    middle = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1, name="middle_head")(h))
    end = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1, name="end_head")(layers.Conv2D(4, 3, name="second")(h)))
    outputs = [layers.Activation("softmax", name=n)(t) for n, t in (("middle", middle), ("end", end))]
    model = Model(x, outputs)
    model.compile("sgd", "categorical_crossentropy")
    assert lowered(model) == {"first", "second"}
    assert low_layers(model.graph, Precision("float32", True)) == set()


def test_the_convolution_family_is_lowered_where_that_is_quicker(with_bfloat16):
    """Depthwise kernels with strides, dilation, or of more than 3 x 3 are slower in bfloat16."""
    x = Input((8, 8, 2))
    h = x
    for layer in (layers.DepthwiseConv2D(3, name="depthwise"), layers.DepthwiseConv2D(3, 2, "same", name="strided"),
                  layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="several"),
                  layers.SeparableConv2D(4, 3, padding="same", name="separable"),
                  layers.SeparableConv2D(4, 5, padding="same", name="large"),
                  layers.SeparableConv2D(4, 3, padding="same", dilation_rate=2, name="dilated"),
                  layers.Conv2DTranspose(4, 3, name="transposed"), layers.LocallyConnected2D(4, 3, name="local"),
                  layers.Reshape((-1, 4)), layers.Conv1D(4, 3, padding="causal", name="sequence"), layers.GlobalMaxPooling1D(),
                  layers.Dense(3, activation="softmax", name="last")):
        h = layer(h)
    model = Model(x, h)
    model.compile("sgd", "categorical_crossentropy")
    low = {"depthwise", "several", "separable", "transposed", "local", "sequence"}
    assert lowered(model) == low
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    assert all((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
    rough = model.predict(X, verbose=0)
    model.compile("sgd", "categorical_crossentropy", precision="float32")
    assert lowered(model) == set() and 0 < np.abs(rough - model.predict(X, verbose=0)).max() < 0.02


@pytest.mark.parametrize("name, dtype", [("float32", torch.float32), ("float64", torch.float64), ("bfloat16", torch.float32)])
def test_named_precisions(name, dtype, with_bfloat16):
    model = net(None)
    model.compile("adam", "mse", precision=name)
    model.fit(X, Y, epochs=1, verbose=0)
    assert {w.value.dtype for w in model.weights} == {dtype} and {layer.dtype for layer in model.layers} == {str(dtype)[6:]}
    assert lowered(model) == ({"conv", "hidden"} if name == "bfloat16" else set())
    assert model.predict(X, verbose=0).dtype == str(dtype)[6:]
    assert {span.w.dtype for span in model.trainer.binding.spans} == {dtype}


def test_the_default_is_the_programs(monkeypatch, with_bfloat16):
    monkeypatch.setattr(nabi.config, "precision", "float32")
    model = net()
    model.compile("sgd", "categorical_crossentropy")
    assert lowered(model) == set()
    monkeypatch.setattr(nabi.config, "precision", "auto")
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    model = net()
    model.compile("sgd", "categorical_crossentropy")
    assert model.trainer.precision.dtype is torch.float64 and lowered(model) == set()


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize("wrong", ["float16", "bf16", 32])
def test_unknown_names_are_refused_at_compile(wrong, built):
    model = net() if built else Sequential([layers.Dense(3)])
    with pytest.raises(ArgumentError, match=r"compile\(precision\): expected one of auto, float32, float64, bfloat16, got"):
        model.compile("sgd", "mse", precision=wrong)


@pytest.mark.parametrize("verbose", [1, 2])
def test_the_first_line_of_fit_says_it_once(verbose, capsys, with_bfloat16):
    heard = []

    class Listen(Callback):
        def on_train_begin(self, logs=None):
            heard.append(self.params["precision"])

    model = net()
    model.compile("sgd", "categorical_crossentropy")
    model.fit(X, Y, epochs=3, verbose=verbose, validation_split=0.25, callbacks=Listen())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Precision: bfloat16 in convolutions and hidden Dense layers, float32 elsewhere"
    assert sum("Precision" in line for line in lines) == 1 and heard == [lines[0].removeprefix("Precision: ")]
    model.compile("sgd", "categorical_crossentropy", precision="float32")
    model.fit(X, Y, verbose=2)
    assert capsys.readouterr().out.splitlines()[0] == "Precision: float32"
    model.fit(X, Y, verbose=0)
    model.evaluate(X, Y, verbose=2)
    assert "Precision" not in capsys.readouterr().out


def test_a_model_that_was_never_compiled_computes_in_its_weights_dtype(with_bfloat16):
    model = net()
    out = model.predict(X.astype("float32"), verbose=0)
    expected = model(X.astype("float32")).detach().numpy()
    assert out.dtype == np.float32 and np.abs(out - expected).max() < 1e-6  # in bfloat16: 1e-3
