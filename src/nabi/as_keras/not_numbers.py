"""Not numbers: NaN in data, losses that overflow: Keras goes on and logs nan; so does a script here, and is told where it began.

    model.fit(x, y)          x with NaN: the logs are nan, the weights stay as they were
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.logs import Logs
from nabi.as_keras.notes import note
from nabi.callbacks import History
from nabi.core.errors import DataError
from nabi.training.nonfinite import NonFinite

NAN = float("nan")
SAID = "expected finite numbers"


def going_on(method: Callable) -> Callable:
    """fit, evaluate or train_on_batch, whose answer is nan where numbers are not finite."""

    @wraps(method)
    def call(self, *args, **options):
        try:
            return method(self, *args, **options)
        except (NonFinite, DataError) as error:
            if not isinstance(error, NonFinite) and SAID not in str(error):
                raise
            note("nan", f"{method.__name__} goes on with nan, as Keras does. {error}")
            return answer(self, method.__name__, options)

    return call


def answer(model: Any, name: str, options: dict[str, Any]) -> Any:
    """What the method gives: nan for the loss and each metric; the History of a fit has nan for every epoch."""
    names = list(model.metrics_names)
    if name != "fit":
        values = [NAN] * len(names)
        return dict(zip(names, values, strict=True)) if options.get("return_dict") else values if len(values) > 1 else values[0]
    history = History()
    epochs = int(options.get("epochs") or options.get("nb_epoch") or 1)
    held = options.get("validation_data") is not None or options.get("validation_split")
    for one in [*names, *([f"val_{name}" for name in names] if held else [])]:
        history.history[one] = [NAN] * epochs
    history.history, history.epoch = Logs(history.history), list(range(epochs))
    model.history = history
    return history
