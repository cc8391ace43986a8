"""TensorBoard: curves, weight histograms and weight pictures for the program of that name.

    tensorboard --logdir logs

    logs/train         epoch_loss, epoch_accuracy, ..., epoch_learning_rate at each epoch;  batch_loss, ... at steps
    logs/validation    epoch_loss, ... under the same names, so that both curves share a chart;  evaluation_loss_vs_iterations

Source: keras.callbacks.TensorBoard (Keras 3.15), same folders, names and steps. Keras differs: it needs TensorFlow; it draws the
graph (nabi's is `model.summary()` and `model.plan()`); it shows weights outside 0 to 1 cut off, here they are scaled. And a
resumed run goes on in the same files, cut back to its checkpoint.
"""

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from nabi.callbacks.callback import Callback, path_given
from nabi.callbacks.event_file import NAME, EventFile, new_name
from nabi.callbacks.summaries import histogram, picture, scalar
from nabi.callbacks.weight_picture import weight_picture
from nabi.core.errors import ArgumentError, StateError
from nabi.core.numbers import flag, whole
from nabi.core.registry import register
from nabi.models.naming import named_weights

FOLDERS = ("train", "validation")
SHORTEST = 1e-9  # seconds; a clock may stand still


@register("callback")
class TensorBoard(Callback):
    """Writes event files while a model trains and is evaluated; each `fit` begins new ones.

    Args:
        log_dir: folder of the files; one for each run, so that runs can be compared.
        histogram_freq: epochs from one histogram of every weight to the next; 0 for none.
        write_graph: accepted as in Keras; nothing is written.
        write_images: with the histograms, also each weight as a picture (`weight_picture`).
        write_steps_per_second: also log how many training steps a second takes.
        update_freq: "epoch"; "batch" for every step too, or a number of steps from one entry to the next.
        profile_batch, embeddings_freq, embeddings_metadata: not had; their defaults are accepted.

    Values that are no numbers (vectors, texts) are left out.

    Raises:
        ArgumentError: a value that cannot be meant, or something that is not had.
        FileError: the folder cannot be written.
    """

    instead = {
        "write_grads": "Leave it out: gradients are not logged.",
        "batch_size": "Leave it out: histograms are of weights, which need no data.",
        "embeddings_layer_names": "Leave it out: embeddings are not logged.",
        "embeddings_data": "Leave it out: embeddings are not logged.",
    }

    def __init__(self, log_dir: str | os.PathLike[str] = "logs", histogram_freq: int = 0, write_graph: bool = True,
                 write_images: bool = False, write_steps_per_second: bool = False, update_freq: Any = "epoch",
                 profile_batch: Any = 0, embeddings_freq: int = 0, embeddings_metadata: Any = None):
        if update_freq not in ("epoch", "batch") and not (type(update_freq) is int and update_freq > 0):
            raise ArgumentError("TensorBoard(update_freq)", "'epoch', 'batch' or a number of steps", repr(update_freq))
        missing = {"profile_batch": profile_batch, "embeddings_freq": embeddings_freq, "embeddings_metadata": embeddings_metadata}
        for name, given in missing.items():
            if given:
                what = "profile of steps" if name == "profile_batch" else "projector of embeddings"
                raise ArgumentError(f"TensorBoard({name})", f"{0 if name != 'embeddings_metadata' else None}", repr(given),
                                    f"Leave it out: there is no {what}.")
        self.log_dir = os.fspath(path_given("TensorBoard(log_dir)", log_dir))
        self.histogram_freq = whole("TensorBoard(histogram_freq)", histogram_freq, least=0)
        self.write_graph = flag("TensorBoard(write_graph)", write_graph)
        self.write_images = flag("TensorBoard(write_images)", write_images)
        self.write_steps_per_second = flag("TensorBoard(write_steps_per_second)", write_steps_per_second)
        self.update_freq: Any = 1 if update_freq == "batch" else update_freq
        self.profile_batch = profile_batch
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self.batches = 0  # training steps since fit began
        self._open: dict[str, EventFile] = {}
        self._places: dict[str, list[Any]] = {}  # [name, size] of the files of this fit, begun or not
        self._before = 0  # training steps before this epoch
        self._epoch_begun = self._step_begun = self._step_done = 0.0  # seconds

    # Files --------------------------------------------------------------------------------------------------------------

    def file(self, folder: str) -> EventFile:
        """The file of this fit in "train" or "validation"; it is begun when something is to be written."""
        if folder not in self._open:
            name, size = self._places.setdefault(folder, [new_name(), 0])
            self._open[folder] = EventFile(Path(self.log_dir) / folder, name, size)
        return self._open[folder]

    def flush(self) -> None:
        """Brings everything to the disk and notes how long the files are."""
        for folder, file in self._open.items():
            self._places[folder][1] = file.size

    def scalars(self, folder: str, form: str, values: Any, step: int) -> None:
        """Writes the numbers of a log under names such as "epoch_{}"."""
        for name, x in values.items():
            if not isinstance(x, str) and np.ndim(x) == 0:
                self.file(folder).write(step, scalar(form.format(name), float(x)))

    def state(self):
        self.flush()
        return {"batches": self.batches, "files": {folder: list(place) for folder, place in self._places.items()}}

    def load_state(self, state):
        """As in `Callback`; only files that are named like event files are cut back.

        Raises:
            StateError: the state belongs to another callback.
        """
        batches: Any = state.get("batches")
        files: Any = state.get("files")
        ours = isinstance(files, dict) and type(batches) is int and all(
            folder in FOLDERS and isinstance(place, list) and len(place) == 2 and NAME.fullmatch(str(place[0]))
            and type(place[1]) is int and place[1] >= 0 for folder, place in files.items())
        if not ours or len(state) != 2:
            raise StateError("TensorBoard.load_state", "batches and files, event files with their sizes", repr(state)[:200],
                             "The checkpoint is of another callback, or was tampered with.")
        self.batches, self._places = batches, {folder: list(place) for folder, place in files.items()}
        self._loaded = True

    def close(self):
        self.flush()
        for file in self._open.values():
            file.close()
        self._open = {}

    # Hooks --------------------------------------------------------------------------------------------------------------

    def on_train_begin(self, logs=None):
        self.close()
        if self.starts_afresh():
            self.batches, self._places = 0, {folder: [new_name(), 0] for folder in FOLDERS}
        for folder, (name, _) in self._places.items():  # resumed: what was written after the checkpoint is cut off
            if (Path(self.log_dir) / folder / name).exists():
                self.file(folder)

    def on_epoch_begin(self, epoch, logs=None):
        self._before, self._epoch_begun = self.batches, time.perf_counter()

    def on_train_batch_begin(self, batch, logs=None):
        self._step_begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1
        self._step_done = time.perf_counter()
        if self.update_freq == "epoch" or self.batches % self.update_freq:
            return
        if self.write_steps_per_second:
            seconds = max(self._step_done - self._step_begun, SHORTEST)
            self.scalars("train", "{}", {"batch_steps_per_second": 1 / seconds}, self.batches)
        self.scalars("train", "batch_{}", logs or {}, self.batches)

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        train = {name: x for name, x in logs.items() if not name.startswith("val_")}
        held = {name.removeprefix("val_"): x for name, x in logs.items() if name.startswith("val_")}
        train["learning_rate"] = float(self.model.optimizer.learning_rate)
        if self.write_steps_per_second:
            seconds = max(self._step_done - self._epoch_begun, SHORTEST)
            train["steps_per_second"] = (self.batches - self._before) / seconds
        self.scalars("train", "epoch_{}", train, epoch)
        self.scalars("validation", "epoch_{}", held, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self.weights(epoch)
        self.flush()

    def weights(self, epoch: int) -> None:
        """Histogram, and picture if asked for, of every weight."""
        file = self.file("train")
        for name, weight in named_weights(self.model).items():
            w = weight.numpy()
            file.write(epoch, histogram(f"{name}/histogram", w))
            pixels = weight_picture(w) if self.write_images else None
            if pixels is not None:
                file.write(epoch, picture(f"{name}/image", pixels))

    def on_test_end(self, logs=None):
        if self.model.optimizer is not None:
            self.scalars("validation", "evaluation_{}_vs_iterations", logs or {}, self.model.optimizer.iterations)

    def on_train_end(self, logs=None):
        self.close()
