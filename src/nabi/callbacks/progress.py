"""Progress: what a user sees while a model trains, evaluates or predicts.

    Precision: float32
    Epoch 3/12
    20/20 ━━━━━━━━━━━━━━━━━━━━ 1s 41ms/step - accuracy: 0.9712 - loss: 0.0934 - val_accuracy: 0.9740 - val_loss: 0.0840

Time left = (steps - step) * time a step; the first step, which compiles and warms up, does not count if there are others.
Source: keras.callbacks.ProgbarLogger. Keras differs: its ms/step at the epoch's end includes the validation, and an epoch that is
cut short shows all its steps.
"""

import math
import time
from typing import Any, TextIO

from nabi.callbacks.callback import Callback
from nabi.callbacks.progress_screens import INTERVAL, Screen, screen
from nabi.callbacks.progress_text import WORDS, View, number, precision
from nabi.core.errors import ArgumentError
from nabi.core.language import say
from nabi.core.registry import register


@register("callback")
class Progress(Callback):
    """Shows the run on a terminal, in a notebook cell or as plain lines; reads the metrics at most ten times a second.

    `params["steps"]` gives the number of steps (None: unknown), `params["epochs"]` that of epochs, and `params["batch_size"]`
    (with `params["samples"]`, for the last batch, which may be smaller) the images a second, if it is there.

    Args:
        mode: 0 nothing; 1 a bar in a terminal or notebook, else lines; 2 one line an epoch; "auto": 1 if interactive, else 2.
        stream: where to write; None is standard output, or the notebook's cell.

    Example:
        >>> import sys
        >>> progress = Progress(mode=2, stream=sys.stdout)
        >>> progress.set_params({"epochs": 2, "steps": 1})
        >>> progress.on_train_begin()
        >>> progress.on_epoch_begin(0)
        >>> progress.on_train_batch_end(0, {"loss": 0.5})
        >>> progress.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.6})        # doctest: +ELLIPSIS
        Epoch 1/2 - 1/1 - 0s - ...s/step - loss: 0.5000 - val_loss: 0.6000

    Raises:
        ArgumentError: another mode.
    """

    def __init__(self, mode: Any = "auto", stream: TextIO | None = None):
        if mode not in ("auto", 0, 1, 2):
            raise ArgumentError("verbose", "'auto', 0, 1 or 2", repr(mode), "0 is silent, 1 a bar, 2 one line an epoch.")
        if not (stream is None or hasattr(stream, "write")):
            raise ArgumentError(f"{type(self).__name__}(stream)", "an open text file, or None for the terminal", repr(stream))
        self.mode = mode
        self.stream = stream
        self._screen = Screen()
        self._in_fit = False
        self._drawn_at = -INTERVAL
        self._view: View | None = None  # the bar that is open
        self._steps: int | None = None
        self._logs: Any = None
        self._started = self._first_end = self._last_end = 0.0
        self._first_step = 1
        self._counted: dict[str, Any] = {}  # how a View counts, if not in steps

    def set_params(self, params):
        super().set_params(params)
        self._steps = params.get("steps") if params else None

    def tell(self, text: str) -> None:  # type: ignore[override]
        """Prints a line; an open bar steps aside."""
        if type(self._screen) is Screen:
            print(text, file=self.stream)
        else:
            self._screen.tell(text)

    def on_train_begin(self, logs=None):
        self._in_fit = True
        self._screen = screen(self.mode, self.stream)
        if name := (self.params or {}).get("precision"):
            self._screen.tell(precision(name))

    def on_epoch_begin(self, epoch, logs=None):
        epochs = (self.params or {}).get("epochs") or 1
        self._open(say(WORDS, "epoch", n=epoch + 1, epochs=epochs) if epochs > 1 else "")

    def on_train_batch_end(self, batch, logs=None):
        self._step(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._finish(logs)

    def on_train_end(self, logs=None):
        self.close()
        self._in_fit = False

    def on_test_begin(self, logs=None):
        if self._in_fit:
            self._logs = None  # the running metrics now are the validation's
        else:
            self._screen = screen(self.mode, self.stream)
            self._open("")

    def on_test_batch_end(self, batch, logs=None):
        if not self._in_fit:
            self._step(batch, logs)
        elif self._view is not None and self._screen.live and time.perf_counter() - self._drawn_at >= INTERVAL:
            self._view.note = say(WORDS, "validation", n=batch + 1)
            self._draw()

    def on_test_end(self, logs=None):
        if not self._in_fit:
            self._finish(logs)
            self._screen.close()

    def on_predict_begin(self, logs=None):
        self._screen = screen(self.mode, self.stream)
        self._open("")

    def on_predict_batch_end(self, batch, logs=None):
        self._step(batch, None)

    def on_predict_end(self, logs=None):
        self._finish(None)
        self._screen.close()

    def close(self):
        """Leaves an unfinished bar standing with its last state; a line that has nothing to say is not written."""
        if self._view is not None and self._view.step == 0 and not self._screen.live:
            self._view = None
        self._finish(self._logs)
        self._screen.close()

    def _open(self, title: str) -> None:
        self._view = View(title, steps=self._steps, pictures=sees_pictures(self.model), **self._counted)
        self._logs = None
        self._started = self._first_end = self._last_end = time.perf_counter()
        self._screen.open(title)
        if self._screen.live and self._started - self._drawn_at >= INTERVAL:
            self._draw()

    def _step(self, batch: int, logs: Any) -> None:
        """After each step: remember where and when; look at the metrics and draw only if it is time."""
        view = self._view
        if view is None:
            return
        self._logs = logs
        self._last_end = time.perf_counter()
        if view.step == 0:
            self._first_end, self._first_step = self._last_end, batch + 1  # not 1 where a run is resumed within an epoch
        view.step = batch + 1
        if self._screen.live and self._last_end - self._drawn_at >= INTERVAL:
            self._draw()

    def _finish(self, logs: Any) -> None:
        if self._view is None:
            return
        self._update(logs)
        self._view.steps = self._view.steps or self._view.step or None
        self._screen.finish(self._view)
        self._drawn_at = time.perf_counter()
        if self._steps is None and self._view.step > 0:
            self._steps = self._view.step  # the next epoch is as long
        self._view = None

    def _draw(self) -> None:
        if self._view is not None:
            self._update(self._logs)
            self._screen.draw(self._view)
            self._drawn_at = time.perf_counter()

    def _update(self, logs: Any) -> None:
        """Fills the view with times and metrics."""
        view, now = self._view, time.perf_counter()
        if view is None:
            return
        if view.steps is not None and view.step > view.steps:  # more steps than announced
            view.steps = None
        timed = view.step - self._first_step
        if timed > 0:
            view.step_seconds = (self._last_end - self._first_end) / timed
        elif view.step > 0:
            view.step_seconds = self._first_end - self._started
        view.images_per_second = self._images_a_second(view)
        view.elapsed = now - self._started
        to_go = (view.steps or 0) - view.step
        view.left = to_go * view.step_seconds if to_go > 0 and view.step > 0 else None
        if logs is not None:
            view.values = [(name, number(logs[name])) for name in logs]

    def _images_a_second(self, view: View) -> float | None:
        """Images of the timed steps over their time; of all steps, where but one that may hold fewer is timed."""
        size, samples = map((self.params or {}).get, ("batch_size", "samples"))
        if not size or view.step == 0:
            return None
        least = 2 if self._first_step == 1 and view.step * size > (samples or math.inf) else 1
        timed = view.step - self._first_step >= least
        begin, first = (self._first_end, self._first_step) if timed else (self._started, self._first_step - 1)
        once = samples and view.step <= math.ceil(samples / size)  # else the data come again and again
        images = min(view.step * size, samples if once else math.inf) - first * size
        return images / (self._last_end - begin) if self._last_end > begin else None


def sees_pictures(model: Any) -> bool:
    """Whether a model takes maps (height, width, channels); also where that is not known."""
    if not getattr(model, "built", False) or getattr(model, "written", True):
        return True
    return any(len(symbol.shape) > 3 for symbol in model.inputs)
