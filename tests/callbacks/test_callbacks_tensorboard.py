"""TensorBoard in whole fits, read by TensorBoard's own loader: Keras' folders, names and steps, and a resumed run's one file."""

import re

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util.tensor_util import make_ndarray

import nabi
from nabi.callbacks import BackupAndRestore, Callback, EarlyStopping, TensorBoard
from nabi.core.errors import ArgumentError, StateError
from training.resume_runs import CtrlC, build, plain_fit


def read(folder):
    """tag -> {step: value} of all files in a folder; histograms as arrays, pictures as lists of bytes."""
    found: dict = {}
    for path in sorted(folder.glob("*tfevents*")):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                array = make_ndarray(value.tensor)
                steps = found.setdefault(re.sub(r"_\d+(?=/)", "", value.tag), {})  # layers' running numbers
                assert event.step not in steps, "an epoch is written once"
                steps[event.step] = array.item() if array.ndim == 0 else array
    return found


def series(steps):
    return list(steps), list(steps.values())


class Batches(Callback):
    """What every step logged."""

    def __init__(self):
        self.loss, self.rate = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.loss.append(logs["loss"])


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    folder, batches, model = tmp_path_factory.mktemp("logs"), Batches(), build()
    board = TensorBoard(folder, histogram_freq=2, write_images=True, update_freq=3, write_steps_per_second=True)
    history = plain_fit()(model, [board, batches])
    return folder, history.history, batches.loss, model


def test_epochs_of_both_folders_are_the_history(logged):
    folder, history, _, model = logged
    train, held = read(folder / "train"), read(folder / "validation")
    for name in ("loss", "accuracy"):
        for found, key in ((train, name), (held, f"val_{name}")):
            steps, values = series(found[f"epoch_{name}"])
            assert steps == [0, 1, 2, 3] and np.array_equal(values, np.float32(history[key]))
        assert series(held[f"evaluation_{name}_vs_iterations"]) == ([4, 8, 12, 16], series(held[f"epoch_{name}"])[1])
    assert series(train["epoch_learning_rate"]) == ([0, 1, 2, 3], [np.float32(0.001)] * 4)
    assert min(train["epoch_steps_per_second"].values()) > 1
    assert set(held) == {f"{kind}{name}{end}" for name in ("loss", "accuracy")
                         for kind, end in (("epoch_", ""), ("evaluation_", "_vs_iterations"))}


def test_steps_are_logged_so_often(logged):
    folder, _, losses, _ = logged
    train = read(folder / "train")
    steps, values = series(train["batch_loss"])
    assert steps == [3, 6, 9, 12, 15] and np.array_equal(values, np.float32(losses)[2::3])
    assert list(train["batch_steps_per_second"]) == steps and len(train["batch_accuracy"]) == 5


def test_weights_are_logged_every_other_epoch(logged):
    folder, _, _, model = logged
    train = read(folder / "train")
    kernel = train["conv2d/kernel/histogram"]
    assert list(kernel) == [0, 2]
    assert all(buckets[:, 2].sum() == 18 and (buckets[:, 0] <= buckets[:, 1]).all() for buckets in kernel.values())
    width, height, png = train["conv2d/kernel/image"][0]
    assert (width, height, png[:4]) == (b"7", b"3", b"\x89PNG")
    names = {tag.removesuffix("/histogram") for tag in train if tag.endswith("/histogram")}
    assert names == {re.sub(r"_\d+(?=/)", "", w.path) for w in model.weights}


def test_only_what_is_asked_for_is_written(tmp_path):
    model = build()
    plain_fit(epochs=2, validation_split=0.0)(model, [TensorBoard(tmp_path)])
    assert set(read(tmp_path / "train")) == {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}
    assert not (tmp_path / "validation").exists()
    x = np.random.default_rng(0).normal(size=(4, 6, 6, 1))
    model.evaluate(x, np.zeros(4), verbose=0, callbacks=[TensorBoard(tmp_path)])
    assert list(read(tmp_path / "validation")["evaluation_loss_vs_iterations"]) == [10]


def test_what_is_no_number_is_left_out_and_nan_is_kept(tmp_path):
    class Adding(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs.update(note="good", parts=[1, 2], bad=float("nan"), count=np.int64(3))

    plain_fit(epochs=1)(build(), [Adding(), TensorBoard(tmp_path)])
    train = read(tmp_path / "train")
    assert np.isnan(train["epoch_bad"][0]) and train["epoch_count"][0] == 3
    assert not {"epoch_note", "epoch_parts"} & set(train)


@pytest.mark.parametrize("at", [6, pytest.param(9, marks=pytest.mark.full)])
def test_a_resumed_run_writes_one_file_as_the_uninterrupted_one(tmp_path, at):
    """Killed after steps that no checkpoint holds: what they wrote is cut off."""
    class Kill(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.optimizer.calls == at:
                raise InterruptedError

    def watchers(name, kill=()):
        board = TensorBoard(tmp_path / name, update_freq=1, histogram_freq=1)
        return [board, BackupAndRestore(tmp_path / f"{name} backup", 4), *kill]

    plain_fit()(build(), watchers("whole"))
    with pytest.raises(InterruptedError):
        plain_fit()(build(), watchers("cut", [Kill()]))
    lost = read(tmp_path / "cut" / "train")["batch_loss"]
    plain_fit()(build(seed=2), watchers("cut"))
    assert max(lost) == at and at % 4
    for part in ("train", "validation"):
        assert len(list((tmp_path / "cut" / part).iterdir())) == 1
        ours, theirs = read(tmp_path / "cut" / part), read(tmp_path / "whole" / part)
        assert list(ours) == list(theirs)
        assert all(np.array_equal(ours[tag][step], theirs[tag][step]) for tag in theirs for step in theirs[tag])


def test_a_second_fit_begins_new_files(tmp_path):
    board, model = TensorBoard(tmp_path), build()
    for _ in range(2):
        plain_fit(epochs=1)(model, [board])
    assert len(list((tmp_path / "train").iterdir())) == 2


@pytest.mark.parametrize("files", [
    {"train": ["../../secret", 0]}, {"elsewhere": ["events.out.tfevents.1", 0]}, {"train": ["notes.txt", 0]},
    {"train": ["events.out.tfevents.1", -1]}, {"train": ["events.out.tfevents.1", True]}, ["train"], {"train": "events"},
])  # fmt: skip
def test_a_state_cannot_name_other_files(files, tmp_path):
    with pytest.raises(StateError, match="TensorBoard.load_state: expected batches and files"):
        TensorBoard(tmp_path).load_state({"batches": 3, "files": files})


REFUSED = {
    "log_dir": ["", None, 3], "histogram_freq": [-1, 0.5, "1", True], "write_graph": ["yes", None], "write_images": ["yes"],
    "write_steps_per_second": [2], "update_freq": [0, -1, "step", 1.5, True, None], "profile_batch": [2, (1, 3), "2,5"],
    "embeddings_freq": [1], "embeddings_metadata": ["labels.tsv"],
}  # fmt: skip


@pytest.mark.parametrize("argument", REFUSED)
def test_what_is_refused(argument):
    for bad in REFUSED[argument]:
        with pytest.raises(ArgumentError, match=rf"^TensorBoard\({argument}\): expected .*, got {re.escape(repr(bad))}\."):
            TensorBoard(**{argument: bad})


def test_arguments_of_keras_2_and_configuration():
    with pytest.raises(ArgumentError, match=r"TensorBoard\(batch_size=...\).*histograms are of weights"):
        TensorBoard("logs", batch_size=32)
    board = TensorBoard("logs", histogram_freq=1, write_graph=True, write_images=False, update_freq="batch", profile_batch=0)
    assert nabi.callbacks.get(nabi.callbacks.serialize(board)).get_config() == board.get_config()


def test_it_stands_beside_other_callbacks_that_stop_the_run(tmp_path):
    model = build()
    plain_fit(epochs=9)(model, [TensorBoard(tmp_path, update_freq="batch"), EarlyStopping("loss", mode="max", patience=1)])
    steps = 4 * len(model.history.epoch)
    assert list(read(tmp_path / "train")["batch_loss"]) == list(range(1, steps + 1)) and steps < 36
    plain_fit(epochs=2)(build(), [TensorBoard(tmp_path / "cut"), CtrlC(6)])
    assert list(read(tmp_path / "cut" / "train")["epoch_loss"]) == [0, 1], "Ctrl-C ends its epoch"
