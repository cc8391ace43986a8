"""When things go wrong or are stopped: errors in callbacks and generators, monitors that nobody logs, stop_training, rates."""

import threading

import numpy as np
import pytest

import nabi
from nabi import Input, Sequential, layers
from nabi.callbacks import Callback, EarlyStopping, LambdaCallback, Progress, ReduceLROnPlateau
from nabi.core.errors import UnknownName
from parity.twins import randomize

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)).astype("float32"), RNG.normal(size=(40, 1)).astype("float32")


def net(lr=0.1, **compiled):
    model = Sequential([Input((4,)), layers.Dense(5, activation="tanh"), layers.Dropout(0.2), layers.Dense(1)])
    randomize(model)
    model.counters.drawn = 1
    model.compile(nabi.optimizers.SGD(lr), "mse", precision="float32", **compiled)
    return model


class Oops(Exception):
    pass


class Raises(Callback):
    """Raises in one hook; notes what is called afterwards."""

    def __init__(self, hook):
        self.called = []
        setattr(self, hook, self.fail)

    def fail(self, *arguments, **named):
        raise Oops

    def on_train_end(self, logs=None):
        self.called.append("end")

    def close(self):
        self.called.append("close")


HOOKS = ["on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_train_batch_end", "on_test_begin", "on_test_batch_end",
         "on_test_end", "on_epoch_end"]


def usable(model) -> bool:
    """No weight is bound to a step, nothing says that a fit is running, and a fit runs."""
    idle = model.trainer.callbacks is None and model.trainer.feed is None and all(w.bound is None for w in model.weights)
    return idle and len(model.fit(X, Y, verbose=0, epochs=2).history["loss"]) == 2


@pytest.mark.parametrize("hook", HOOKS)
def test_an_error_in_a_callback_leaves_the_model_usable(hook):
    model, callback = net(), Raises(hook)
    with pytest.raises(Oops):
        model.fit(X, Y, validation_split=0.2, verbose=0, callbacks=callback)
    assert callback.called == ["end", "close"] and usable(model)


@pytest.mark.parametrize("hook, call", [
    ("on_test_batch_end", lambda model, callback: model.evaluate(X, Y, callbacks=callback)),
    ("on_predict_batch_end", lambda model, callback: model.predict(X, callbacks=callback)),
])  # fmt: skip
def test_an_error_in_evaluate_and_predict_closes_the_bar(hook, call):
    model, callback = net(), Raises(hook)
    with pytest.raises(Oops):
        call(model, callback)
    assert callback.called == ["close"] and usable(model)


def test_errors_do_not_hide_each_other():
    class Both(Raises):
        def on_train_end(self, logs=None):
            self.called.append("end")
            raise ZeroDivisionError("too late")

        def close(self):
            self.called.append("close")
            raise OSError("file gone")

    model, callback = net(), Both("on_epoch_end")
    with pytest.raises(Oops) as caught:
        model.fit(X, Y, verbose=0, callbacks=callback)
    assert caught.value.__notes__ == ["Afterwards came ZeroDivisionError: too late", "Afterwards came OSError: file gone"]
    assert callback.called == ["end", "close"] and usable(model)


def test_an_error_at_the_end_alone_is_raised():
    model = net()
    with pytest.raises(Oops):
        model.fit(X, Y, verbose=0, callbacks=LambdaCallback(on_train_end=lambda logs: broken(0).send(None)))
    assert usable(model)


def broken(after):
    """A generator that fails after so many batches."""
    for _ in range(after):
        yield X[:8], Y[:8]
    raise Oops


@pytest.mark.parametrize("after", [0, 2])
def test_an_error_in_a_generator_leaves_the_model_usable(after):
    model = net()
    with pytest.raises(Oops):
        model.fit(broken(after), verbose=0)
    assert model.optimizer.iterations == after and usable(model)
    with pytest.raises(Oops):
        model.fit(X, Y, validation_data=broken(after), verbose=0)
    assert usable(model)


def test_the_progress_line_is_closed_after_an_error(capsys):
    class Window:
        """A terminal that is no terminal."""

        encoding, text = "utf-8", ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

        def flush(self):
            """Nothing is kept back."""

    window = Window()
    with pytest.raises(Oops):
        net().fit(X, Y, batch_size=8, verbose=1, callbacks=[Progress(1, window), Raises("on_epoch_end")])
    assert window.text.endswith("\n") and "5/5" in window.text


def test_best_weights_are_put_back_after_an_error():
    model, best = net(lr=5.0), []

    def note(epoch, logs):
        best.append((logs["loss"], model.get_weights()))
        if epoch == 4:
            raise Oops

    with pytest.raises(Oops):
        model.fit(X, Y, epochs=9, verbose=0, callbacks=[EarlyStopping("loss", patience=9, restore_best_weights=True),
                                                        LambdaCallback(on_epoch_end=note)])
    expected = min(best, key=lambda pair: pair[0])[1]
    assert all(np.array_equal(a, b) for a, b in zip(expected, model.get_weights(), strict=True))


# Monitors -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("monitor, arguments, message", [
    ("val_acuracy", {"validation_split": 0.2}, r"expected a logged name, got 'val_acuracy'. Did you mean 'val_accuracy'\?"),
    ("acc", {}, "got 'acc'. Did you mean 'accuracy'"),
    ("val_loss", {}, "val_loss needs validation_data or validation_split in fit"),
])  # fmt: skip
def test_a_monitor_that_nobody_logs_is_an_error_after_the_first_epoch(monitor, arguments, message):
    model = net(metrics=["accuracy"])
    with pytest.raises(UnknownName, match=r"EarlyStopping\(monitor\): .*" + message):
        model.fit(X, Y, epochs=5, verbose=0, callbacks=EarlyStopping(monitor, mode="min"), **arguments)
    assert model.history.epoch == [0] and usable(model)


def test_monitors_of_the_validation_are_checked_when_it_first_ran():
    model = net()

    def fit(monitor, epochs=9):
        model.fit(X, Y, epochs=epochs, verbose=0, validation_split=0.2, validation_freq=3,
                  callbacks=EarlyStopping(monitor, mode="min", patience=9))

    with pytest.raises(UnknownName, match="val_los"):
        fit("val_los")
    assert model.history.epoch == [0, 1, 2]
    fit("val_loss", 4)
    assert model.history.epochs_of["val_loss"] == [2]
    with pytest.raises(UnknownName, match="'los'"):
        fit("los")
    assert model.history.epoch == [0], "names of the training are known after the first epoch"


def test_a_callback_may_log_what_another_watches():
    class Logs(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["own"] = epoch

    history = net().fit(X, Y, epochs=3, verbose=0, callbacks=[Logs(), EarlyStopping("own", mode="max", patience=9)])
    assert history.history["own"] == [0, 1, 2]


# What callbacks may do ----------------------------------------------------------------------------------------------------


def test_stop_training_in_a_batch_hook_ends_after_that_batch():
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                self.model.stop_training = True

    model = net()
    history = model.fit(X, Y, batch_size=4, epochs=5, validation_split=0.2, verbose=0, callbacks=Stop())
    assert history.epoch == [0] and model.optimizer.iterations == 3 and "val_loss" in history.history
    assert usable(model), "the next fit is not stopped"


def test_a_rate_set_by_a_callback_holds_from_the_next_step():
    """By hand: w changes by rate times gradient; a rate of 0 stops all motion from the very next step."""

    class Halt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                self.model.optimizer.learning_rate = 0.0
            seen.append(self.model.get_weights()[0])

    seen = []
    net().fit(X, Y, batch_size=8, verbose=0, callbacks=Halt())
    assert not np.array_equal(seen[0], seen[1]) and all(np.array_equal(seen[1], later) for later in seen[2:])


def test_learning_rates_in_logs():
    model = net()
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=1e9))
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.1, 0.05])


def test_on_train_end_gets_the_last_epochs_logs():
    """As in Keras."""
    ends = []
    history = net().fit(X, Y, epochs=2, verbose=0, validation_split=0.2, callbacks=LambdaCallback(on_train_end=ends.append))
    assert ends == [{name: values[-1] for name, values in history.history.items()}] and set(ends[0]) == {"loss", "val_loss"}


def test_evaluation_inside_a_batch_hook_does_not_disturb_the_epochs_means():
    class Looks(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate(X, Y, verbose=0)
            self.model.predict(X, verbose=0)

    plain, watched = net(metrics=["mae"]), net(metrics=["mae"])
    assert plain.fit(X, Y, epochs=2, verbose=0).history == watched.fit(X, Y, epochs=2, verbose=0, callbacks=Looks()).history


def test_fit_in_another_thread():
    model, found = net(), []
    thread = threading.Thread(target=lambda: found.append(model.fit(X, Y, epochs=2, verbose=0, validation_split=0.2)))
    thread.start()
    thread.join()
    twin = net()
    assert found[0].history == twin.fit(X, Y, epochs=2, verbose=0, validation_split=0.2).history and not found[0].interrupted
