"""Metrics: what is watched beside the loss, collected batch by batch.

resolve("accuracy", (None, 10), (None, 10))   the accuracy that fits labels and output: categorical
get("mse"), get("huber"), get(my_function)    a metric, a loss as metric, the mean of a function
"""

import inspect
from typing import Any

from nabi.core import pieces, registry
from nabi.core.attributes import offer_nearest
from nabi.core.errors import UnknownName, did_you_mean
from nabi.core.targets import label_form
from nabi.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
)
from nabi.metrics.auc import AUC
from nabi.metrics.confusion import FalseNegatives, FalsePositives, TrueNegatives, TruePositives
from nabi.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from nabi.metrics.f_score import F1Score, FBetaScore
from nabi.metrics.from_losses import LossMetric
from nabi.metrics.hinge import CategoricalHinge, Hinge, SquaredHinge
from nabi.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from nabi.metrics.metric import Mean, MeanMetricWrapper, Metric, Sum
from nabi.metrics.operating import PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity
from nabi.metrics.precision_recall import Precision, Recall
from nabi.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from nabi.metrics.r2 import R2Score
from nabi.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    RootMeanSquaredError,
)
from nabi.metrics.top_k import (
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)

__all__ = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "CategoricalAccuracy", "CategoricalCrossentropy",
    "CategoricalHinge", "ConcordanceCorrelation", "CosineSimilarity",
    "F1Score", "FBetaScore", "FalseNegatives", "FalsePositives", "Hinge", "IoU",
    "KLDivergence", "LogCoshError", "LossMetric", "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanIoU",
    "MeanMetricWrapper", "MeanSquaredError", "MeanSquaredLogarithmicError", "Metric", "OneHotIoU", "OneHotMeanIoU",
    "PearsonCorrelation", "Poisson",
    "Precision", "PrecisionAtRecall", "R2Score", "Recall", "RecallAtPrecision", "RootMeanSquaredError",
    "SensitivityAtSpecificity", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity", "SquaredHinge", "Sum", "TopKCategoricalAccuracy", "TrueNegatives", "TruePositives",
    "accuracy", "binary_accuracy", "categorical_accuracy", "concordance_correlation", "get", "pearson_correlation", "resolve",
    "serialize", "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy",
]

offer_nearest(__name__, __all__)

FORMS = {
    "accuracy": {
        "binary": "binary_accuracy",
        "categorical": "categorical_accuracy",
        "sparse": "sparse_categorical_accuracy",
    },
    "crossentropy": {
        "binary": "binary_crossentropy",
        "categorical": "categorical_crossentropy",
        "sparse": "sparse_categorical_crossentropy",
    },
}
SHORT = {"acc": "accuracy", "ce": "crossentropy"}


def get(identifier: Any) -> Metric | None:
    """The Metric that a name, configuration, class, object or function means; None stays None.

    A metric keeps the name it was asked for by; the name of a loss gives that loss as a metric.

    Example:
        >>> get("mse").name, get("huber"), get(binary_accuracy)
        ('mse', LossMetric(loss='huber', name='huber'), BinaryAccuracy())

    Keras: `compile` names metrics so, its `metrics.get` alone does not. Raises UnknownName, ArgumentError.
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        found = _named(identifier)
        found.name = identifier
        return found
    name = getattr(identifier, "__name__", "")
    if inspect.isfunction(identifier) and name in __all__ and globals()[name] is identifier:
        return _named(name)
    found = pieces.get("metric", identifier)
    return found if isinstance(found, Metric) else MeanMetricWrapper(found)


def _named(name: str) -> Metric:
    """A metric by its registered name, else the loss of that name as a metric."""
    if name in registry.names("metric"):
        found = pieces.get("metric", name)
        return found if isinstance(found, Metric) else MeanMetricWrapper(found)
    if name in registry.names("loss"):
        return LossMetric(name)
    known = {*registry.names("metric"), *registry.names("loss")}
    raise UnknownName(f"metric '{name}'", "a known metric or loss", repr(name), did_you_mean(name, known))


def resolve(identifier: Any, y_true_shape: tuple, y_pred_shape: tuple) -> Metric | None:
    """As `get`, and "accuracy", "acc", "crossentropy", "ce" give the form that fits the shapes, under the name the user wrote.

    Shapes are whole, with the batch axis (or None in its place): an output of 1 is binary, labels with fewer axes than the
    output, or a last axis of 1, are class numbers, others are one-hot.

    Example:
        >>> resolve("acc", (None,), (None, 10))
        SparseCategoricalAccuracy(name='acc')
        >>> resolve("accuracy", (None, 1), (None, 1)), resolve("ce", (None, 10), (None, 10))
        (BinaryAccuracy(name='accuracy'), CategoricalCrossentropy(name='ce'))
    """
    word = identifier.lower() if isinstance(identifier, str) else ""
    forms = FORMS.get(SHORT.get(word, word))
    if forms is None:
        return get(identifier)
    found = _named(forms[label_form(y_true_shape, y_pred_shape)])
    found.name = identifier
    return found


def serialize(metric: Any) -> Any:
    """What `get` reads back: `{"class_name", "config"}`, or the name of a registered function.

    Example:
        >>> serialize(BinaryAccuracy(threshold=0.7))
        {'class_name': 'BinaryAccuracy', 'config': {'name': 'binary_accuracy', 'dtype': None, 'threshold': 0.7}}

    Raises ArgumentError for a class or function that is not registered.
    """
    if not isinstance(metric, MeanMetricWrapper):
        return pieces.serialize("metric", metric)
    fn = pieces.serialize("metric", metric.fn)
    return {"class_name": "MeanMetricWrapper", "config": {**metric.get_config(), "fn": fn}} if metric.arguments else fn
