"""Arguments that a call does not have, or lacks: one error that names the nearest right one, for layers, fit, compile ..."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.calls import checked
from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.warning import warn

X, Y = np.eye(6, 4, dtype="float32"), np.arange(6) % 3


def net():
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("call, message", [
    (lambda: net().fit(X, Y, epoch=3), r"fit\(epoch=\.\.\.\): expected a known argument, got 'epoch'\. Did you mean 'epochs'\?"),
    (lambda: net().evaluate(X, Y, batchsize=3), r"evaluate\(batchsize=\.\.\.\): .* Did you mean 'batch_size'\?"),
    (lambda: net().predict(), r"predict\(x\): expected a value, got none\. Write predict\(x, \.\.\.\)\."),
    (lambda: net().fit(*range(20)), r"fit\(\.\.\.\): expected at most 16 arguments without a name, got 20\. In order .* x, y, "),
    (lambda: net().fit(X, Y, x=X), r"fit\(x\): expected one value, got a second one"),
    (lambda: net().compile("sgd", metric=["acc"]), r"compile\(metric=\.\.\.\): .* Did you mean 'metrics'\?"),
    (lambda: net().compile("sgd", "mse", ["accuracy"]), r"compile\(loss_weights\): .*'accuracy'\. The third argument is "
                                                        r"loss_weights, as in Keras; write metrics=\['accuracy'\]\."),
    (lambda: net().summary(length=3), r"summary\(length=\.\.\.\): .* Did you mean 'line_length'"),
    (lambda: L.Conv2D(8, kernel=3), r"Conv2D\(kernel=\.\.\.\): .* Did you mean 'kernel_size'\?"),
    (lambda: L.Conv2D(8, 3, kernal_initializer="zeros"), r"Conv2D\(kernal_initializer=\.\.\.\): .* 'kernel_initializer'\?"),
    (lambda: L.Dense(), r"Dense\(units\): expected a value, got none\. Write Dense\(units, \.\.\.\)\."),
    (lambda: nabi.callbacks.EarlyStopping(patients=3), r"EarlyStopping\(patients=\.\.\.\): .* Did you mean 'patience'\?"),
    (lambda: nabi.losses.Huber(delte=1.0), r"Huber\(delte=\.\.\.\): .* Did you mean 'delta'\?"),
    (lambda: nabi.Input(28, 28, 1), r"Input\(shape\): expected one tuple, got 28, 28, 1\. Write Input\(\(28, 28, 1\)\)\."),
    (lambda: nabi.Input(shap=(4,)), r"Input\(shap=\.\.\.\): .* Did you mean 'shape'\?"),
    (lambda: nabi.Sequential(L.Dense(3, name="d")), r"Sequential\(layers\): .* got Dense 'd'\. Put brackets around"),
    (lambda: net().fit(X, Y, class_weight=[1, 2, 3]), r"class_weight: .* got a list\. Write class_weight=\{0: 1, 1: 2, 2: 3\}\."),
])  # fmt: skip
def test_one_error_names_what_is_right(call, message):
    with pytest.raises(ArgumentError, match=f"^{message}") as caught:
        call()
    assert caught.value.__cause__ is None and (caught.value.__suppress_context__ or caught.value.__context__ is None)


def test_errors_inside_stay_what_they_are():
    class Strange(nabi.callbacks.Callback):
        def __init__(self, number):
            self.number = number + "one"

    with pytest.raises(TypeError, match="unsupported operand"):
        Strange(1)

    @checked
    def plain(x, *, y=1):
        return x + y

    assert plain(1, y=2) == 3
    with pytest.raises(TypeError, match="can only concatenate"):
        plain("a")


def test_arguments_of_the_base_are_known():
    """What a constructor hands on in **base counts."""

    class Mine(L.Layer):
        def __init__(self, units, **base):
            super().__init__(**base)
            self.units = units

    assert Mine(3, name="a").name == "a"
    with pytest.raises(ArgumentError, match=r"Mine\(trainible=\.\.\.\): .* Did you mean 'trainable'\? Known: .*units"):
        Mine(trainible=False)


def test_lists_of_names_are_short():
    """At most eight, the nearest; all of them where there are no more."""
    assert did_you_mean("x", ["b", "a"]) == "Known: a, b."
    text = did_you_mean("acuracy", nabi.core.registry.names("metric"))
    listed, more = text.removesuffix(" more.").split("Known: ")[1].split(" and ")
    assert len(listed.split(", ")) == 8 and int(more) == len(nabi.core.registry.names("metric")) - 8
    assert text.startswith("Did you mean 'accuracy'? ") and "binary_accuracy" in listed


def test_a_float64_array_is_computed_in_the_dtype_of_the_weights():
    """The first call of a layer, and later ones, on NumPy's own dtype."""
    layer, x = L.Dense(3), np.random.default_rng(0).normal(size=(2, 4))
    first = layer(x)
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(first.detach().numpy(), x.astype("float32") @ kernel + bias, rtol=1e-5)
    assert first.dtype == layer(x).dtype and L.Conv2D(2, 2)(np.ones((1, 3, 3, 1))).shape == (1, 2, 2, 2)
    assert str(L.Dense(3, dtype="float64")(x).dtype) == "torch.float64"


@pytest.mark.parametrize("metrics", [lambda m: [[m], [m]], lambda m: {"a": [m, m]}, lambda m: {"a": m, "b": m}])
def test_one_metric_object_in_two_places_is_refused(metrics):
    x = nabi.Input((4,))
    model = nabi.Model(x, [L.Dense(1, name="a")(x), L.Dense(1, name="b")(x)])
    with pytest.raises(ArgumentError, match=r"compile\(metrics\): expected a metric object of its own in each place"):
        model.compile("sgd", "mse", metrics=metrics(nabi.metrics.MeanAbsoluteError()))
    kind = nabi.metrics.MeanAbsoluteError
    model.compile("sgd", "mse", metrics=[[kind()], [kind()]], weighted_metrics=[["mae"], ["mae"]])
    model.compile("sgd", "mse", metrics=[[kind], [kind]])


@pytest.mark.parametrize("name", ["", "file/below.csv", "."])
def test_csv_logger_says_what_is_wrong_with_its_path(name, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(nabi.core.errors.FileError, match=r"^CSVLogger\(filename\): expected a f"):
        net().fit(X, Y, verbose=0, callbacks=nabi.callbacks.CSVLogger(tmp_path / name))


# Warnings ---------------------------------------------------------------------------------------------------------------------


@torch.no_grad()
def warned():
    """A line of the user's that nabi calls through torch's decorator."""
    checked(warn)("here")


def test_warnings_point_at_the_users_line():
    """However the line is reached: straight, through decorators, or from a method that overrides fit."""
    class Own(nabi.Sequential):
        def fit(self, *args, **options):
            return super().fit(*args, **options)

    own, part, labels = Own([nabi.Input((4,)), L.Dense(3, activation="softmax")]), 0.34, np.sort(Y)
    own.compile("sgd", "sparse_categorical_crossentropy")
    for fit, code in ((lambda: own.fit(X, labels, validation_split=part, verbose=0), "return super().fit("),
                      (lambda: net().fit(X, labels, validation_split=part, verbose=0), "(lambda: net().fit("),
                      (warned, 'checked(warn)("here")')):
        with pytest.warns(UserWarning) as caught:
            fit()
        assert {one.filename for one in caught} == {__file__}
        assert code in Path(__file__).read_text(encoding="utf-8").splitlines()[caught[0].lineno - 1]


def test_every_warning_goes_that_way():
    source = Path(sys.modules["nabi"].__file__).parent
    found = {f.name for f in source.rglob("*.py") if "warnings.warn" in f.read_text(encoding="utf-8")}
    assert found == {"warning.py"}
