"""Masks where steps, calls or layers are one's own, and by hand: loss and metrics against Keras', float64."""

import numpy as np
import pytest
import torch

import nabi
from nabi.core.masks import mask_on
from training.test_training_own import FIT, guide, same


@pytest.fixture
def libraries(keras64, monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    return nabi, keras64


def handing(lib):
    """All that is around the steps is written, and only hands on."""
    class Handing(lib.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)

        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            return super().compute_metrics(x, y, y_pred, sample_weight)

    return Handing


RNG = np.random.default_rng(1)
TOKENS, TAGS, STEP_WEIGHTS = RNG.integers(0, 4, (24, 6)), RNG.integers(0, 3, (24, 6)), RNG.uniform(0.5, 2, (24, 6))


def tagger(lib, source):
    x = lib.Input((6,))
    h = lib.layers.LSTM(4, return_sequences=True)(lib.layers.Embedding(4, 3, mask_zero=True)(x))
    return source(lib)(x, lib.layers.Dense(3, activation="softmax")(h))


@pytest.mark.parametrize("source, weights", [(handing, None), (handing, STEP_WEIGHTS), (guide, STEP_WEIGHTS)])
def test_the_mask_of_the_output_counts(libraries, source, weights):
    """Loss and metrics leave out what the output's mask does, and metrics that are not weighted know no weights.

    One batch an epoch: Keras' apply_mask multiplies the weights in place by all steps / steps that count; metrics come after it.
    """
    models = [tagger(lib, source) for lib in libraries]
    models[0].set_weights(models[1].get_weights())
    for model, lib in zip(models, libraries, strict=True):
        model.compile(lib.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"],
                      weighted_metrics=[lib.metrics.SparseCategoricalCrossentropy(name="ce")])
    mine, true = (model.fit(TOKENS, TAGS, sample_weight=weights, **{**FIT, "batch_size": 24}).history for model in models)
    for name in true:
        np.testing.assert_allclose(mine[name], true[name], rtol=1e-9, err_msg=name)
    same(*models)
    mine, true = (m.evaluate(TOKENS, TAGS, sample_weight=weights, verbose=0, return_dict=True) for m in models)
    assert mine == pytest.approx(true, rel=1e-9)


def test_losses_and_metrics_by_hand_read_the_mask(libraries):
    """Called on what a model gives; a mask that is given comes before the one on the tensor."""
    models = [tagger(lib, lambda lib: lib.Model) for lib in libraries]
    models[0].set_weights(models[1].get_weights())
    found = []
    for model, lib in zip(models, libraries, strict=True):
        made, losses, metrics = model(torch.tensor(TOKENS)), lib.losses, lib.metrics
        y = torch.tensor(TAGS)
        hot = torch.nn.functional.one_hot(y, 3)
        loss = losses.SparseCategoricalCrossentropy()
        one = [loss(y, made), loss(y, made, sample_weight=STEP_WEIGHTS), losses.MeanSquaredError(reduction="sum")(hot, made)]
        for metric, target in ((metrics.SparseCategoricalAccuracy(), y), (metrics.CategoricalCrossentropy(), hot),
                               (metrics.TopKCategoricalAccuracy(2), hot), (metrics.RootMeanSquaredError(), hot),
                               (metrics.MeanMetricWrapper(losses.mean_squared_error), hot)):
            for weight in (None, STEP_WEIGHTS):
                metric.reset_state()
                metric.update_state(target, made, sample_weight=weight)
                one.append(metric.result())
        found.append([float(torch.as_tensor(number, dtype=torch.float64).detach()) for number in one])
        if lib is nabi:
            everything = torch.ones(TOKENS.shape, dtype=torch.bool)
            assert loss(y, made, mask=everything) == loss(y, made.detach()) != loss(y, made)
    np.testing.assert_allclose(*found, rtol=1e-9)


def looking(lib):
    """A call that looks at numbers: one op of nabi's graph."""
    class Looking(lib.Model):
        def __init__(self):
            super().__init__()
            self.embed, self.read = lib.layers.Embedding(4, 3, mask_zero=True), lib.layers.GRU(4, return_sequences=True)
            self.out = lib.layers.Dense(3, activation="softmax")

        def call(self, x):
            h = self.embed(x)
            return h if float(h.detach().sum()) > 1e9 else self.out(self.read(h))

    return Looking()


def holding(lib, *after):
    """A layer of one's own with layers inside makes the output, or what further layers read."""
    class Block(lib.layers.Layer):
        def __init__(self):
            super().__init__()
            self.embed, self.out = lib.layers.Embedding(4, 3, mask_zero=True), lib.layers.Dense(3, activation="softmax")

        def call(self, x):
            return self.out(self.embed(x))

    x = lib.Input((6,))
    y = Block()(x)
    for layer in after:
        y = layer(y)
    return lib.Model(x, y)


def reading(lib):
    return holding(lib, lib.layers.LSTM(4, return_sequences=True), lib.layers.Dense(3, activation="softmax"))


@pytest.mark.parametrize("source", [looking, holding, reading])
def test_the_mask_that_a_call_of_ones_own_leaves_on_the_output(libraries, source):
    models = [source(lib) for lib in libraries]
    for model, lib in zip(models, libraries, strict=True):
        model(torch.tensor(TOKENS))
        model.compile(lib.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    models[0].set_weights(models[1].get_weights())
    mine, true = (model.fit(TOKENS, TAGS, **FIT).history for model in models)
    for name in true:
        np.testing.assert_allclose(mine[name], true[name], rtol=1e-9, err_msg=name)
    same(*models)
    mine, true = (model.evaluate(TOKENS, TAGS, verbose=0, return_dict=True) for model in models)
    assert mine == pytest.approx(true, rel=1e-9)
    mine, true = (model.predict(TOKENS, verbose=0) for model in models)
    np.testing.assert_allclose(mine, true, rtol=1e-9)
    made = models[0](torch.tensor(TOKENS))
    np.testing.assert_allclose(made.detach(), true, rtol=1e-9)
    np.testing.assert_array_equal(mask_on(made), TOKENS != 0)
