"""Not numbers: NaN in data, losses that overflow: Keras goes on and logs nan; so does a script here, and is told where it began.

    model.fit(x, y)          x with NaN: from the batch on that has it the weights are nan, and so are the logs
"""

from collections.abc import Callable
from functools import wraps

from nabi.as_keras.notes import note
from nabi.training import nonfinite


def going_on(method: Callable) -> Callable:
    """fit, evaluate or one of their like, which goes on where numbers are not finite."""
    learns = method.__name__ in ("fit", "train_on_batch")

    def tell(said: str) -> None:
        what = "the weights become nan with it, and nothing is learned from then on" if learns else "its numbers are nan"
        note("nan", f"{method.__name__} goes on with nan, as Keras does: {what}. {said}")

    @wraps(method)
    def call(self, *args, **options):
        with nonfinite.going_on(tell):
            return method(self, *args, **options)

    return call
