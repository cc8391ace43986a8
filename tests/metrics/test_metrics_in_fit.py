"""Metrics in fit: Keras' numbers after each epoch, arrays as their mean, sums that a stopped run takes up exactly."""

import numpy as np
import pytest

import nabi
from nabi import metrics
from parity.twins import Twins, chain, close, labels, one_hot, pictures
from training.resume_runs import CtrlC, bits, resumed

NET = chain(("Flatten", {}), ("Dense", {"units": 3, "activation": "softmax"}))
X, Y = pictures(), one_hot(labels())


def watched(lib):
    m = lib.metrics
    return [m.AUC(num_thresholds=20), m.AUC(curve="PR", name="pr"), m.Precision(top_k=2), m.Recall(0.4, class_id=1),
            m.F1Score("macro"), m.TopKCategoricalAccuracy(2), m.SensitivityAtSpecificity(0.6), m.FalsePositives(),
            m.OneHotMeanIoU(3), m.KLDivergence()]


def test_keras(keras64):
    twins = Twins(keras64, NET, lambda lib: lib.optimizers.Adam(0.02), "categorical_crossentropy", watched)
    ours, theirs = twins.fit(X, Y, validation_data=(X[::-1].copy(), Y))
    theirs = {rename(name): values for name, values in theirs.items()}
    assert set(ours) == set(theirs)
    for name, values in ours.items():
        if name == "false_positives":  # Keras on torch hands out a view of its sum, which validation then overwrites
            assert theirs[name] == theirs[f"val_{name}"] != values
            continue
        close(values, theirs[name], 1e-6, name)  # Keras sums evenly spaced thresholds, and IoU, in float32
        assert len(set(values)) > 1, name


def rename(name: str) -> str:
    """Keras numbers the metrics of a process: auc_3."""
    return name.rstrip("_0123456789")


def test_arrays_are_logged_as_their_mean():
    model = nabi.Sequential([nabi.Input((8, 8, 2)), nabi.layers.Flatten(), nabi.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=[metrics.F1Score(), metrics.F1Score("macro", name="macro")])
    history = model.fit(X, Y, epochs=2, verbose=0).history
    assert history["f1_score"] == pytest.approx(history["macro"], rel=1e-12)


def test_sums_are_taken_up(tmp_path):
    def make(seed):
        nabi.utils.set_random_seed(seed)
        model = nabi.Sequential([nabi.Input((8, 8, 2)), nabi.layers.Flatten(), nabi.layers.Dense(3, activation="softmax")])
        model.compile("adam", "categorical_crossentropy", metrics=[*watched(nabi), metrics.R2Score(), metrics.F1Score()])
        return model

    def fit(model, callbacks):
        return model.fit(X.astype(np.float32), Y, batch_size=8, epochs=3, verbose=0, callbacks=callbacks)

    whole = make(1)
    fit(whole, [])
    assert bits(resumed(tmp_path / "backup", make, fit, CtrlC(8), save_freq=1)) == bits(whole)
