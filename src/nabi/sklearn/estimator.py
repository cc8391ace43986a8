"""Estimator: what Classifier and Regressor share: parameters, a fresh or an old network, training, predicting.

    fit          a fresh network from `model`, seeded by `random_state`, trained for `epochs`
    partial_fit  one epoch more with the network that is there
    warm_start   fit goes on with the network that is there
"""

import contextlib
import copy
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from nabi.core.errors import ArgumentError, Unwritten
from nabi.core.random import seeded
from nabi.models import Model
from nabi.sklearn.network import dense_net
from nabi.sklearn.routing import PREFIXES, built, check_routes, chosen_optimizer, extras, routed


class Estimator(BaseEstimator):
    """Base of the two; how labels become targets and outputs become answers is theirs."""

    model: Any
    epochs: int
    batch_size: int | None
    optimizer: Any
    loss: Any
    metrics: Any
    verbose: Any
    callbacks: Any
    validation_split: float
    shuffle: bool
    random_state: Any
    warm_start: bool
    model_: Model

    # Parameters -----------------------------------------------------------------------------------------------------------

    def get_params(self, deep=True):
        """The constructor's parameters and those with a prefix."""
        return super().get_params(deep) | extras(self)

    def set_params(self, **params) -> Self:
        """Changes parameters; `model__units=64` is new or replaced."""
        beyond = {name: value for name, value in params.items() if name in extras(self) or name.startswith(PREFIXES)}
        super().set_params(**{name: value for name, value in params.items() if name not in beyond})
        vars(self).update(beyond)
        return self

    # Learning -------------------------------------------------------------------------------------------------------------

    def learn(self, X, y, sample_weight, epochs: int, anew: bool, **options) -> Self:
        """Trains on targets that are made already, from fresh weights or from those that are there."""
        check_routes(self)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        if anew:
            self.model_ = self.fresh_model(X, y)
            self.history_: dict[str, list] = {}
        given = {"batch_size": self.batch_size, "epochs": epochs, "verbose": self.verbose, "shuffle": self.shuffle,
                 "callbacks": copy.deepcopy(self.callbacks), "sample_weight": sample_weight} | options | routed(self, "fit__")
        history = self.model_.fit(X, self.targets(y), **given)
        for name, values in history.history.items():
            self.history_.setdefault(name, []).extend(values)
        return self

    def fresh_model(self, X, y) -> Model:
        """A network with weights of its own, compiled."""
        name = type(self).__name__
        with contextlib.nullcontext() if self.random_state is None else seeded(self.seed()):
            if isinstance(self.model, Model):
                if own := routed(self, "model__"):
                    raise ArgumentError(f"{name}(model__{next(iter(own))})", "a build function as model", "a model",
                                        "Give a function that makes the model of these arguments.")
                model = type(self.model).from_config(self.model.get_config())
            else:
                offered = {"X": X, "y": y, "input_shape": X.shape[1:], **self.sizes(y)}
                model = built(name, dense_net if self.model is None else self.model, offered, routed(self, "model__"))
            if not isinstance(model, Model):
                raise ArgumentError(f"{name}(model)", "a model, or a function that returns one", repr(model))
            if model.graph is None:
                model.build((None, *X.shape[1:]))
            self.check_outputs(model, y)
            compiled = self.model if isinstance(self.model, Model) else model
            settings = {} if compiled.trainer is None else compiled.trainer.settings
            optimizer = self.optimizer or compiled.optimizer or "adam"
            loss = self.loss if self.loss is not None else settings.get("loss") or self.fitting_loss(model)
            metrics = self.metrics if self.metrics is not None else settings.get("metrics")
            others = {word: settings[word] for word in ("loss_weights", "weighted_metrics", "precision") if word in settings}
            optimizer = chosen_optimizer(optimizer, routed(self, "optimizer__"))
            model.compile(optimizer, loss, metrics=copy.deepcopy(metrics), **others)
            _ = model.counters.seed  # drawn here, from the estimator's seed
        return model

    def seed(self) -> int:
        """The number that `random_state` means."""
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def checked(self, X, reset: bool = False, **options) -> Any:
        """X, or X and y, as arrays of finite numbers; the number and the names of features are kept or compared."""
        return validate_data(self, X, allow_nd=True, reset=reset, **options)

    def outputs(self, X) -> np.ndarray:
        """What the network makes of X: (samples, units)."""
        check_is_fitted(self)
        quiet: Any = 0
        return np.asarray(self.model_.predict(self.checked(X), verbose=quiet))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    # What differs ---------------------------------------------------------------------------------------------------------

    def sizes(self, y) -> dict[str, Any]:
        """What a build function may ask for besides X, y and input_shape."""
        raise Unwritten(self, "sizes(self, y)")

    def check_outputs(self, model: Model, y) -> None:
        """Holds the number of output units against y."""
        raise Unwritten(self, "check_outputs(self, model, y)")

    def fitting_loss(self, model: Model) -> Any:
        """The loss for a network that was not compiled."""
        raise Unwritten(self, "fitting_loss(self, model)")

    def targets(self, y) -> np.ndarray:
        """y in the form that the loss takes."""
        raise Unwritten(self, "targets(self, y)")
