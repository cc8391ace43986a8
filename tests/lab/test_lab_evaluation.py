"""Evaluation against scikit-learn, data by name, fingerprints."""

import hashlib

import numpy as np
import pytest
from sklearn import metrics

from nabi import lab, zoo
from nabi.core.errors import StateError, UnknownName
from nabi.lab.data import fingerprint, load_data
from nabi.lab.evaluation import Evaluation, evaluate

NAMES = ("a", "b", "c", "d")


@pytest.fixture
def answers():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 200)  # class d never comes
    guess = np.where(rng.random(200) < 0.7, truth, rng.integers(0, 3, 200))
    return Evaluation(truth, guess, rng.random(200), NAMES)


def test_counts_are_scikit_learns(answers):
    assert (answers.confusion == metrics.confusion_matrix(answers.truth, answers.answers, labels=range(4))).all()
    assert answers.accuracy == metrics.accuracy_score(answers.truth, answers.answers)
    table = answers.by_class
    for key, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score)):
        expected = score(answers.truth, answers.answers, labels=range(3), average=None)
        assert [row[key] for row in table[:3]] == pytest.approx(list(expected))
    assert table[3] == {"name": "d", "precision": None, "recall": None, "samples": 0}
    assert sum(row["samples"] for row in table) == answers.total == 200
    assert answers.baseline == np.bincount(answers.truth).max() / 200


def test_the_surest_mistakes_come_first(answers):
    wrong = answers.misread
    assert set(wrong) == set(np.flatnonzero(answers.truth != answers.answers))
    assert (np.diff(answers.sure[wrong]) <= 0).all()
    assert answers.correct + len(wrong) == 200


def test_evaluate_agrees_with_the_models_own():
    data = lab.load_data("digits")
    model = zoo.build("lecture-dense")
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], precision="float32")
    found = evaluate(model, data.x_test, data.y_test, data.class_names, 100)
    own = model.evaluate(data.x_test, data.y_test, batch_size=100, verbose=0, return_dict=True)
    assert found.accuracy == pytest.approx(own["accuracy"], abs=1e-12)
    p = model.predict(data.x_test, verbose=0).astype(np.float64)
    assert found.loss == pytest.approx(-np.log(p[np.arange(1000), data.y_test]).mean(), rel=1e-5)
    assert found.sure == pytest.approx(p.max(axis=1), rel=1e-5)


def test_data_come_scaled_with_a_channel_axis():
    from nabi.datasets import digits

    (x, y), (x_test, y_test) = digits.load_data()
    data = lab.load_data("Digits")
    assert data.x_train.shape == (4000, 28, 28, 1) and data.x_train.dtype == np.float32
    assert np.abs(data.x_test[..., 0] - x_test / 255).max() < 1e-7
    assert (data.y_train == y).all() and data.y_train.dtype == np.int64
    digest = hashlib.sha256()
    for array in (x, y, x_test, y_test):
        digest.update(f"{array.dtype.str} {array.shape};".encode() + array.tobytes())
    assert data.fingerprint == digest.hexdigest()


def test_one_pixel_changes_the_fingerprint():
    x = np.zeros((2, 3), "uint8")
    before = fingerprint(x)
    x[1, 2] = 1
    assert fingerprint(x) != before != fingerprint(x.T.copy())


@pytest.mark.parametrize(
    "name, near", [("digts", "digits"), ("minst", "mnist"), ("cifar", "cifar10"), ("fashion", "fashion-mnist")]
)
def test_an_unknown_name_offers_the_nearest(name, near):
    with pytest.raises(UnknownName, match=f"Did you mean '{near}'"):
        lab.load_data(name)


def test_answers_that_are_no_numbers_are_refused():
    class Broken:
        name, trainer = "broken", None

        def predict(self, x, **options):
            return np.full((len(x), 10), np.nan)

    with pytest.raises(StateError, match="finite answers, got NaN"):
        evaluate(Broken(), np.zeros((3, 1)), np.zeros(3, int), "0123456789")


def test_smoothed_labels_are_one_hot_and_judged_as_such():
    """The recipe's loss is Keras' categorical cross-entropy with label_smoothing; class numbers become rows for it."""
    from nabi.lab.experiment import prepare
    from nabi.lab.recipe import Recipe

    data = load_data("digits")
    plain, smooth = (prepare(Recipe(seed=1, label_smoothing=e), data) for e in (0.0, 0.2))
    x, y = data.x_test[:50], data.y_test[:50]
    p = np.asarray(smooth.predict(x, verbose=0), dtype=float)
    rows = np.full((50, 10), 0.02)
    rows[np.arange(50), y] += 0.8
    assert evaluate(plain, x, y, data.class_names).loss == pytest.approx(-np.log(p[np.arange(50), y]).mean(), abs=2e-3)
    assert evaluate(smooth, x, y, data.class_names).loss == pytest.approx(-(rows * np.log(p)).sum(1).mean(), abs=2e-3)
