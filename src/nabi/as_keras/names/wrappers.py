"""Wrappers: KerasClassifier and KerasRegressor of Keras 1 and 2 and of scikeras: a function that builds a model, as an estimator.

    KerasClassifier(build_fn=make, epochs=10, batch_size=5)          Keras 1 and 2
    KerasClassifier(model=make, epochs=10, model__units=8)           scikeras

Parameters go to the function that builds the model, or to `fit` and `predict`, by their names. They work in scikit-learn's
pipelines, cross-validation and searches.
Source: keras/wrappers/scikit_learn.py of Keras 2; scikeras/wrappers.py.
"""

import copy
from inspect import signature
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from nabi.as_keras.dressing import old
from nabi.as_keras.names import workers
from nabi.core.errors import ArgumentError, StateError
from nabi.models import Model
from nabi.utils import set_random_seed, to_categorical

__all__ = ["BaseWrapper", "KerasClassifier", "KerasRegressor"]
OF_FIT = {*signature(Model.fit).parameters, *old.FIT} - {"self", "x", "y"}
OF_PREDICT = {"batch_size", "verbose", "steps"}
COMPILED = ("optimizer", "loss", "metrics", "loss_weights", "weighted_metrics")


class BaseWrapper(BaseEstimator):
    """What both have: parameters, building, fitting.

    Args:
        build_fn: a function that gives a compiled model, or an object with such a `__call__`; None where the class has one.
        model: scikeras' name of it; a model itself is copied.
        sk_params: parameters of that function, of `compile`, `fit` and `predict`.
    """

    model_: Any

    def __init__(self, build_fn: Any = None, model: Any = None, **sk_params: Any):
        self.build_fn, self.sk_params = build_fn, sk_params
        if model is not None:
            self.sk_params = {"model": model, **sk_params}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All parameters."""
        return {**self.sk_params, **({} if self.build_fn is None else {"build_fn": self.build_fn})}

    def set_params(self, **params: Any) -> Self:
        """Changes or adds parameters."""
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.sk_params = {**self.sk_params, **params}
        return self

    def __getattr__(self, name: str) -> Any:
        params = self.__dict__.get("sk_params", {})
        if name == "model" and "model_" in self.__dict__:  # Keras 2's name of the trained model
            return self.model_
        if name in ("history", "epoch", "params") and "fitted" in self.__dict__:  # Keras 2's fit gave the History
            return getattr(self.fitted, name)
        if name in params:
            return params[name]
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    def __reduce__(self):
        return revived, (type(self), workers.conditions()), (self.__getstate__(), *learned(self.__dict__.get("model_")))

    def __setstate__(self, state: Any) -> None:
        given, calls, memory = state
        super().__setstate__(given)
        model: Any = self.__dict__.get("model_")
        optimizer = getattr(model, "optimizer", None)
        if optimizer is not None and calls:  # a pickled model has a fresh one: it goes on where this one stood
            optimizer.calls = calls
            optimizer.remembered.update(zip(model.trainable_weights, memory, strict=True))

    def built(self, meta: dict[str, Any]) -> Model:
        """A new model.

        Raises ArgumentError: there is nothing that builds one.
        """
        make = self.sk_params.get("model") or self.build_fn or vars(type(self)).get("__call__")
        if isinstance(make, Model):
            return copied(make)
        if make is None:
            raise ArgumentError(f"{type(self).__name__}(build_fn)", "a function that gives a model", "None")
        names = signature(make).parameters
        given = {word.removeprefix("model__"): value for word, value in self.sk_params.items()}
        known = {word: given[word] for word in names if word in given and word != "model"}
        known |= {"meta": meta} if "meta" in names else {}
        model = make(self, **known) if make is vars(type(self)).get("__call__") else make(**known)
        if not isinstance(model, Model):
            raise ArgumentError(f"{type(self).__name__}(build_fn)", "a function that gives a model", repr(model))
        return model

    def fit(self, x: Any, y: Any, sample_weight: Any = None, **options: Any) -> Any:
        """Builds a model and trains it; Keras 2 gave its History, here the estimator, which answers as one: `.history`."""
        if self.sk_params.get("random_state") is not None:
            set_random_seed(int(self.sk_params["random_state"]))
        warm = self.sk_params.get("warm_start") and "model_" in self.__dict__
        targets = self.targets(y)
        x = np.asarray(x)
        if not warm:
            self.n_features_in_ = x.shape[-1]
            self.model_ = self.built({"n_features_in_": x.shape[-1], "X_shape_": x.shape, **self.meta()})
            self.compile_it()
        targets = self.shaped(targets)
        given = {word.removeprefix("fit__"): value for word, value in self.sk_params.items()
                 if word.removeprefix("fit__") in OF_FIT}
        if sample_weight is not None:
            given["sample_weight"] = sample_weight
        self.fitted = self.model_.fit(x, targets, **{**given, **options})
        self.history_ = self.fitted.history
        return self

    def partial_fit(self, x: Any, y: Any, sample_weight: Any = None, **options: Any) -> Any:
        """One more epoch of the model there is; the first call builds it."""
        given, self.sk_params = self.sk_params, {**self.sk_params, "warm_start": True}
        try:
            return self.fit(x, y, sample_weight, **{"epochs": 1, **options})
        finally:
            self.sk_params = given

    def compile_it(self) -> None:
        """Compiles a model that is not compiled, or anew with what was given."""
        given = {word: copy.deepcopy(self.sk_params[word]) for word in COMPILED if self.sk_params.get(word) is not None}
        of = {word.partition("__")[2]: value for word, value in self.sk_params.items() if word.startswith("optimizer__")}
        if given.get("optimizer") is not None and (of or isinstance(given["optimizer"], type)):
            from nabi.optimizers import get

            kind = given["optimizer"] if isinstance(given["optimizer"], type) else type(get(given["optimizer"]))
            given["optimizer"] = kind(**of)
        if self.model_.compiled and (not given or "model" not in self.sk_params):  # Keras 2's build_fn has compiled it
            return
        if self.model_.compiled and "loss" not in given:
            given["loss"] = self.model_.loss
        if "loss" not in given:
            given["loss"] = self.usual_loss()
        self.model_.compile(**given)

    def outputs(self, x: Any, **options: Any) -> np.ndarray:
        """What the model makes of x.

        Raises StateError before `fit`.
        """
        trained = self.__dict__.get("model_", self.__dict__.get("model"))  # the second: by a subclass's own fit, as in Keras 2
        if trained is None:
            raise StateError(f"{type(self).__name__}.predict", "a call after fit", "one before it")
        given = {word: value for word, value in self.sk_params.items() if word in OF_PREDICT}
        return np.asarray(trained.predict(np.asarray(x), **{"verbose": 0, **given, **options}))

    def meta(self) -> dict[str, Any]:
        """What a function that builds a model may ask for."""
        return {}

    def targets(self, y: Any) -> np.ndarray:
        """y as an array of numbers."""
        return np.asarray(y)

    def shaped(self, y: np.ndarray) -> np.ndarray:
        """y as the loss takes it."""
        return y

    def usual_loss(self) -> Any:
        """The loss of a model that was not compiled."""
        return "mse"


def learned(model: Model | None) -> tuple[int, list[dict[str, Any]]]:
    """What a model's optimizer has learned: its steps, and its numbers of each weight; (0, []) where there is nothing."""
    optimizer = getattr(model, "optimizer", None)
    remembered = getattr(optimizer, "remembered", {})
    if model is None or optimizer is None or any(w not in remembered for w in model.trainable_weights):
        return 0, []
    return optimizer.calls, [{name: vector.detach().clone() for name, vector in remembered[w].items()}
                             for w in model.trainable_weights]


def revived(kind: type, conditions: workers.Conditions | None) -> BaseWrapper:
    """An empty estimator out of a pickle, in a worker that trains under the conditions of the process that sent it."""
    workers.take(conditions)
    return object.__new__(kind)


def copied(model: Model) -> Model:
    """A fresh model like this one, compiled alike."""
    twin = type(model).from_config(model.get_config())
    config = model.get_compile_config()
    if config is not None:
        twin.compile_from_config(config)
    return twin


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A model as a classifier; labels may be anything that can be sorted, or one-hot rows."""

    def meta(self):
        return {"n_classes_": len(self.classes_), "classes_": self.classes_, "n_outputs_expected_": 1, "n_outputs_": 1,
                "target_type_": "binary" if len(self.classes_) == 2 else "multiclass"}

    def targets(self, y):
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
            self.one_hot = True
            return y
        self.one_hot = False
        self.classes_, numbers = np.unique(y.reshape(-1), return_inverse=True)
        self.n_classes_ = len(self.classes_)
        return numbers

    def shaped(self, y):
        loss = self.model_.loss
        name = str(loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", ""))
        return to_categorical(y, len(self.classes_)) if name == "categorical_crossentropy" and y.ndim == 1 else y

    def usual_loss(self):
        width = self.model_.outputs[0].shape[-1]
        return "binary_crossentropy" if width == 1 else "sparse_categorical_crossentropy"

    def predict(self, x: Any, **options: Any) -> np.ndarray:
        """The likeliest class of each sample."""
        made = self.outputs(x, **options)
        numbers = made.argmax(-1) if made.shape[-1] > 1 else (made > 0.5).astype(int).reshape(-1)
        if self.__dict__.get("one_hot") and "model" in self.sk_params:
            return to_categorical(numbers, len(self.classes_))
        return self.classes_[numbers]

    def predict_proba(self, x: Any, **options: Any) -> np.ndarray:
        """Probabilities of the classes, one column each."""
        made = self.outputs(x, **options)
        return np.hstack([1 - made, made]) if made.shape[-1] == 1 else made

    def score(self, x: Any, y: Any, sample_weight: Any = None, **options: Any) -> float:  # type: ignore[override]
        """The share of right answers."""
        true, made = np.asarray(y), self.predict(x)
        if made.ndim == 2:
            made = made.argmax(-1)
        right = made == (true.argmax(-1) if true.ndim == 2 and true.shape[1] > 1 else true.reshape(-1))
        return float(np.average(right, weights=sample_weight))


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A model as a regressor."""

    def predict(self, x: Any, **options: Any) -> np.ndarray:
        """The number, or numbers, of each sample."""
        made = self.outputs(x, **options)
        return made.squeeze(-1) if made.shape[-1] == 1 else made

    def score(self, x: Any, y: Any, sample_weight: Any = None, **options: Any) -> float:  # type: ignore[override]
        """Keras 2: minus the loss; with `model=...`, as in scikeras: R^2."""
        if "model" in self.sk_params:
            return float(super().score(x, y, sample_weight))
        trained: Any = self.__dict__.get("model_", self.__dict__.get("model"))
        found = trained.evaluate(np.asarray(x), np.asarray(y), sample_weight=sample_weight, verbose=0)
        return -float(found[0] if isinstance(found, list) else found)
