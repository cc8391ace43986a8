"""BackupAndRestore: a run that was killed or interrupted goes on where it stood, to the last bit.

    model.fit(x, y, epochs=50, callbacks=[BackupAndRestore("backup")])      # killed? run the same program again

At rest, after a step or an epoch, all that the next step depends on goes into `<backup_dir>/checkpoint.safetensors`: weights,
optimizer, seed and counters, place in the epoch, running means, History, the other callbacks' states.

Source: keras.callbacks.BackupAndRestore (Keras 3.15).
Keras differs: it keeps weights and epoch only (a resumed epoch starts anew; History, patience, best values are lost), and its
`delete_checkpoint` removes the whole folder.
"""

import os
from pathlib import Path

from nabi.callbacks.callback import Callback, frequency, path_given
from nabi.callbacks.told import told
from nabi.core.errors import FileError
from nabi.core.numbers import flag
from nabi.core.registry import register

FILE = "checkpoint.safetensors"
BEFORE = "checkpoint.before.safetensors"


@register("callback")
class BackupAndRestore(Callback):
    """Writes a checkpoint as training goes on, and starts from it if there is one.

    The resumed program must build the same model, compile it and call `fit` in the same way with the same data; what does not
    fit is an error. Ctrl-C writes the checkpoint after the batch under way. It stays until `fit` has run to its end.

    Args:
        backup_dir: folder of the checkpoint; it is made. One folder for one `fit`.
        save_freq: "epoch", or a number of steps. Batches from a generator without `state()` are resumed at epochs only.
        double_checkpoint: keep the checkpoint before the last one too, and take it if the last one is damaged.
        delete_checkpoint: remove the files once `fit` has run to its end.

    Raises:
        ArgumentError: no folder, or another `save_freq`.
        StateError: the checkpoint belongs to another model, optimizer, callbacks or data.
        FileError: it is damaged; it cannot be written.
    """

    def __init__(self, backup_dir, save_freq="epoch", double_checkpoint=False, delete_checkpoint=True):
        self.backup_dir = path_given("BackupAndRestore(backup_dir)", backup_dir)
        self.save_freq = frequency("BackupAndRestore(save_freq)", save_freq)
        self.double_checkpoint = flag("BackupAndRestore(double_checkpoint)", double_checkpoint)
        self.delete_checkpoint = flag("BackupAndRestore(delete_checkpoint)", delete_checkpoint)
        self.steps = 0  # since the last checkpoint

    def restore(self) -> None:
        folder = Path(self.backup_dir)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"BackupAndRestore('{folder}')", "a folder that can be made", error.strerror) from None
        for leftover in folder.glob(f".{FILE}.*.part"):  # a kill while writing
            leftover.unlink()
        self.steps = 0
        files = [path for path in (folder / FILE, folder / BEFORE) if path.is_file()]
        if not files:
            return
        try:
            self.load(files[0])
        except FileError as error:
            if len(files) == 1:
                raise
            self.tell(told("one before", error=error))
            self.load(files[1])

    def load(self, path: Path) -> None:
        """Continues from one file."""
        trainer = self.model.trainer
        trainer.load_checkpoint(path)
        if (self.params or {}).get("verbose"):
            epoch, step = trainer.position.epoch + 1, trainer.position.step
            self.tell(told("resumed within" if step else "resumed", path=path, epoch=epoch, step=step + 1))

    def at_rest(self) -> None:
        trainer = self.model.trainer
        if trainer.position.step == 0:
            due = self.save_freq == "epoch" or not trainer.feed.exact
        else:
            self.steps += 1
            due = self.save_freq != "epoch" and self.steps >= int(self.save_freq)
        if trainer.may_rest and (due or self.model.history.interrupted):
            self.save()

    def save(self) -> None:
        """Writes the checkpoint now."""
        path = Path(self.backup_dir) / FILE
        if self.double_checkpoint and path.is_file():
            os.replace(path, path.with_name(BEFORE))
        self.model.trainer.save_checkpoint(path)
        self.steps = 0

    def close(self) -> None:
        if not (self.delete_checkpoint and self.model is not None and self.model.trainer.finished):
            return
        folder = Path(self.backup_dir)
        for name in (FILE, BEFORE):
            (folder / name).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
