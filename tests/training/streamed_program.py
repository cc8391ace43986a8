"""The program that the test of streamed sources kills: pictures in WebDataset shards, read row by row, augmented, blended.

    python streamed_program.py shards plan.json     plan: [[folder, source, [moment, ...]], ...]
    python streamed_program.py shards folder        one start of a run in a process of its own, to be killed from outside

    source    "streamed": a budget of one byte, so that nothing of the cache is held      "memory": the same pictures as arrays

Each folder's run is started again and again, as in `resume_program`; every start opens the shards anew.
"""

import json
import os
import sys
from pathlib import Path

import nabi
from nabi import callbacks as C
from nabi import layers as L
from nabi.datasets.folder import from_folder
from training.resume_program import Killer, digest

SIZE = 12


def build():
    """A network whose layers draw random numbers for every picture, and that keeps moments."""
    model = nabi.Sequential([
        L.Input((SIZE, SIZE, 3)), L.RandomFlip("horizontal"), L.RandomTranslation(0.2, 0.2), L.RandomRotation(0.1),
        L.RandomColorJitter((0, 255), 0.2, 0.2, (0.3, 0.7), 0.1), L.Rescaling(1 / 255),
        L.RandomErasing((0.5, 0.5), value_range=(0, 1)),
        L.Conv2D(4, 3, use_bias=False), L.BatchNormalization(), L.Activation("relu"), L.GlobalAveragePooling2D(), L.Dropout(0.2),
        L.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile(nabi.optimizers.Adam(0.01), "categorical_crossentropy", metrics=["accuracy"])
    return model


def run(shards, folder, source="streamed", moment=None, epochs=4, save_freq=3, batch_size=8):
    """One start; what must be the same goes to result.json."""
    folder = Path(folder)
    nabi.utils.set_random_seed(77 if (folder / "backup" / "checkpoint.safetensors").exists() else 5)
    found = from_folder(shards, test=0.2, memory=1, cache=folder.parent / "cache", verbose=0)
    parts = {name: (part.x, nabi.utils.to_categorical(part.y, 3)) for name, part in found.parts.items()}
    if source == "memory":
        parts = {name: (x[:], y) for name, (x, y) in parts.items()}
    else:
        assert not found.train.x.window.is_mapped
    model, killer = build(), Killer(moment)
    history = model.fit(*parts["train"], epochs=epochs, batch_size=batch_size, verbose=0, validation_data=parts["validation"],
                        mix=L.CutMix(), callbacks=[C.BackupAndRestore(folder / "backup", save_freq), killer])
    vectors = [{name: digest([t.numpy()]) for name, t in span.state().items()} for span in model.trainer.binding.spans]
    result = {"weights": killer.last, "vectors": vectors, "history": history.history, "counters": model.counters.state(),
              "test": model.evaluate(*parts["test"], verbose=0)}  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result))


def main(shards, plan):
    """Starts, kills and starts again, folder by folder."""
    for folder, source, moments in plan:
        Path(folder).mkdir()
        for moment in [*moments, None]:
            child = os.fork()
            if child == 0:
                run(shards, folder, source, moment)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            print(folder, moment, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    if Path(sys.argv[2]).is_dir():
        run(sys.argv[1], sys.argv[2], epochs=60, save_freq=5)
    else:
        main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
