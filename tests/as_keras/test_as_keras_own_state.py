"""Own state: what classes of one's own write into .keras files and read there, as the same script does under Keras 3.15.

Oracle: what Keras 3.15 (torch) calls, in which order and with what, for the same class; its file's names; for words Keras 3.15
on TensorFlow 2.21.
"""

import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import nabi
from nabi.as_keras.scripts.running import Trial, run_file
from nabi.core.errors import FileError
from nabi.models.keras_format import own_state

NAMES = ["metadata.json", "config.json", "model.weights.h5", "assets/layers/counting/more/words.txt"]
CALLS = ["get_build_config", "save_own_variables", "save_assets", ("build_from_config", {"shape": [None, 4], "spare": 7}),
         ("load_own_variables", ["0", "memory"]), ("load_assets", "counting")]  # fmt: skip


def counting(calls):
    import keras

    class Counting(keras.layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(shape[-1], 3), name="kernel")
            self.memory, self.words = np.zeros(3), []

        def call(self, x):
            return keras.ops.matmul(x, self.kernel)

        def save_own_variables(self, store):
            calls.append("save_own_variables")
            super().save_own_variables(store)
            store["memory"] = self.memory

        def load_own_variables(self, store):
            calls.append(("load_own_variables", sorted(store.keys())))
            self.memory = np.array(store["memory"])
            self.kernel.assign(store["0"])

        def save_assets(self, folder):
            calls.append("save_assets")
            Path(folder, "more").mkdir()
            Path(folder, "more", "words.txt").write_text("\n".join(self.words))

        def load_assets(self, folder):
            calls.append(("load_assets", Path(folder).name))
            self.words = Path(folder, "more", "words.txt").read_text().split("\n")

        def get_build_config(self):
            calls.append("get_build_config")
            return {"shape": [None, 4], "spare": 7}

        def build_from_config(self, config):
            calls.append(("build_from_config", dict(config)))
            self.build(tuple(config["shape"]))
            self.spare = config["spare"]

    return Counting


def test_classes_write_and_read_themselves(served, tmp_path):
    import keras

    calls = []
    kind = counting(calls)
    model = keras.Sequential([keras.Input((4,)), kind(name="c")])
    model.layers[-1].words, model.layers[-1].memory = ["a", "b"], np.arange(3.0)
    model.save(tmp_path / "m.keras")
    assert zipfile.ZipFile(tmp_path / "m.keras").namelist() == NAMES
    back: Any = keras.models.load_model(tmp_path / "m.keras", custom_objects={"Counting": kind})
    layer = back.layers[-1]
    assert calls == CALLS and layer.words == ["a", "b"] and layer.spare == 7
    np.testing.assert_array_equal(layer.memory, [0, 1, 2])
    np.testing.assert_array_equal(layer.get_weights()[0], model.layers[-1].get_weights()[0])
    model.save_weights(tmp_path / "m.weights.h5")
    layer.memory = None
    calls.clear()
    back.load_weights(tmp_path / "m.weights.h5")
    assert calls == [("load_own_variables", ["0", "memory"])]
    np.testing.assert_array_equal(layer.memory, [0, 1, 2])
    layer.memory = np.array(["words"])
    with pytest.raises(FileError, match="save_assets"):
        back.save(tmp_path / "n.keras")


def test_assets_that_fill_the_disk_or_lead_out(served, tmp_path, monkeypatch):
    import keras

    kind = counting([])
    model = keras.Sequential([keras.Input((4,)), kind(name="c")])
    monkeypatch.setattr(own_state, "SMALL", 10_000)
    bomb = "assets/layers/counting/big", b"0" * 2**20, "fill the disk"
    for name, content, said in (bomb, ("assets/../x", b"", "out of it")):
        model.save(tmp_path / "m.keras")
        with zipfile.ZipFile(tmp_path / "m.keras", "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        with pytest.raises(FileError, match=said):
            keras.models.load_model(tmp_path / "m.keras", custom_objects={"Counting": kind})


def test_vocabularies_of_keras_files(served, tmp_path):
    """Keras keeps what TextVectorization and StringLookup have learned as files beside the weights (bytes of Keras 3.15)."""
    import keras

    words, colours = keras.layers.TextVectorization(name="w"), keras.layers.StringLookup(name="c")
    inputs = [keras.Input((1,), dtype="string") for _ in range(2)]
    keras.Model(inputs, [words(inputs[0]), colours(inputs[1])]).save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras", "a") as archive:
        archive.writestr("assets/layers/string_lookup/vocabulary.txt", b"[UNK]\ny\nx")
        archive.writestr("assets/layers/text_vectorization/_lookup_layer/vocabulary.txt", b"\n[UNK]\nc\nb\na")
        archive.writestr("assets/layers/text_vectorization/vocabulary.txt", b"\n[UNK]\nc\nb\na")
    back: Any = keras.models.load_model(tmp_path / "m.keras")
    assert [layer.get_vocabulary() for layer in back.layers if hasattr(layer, "get_vocabulary")] == [
        ["", "[UNK]", "c", "b", "a"], ["[UNK]", "y", "x"]]  # fmt: skip


SETS = """import random, numpy, torch, keras
from keras import backend as K
K.set_floatx("float64"), K.set_epsilon(1e-3), K.set_image_data_format("channels_first"), K.set_learning_phase(1)
keras.mixed_precision.set_global_policy("mixed_float16"), torch.set_default_dtype(torch.float64)
keras.utils.set_random_seed(3), random.random(), numpy.random.rand(), torch.rand(1)
"""


def test_what_a_script_sets_ends_with_it(tmp_path):
    """Oracle: the settings and the next random numbers of a process in which no script ran."""
    from nabi.as_keras.names.precision import global_policy
    from nabi.backend import settings
    from nabi.core.random import fresh_number

    def now():
        told = settings.floatx(), settings.epsilon(), settings.image_data_format(), settings.learning_phase()
        drawn = random.random(), np.random.rand(), torch.rand(1).item(), fresh_number()
        return (*told, global_policy().name, str(torch.get_default_dtype()), *drawn)

    (tmp_path / "sets.py").write_text(SETS)
    nabi.utils.set_random_seed(7)
    wanted = now()
    nabi.utils.set_random_seed(7)
    assert run_file(tmp_path / "sets.py", trial=Trial(out=None)) == 0
    assert now() == wanted == ("float32", 1e-7, "channels_last", 0, "float32", "torch.float32", *wanted[6:])


@pytest.mark.parametrize("names", [["x" * 300], ["a", "a/b"]])
def test_names_that_are_no_files_are_the_files_fault(names, served, tmp_path):
    """A name of 300 letters; one that is a file and a folder."""
    kind = counting([])
    model = nabi.Sequential([nabi.Input((4,)), kind()])
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras", "a") as archive:
        for name in names:
            archive.writestr(f"assets/layers/counting/{name}", b"1")
    with pytest.raises(FileError, match=r"assets, 'layers/counting/.*: expected the name of a file"):
        nabi.load_model(tmp_path / "m.keras", custom_objects={"Counting": kind})
