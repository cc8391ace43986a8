"""TerminateOnNaN: end the run when the loss is no longer a number.

Source: keras.callbacks.TerminateOnNaN (Keras 3.15). nabi's `fit` stops at such a loss by itself; this callback is for Keras
programs, and for `raise_error=True`.
"""

import math

from nabi.callbacks.callback import Callback
from nabi.callbacks.told import told
from nabi.core.errors import StateError
from nabi.core.numbers import flag
from nabi.core.registry import register


@register("callback")
class TerminateOnNaN(Callback):
    """Stops after the batch at which the running loss is NaN or infinite. Reads the loss at every batch.

    Args:
        raise_error: raise instead of ending the run in good order.

    Example:
        >>> from types import SimpleNamespace
        >>> guard = TerminateOnNaN()
        >>> guard.set_model(SimpleNamespace(stop_training=False))
        >>> guard.on_batch_end(7, {"loss": float("nan")})
        Batch 7: Invalid loss, terminating training
        >>> guard.model.stop_training
        True

    Raises:
        StateError: with `raise_error`, at a loss that is NaN or infinite.
    """

    def __init__(self, raise_error: bool = False):
        self.raise_error = flag("TerminateOnNaN(raise_error)", raise_error)

    def on_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise StateError(
                f"TerminateOnNaN: loss at batch {batch}", "a finite number", float(loss),
                "Try a smaller learning rate, clipnorm=1.0, and look for NaN in the data with model.check(x, y).",
            )  # fmt: skip
        self.tell(told("not finite", n=batch))
        self.model.stop_training = True
