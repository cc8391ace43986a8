"""A checkpoint whose parts were changed, checksum and all: refused with one of nabi's errors, and nothing is changed."""

import numpy as np
import pytest
from resume_runs import build, digits

import nabi
from nabi import callbacks as C
from nabi.core.errors import NabiError, StateError
from nabi.models import safefile

CHANGES = {
    "no seed": ("training", lambda part: part["counters"].clear()),
    "epoch as text": ("training", lambda part: part.update(epoch="x")),
    "negative step": ("training", lambda part: part.update(step=-1)),
    "sums without numbers": ("objective", lambda part: part.update(loss={})),
    "calls as text": ("optimizer", lambda part: part["state"].update(calls="many")),
}


def state(model):
    spans = [{k: v.numpy().copy() for k, v in span.state().items()} for span in model.trainer.binding.spans]
    return [w.copy() for w in model.get_weights()], spans, model.counters.state(), model.optimizer.state_dict()


def same(a, b):
    np.testing.assert_equal(a, b)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_part_is_refused_and_changes_nothing(change, tmp_path):
    x, y = digits()
    model = build()
    model.fit(x, y, batch_size=10, epochs=1, verbose=0)
    path = tmp_path / "checkpoint.safetensors"
    model.save_checkpoint(path)
    with safefile.opened(path) as file:
        arrays = {name: array.copy() for name, array in file.arrays().items()}
        metadata = {key: file.json(key) for key in
                    ("nabi", "optimizer", "training", "objective", "callbacks", "feed", "environment")}
    part, alter = CHANGES[change]
    alter(metadata[part])
    safefile.write(path, arrays, metadata)
    model.fit(x, y, batch_size=10, epochs=1, verbose=0)
    before = state(model)
    with pytest.raises(NabiError):
        model.trainer.load_checkpoint(path)
    same(state(model), before)


def test_a_checkpoint_cannot_name_files_to_delete(tmp_path):
    victim = tmp_path / "thesis.txt"
    victim.write_text("three years")
    callback = C.ModelCheckpoint(str(tmp_path / "{epoch:02d}-{loss:.2f}.safetensors"), keep=1)
    own = callback.state()
    with pytest.raises(StateError, match="files named like"):
        callback.load_state({**own, "saved": [str(victim)] * 2})
    callback.load_state({**own, "saved": [str(tmp_path / "01-0.53.safetensors")]})
    assert victim.exists()


@pytest.mark.parametrize("size", [-1, 2.5, "all", None, True])
def test_a_checkpoint_cannot_cut_a_file_at_an_odd_place(size, tmp_path):
    logger = nabi.callbacks.CSVLogger(tmp_path / "log.csv")
    with pytest.raises(StateError):
        logger.load_state({**logger.state(), "size": size})
