"""SKLearn wrappers of Keras 3: a model, or a function (X, y, **model_kwargs) that gives one, as an estimator.

    SKLearnClassifier(make, model_kwargs={"loss": "categorical_crossentropy"}, fit_kwargs={"epochs": 3})

Classes are one-hot rows for the model, as in Keras. Source: Keras 3, wrappers/sklearn_wrapper.py.
"""

from typing import Any

import numpy as np
from sklearn.base import TransformerMixin

from nabi.as_keras.names.wrappers import BaseWrapper, KerasClassifier, KerasRegressor
from nabi.models import Model
from nabi.utils import to_categorical

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]


class Newer(BaseWrapper):
    """What the three have.

    Args:
        model: the model, compiled, or the function.
        warm_start: whether `fit` goes on where it stopped.
        model_kwargs, fit_kwargs: for the function, and for `fit`.
        sk_params: as in Keras 2 and scikeras.
    """

    def __init__(self, model: Any = None, warm_start: bool = False, model_kwargs: Any = None, fit_kwargs: Any = None,
                 **sk_params: Any):
        super().__init__(model=model, warm_start=warm_start, model_kwargs=model_kwargs, fit_kwargs=fit_kwargs, **sk_params)

    def built(self, meta: dict[str, Any]) -> Model:
        """A new model."""
        make, more = self.sk_params["model"], self.sk_params.get("model_kwargs") or {}
        return super().built(meta) if isinstance(make, Model) or make is None else make(*self.seen, **more)

    def fit(self, x: Any, y: Any, sample_weight: Any = None, **options: Any) -> Any:
        """Builds a model and trains it."""
        targets = np.asarray(y)
        self.seen = np.asarray(x), targets[:, None] if targets.ndim == 1 else targets
        return super().fit(x, y, sample_weight, **{**(self.sk_params.get("fit_kwargs") or {}), **options})


class SKLearnClassifier(Newer, KerasClassifier):
    """A model as a classifier of Keras 3."""

    def targets(self, y: Any) -> np.ndarray:
        """Class numbers; the model's function is given one-hot rows."""
        numbers = super().targets(y)
        self.seen = self.seen[0], numbers if numbers.ndim == 2 else to_categorical(numbers, len(self.classes_))
        return numbers


class SKLearnRegressor(Newer, KerasRegressor):
    """A model as a regressor of Keras 3."""


class SKLearnTransformer(TransformerMixin, Newer, KerasRegressor):
    """A model whose outputs are features for what comes after it in a pipeline."""

    def fit(self, x: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> Any:
        """Trains on x and y; without y to give x again."""
        return super().fit(x, x if y is None else y, sample_weight, **options)

    def transform(self, x: Any) -> np.ndarray:
        """The model's outputs."""
        return self.outputs(x)
