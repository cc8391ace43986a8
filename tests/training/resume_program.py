"""The program that the resume tests kill: a small lecture CNN with dropout, batch normalisation, shuffling and five callbacks.

    python resume_program.py plan.json     plan: [[folder, optimizer, [moment, ...]], ...]
    python resume_program.py folder        one start of a larger run, in a process of its own

For each folder the run is started again and again: the first time it is killed at the first moment, the next time at the second,
and so on; the last time it may end, and writes result.json. The moments are the n-th training step ("step"), the n-th epoch's end
after all other callbacks ("epoch"), in the middle of writing the n-th file ("writing"), after it took its place ("renamed").
`fork` makes starting cheap: torch and nabi are loaded once, and nothing is computed before the fork.
"""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import numpy as np

import nabi
from nabi import callbacks as C
from nabi import layers as L

OPTIMIZERS = {
    "adam": lambda: nabi.optimizers.Adam(0.01),
    "momentum": lambda: nabi.optimizers.SGD(0.1, momentum=0.9, clipnorm=1.0),
}


def build(optimizer, size=12, **compile_options):
    """A fresh model."""
    model = nabi.Sequential([
        L.Conv2D(4, 3, activation="relu", input_shape=(size, size, 1)), L.BatchNormalization(),
        L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Dropout(0.25), L.Flatten(),
        L.Dense(16, activation="relu"), L.Dropout(0.5), L.Dense(4, activation="softmax"),
    ])  # fmt: skip
    model.compile(OPTIMIZERS[optimizer](), "sparse_categorical_crossentropy", metrics=["accuracy"], **compile_options)
    return model


def data(samples=100, size=12):
    """Four classes: a bright corner in noise."""
    generator = np.random.default_rng(1)
    y = generator.integers(0, 4, samples)
    x = generator.normal(0, 2, (samples, size, size, 1)).astype("float32")
    x[np.arange(samples), y // 2 * (size - 3) + 1, y % 2 * (size - 3) + 1] += 3
    return x, y


class Killer(C.Callback):
    """Ends the process without a word at one moment; keeps a digest of the last epoch's weights, before best ones come back."""

    def __init__(self, moment):
        self.kind, self.left = moment or (None, 0)
        self.last = []
        if self.kind in ("writing", "renamed"):
            name = {"writing": "fsync", "renamed": "replace"}[self.kind]
            real = getattr(os, name)
            setattr(os, name, lambda *arguments: (real(*arguments), self.count(self.kind)))

    def count(self, kind):
        if kind == self.kind:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def on_train_batch_end(self, batch, logs=None):
        self.count("step")

    def on_epoch_end(self, epoch, logs=None):
        self.last = digest(self.model.get_weights())
        self.count("epoch")


def digest(arrays):
    return [hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest() for a in arrays]


def run(folder, optimizer, moment=None, epochs=9, save_freq=4, samples=100, size=12, **compile_options):
    """One start of the program; gives everything that must be the same, and writes it to result.json.

    Once there is a checkpoint the program starts from another seed, so that nothing can come from anywhere but the checkpoint.
    """
    folder = Path(folder)
    nabi.utils.set_random_seed(77 if (folder / "backup" / "checkpoint.safetensors").exists() else 5)
    model = build(optimizer, size, **compile_options)
    watchers = [
        C.CSVLogger(folder / "log.csv"),
        C.EarlyStopping("val_loss", min_delta=9.0, patience=5, restore_best_weights=True),  # stops in the sixth epoch anywhere
        C.ReduceLROnPlateau("val_loss", factor=0.5, patience=2, min_delta=9.0),
        C.ModelCheckpoint(folder / "best.safetensors", save_best_only=True),
    ]  # fmt: skip
    last = [C.BackupAndRestore(folder / "backup", save_freq=save_freq), Killer(moment)]
    x, y = data(samples, size)
    fit = dict(batch_size=10, epochs=epochs, verbose=0, validation_split=0.2, validation_split_mode="stratified")
    history = model.fit(x, y, callbacks=watchers + last, **fit)
    best = np.frombuffer((folder / "best.safetensors").read_bytes(), "u1")
    states = [{k: v for k, v in watcher.state().items() if k != "best_weights"} for watcher in watchers]
    result = {
        "weights": last[1].last, "restored": digest(model.get_weights()), "best": digest(watchers[1].best_weights),
        "optimizer": [{name: digest([t.numpy()]) for name, t in span.state().items()} for span in model.trainer.binding.spans],
        "numbers": model.optimizer.state_dict(), "counters": model.counters.state(), "history": history.history,
        "epoch": history.epoch, "states": json.loads(json.dumps(states, default=str).replace(str(folder), "")),
        "csv": (folder / "log.csv").read_text(), "file": digest([best]),
        "left": sorted(path.name for path in folder.iterdir() if not path.name.endswith(".part")),
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result))
    return result


def main(plan):
    """Starts, kills and starts again, folder by folder."""
    for folder, optimizer, moments in plan:
        Path(folder).mkdir()
        for moment in [*moments, None]:
            child = os.fork()
            if child == 0:
                run(folder, optimizer, moment)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            print(folder, moment, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    if Path(sys.argv[1]).is_dir():
        run(sys.argv[1], "adam", epochs=12, save_freq=7, samples=1000, size=28)
    else:
        main(json.loads(Path(sys.argv[1]).read_text()))
