"""Optimizers: how weights move, given their gradients. Names, arguments, defaults and numbers are Keras 3's.

    direction    Momentum, NAG              step size   Adagrad, Adadelta, RMSprop
    both         Adam, AMSGrad, AdamW, Adamax, Nadam    neither   SGD    sign alone   Lion

    optimizer = nabi.optimizers.SGD(0.01, momentum=0.9, nesterov=True, clipnorm=1.0)
"""

from typing import Any

from nabi.core import pieces
from nabi.core.attributes import offer_nearest
from nabi.core.errors import ArgumentError
from nabi.core.registry import TABLE
from nabi.optimizers import schedules
from nabi.optimizers.adadelta import Adadelta
from nabi.optimizers.adagrad import Adagrad
from nabi.optimizers.adam import Adam, AdamW, AMSGrad
from nabi.optimizers.adamax import Adamax
from nabi.optimizers.lion import Lion
from nabi.optimizers.nadam import Nadam
from nabi.optimizers.optimizer import Optimizer
from nabi.optimizers.rmsprop import RMSprop
from nabi.optimizers.sgd import NAG, SGD, Momentum
from nabi.optimizers.span import Span

__all__ = ["AMSGrad", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Lion", "Momentum", "NAG", "Nadam", "Optimizer",
           "RMSprop", "SGD", "Span", "deserialize", "get", "schedules", "serialize"]

offer_nearest(__name__, __all__)


def get(identifier: Any) -> Any:
    """An optimizer by name ("adam", in any case), from {"class_name", "config"}, or itself; None stays None, as in Keras.

    Example:
        >>> get("SGD"), get({"class_name": "Adam", "config": {"learning_rate": 0.1}})
        (SGD(name='sgd'), Adam(learning_rate=0.1, name='adam'))

    Raises:
        UnknownName: no optimizer of that name is registered.
        ArgumentError: something else, such as an optimizer of torch.
    """
    if isinstance(identifier, str):
        identifier = {"class_name": identifier}
    if isinstance(identifier, dict) and str(identifier.get("class_name")).lower() in TABLE["optimizer"]:
        identifier = {**identifier, "class_name": identifier["class_name"].lower()}
    optimizer = None if identifier is None else pieces.get("optimizer", identifier)
    if not isinstance(optimizer, Optimizer | None):
        raise ArgumentError("optimizers.get", "a name, a dict with class_name and config, or an optimizer", repr(identifier),
                            "For example 'adam' or nabi.optimizers.Adam(0.001).")
    return optimizer


def serialize(optimizer: Optimizer) -> dict:
    """{"class_name", "config"} of a registered optimizer, which `get` reads.

    Example:
        >>> serialize(SGD(0.1))["class_name"]
        'SGD'
    """
    return pieces.serialize("optimizer", optimizer)


deserialize = get
