"""Regressor: a network that scikit-learn takes for one of its regressors.

    y: (samples,) or (samples, targets) -> one unit a target, mean squared error -> predictions of y's shape
"""

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from nabi.core.errors import ArgumentError
from nabi.losses import MeanSquaredError
from nabi.sklearn.estimator import Estimator


class Regressor(RegressorMixin, Estimator):
    """A network as scikit-learn regressor.

    Args:
        model: a function that returns a model, compiled or not, or a model, of which each fit takes a copy with fresh weights;
            None takes `dense_net`. A function gets what it names of X, y (samples, targets), input_shape (of a sample) and
            n_outputs.
        epochs: passes over the data.
        batch_size: samples of one gradient; None means 32.
        optimizer, loss, metrics: for `compile`; None takes those of a compiled model, else "adam", the mean squared error, and
            no metrics.
        verbose: 0 nothing, 1 a progress bar, 2 a line an epoch.
        callbacks: callbacks; each fit takes copies.
        validation_split: share of the samples, the last ones, that are held out for validation.
        shuffle: whether samples are put in a new order every epoch.
        random_state: seed of weights, order and masks; None draws on from nabi's own.
        warm_start: whether `fit` goes on with the network that is there.
        routed: model__units=64 for the build function, optimizer__learning_rate=0.01, fit__validation_batch_size=64.

    Attributes:
        model_: the trained model. `history_`: {name: a value an epoch}.
        n_features_in_, feature_names_in_: as everywhere in scikit-learn.

    A search's n_jobs=2 costs some 3 seconds of CPU a worker before its first fit: see `nabi.sklearn`.

    Example:
        >>> X = np.linspace(0, 3, 200)[:, None]
        >>> wave = Regressor(epochs=60, random_state=0, optimizer__learning_rate=0.01).fit(X, 1000 * np.sin(X[:, 0]))
        >>> wave.predict(X).shape, wave.score(X, 1000 * np.sin(X[:, 0])) > 0.95
        ((200,), True)
    """

    def __init__(self, model=None, *, epochs=20, batch_size=None, optimizer=None, loss=None, metrics=None, verbose=0,
                 callbacks=None, validation_split=0.0, shuffle=True, random_state=None, warm_start=False, **routed):
        self.model = model
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.verbose = verbose
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.shuffle = shuffle
        self.random_state = random_state
        self.warm_start = warm_start
        vars(self).update(routed)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Trains on X (samples, ...) and y (samples,) or (samples, targets), with one weight a sample if given."""
        anew = not (self.warm_start and hasattr(self, "model_"))
        return self.learn(*self.pair(X, y, anew), sample_weight, self.epochs, anew, validation_split=self.validation_split)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Trains one epoch more; the first call begins."""
        anew = not hasattr(self, "model_")
        return self.learn(*self.pair(X, y, anew), sample_weight, 1, anew)

    def predict(self, X: Any) -> np.ndarray:
        """A number for each sample, or a row of them if y had rows."""
        out = self.outputs(X).astype(np.float64)
        return out[:, 0] if self.flat_ else out

    def pair(self, X, y, anew: bool) -> tuple[np.ndarray, np.ndarray]:
        """X and y as arrays, y as (samples, targets)."""
        X, y = self.checked(X, y=y, reset=anew, multi_output=True, y_numeric=True)
        self.flat_ = y.ndim == 1
        return X, y[:, None] if self.flat_ else y

    def sizes(self, y) -> dict[str, Any]:
        """How many targets there are."""
        return {"n_outputs": y.shape[1]}

    def check_outputs(self, model, y) -> None:
        """One output with a unit for each target."""
        shapes = [symbol.shape[1:] for symbol in model.outputs]
        if shapes != [y.shape[1:]]:
            raise ArgumentError(f"{type(self).__name__}(model)", f"a model with {y.shape[1]} units at its end, one a target",
                                " and ".join(str(shape) for shape in shapes), "A build function may take n_outputs.")

    def fitting_loss(self, model) -> Any:
        """The mean squared error."""
        return MeanSquaredError()

    def targets(self, y) -> np.ndarray:
        """y itself."""
        return y

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
