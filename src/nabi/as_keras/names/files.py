"""Files: names that Keras 2 takes and nabi does not: a folder for a whole model, a checkpoint without an ending.

    model.save("my_model")                     my_model/model.keras, and saved_model.pb, a note of one line
    model.save_weights("training/cp-1.ckpt")   training/cp-1.ckpt.data-00000-of-00001, Keras' weights as HDF5
                                               training/cp-1.ckpt.index, a note; training/checkpoint, the newest one's name

The names are TensorFlow's, so that a script which looks for them finds them; the content is Keras', and holds no code.
"""

import os
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.names.remembering import remembering
from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic
from nabi.models.keras_format import read_weights
from nabi.models.keras_format.files import check_there
from nabi.models.saving import has_weights

ENDINGS = (".keras", ".h5", ".hdf5", ".safetensors")
MODEL, NOTE, WEIGHTS = "model.keras", "saved_model.pb", ".weights.h5"
INDEX, DATA, NEWEST = ".index", ".data-00000-of-00001", "checkpoint"
THERE = ("In TensorFlow: tf.keras.models.load_model(path).save('model.h5'), and load that; of a checkpoint: build the model, "
         "model.load_weights(path), model.save_weights('model.weights.h5').")
MAGIC = (b"\x89HDF", b"PK\x03\x04")


def has_ending(path: Any) -> bool:
    """Whether a path ends as a model file does."""
    return str(path).lower().endswith(ENDINGS)


def made_folder(path: str) -> str:
    """The path, with the folder it lies in made."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    return path


def written(path: str, text: str) -> None:
    """Writes a line."""
    with atomic(path) as file:
        file.write(f"{text}\n".encode())


def saving(method: Callable) -> Callable:
    """`Model.save`, also into a folder, as TensorFlow 2 did."""

    @wraps(method)
    def save(self, filepath, overwrite=True, include_optimizer=True, save_format=None, *more, **options):
        path = os.fspath(filepath)
        with remembering(self, path):
            if has_ending(path):
                method(self, made_folder(path), overwrite, include_optimizer)
            elif save_format in ("h5", "hdf5"):  # the file is to have no ending
                method(self, made_folder(f"{path}.h5"), True, include_optimizer)
                os.replace(f"{path}.h5", path)
            else:
                save_folder(self, path, overwrite, lambda file: method(self, file, True, include_optimizer))

    return save


def save_folder(model: Any, path: str, overwrite: bool, write: Callable[[str], None]) -> None:
    """A model as a folder.

    Raises FileError: a file has that name; overwrite=False, and it is there.
    """
    inside = os.path.join(path, MODEL)
    if os.path.isfile(path) or not overwrite and os.path.exists(inside):
        raise FileError(f"writing {path}", "a place for a folder", "one that is there", "Say overwrite=True, or another name.")
    os.makedirs(path, exist_ok=True)
    write(inside)
    written(os.path.join(path, NOTE), f"nabi wrote this folder; the model is {MODEL} beside this file.")


def exporting(self, filepath, format="tf_saved_model", verbose=None, input_signature=None, **options):
    """`Model.export`: the folder that `save` writes. Raises ArgumentError for formats of other libraries."""
    if format != "tf_saved_model":
        raise ArgumentError("Model.export(format)", "'tf_saved_model'", repr(format),
                            "Keras 3 reads model.save('model.keras') and exports that; model.to_code('torch') is for PyTorch.")
    self.save(os.fspath(filepath).rstrip("/") + "/")


def saving_weights(method: Callable) -> Callable:
    """`Model.save_weights`, also under a name without an ending."""

    @wraps(method)
    def save_weights(self, filepath, overwrite=True, save_format=None, **options):
        path = os.fspath(filepath)
        if path.lower().endswith(".keras"):  # in TensorFlow 2 a name for HDF5
            method(self, made_folder(path + WEIGHTS))
            os.replace(path + WEIGHTS, path)
            return
        if has_ending(path):
            method(self, made_folder(path), overwrite)
            return
        if not overwrite and os.path.exists(path + DATA):
            raise FileError(f"writing {path}", "a name that is free, since overwrite=False", "one that is there")
        method(self, made_folder(path + WEIGHTS))
        os.replace(path + WEIGHTS, path + DATA)
        point_at(path)

    return save_weights


def point_at(path: str, all_paths: Any = None) -> None:
    """The note beside a checkpoint's numbers, and the file `checkpoint`, which names it as the newest."""
    folder, name = os.path.split(path)
    written(path + INDEX, f"nabi wrote this checkpoint; its numbers are HDF5 in {name}{DATA}.")
    if not os.path.isdir(os.path.join(folder, NEWEST)):
        names = [os.path.relpath(one, folder or ".") for one in all_paths or [path]]
        lines = [f'model_checkpoint_path: "{name}"', *(f'all_model_checkpoint_paths: "{one}"' for one in names)]
        written(os.path.join(folder, NEWEST), "\n".join(lines))


def pointed_at(folder: str, latest_filename: str | None = None) -> list[str]:
    """The checkpoints that a folder's file `checkpoint` names and that are there, the newest last."""
    file = os.path.join(folder, latest_filename or NEWEST)
    if not os.path.isfile(file):
        return []
    with open(file, encoding="utf-8", errors="replace") as lines:
        text = lines.read(2**20)
    names = re.findall(r'^all_model_checkpoint_paths: "(.*)"$', text, re.M)
    newest = re.findall(r'^model_checkpoint_path: "(.*)"$', text, re.M)[:1]
    paths = [os.path.join(folder, name) for name in [*(name for name in names if name not in newest), *newest]]
    return [path for path in paths if os.path.exists(path + INDEX) or os.path.exists(path + WEIGHTS)]


def loading_weights(method: Callable) -> Callable:
    """`Model.load_weights`, also of a name without an ending, and before the model is built; gives TensorFlow's status object."""

    @wraps(method)
    def load_weights(self, filepath, *more, **options):
        if filepath is None:
            raise FileError("load_weights", "a path", "None, as tf.train.latest_checkpoint says where there is no checkpoint",
                            "Look at the folder it was given, and at what the callback was to save.")
        path = weights_file(os.fspath(filepath))
        named = {word: value for word, value in options.items() if word in ("by_name", "skip_mismatch")}

        def read() -> None:
            if has_ending(path):
                method(self, path, *more[:1], **named)
            else:
                read_weights(self, path, bool(named.get("by_name", False)), bool(named.get("skip_mismatch", False)))

        when_built(self, read)
        return Loaded()

    return load_weights


def weights_file(path: str) -> str:
    """The file that holds a model's weights.

    Raises FileError for TensorFlow's own checkpoints.
    """
    if has_ending(path) and os.path.isfile(path):
        return path
    for found in (path + WEIGHTS, path + DATA, model_file(path)):
        if found != path and os.path.isfile(found):
            if found.endswith(DATA):
                refuse_foreign(found, path)
            return found
    if os.path.exists(path + INDEX):
        raise FileError(f"reading {path}", "a checkpoint that nabi wrote", "one of TensorFlow's own", THERE)
    if not has_ending(path):
        check_there(path, f"reading {path}")
    return path


def refuse_foreign(file: str, path: str) -> None:
    """Raises FileError for a file that is no HDF5."""
    with open(file, "rb") as opened:
        if opened.read(4) not in MAGIC:
            raise FileError(f"reading {path}", "a checkpoint that nabi wrote", "one of TensorFlow's own", THERE)


def when_built(model: Any, function: Callable[[], None]) -> None:
    """Calls a function: now, or as soon as the model has weights."""
    if has_weights(model):
        function()
        return

    def after(name: str) -> Callable:
        usual = getattr(model, name)

        @wraps(usual)
        def call(*args):
            usual(*args)
            if model.built and name in model.__dict__:
                for one in names:
                    model.__dict__.pop(one, None)
                function()

        return call

    names = [name for name in ("build", "begin") if hasattr(model, name)]
    for name in names:
        object.__setattr__(model, name, after(name))


class Loaded:
    """What `load_weights` gives: everything was read."""

    def expect_partial(self) -> "Loaded":
        """Itself."""
        return self

    assert_consumed = assert_existing_objects_matched = assert_nontrivial_match = expect_partial
    initialize_or_restore = run_restore_ops = lambda self, *session: self


def model_file(path: Any) -> Any:
    """The file of a model that was saved as a folder; any other path as it is.

    Raises FileError for a SavedModel that TensorFlow wrote.
    """
    if not isinstance(path, (str, os.PathLike)):
        return path
    inside = os.path.join(path, MODEL)
    if os.path.isfile(inside):
        return inside
    if os.path.isfile(os.path.join(path, NOTE)):
        raise FileError(f"reading {os.fspath(path)}", "a folder that nabi wrote, with model.keras in it",
                        "a SavedModel that TensorFlow wrote", THERE)
    return f"{path}.keras" if not has_ending(path) and os.path.isfile(f"{path}.keras") else path


def is_file_of_keras(path: Any) -> bool:
    """Whether a file is HDF5 or a zip, whatever its name ends in."""
    if has_ending(path) or not isinstance(path, (str, os.PathLike)) or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) in MAGIC
