"""Classifier: a network that scikit-learn takes for one of its classifiers.

    labels of any kind -> classes_ = the sorted different ones -> numbers 0 ... K - 1, or one-hot vectors, as the loss takes them
    predict_proba      -> (samples, K), from K units with softmax, or from one unit with sigmoid: (1 - p, p)
    predict            -> the label of the largest
"""

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from nabi.core.errors import ArgumentError, DataError, StateError
from nabi.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from nabi.sklearn.estimator import Estimator
from nabi.training.plan import last_activation


class Classifier(ClassifierMixin, Estimator):
    """A network as scikit-learn classifier.

    Args:
        model: a function that returns a model, compiled or not, or a model, of which each fit takes a copy with fresh weights;
            None takes `dense_net`. A function gets what it names of X, y (numbers of classes), input_shape (of a sample) and
            n_classes.
        epochs: passes over the data.
        batch_size: samples of one gradient; None means 32.
        optimizer, loss, metrics: for `compile`; None takes those of a compiled model, else "adam", the loss that fits the last
            layer, and no metrics.
        verbose: 0 nothing, 1 a progress bar, 2 a line an epoch.
        callbacks: callbacks; each fit takes copies.
        validation_split: share of the samples that are held out for validation, the same of every class.
        shuffle: whether samples are put in a new order every epoch.
        class_weight: {label: weight}, "balanced" or None.
        random_state: seed of weights, order and masks; None draws on from nabi's own.
        warm_start: whether `fit` goes on with the network that is there.
        routed: model__units=64 for the build function, optimizer__learning_rate=0.01, fit__validation_batch_size=64.

    Attributes:
        classes_: the labels, sorted. `model_`: the trained model. `history_`: {name: a value an epoch}.
        n_features_in_, feature_names_in_: as everywhere in scikit-learn.

    A search's n_jobs=2 costs some 3 seconds of CPU a worker before its first fit: see `nabi.sklearn`.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> X, y = load_iris(return_X_y=True)
        >>> names = np.array(["setosa", "versicolor", "virginica"])[y]
        >>> iris = Classifier(epochs=15, random_state=0, optimizer__learning_rate=0.01).fit(X, names)
        >>> iris.predict(X[:2]).tolist(), iris.score(X, names) > 0.9
        (['setosa', 'setosa'], True)
    """

    classes_: np.ndarray

    def __init__(self, model=None, *, epochs=20, batch_size=None, optimizer=None, loss=None, metrics=None, verbose=0,
                 callbacks=None, validation_split=0.0, shuffle=True, class_weight=None, random_state=None, warm_start=False,
                 **routed):
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
        self.class_weight = class_weight
        self.random_state = random_state
        self.warm_start = warm_start
        vars(self).update(routed)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Trains on X (samples, ...) and labels y (samples,), with one weight a sample if given."""
        anew = not (self.warm_start and hasattr(self, "model_"))
        X, y = self.checked(X, y=y, reset=anew)
        codes = self.coded(y, None if anew else self.classes_)
        held = {"validation_split": self.validation_split, "validation_split_mode": "stratified"}
        return self.learn(X, codes, self.weights(codes, sample_weight), self.epochs, anew, **held)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Trains one epoch more; the first call begins, and needs all `classes` if y has not all of them."""
        anew = not hasattr(self, "model_")
        X, y = self.checked(X, y=y, reset=anew)
        codes = self.coded(y, (None if classes is None else np.unique(classes)) if anew else self.classes_)
        return self.learn(X, codes, self.weights(codes, sample_weight), 1, anew)

    def predict(self, X: Any) -> np.ndarray:
        """A label for each sample: the most probable one."""
        out = self.outputs(X)
        threshold = 0.5 if self.last == "sigmoid" else 0.0
        return self.classes_[(out[:, 0] > threshold).astype(int) if out.shape[1] == 1 else out.argmax(1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of the classes, in the order of `classes_`: (samples, classes).

        Raises:
            StateError: the network's last layer gives no probabilities.
        """
        out = self.outputs(X).astype(np.float64)
        logits = getattr(self.model_.trainer.objective.losses[0], "from_logits", False)
        if self.last not in ("softmax", "sigmoid") and not logits:
            raise StateError(f"{type(self).__name__}.predict_proba", "a network that ends in softmax or sigmoid",
                             f"one that ends in {self.last or 'something else'}", "predict gives labels from any network.")
        if out.shape[1] == 1:
            p = 1 / (1 + np.exp(-out)) if logits else out
            return np.hstack([1 - p, p])
        shares = np.exp(out - out.max(1, keepdims=True)) if logits else out
        return shares / shares.sum(1, keepdims=True)

    # From labels to targets -----------------------------------------------------------------------------------------------

    def coded(self, y, classes: np.ndarray | None) -> np.ndarray:
        """Labels as numbers of classes; `classes_` are those of y, or the given ones, among which they must be."""
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        found, codes = np.unique(y, return_inverse=True)
        self.classes_ = found if classes is None else classes
        if new := np.setdiff1d(found, self.classes_).tolist():
            raise DataError(f"{type(self).__name__}: y", f"labels of the known classes {self.classes_.tolist()}", repr(new[0]),
                            "Give all of them to the first call: partial_fit(X, y, classes=...).")
        if len(self.classes_) < 2:
            raise DataError(f"{type(self).__name__}: y", "labels of at least two classes", f"one class, {self.classes_[0]!r}")
        return codes if classes is None else np.searchsorted(self.classes_, y)

    def weights(self, codes: np.ndarray, sample_weight: Any) -> Any:
        """One weight a sample, from the samples' own and those of their classes; None if there are none."""
        if self.class_weight is None:
            return sample_weight
        by_class = compute_sample_weight(self.class_weight, self.classes_[codes])
        return by_class if sample_weight is None else by_class * np.asarray(sample_weight)

    def sizes(self, y) -> dict[str, Any]:
        """How many classes there are."""
        return {"n_classes": len(self.classes_)}

    def check_outputs(self, model, y) -> None:
        """One output of K units, or of one unit for two classes."""
        shapes, K = [symbol.shape[1:] for symbol in model.outputs], len(self.classes_)
        if shapes != [(K,)] and (shapes != [(1,)] or K != 2):
            raise ArgumentError(f"{type(self).__name__}(model)", f"a model with {K} units at its end, one a class"
                                + (", or one unit" if K == 2 else ""), " and ".join(str(shape) for shape in shapes),
                                "A build function may take n_classes.")

    def fitting_loss(self, model) -> Any:
        """Cross-entropy of probabilities or of logits, binary for a single unit or for sigmoids."""
        last, single = last_activation(model.require_graph(), 0), model.outputs[0].shape[-1] == 1
        kind = BinaryCrossentropy if single or last == "sigmoid" else SparseCategoricalCrossentropy
        return kind(from_logits=last not in ("softmax", "sigmoid"))

    def targets(self, y) -> np.ndarray:
        """Numbers of classes for a sparse loss, a column of 0 and 1 for one unit, else one-hot vectors."""
        if isinstance(self.model_.trainer.objective.losses[0], SparseCategoricalCrossentropy):
            return y
        return y.astype(np.float32)[:, None] if self.model_.outputs[0].shape[-1] == 1 else np.eye(len(self.classes_))[y]

    @property
    def last(self) -> str | None:
        """The activation at the network's end."""
        return last_activation(self.model_.require_graph(), 0)
