"""Losses: what training makes small. Each is a class (`MeanSquaredError()`) and a function per sample (`mean_squared_error`).

get("mse"), get(MeanSquaredError()), get({"class_name": "Huber", "config": {"delta": 2.0}}), get(my_function)
"""

from typing import Any

from nabi.core import pieces
from nabi.core.attributes import offer_nearest
from nabi.core.registry import TABLE
from nabi.core.targets import label_form
from nabi.losses.absolute import (
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    mean_absolute_error,
    mean_absolute_percentage_error,
)
from nabi.losses.binary import BinaryCrossentropy, binary_crossentropy
from nabi.losses.categorical import CategoricalCrossentropy, categorical_crossentropy
from nabi.losses.cosine import CosineSimilarity, cosine_similarity
from nabi.losses.divergence import KLDivergence, Poisson, kl_divergence, poisson
from nabi.losses.focal import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    binary_focal_crossentropy,
    categorical_focal_crossentropy,
)
from nabi.losses.generalized import CategoricalGeneralizedCrossEntropy, categorical_generalized_cross_entropy
from nabi.losses.hinge import CategoricalHinge, Hinge, SquaredHinge, categorical_hinge, hinge, squared_hinge
from nabi.losses.loss import FunctionLoss, Loss
from nabi.losses.overlap import Dice, Tversky, dice, tversky
from nabi.losses.robust import Huber, LogCosh, huber, log_cosh
from nabi.losses.sparse import SparseCategoricalCrossentropy, sparse_categorical_crossentropy
from nabi.losses.squared import (
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    mean_squared_error,
    mean_squared_logarithmic_error,
)

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "FunctionLoss",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "cosine_similarity",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "resolve",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]

offer_nearest(__name__, __all__)

CROSSENTROPIES = {
    "binary": "binary_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
    "categorical": "categorical_crossentropy",
}
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh


def get(identifier: Any) -> Loss | None:
    """The Loss that a name, configuration, class, object or function means; None stays None.

    A function from this package gives its class; any other function `fn(y_true, y_pred)` gives a FunctionLoss.

    Example:
        >>> get("mse"), get(binary_crossentropy), get({"class_name": "Huber", "config": {"delta": 2.0}})
        (MeanSquaredError(), BinaryCrossentropy(), Huber(delta=2.0))

    Keras returns the plain function for a name in snake_case. Raises UnknownName, ArgumentError.
    """
    if identifier is None:
        return None
    name = getattr(identifier, "__name__", "")
    if name in __all__ and globals()[name] is identifier:
        identifier = name
    found = pieces.get("loss", identifier)
    return found if isinstance(found, Loss) else FunctionLoss(found)


def resolve(identifier: Any, y_true_shape: tuple, y_pred_shape: tuple) -> Loss | None:
    """As `get`, and "crossentropy" or "ce" gives the form that fits the shapes (with batch axis), as Keras chooses it.

    Example:
        >>> resolve("ce", (None,), (None, 10))
        SparseCategoricalCrossentropy()
    """
    if isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce"):
        identifier = CROSSENTROPIES[label_form(y_true_shape, y_pred_shape)]
    return get(identifier)


def serialize(loss: Any) -> Any:
    """What `get` reads back: `{"class_name", "config"}`, or the name of a registered function.

    Example:
        >>> serialize(Huber(2.0))["config"]
        {'delta': 2.0, 'reduction': 'sum_over_batch_size', 'name': 'huber_loss'}

    Raises ArgumentError for a class or function that is not registered.
    """
    if isinstance(loss, FunctionLoss):
        loss = loss.fn
    return loss if isinstance(loss, str) and loss in TABLE["loss"] else pieces.serialize("loss", loss)
