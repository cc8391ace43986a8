"""Classifier and Regressor: labels and targets of all forms, parameters with prefixes, scikit-learn's tools, bad arguments."""

import importlib.util
import pickle
import re

import numpy as np
import pytest

import nabi
from architecture.tree import SOURCE
from nabi.callbacks import EarlyStopping
from nabi.core.errors import ArgumentError, DataError, StateError
from nabi.layers import Dense, Flatten, Input
from nabi.sklearn import Classifier, Regressor

RNG = np.random.default_rng(0)
X = np.vstack([RNG.normal(m, 0.6, (40, 2)) for m in ((0, 0), (3, 0), (0, 3))])
Y = np.repeat([0, 1, 2], 40)
NAMES = np.array(["cat", "dog", "bee"])[Y]


def network(input_shape, n_classes, units=8, last="softmax", outputs=None):
    return nabi.Sequential([Input(input_shape), Dense(units, "relu"), Dense(outputs or n_classes, last)])


def quick(model=network, **options):
    return Classifier(model, **{"epochs": 8, "random_state": 0, "optimizer__learning_rate": 0.03, **options})


def test_labels_are_those_that_were_given():
    fitted = quick().fit(X, NAMES)
    assert fitted.classes_.tolist() == ["bee", "cat", "dog"] and fitted.score(X, NAMES) > 0.9
    p = fitted.predict_proba(X)
    np.testing.assert_allclose(p.sum(1), 1, atol=1e-12)
    assert (fitted.classes_[p.argmax(1)] == fitted.predict(X)).all()
    twin = quick().fit(X, Y)  # the same seed, other names: classes 0, 1, 2 stand for cat, dog, bee
    assert abs((twin.predict(X) == Y).mean() - fitted.score(X, NAMES)) < 0.1
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(X), p) and len(fitted.history_["loss"]) == 8
    assert np.array_equal(quick().fit(X, NAMES).predict_proba(X), p), "the same random_state gives the same numbers"
    assert not np.array_equal(quick(random_state=1).fit(X, NAMES).predict_proba(X), p)


@pytest.mark.parametrize("options, loss", [
    ({"model__last": "softmax"}, "SparseCategoricalCrossentropy"), ({"model__last": "linear"}, "SparseCategoricalCrossentropy"),
    ({"model__last": "sigmoid", "model__outputs": 1}, "BinaryCrossentropy"),
    ({"model__last": "linear", "model__outputs": 1}, "BinaryCrossentropy"),
    ({"loss": "categorical_crossentropy"}, "CategoricalCrossentropy"), ({"model__last": "sigmoid"}, "BinaryCrossentropy"),
])  # fmt: skip
def test_the_loss_fits_the_last_layer_and_probabilities_come_of_it(options, loss):
    two = Y < 2
    fitted = quick(**options).fit(X[two], NAMES[two])
    assert type(fitted.model_.trainer.objective.losses[0]).__name__ == loss
    p, labels = fitted.predict_proba(X[two]), fitted.predict(X[two])
    assert (labels == NAMES[two]).mean() > 0.9 and p.shape == (80, 2)
    assert np.allclose(p.sum(1), 1) and (fitted.classes_[p.argmax(1)] == labels).all()
    raw = fitted.model_.predict(X[two], verbose=0)
    if options.get("model__last") == "linear":
        assert not np.allclose(raw, p[:, -raw.shape[1]:]), "logits would be told from probabilities"


def test_no_probabilities_from_a_hinge():
    fitted = quick(loss="hinge", model__last="tanh", model__outputs=1).fit(X[Y < 2], Y[Y < 2])
    assert fitted.score(X[Y < 2], Y[Y < 2]) > 0.9
    with pytest.raises(StateError, match="ends in softmax or sigmoid, got one that ends in tanh"):
        fitted.predict_proba(X)


def test_weights_of_samples_and_classes():
    double = {"cat": 1.0, "dog": 1.0, "bee": 50.0}
    by_class = quick(class_weight=double, epochs=2).fit(X, NAMES)
    by_sample = quick(epochs=2).fit(X, NAMES, sample_weight=np.where(NAMES == "bee", 50.0, 1.0))
    plain = quick(epochs=2).fit(X, NAMES)
    assert np.array_equal(by_class.predict_proba(X), by_sample.predict_proba(X))
    assert (by_class.predict(X) == "bee").sum() > (plain.predict(X) == "bee").sum()
    balanced = quick(class_weight="balanced").fit(X[:90], Y[:90])
    assert np.bincount(balanced.predict(X))[2] > 30


def test_models_compiled_models_callbacks_and_validation():
    model = nabi.Sequential([Input((2,)), Dense(8, "relu"), Dense(3, "softmax")])
    model.compile(nabi.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    before, stop = model.get_weights(), EarlyStopping(monitor="val_loss", patience=1, min_delta=10)
    wrapped = Classifier(model, epochs=9, validation_split=0.25, callbacks=[stop], random_state=0).fit(X, Y)  # sorted by class
    assert list(wrapped.history_) == ["loss", "accuracy", "val_loss", "val_accuracy"] and len(wrapped.history_["loss"]) == 2
    assert type(wrapped.model_.optimizer).__name__ == "SGD" and wrapped.model_.optimizer is not model.optimizer
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)), "the given model stays as it is"
    assert stop.stopped_epoch == 0
    pictures = RNG.normal(size=(30, 4, 4, 1)) + np.arange(30)[:, None, None, None] % 2
    deep = Classifier(lambda input_shape, n_classes: nabi.Sequential([Flatten(), Dense(n_classes, "softmax")]))
    assert deep.fit(pictures, np.arange(30) % 2).model_.input.shape == (None, 4, 4, 1)
    assert Classifier(epochs=1).fit(pictures, np.arange(30) % 2).predict(pictures).shape == (30,)


def test_going_on():
    whole = quick(epochs=3, batch_size=200).fit(X, Y)
    parts = quick(batch_size=200)
    for _ in range(3):
        parts.partial_fit(X, Y, classes=[0, 1, 2])
    assert np.array_equal(whole.predict_proba(X), parts.predict_proba(X)) and len(parts.history_["loss"]) == 3
    warm = quick(epochs=2, batch_size=200, warm_start=True).fit(X, Y)
    assert np.array_equal(warm.set_params(epochs=1).fit(X, Y).predict_proba(X), whole.predict_proba(X))
    fresh = quick(epochs=2, batch_size=200).fit(X, Y)
    assert np.array_equal(fresh.set_params(epochs=3).fit(X, Y).predict_proba(X), whole.predict_proba(X)), "else fit begins anew"
    with pytest.raises(DataError, match=r"expected labels of the known classes \[0, 1, 2\], got 7. Give all of them"):
        parts.partial_fit(X, np.where(Y == 2, 7, Y))


def test_regressions():
    x = np.linspace(0, 3, 60)[:, None]
    y = 1000 * x[:, 0] - 200
    line = Regressor(epochs=40, random_state=0, optimizer__learning_rate=0.02, model__hidden=16)
    assert line.fit(x, y).score(x, y) > 0.97 and line.predict(x).shape == (60,) and line.predict(x).dtype == np.float64
    both = line.fit(x, np.c_[y, -y])
    assert both.predict(x).shape == (60, 2) and both.score(x, np.c_[y, -y]) > 0.97
    half = line.set_params(epochs=5).fit(np.r_[x, x], np.r_[y, y + 5000], sample_weight=np.repeat([1.0, 0.0], 60))
    assert abs(half.predict(x).mean() - y.mean()) < abs(half.predict(x).mean() - y.mean() - 2500)
    with pytest.raises(ArgumentError, match=r"Regressor\(model\): expected a model with 1 units at its end, .*, got \(4,\)"):
        Regressor(lambda input_shape: nabi.Sequential([Input(input_shape), Dense(4)])).fit(x, y)


def test_scikit_learns_own_tools():
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipe = make_pipeline(StandardScaler(), quick(epochs=6))
    assert cross_val_score(pipe, X * 1000, NAMES, cv=2).min() > 0.8
    grid = {"model__units": [1, 12], "optimizer__learning_rate": [1e-6, 0.03]}
    search = GridSearchCV(quick(epochs=6), grid, cv=2).fit(X, NAMES)
    assert search.best_params_ == {"model__units": 12, "optimizer__learning_rate": 0.03} and search.best_score_ > 0.8
    assert len(search.best_estimator_.model_.layers[0].get_weights()[1]) == 12
    copy = clone(quick(model__units=5).fit(X, Y))
    assert copy.get_params()["model__units"] == 5 and not hasattr(copy, "model_")
    assert repr(Classifier(epochs=3, model__hidden=(4,))) == "Classifier(epochs=3, model__hidden=(4,))"


REFUSED = [
    (lambda: Classifier(epoch=3), "Classifier(epoch): expected a parameter that it has, got 'epoch'. Did you mean 'epochs'?"),
    (lambda: quick(model__unit=3), "Classifier(model__unit): expected an argument of the build function, got 'unit'. Did you"),
    (lambda: quick(nabi.Sequential([Dense(3)]), model__units=3), "(model__units): expected a build function as model, got a"),
    (lambda: quick(lambda: 3), "Classifier(model): expected a model, or a function that returns one, got 3."),
    (lambda: quick(model__outputs=5), "Classifier(model): expected a model with 3 units at its end, one a class, got (5,)."),
    (lambda: quick(optimizer__learning_rat=3), "learning_rat"), (lambda: quick(fit__epoch=3), "fit(epoch"),
    (lambda: quick(loss="crossentropy"), "crossentropy"), (lambda: quick(epochs=0.5), "epochs"),
]  # fmt: skip


@pytest.mark.parametrize("make, says", REFUSED)
def test_parameters_that_cannot_be_meant(make, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        make().fit(X, Y)


def test_data_that_cannot_be_meant():
    for labels, says in ((Y * 0, "labels of at least two classes, got one class"), (X[:, 0], "continuous"), (Y[:5], "samples")):
        with pytest.raises(ValueError, match=says):
            quick().fit(X, labels)
    with pytest.raises(ValueError, match="NaN"):
        quick().fit(X * np.nan, Y)


def test_a_sample_of_check_estimator():
    """All of it: `test_sklearn_checks.py`."""
    from sklearn.utils import estimator_checks as checks

    for name in ("check_parameters_default_constructible", "check_no_attributes_set_in_init", "check_get_params_invariance",
                 "check_do_not_raise_errors_in_init_or_set_params", "check_estimators_pickle", "check_n_features_in",
                 "check_methods_subset_invariance", "check_estimators_unfitted", "check_dict_unchanged", "check_fit1d"):
        for estimator in (Classifier(epochs=2), Regressor(epochs=2)):
            getattr(checks, name)(type(estimator).__name__, estimator)


def test_scikit_learn_is_imported_in_few_places_and_its_absence_is_told(monkeypatch):
    """Here, for t-SNE, and while nabi plays Keras for scripts that import it themselves."""
    named = re.compile(r"^\s*(from|import) sklearn", re.MULTILINE)
    users = {path.relative_to(SOURCE).parts[1] for path in SOURCE.rglob("*.py") if named.search(path.read_text("utf-8"))}
    assert users == {"as_keras", "explain", "sklearn"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StateError, match=re.escape('scikit-learn, got none installed. Install it: pip install "nabi[sklearn]".')):
        importlib.reload(nabi.sklearn)
