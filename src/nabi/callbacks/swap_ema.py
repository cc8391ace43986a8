"""SwapEMAWeights: look at the running averages of the weights while training goes on with the weights themselves.

    training       w                                     e = ema_momentum e + (1 - ema_momentum) w   after every step
    evaluation     e in w's place, w in e's              and back again afterwards

Source: keras.callbacks.SwapEMAWeights (Keras 3.15); Polyak & Juditsky, "Acceleration of stochastic approximation by averaging",
1992. Keras differs: with `swap_on_epoch` a fit that another callback stops early ends with the last weights, not the averages.
"""

from nabi.callbacks.callback import Callback
from nabi.core.errors import StateError
from nabi.core.numbers import flag
from nabi.core.registry import register


@register("callback")
class SwapEMAWeights(Callback):
    """Validates, evaluates and predicts with the running averages of an optimizer with use_ema=True.

    `fit` ends with the averages in any case; this callback shows them on the way: `val_loss` is theirs.

    Args:
        swap_on_epoch: keep them in place from each epoch's end to the next one's beginning, for callbacks behind this one:
            ModelCheckpoint then saves them, EarlyStopping keeps them as best weights.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((1,)), nabi.layers.Dense(1)])
        >>> model.compile(nabi.optimizers.SGD(0.5, use_ema=True), "mse")
        >>> model.fit([[1.0], [3.0]], [[2.0], [6.0]], callbacks=[SwapEMAWeights()], verbose=0).epoch
        [0]

    Raises:
        StateError: the optimizer keeps no averages, or has not made a step.
    """

    def __init__(self, swap_on_epoch: bool = False):
        self.swap_on_epoch = flag("SwapEMAWeights(swap_on_epoch)", swap_on_epoch)
        self._mine = False  # whether this evaluation or prediction has swapped

    def show(self, averages: bool) -> None:
        """Puts the averages, or the weights, into the model, if they are not there."""
        if self.model.optimizer.averaged != averages:
            self.model.optimizer.swap_averages(self.model.trainer.ready().spans)

    def require(self) -> None:
        """Raises StateError unless the model learns by an optimizer that keeps averages."""
        optimizer = self.model.optimizer
        if not (optimizer and optimizer.use_ema):
            raise StateError("SwapEMAWeights", "an optimizer with use_ema=True", repr(optimizer),
                             "Compile with, for example, optimizer=nabi.optimizers.Adam(use_ema=True).")

    def on_train_begin(self, logs=None):
        self.require()

    def on_epoch_begin(self, epoch, logs=None):
        self.show(False)

    def on_epoch_end(self, epoch, logs=None):
        if self.swap_on_epoch:
            self.show(True)

    def on_test_begin(self, logs=None):
        self.require()
        self._mine = not self.model.optimizer.averaged
        self.show(True)

    def on_test_end(self, logs=None):
        self.close()

    def on_predict_begin(self, logs=None):
        self.on_test_begin()

    def on_predict_end(self, logs=None):
        self.close()

    def close(self):
        if self._mine:
            self._mine = False
            self.show(False)
