"""What BackupAndRestore and checkpoints refuse, survive and leave behind; plain data with arrays through the file and back."""

import os
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from resume_runs import SPARSE, CtrlC, bits, build, plain_fit

import nabi
from nabi import callbacks as C
from nabi import layers as L
from nabi.core.errors import ArgumentError, FileError, StateError
from nabi.models import safefile
from nabi.training import Trainer
from nabi.training.checkpoint import with_arrays, without_arrays


@pytest.fixture(autouse=True, scope="module")
def one_thread(threads):
    """Networks this small are faster on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def stopped(tmp_path):
    """A folder with the checkpoint of a fit that was stopped in step 2 of epoch 2."""
    folder = tmp_path / "backup"
    plain_fit()(build(), [C.EarlyStopping("loss"), C.BackupAndRestore(folder), CtrlC(6)])
    return folder


# What does not belong ---------------------------------------------------------------------------------------------------------


def wider():
    return build(units=4)


def deeper():
    model = build()
    model.add(L.Dense(3, activation="softmax"))
    model.compile("adam", SPARSE, metrics=["accuracy"])
    return model


def frozen():
    model = build()
    model.layers[0].trainable = False
    model.compile("adam", SPARSE, metrics=["accuracy"])
    return model


def unwatched():
    model = build()
    model.compile("adam", SPARSE)
    return model


STRANGERS = {
    "another shape": (wider, {}, None, r"of another shape: 'dense.*/kernel' is \(32, 4\) in the model and \(32, 3\) in the file"),
    "another layer": (deeper, {}, None, r"got missing in the file: 'dense\w*/kernel' \(3, 3\), 'dense\w*/bias' \(3,\)\. Nothing"),
    "another optimizer": (lambda: build("sgd"), {}, None, "the memory of SGD, got that of Adam"),
    "another formula": (lambda: build(nabi.optimizers.AMSGrad), {}, None, "the memory of AMSGrad, got that of Adam"),
    "an average": (lambda: build(nabi.optimizers.Adam(use_ema=True)), {}, None, "vectors .*ema.*same optimizer"),
    "a frozen layer": (frozen, {}, None, "Compile as the interrupted run did"),
    "other metrics": (unwatched, {}, None, r"sums of \['loss'\], got \['accuracy', 'loss'\]"),
    "another batch size": (build, {"batch_size": 10}, None, "'batch_size': 12.*'batch_size': 10.*middle of an epoch"),
    "another split": (build, {"validation_split": 0.25}, None, "middle of an epoch"),
    "another order": (build, {"shuffle": False}, None, "middle of an epoch"),
    "other callbacks": (build, {}, [], "the callbacks of the interrupted run"),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_a_checkpoint_of_something_else_is_refused_and_changes_nothing(what, stopped):
    make, options, watchers, said = STRANGERS[what]
    model = make()
    model.trainer.ready()
    before = [w.tobytes() for w in model.get_weights()], model.optimizer.state_dict(), model.counters.state()
    file = (stopped / "checkpoint.safetensors").read_bytes()
    with pytest.raises(StateError, match=said):
        plain_fit(**options)(model, [*([C.EarlyStopping("loss")] if watchers is None else watchers), C.BackupAndRestore(stopped)])
    assert ([w.tobytes() for w in model.get_weights()], model.optimizer.state_dict(), model.counters.state()) == before
    assert (stopped / "checkpoint.safetensors").read_bytes() == file


def test_between_epochs_other_data_are_a_warning(tmp_path):
    plain_fit(epochs=2)(build(), [C.BackupAndRestore(tmp_path, delete_checkpoint=False)])
    with pytest.warns(UserWarning, match=r"not bit-exact\): batch_size: was 12, is 10; steps: was 5, is 6\.") as said:
        history = plain_fit(batch_size=10)(build(), [C.BackupAndRestore(tmp_path)])
    assert history.epoch == [0, 1, 2, 3] and len(said) == 1


def test_another_machine_is_a_warning(stopped):
    torch.set_num_threads(2)
    try:
        with pytest.warns(UserWarning, match=r"not bit-exact\): threads: was 1, is 2; plan: was fused, is unfused\."):
            plain_fit()(build(run_eagerly=True), [C.EarlyStopping("loss"), C.BackupAndRestore(stopped)])
    finally:
        torch.set_num_threads(1)


def test_a_model_file_is_no_checkpoint_and_a_checkpoint_no_model(stopped, tmp_path):
    model = build()
    model.save(tmp_path / "model.safetensors")
    with pytest.raises(FileError, match="a checkpoint file, got a model file"):
        model.load_checkpoint(tmp_path / "model.safetensors")
    with pytest.raises(FileError, match="a model file, got a checkpoint file"):
        nabi.load_model(stopped / "checkpoint.safetensors")
    model.load_weights(stopped / "checkpoint.safetensors")  # its arrays are a model's weights all the same


def test_outside_fit_weights_optimizer_and_counters_are_taken(stopped):
    model = build(seed=3)
    model.load_checkpoint(stopped / "checkpoint.safetensors")
    assert (model.trainer.position.epoch, model.trainer.position.step, model.optimizer.calls) == (1, 2, 6)
    assert model.counters.epochs == 1 and model.counters.calls
    model.save_checkpoint(stopped / "again.safetensors")
    with safefile.opened(stopped / "checkpoint.safetensors") as a, safefile.opened(stopped / "again.safetensors") as b:
        kept = [array.tobytes() for name, array in a.arrays().items() if not name.startswith("@callbacks")]
        assert kept == [array.tobytes() for array in b.arrays().values()]
        assert a.json("objective") == b.json("objective")


# Files ------------------------------------------------------------------------------------------------------------------------


def test_the_file_goes_when_the_fit_has_ended(tmp_path):
    (tmp_path / "mine.txt").write_text("stays")
    plain_fit()(build(), [C.BackupAndRestore(tmp_path / "gone")])
    assert not (tmp_path / "gone").exists()
    plain_fit()(build(), [C.BackupAndRestore(tmp_path, double_checkpoint=True)])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_finished_run_whose_file_was_kept_has_nothing_left_to_do(tmp_path):
    model = build()
    plain_fit()(model, [C.BackupAndRestore(tmp_path, delete_checkpoint=False)])
    other = build(seed=2)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.safetensors"]
    plain_fit()(other, [C.BackupAndRestore(tmp_path, delete_checkpoint=False)])
    assert bits(other) == bits(model)
    plain_fit(epochs=6)(other, [C.BackupAndRestore(tmp_path)])
    whole = build()
    plain_fit(epochs=6)(whole, [])
    assert bits(other) == bits(whole)


def test_a_run_that_stopped_early_does_not_go_on(tmp_path):
    def watchers():
        return [C.EarlyStopping("loss", mode="max", patience=1), C.BackupAndRestore(tmp_path, delete_checkpoint=False)]

    model = build()
    plain_fit(epochs=9)(model, watchers())
    other = build(seed=2)
    plain_fit(epochs=9)(other, watchers())
    assert model.history.epoch == other.history.epoch and len(model.history.epoch) < 9
    assert bits(other) == bits(model)


def test_a_loss_that_is_not_finite_keeps_the_file(tmp_path):
    model = build(nabi.optimizers.SGD(1e30))
    history = plain_fit()(model, [C.BackupAndRestore(tmp_path, save_freq=1)])
    assert history.failure and (tmp_path / "checkpoint.safetensors").exists()


def test_what_a_kill_left_half_written_is_removed(stopped):
    (stopped / ".checkpoint.safetensors.0a1b2c3d.part").write_bytes(b"half")
    (stopped / ".other.part").write_bytes(b"not ours")
    plain_fit()(build(), [C.EarlyStopping("loss"), C.BackupAndRestore(stopped)])
    assert [path.name for path in stopped.iterdir()] == [".other.part"]


DAMAGES = {
    "cut": lambda data: data[:-9], "cut in the header": lambda data: data[:100], "empty": lambda data: b"",
    "overwritten": lambda data: b"\xff" * len(data), "one bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_checkpoint_is_an_error_or_gives_way_to_the_one_before(damage, tmp_path, capsys):
    whole = build()
    plain_fit()(whole, [])
    plain_fit()(build(), [C.BackupAndRestore(tmp_path, 2, double_checkpoint=True), CtrlC(7)])
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    other = build(seed=2)
    plain_fit()(other, [C.BackupAndRestore(tmp_path, 2, double_checkpoint=True)])
    assert bits(other) == bits(whole)
    assert "Trying the one before it" in capsys.readouterr().out
    plain_fit()(build(), [C.BackupAndRestore(tmp_path), CtrlC(7)])
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FileError, match="damaged"):
        plain_fit()(build(), [C.BackupAndRestore(tmp_path)])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_flipped_bytes_of_a_checkpoint_are_refused(data, tmp_path_factory):
    """A FileError, or (a space flipped to a line's end) a file that still says the same."""
    if not KEPT:
        KEPT.append(tmp_path_factory.mktemp("bad") / "checkpoint.safetensors")
        KEPT.append(build())
        KEPT[1].save_checkpoint(KEPT[0])
        KEPT.append(KEPT[0].read_bytes())
    path, model, whole = KEPT
    bad = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        bad[data.draw(st.integers(0, len(bad) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bad[: data.draw(st.one_of(st.just(len(bad)), st.integers(0, len(bad))))])
    try:
        model.load_checkpoint(path)
    except FileError:
        return
    model.save_checkpoint(path)
    assert path.read_bytes() == whole


KEPT: list = []


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="BackupAndRestore.*a folder that can be made"):
        plain_fit()(build(), [C.BackupAndRestore(tmp_path / "file" / "backup")])


@pytest.mark.parametrize("bad", [{"backup_dir": ""}, {"save_freq": 0}, {"save_freq": False}, {"save_freq": "batch"}])
def test_arguments_that_cannot_be_meant(bad):
    with pytest.raises(ArgumentError, match=f"BackupAndRestore.{next(iter(bad))}"):
        C.BackupAndRestore(**{"backup_dir": "backup", **bad})


def test_verbose_says_where_it_resumes(stopped, capsys):
    plain_fit(verbose=2)(build(), [C.EarlyStopping("loss"), C.BackupAndRestore(stopped)])
    assert "checkpoint.safetensors at epoch 2, step 3" in capsys.readouterr().out


@pytest.mark.parametrize("save_freq, epochs, written", [("epoch", 2, 2), (1, 2, 8), (3, 2, 2), (100, 2, 0)])
def test_how_often_it_writes(save_freq, epochs, written, tmp_path, monkeypatch):
    places = []
    monkeypatch.setattr(Trainer, "save_checkpoint", lambda trainer, path: places.append(trainer.position.step))
    plain_fit(epochs=epochs)(build(), [C.BackupAndRestore(tmp_path, save_freq)])
    assert len(places) == written and (save_freq != "epoch" or places == [0, 0])
    assert save_freq != 1 or all(b - a == 1 for a, b in pairwise(places[:4]))


# States -----------------------------------------------------------------------------------------------------------------------

KINDS = st.sampled_from(["float64", "float32", "int64", "uint8", "bool"])
SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)
ARRAYS = KINDS.flatmap(lambda kind: arrays_of.arrays(kind, SHAPES))
LONG = st.sampled_from([st.floats(), st.integers(), st.integers(-9, 9)]).flatmap(lambda numbers: st.lists(numbers, min_size=2))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), ARRAYS, LONG,
                   KINDS.map(lambda kind: np.ones(1, kind)[0]))  # fmt: skip
TREES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("ab/", max_size=3), inner, max_size=3)),
    max_leaves=6)  # fmt: skip


def exactly(a, b):
    """Equal in type and to the last bit; one NaN is as good as another."""
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(exactly(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(exactly, a, b))
    if isinstance(a, np.ndarray | np.generic):
        return type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and (a == b or (a != a and b != b))


@pytest.fixture(scope="module")
def short_is_long():
    """Lists of four numbers are long, so that hypothesis makes some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nabi.training.checkpoint.LONG", 4)
        yield


@settings(max_examples=150, deadline=None)
@given(tree=TREES)
def test_a_state_comes_back_exactly(tree, short_is_long):
    arrays: dict = {}
    data = without_arrays(tree, "@state", arrays)
    with safefile.opened(safefile.as_bytes(arrays, {"tree": data})) as file:
        assert exactly(tree, with_arrays(file.json("tree"), file.arrays()))


@pytest.mark.parametrize("state, said", [
    ({"model": object()}, "checkpoint, state/model: expected numbers, texts, lists"),
    ({1: "a"}, "dicts by text"),
    ({"x": [torch.zeros(2)]}, "state/x/0.*NumPy arrays"),
    ({"words": np.array(["a", "b"])}, "state/words: expected an array of numbers"),
    ({"@array": "trick"}, "dicts by text"),
])  # fmt: skip
def test_a_state_of_something_else_names_its_place(state, said):
    with pytest.raises(StateError, match=said):
        without_arrays(state, "@state", {})


def test_a_callback_with_such_a_state_is_named(tmp_path):
    class Odd(C.Callback):
        def state(self):
            return {"thing": {1, 2}}

    with pytest.raises(StateError, match="callbacks/0:Odd/thing"):
        plain_fit()(build(), [Odd(), C.BackupAndRestore(tmp_path)])
    assert os.listdir(tmp_path) == []
