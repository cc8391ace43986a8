"""A run cut in two and resumed in new objects through `state` ends as the uncut run does; a second fit starts afresh."""

import numpy as np
import pytest
from callbacks_fakes import FakeModel, run
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi.callbacks import CSVLogger, EarlyStopping, History, LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau

FLAT = st.integers(0, 9).map(lambda k: k / 10)
RUNS = st.lists(st.fixed_dictionaries({"loss": FLAT}, optional={"val_loss": FLAT}), min_size=1, max_size=12)
KINDS = {
    "stopping": lambda folder: EarlyStopping("val_loss", patience=2, baseline=0.5, restore_best_weights=True),
    "plateau": lambda folder: ReduceLROnPlateau("val_loss", patience=1, factor=0.5, cooldown=1),
    "best": lambda folder: ModelCheckpoint("{epoch}.safetensors", save_best_only=True),
    "batches": lambda folder: ModelCheckpoint("{epoch}-{batch}.safetensors", save_freq=5),
    "every other": lambda folder: ModelCheckpoint("{epoch}.safetensors", period=2),
    "csv": lambda folder: CSVLogger(folder / "log.csv"),
    "history": lambda folder: History(),
}


def plain(value):
    """Only what a checkpoint can hold; arrays as lists, so that states can be compared."""
    if isinstance(value, dict):
        assert all(isinstance(name, str) for name in value)
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    assert value is None or isinstance(value, bool | int | float | str)
    return value


def outcome(callback, model, folder):
    file = folder / "log.csv"
    return (
        plain(callback.state()), model.saved, model.weights[0].item(), model.stop_training,
        float(model.optimizer.learning_rate), file.read_text() if file.exists() else None,
    )  # fmt: skip


class Interrupted(Exception):
    """The power went out."""


@settings(max_examples=25, deadline=None)
@given(epochs=RUNS, data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_a_resumed_run_ends_as_the_uncut_run(kind, epochs, data, tmp_path_factory):
    whole, cut = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("cut")
    uncut = KINDS[kind](whole)
    model, ran, _ = run(uncut, epochs, batches=3)
    saved_at = data.draw(st.integers(1, len(ran)), label="epochs before the checkpoint")
    lost = data.draw(st.integers(0, len(ran) - saved_at), label="epochs lost after it")

    first, half = KINDS[kind](cut), FakeModel()
    kept = {}
    on_epoch_end = first.on_epoch_end

    def with_checkpoint(epoch, logs):
        on_epoch_end(epoch, logs)
        if epoch == saved_at - 1:
            kept.update(state=first.state(), rate=half.optimizer.learning_rate, saved=list(half.saved), stop=half.stop_training)
        if epoch == saved_at - 1 + lost:
            raise Interrupted

    first.on_epoch_end = with_checkpoint
    with pytest.raises(Interrupted):
        run(first, epochs, half, batches=3)

    second, rest = KINDS[kind](cut), FakeModel(kept["rate"])
    rest.saved, rest.weights = kept["saved"], [np.array([saved_at - 1.0])]
    second.load_state(kept["state"])
    if kept["stop"]:  # nothing is left to run but the end
        second.set_model(rest)
        second.on_train_begin()
        rest.stop_training = True
        second.on_train_end({})
    else:
        run(second, epochs[saved_at:], rest, batches=3, start=saved_at)
    assert outcome(second, rest, cut) == outcome(uncut, model, whole)


def test_a_rate_is_not_scheduled_twice_when_a_run_resumes_within_an_epoch():
    first, model = LearningRateScheduler(lambda epoch, lr: lr / 2), FakeModel(0.8)
    run(first, [{}, {}], model)
    assert model.optimizer.learning_rate == 0.2
    second = LearningRateScheduler(lambda epoch, lr: lr / 2)
    second.load_state(first.state())
    run(second, [{}, {}], model, start=1)  # epoch 1 begins once more, then epoch 2
    assert model.optimizer.learning_rate == 0.1
    run(second, [{}], model, start=2)  # a fit of its own
    assert model.optimizer.learning_rate == 0.05


def test_a_loaded_state_serves_one_fit_only():
    first = EarlyStopping("loss", patience=3)
    run(first, [{"loss": 0.1}, {"loss": 0.2}])
    second = EarlyStopping("loss", patience=3)
    second.load_state(first.state())
    run(second, [{"loss": 0.3}], start=2)
    assert (second.best, second.wait) == (0.1, 2)
    run(second, [{"loss": 0.3}])
    assert (second.best, second.wait) == (0.3, 0)


def test_best_weights_come_back_after_ctrl_c():
    """The loop calls on_train_end after Ctrl-C: the best epoch's weights are restored though patience did not run out."""
    stopper = EarlyStopping("loss", patience=10, restore_best_weights=True)
    model, _, _ = run(stopper, [{"loss": 0.5}, {"loss": 0.1}, {"loss": 0.4}])
    assert not model.stop_training
    assert model.weights[0].item() == 1.0


def test_nan_is_never_the_best():
    nan = float("nan")
    stopper = EarlyStopping("val_loss", patience=5, restore_best_weights=True)
    model, _, _ = run(stopper, [{"val_loss": nan}, {"val_loss": 0.5}, {"val_loss": nan}, {"val_loss": 0.7}])
    assert (stopper.best, stopper.best_epoch, stopper.wait) == (0.5, 1, 2)
    assert model.weights[0].item() == 1.0
