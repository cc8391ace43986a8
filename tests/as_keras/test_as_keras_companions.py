"""Packages beside Keras that are not installed: what stands for them, and what is said where nothing does.

Oracles: scikit-learn, torch's weight_norm, numbers that tensorflow_addons 0.23 gives on TensorFlow 2.21, and 30, the number of
trials that TensorFlow's tutorial of keras_tuner prints for max_epochs=10, factor=3.
"""

import importlib.util
import json
import sys

import numpy as np
import pytest
import torch
from sklearn import metrics as known

from nabi.as_keras.companions.finder import Companions
from nabi.as_keras.companions.table import ABSENT, PATHS
from nabi.as_keras.companions.tuner import Objective
from nabi.as_keras.companions.tuner_kinds import Hyperband
from nabi.as_keras.companions.tuner_space import HyperParameters
from nabi.as_keras.names.modules import loaded
from nabi.core.errors import ArgumentError, NotServed, StateError

SOURCE = np.random.RandomState(0)
CLASSES, SHARES = SOURCE.randint(0, 3, 20), SOURCE.rand(20, 3).astype("float32")
ONE_HOT, POINTS = np.eye(3, dtype="float32")[CLASSES], SOURCE.randn(20, 4).astype("float32")
X, Y = SHARES, (SHARES.sum(1) > 1.5).astype("int32")


def test_what_is_not_installed_says_what_to_do(served):
    import graphviz  # pyright: ignore[reportMissingImports]
    import tensorflow_hub as hub  # pyright: ignore[reportMissingImports]
    from tensorflow_probability import distributions  # pyright: ignore[reportMissingImports]

    for use in (lambda: hub.KerasLayer("there"), lambda: distributions.Normal(0, 1).sample(), lambda: list(graphviz.Digraph)):
        with pytest.raises(NotServed, match="is not installed, and nabi has nothing in its place. [a-zA-Z]"):
            use()
    assert hub.__version__ == "0.0.0" and importlib.util.find_spec("keras_cv") is None
    with pytest.raises(ImportError):
        class Own(hub.KerasLayer):
            pass


def test_what_is_installed_stays(served):
    import optuna

    assert sys.meta_path[-1].__class__ is Companions and not type(optuna.__spec__.loader).__module__.startswith("nabi")
    assert not [path for path, sources in PATHS.items() if all(loaded(one) is None for one in sources)]
    assert not set(ABSENT) & {path.partition(".")[0] for path in PATHS}


def build(hp):
    import keras

    hidden = keras.layers.Dense(hp.Int("units", 2, 8, step=2), hp.Choice("act", ["relu", "tanh"]))
    model = keras.Sequential([keras.Input((3,)), hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(hp.Float("rate", 1e-3, 1e-1, sampling="log")), "binary_crossentropy", ["accuracy"])
    return model


def build_without_input(hp):
    import keras

    model = keras.Sequential([keras.layers.Dense(hp.Int("units", 2, 8)), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    return model


def test_searches(served, capsys):
    import keras_tuner as kt  # pyright: ignore[reportMissingImports]
    from kerastuner.tuners import RandomSearch  # pyright: ignore[reportMissingImports]

    tuner = RandomSearch(build, objective="val_loss", max_trials=2, executions_per_trial=2, seed=1, directory="d")
    tuner.search(X, Y, epochs=2, validation_data=(X, Y), verbose=0)
    scores = [trial.score for trial in tuner.oracle.get_best_trials(2)]
    assert len(scores) == 2 and scores == sorted(scores)
    best = tuner.get_best_hyperparameters(num_trials=1)[0]
    assert best.get("units") in (2, 4, 6, 8) and best["act"] in ("relu", "tanh") and 1e-3 <= best.get("rate") <= 1e-1
    model = tuner.get_best_models(1)[0]
    assert model.evaluate(X, Y, verbose=0)[0] <= min(scores) + 1e-6  # the better execution's weights; the score is their mean
    tuner.results_summary()
    assert 'Objective(name="val_loss", direction="min")' in capsys.readouterr().out
    late = RandomSearch(build_without_input, "val_loss", max_trials=1, seed=1)
    late.search(X, Y, epochs=1, validation_data=(X, Y), verbose=0)
    assert late.get_best_models()[0].evaluate(X, Y, verbose=0) == pytest.approx(late.oracle.get_best_trials(1)[0].score, abs=1e-6)
    with pytest.raises(StateError, match="val_accuracy"):
        kt.GridSearch(build, "val_accuracy").search(X, Y, verbose=0)


def test_trials_of_ones_own(served):
    import keras_tuner as kt  # pyright: ignore[reportMissingImports]

    class Own(kt.Tuner):
        def run_trial(self, trial, *args, **options):
            hp = trial.hyperparameters
            return (hp.Int("x", -3, 3) - 1) ** 2 + hp.Boolean("more")

    tuner = Own(oracle=kt.oracles.RandomSearchOracle(objective=kt.Objective("score", "min"), max_trials=20, seed=0))
    tuner.search()
    assert tuner.get_best_hyperparameters()[0].values == {"x": 1, "more": False} and len(tuner.trials) <= 14
    grid = kt.GridSearch(lambda hp: (hp.Int("x", 0, 2), hp.Boolean("y")), kt.Objective("score", "max"))
    assert [hp.values for hp in grid.choices()] == [{"x": x, "y": y} for x in range(3) for y in (False, True)]


def test_hyperband_takes_as_many_trials_as_keras_tuner(served):
    made = []

    class Counted(Hyperband):
        def run_trial(self, trial, *args, **options):
            made.append((options["initial_epoch"], options["epochs"]))
            return trial.hyperparameters.Float("x", 0.0, 1.0)

    tuner = Counted(lambda hp: hp.Float("x", 0.0, 1.0), Objective("x", "min"), max_epochs=10, factor=3, seed=2)
    tuner.search()
    assert len(made) == 30 and {(0, 2), (2, 4), (4, 10), (0, 4), (0, 10)} == set(made)
    last = [trial.score for trial in tuner.trials if trial.hyperparameters["tuner/round"] == 2]
    assert last == sorted(trial.score for trial in tuner.trials[:12])[:2]  # of the first bracket's twelve


def test_hyperparameters():
    hp = HyperParameters()
    assert hp.Int("n", 16, 256, sampling="log", step=4) == 16 and hp.entries["n"].values == [16, 64, 256]
    assert hp.Float("f", 0.0, 0.5, step=0.1, default=0.2) == 0.2 and len(hp.entries["f"].values) == 6
    with hp.conditional_scope("n", [64]), hp.name_scope("inner"):
        hp.Choice("c", [1, 2])
    assert "inner/c" not in hp and not hp.is_active("inner/c") and json.dumps(hp.get_config())
    for call in (lambda: hp.Choice("e", []), lambda: hp.Int("m", 3, 1), lambda: hp.Float("g", 0, 1, sampling="log")):
        with pytest.raises(ArgumentError):
            call()
    with pytest.raises(StateError):
        hp.get("nobody")


def test_metrics_of_addons(served):
    import tensorflow_addons as tfa  # pyright: ignore[reportMissingImports]

    guesses = SHARES.argmax(1)
    for weightage in (None, "linear", "quadratic"):
        assert tfa.metrics.CohenKappa(3, weightage=weightage)(ONE_HOT, SHARES) == pytest.approx(
            known.cohen_kappa_score(CLASSES, guesses, weights=weightage))
    assert tfa.metrics.MatthewsCorrelationCoefficient(3)(ONE_HOT, SHARES) == pytest.approx(
        known.matthews_corrcoef(CLASSES, guesses))
    assert tfa.metrics.F1Score(num_classes=3, average="macro")(ONE_HOT, SHARES) == pytest.approx(
        known.f1_score(CLASSES, guesses, average="macro"), abs=1e-6)
    assert tfa.metrics.HammingLoss("multilabel", threshold=0.5)(ONE_HOT, SHARES) == pytest.approx(
        known.hamming_loss(ONE_HOT, SHARES > 0.5))
    assert tfa.metrics.HammingLoss("multiclass")(ONE_HOT, SHARES) == pytest.approx(known.hamming_loss(CLASSES, guesses))
    table = tfa.metrics.MultiLabelConfusionMatrix(3)
    assert (table(ONE_HOT, SHARES > 0.5) == known.multilabel_confusion_matrix(ONE_HOT, SHARES > 0.5)).all()
    assert tfa.metrics.RSquare()(POINTS, POINTS + 0.1) == pytest.approx(known.r2_score(POINTS, POINTS + 0.1), abs=1e-5)


def test_losses_and_optimizers_of_addons(served):
    import tensorflow as tf
    import tensorflow_addons as tfa  # pyright: ignore[reportMissingImports]

    focal = tfa.losses.SigmoidFocalCrossEntropy()(ONE_HOT, SHARES)
    assert focal.shape == (20,) and np.allclose(focal[:4], [0.49511, 3.68608, 0.97758, 0.62066], atol=1e-5)
    for loss, wanted in ((tfa.losses.TripletSemiHardLoss(), 0.8277), (tfa.losses.TripletHardLoss(), 3.49537),
                         (tfa.losses.TripletSemiHardLoss(margin=0.3, distance_metric="squared-L2"), 0.31354),
                         (tfa.losses.TripletHardLoss(soft=True), 2.58688),
                         (tfa.losses.TripletSemiHardLoss(distance_metric="angular"), 0.88571)):
        assert float(loss(CLASSES, POINTS)) == pytest.approx(wanted, abs=1e-5)
    for optimizer, wanted in ((tfa.optimizers.AdamW(weight_decay=1e-2, learning_rate=0.05), [0.34499, -1.21697]),
                              (tfa.optimizers.SGDW(1e-2, 0.05, momentum=0.9), [-0.3642, 0.7284]),
                              (tfa.optimizers.RectifiedAdam(0.05), [0.53849, -1.09084]),
                              (tfa.optimizers.RectifiedAdam(0.05, total_steps=10, warmup_proportion=0.3, min_lr=0.001),
                               [0.66292, -1.32829])):
        v = tf.Variable([1.0, -2.0])
        for _ in range(12):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(v**2)
            optimizer.apply_gradients([(tape.gradient(loss, v), v)])
        assert np.allclose(v.numpy(), wanted, atol=2e-5)
    rate = tfa.optimizers.Triangular2CyclicalLearningRate(0.1, 1.0, 3)
    assert np.allclose([rate(n) for n in range(0, 14, 3)], [0.1, 1.0, 0.1, 0.55, 0.1])
    with pytest.raises(ArgumentError):
        tfa.metrics.CohenKappa(3, weightage="cubic")


def test_layers_of_addons(served):
    import keras
    import tensorflow_addons as tfa  # pyright: ignore[reportMissingImports]

    dense = keras.layers.Dense(3)
    layer = tfa.layers.WeightNormalization(dense, data_init=False)
    made = layer(POINTS)
    own = torch.nn.Linear(4, 3)
    own.weight.data, own.bias.data = torch.tensor(dense.get_weights()[0].T), torch.tensor(dense.get_weights()[1])
    same = torch.nn.utils.parametrizations.weight_norm(own)
    assert torch.allclose(made, same(torch.tensor(POINTS)), atol=1e-6)
    model = keras.Sequential([keras.Input((4,)), layer, tfa.layers.Maxout(1)])
    assert len(model.trainable_weights) == 3
    assert np.allclose(model.predict(POINTS, verbose=0), made.amax(1, keepdim=True), atol=1e-6)
    model.compile(keras.optimizers.SGD(1.0), lambda y, p: p.sum(-1))
    model.train_on_batch(POINTS, POINTS[:, :1])
    same(torch.tensor(POINTS)).amax(1).mean().backward()
    g = dict(same.named_parameters())["parametrizations.weight.original0"]
    assert np.allclose(layer.g, (g - g.grad).detach().reshape(-1), atol=1e-6)
    assert np.allclose(tfa.layers.Maxout(2)(np.array([[3.0, 1.0, 2.0, 5.0]], "float32")), [[3.0, 5.0]])


def test_curves_and_logs_without_a_server(served):
    import keras
    import theano.tensor as T  # pyright: ignore[reportMissingImports]
    import wandb  # pyright: ignore[reportMissingImports]
    from livelossplot import PlotLossesKeras  # pyright: ignore[reportMissingImports]
    from wandb.keras import WandbCallback  # pyright: ignore[reportMissingImports]

    def run():
        wandb.init(project="digits", config={"units": 4})
        curves = PlotLossesKeras()
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(wandb.config.units, "tanh"), keras.layers.Dense(1)])
        model.compile("sgd", lambda y, p: T.mean(T.sqr(p - y), axis=-1))
        made = model.fit(X, Y, epochs=2, verbose=0, callbacks=[WandbCallback(), curves])
        assert curves.plot.history["loss"] == made.history["loss"] and wandb.summary["loss"] == made.history["loss"][-1]

    run()
    wandb.agent({"parameters": {"units": {"values": [6, 7]}}}, run)
    assert wandb.config.units == 6


def test_widgets_are_called_once(served):
    import ipywidgets as widgets  # pyright: ignore[reportMissingImports]
    from ipywidgets import fixed, interact, interactive  # pyright: ignore[reportMissingImports]

    seen = []

    @interact(x=(0, 9), y=0.5, name=["a", "b"])
    def show(x, y=1, name=""):
        seen.append((x, y, name))

    interact(show, x=widgets.IntSlider(min=0, max=3, value=2), y=fixed(7), name={"one": "z"})
    kept = interactive(show, x=widgets.Dropdown(options=[("one", 1), ("two", 2)]), y=1.0, name="q")
    widgets.interactive_output(show, {"x": widgets.FloatSlider(min=0.5, max=2)})
    assert seen == [(4, 0.5, "a"), (2, 7, "z"), (1, 1.0, "q"), (0.5, 1, "")] and kept.result is None  # ipywidgets 8's beginnings
    button, out = widgets.Button(description="go"), widgets.Output()
    button.on_click(seen.append)
    with out:
        box = widgets.VBox([button, out], layout=widgets.Layout(width="50%"))
    assert box.children == (button, out) and len(seen) == 4


def test_jax_says_what_to_write(served):
    import jax  # pyright: ignore[reportMissingImports]

    with pytest.raises(NotServed, match=r"keras\.ops"):
        jax.grad(abs)
