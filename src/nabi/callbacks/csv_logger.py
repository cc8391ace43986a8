"""CSVLogger: one row per epoch in a CSV file, written as the epoch ends.

    epoch,accuracy,loss,val_accuracy,val_loss
    0,0.91,0.31,0.95,0.17

Source: keras.callbacks.CSVLogger (Keras 3.15), same bytes: sorted names, `val_` names added when the first row has none, NA for
what an epoch did not log. Keras differs: appending other columns to an old file puts values under the wrong heads, here it is an
error; and a resumed run cuts the file back to the last row before its checkpoint.
"""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from nabi.callbacks.callback import Callback, path_given
from nabi.core.errors import ArgumentError, FileError, StateError
from nabi.core.files import make_folder
from nabi.core.numbers import flag
from nabi.core.registry import register


@register("callback")
class CSVLogger(Callback):
    """Writes the epochs' logs to `filename`.

    Args:
        filename: the file; its folder is made.
        separator: between the values.
        append: go on with a file that exists instead of writing it anew.

    Raises:
        FileError: the file cannot be written; `append`, and it has other columns than this run logs.
    """

    remembers = ("size",)

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False):
        self.filename = path_given("CSVLogger(filename)", filename)
        if not isinstance(separator, str) or len(separator) != 1:
            raise ArgumentError("CSVLogger(separator)", "one letter, such as ',' or ';'", repr(separator))
        self.separator = separator
        self.append = flag("CSVLogger(append)", append)
        self.keys: list[str] | None = None  # the columns after `epoch`
        self.size = 0  # bytes up to the end of the last row
        self._file: IO[str] | None = None
        self._appends = False

    def on_train_begin(self, logs=None):
        self.close()
        resumed = not self.starts_afresh()
        path = make_folder(self.filename, "CSVLogger(filename)")
        if resumed and path.is_file() and path.stat().st_size > self.size:
            os.truncate(path, self.size)
        try:
            self._file = path.open("a" if resumed or self.append else "w", newline="", encoding="utf-8")
        except OSError as error:
            raise FileError("CSVLogger(filename)", "a file that can be written", f"'{path}': {error.strerror}") from None
        self.keys = self._head(path)
        self._appends = self.keys is not None

    def _head(self, path: Path) -> list[str] | None:
        """The columns after `epoch` of a file to append to, None if it is empty."""
        with path.open(newline="", encoding="utf-8") as lines:
            head = next(csv.reader(lines, delimiter=self.separator), None)
        return head and head[1:]

    def load_state(self, state):
        """As in `Callback`; the size must be a number of bytes, since the file is cut back to it.

        Raises:
            StateError: the state belongs to another callback.
        """
        size = state.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise StateError("CSVLogger.load_state", "size, a number of bytes", repr(size), "The checkpoint is damaged.")
        super().load_state(state)

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self._file is None:
            raise StateError("CSVLogger.on_epoch_end", "on_train_begin before it", "a closed file")
        writer = csv.writer(self._file, delimiter=self.separator)
        if self.keys is None:
            self.keys = _columns(logs)
            writer.writerow(["epoch", *self.keys])
        elif self._appends and not set(logs) <= set(self.keys):
            raise FileError(
                f"CSVLogger({str(self.filename)!r}, append=True)", f"the columns of that file, {', '.join(self.keys)}",
                ", ".join(logs), "Log to another file.",
            )  # fmt: skip
        self._appends = False
        writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
        self._file.flush()
        self.size = os.fstat(self._file.fileno()).st_size

    def on_train_end(self, logs=None):
        self.close()

    def close(self):
        if self._file is not None:
            self._file.close()
            self._file = None


def _columns(logs: dict[str, Any]) -> list[str]:
    """Sorted; where the first row has no `val_` name, these follow, for the epochs that will be validated."""
    keys = sorted(logs)
    if not any(key.startswith("val_") for key in keys):
        keys += [f"val_{key}" for key in keys]
    return keys


def _cell(value: Any) -> Any:
    """A vector becomes "[1, 2, 3]" in quotes; everything else stays."""
    if isinstance(value, Iterable) and not isinstance(value, str) and getattr(value, "ndim", 1) > 0:
        return f'"[{", ".join(map(str, value))}]"'
    return value
