"""A terminal window that remembers what was written to it, and a training loop to show in it."""

import contextlib
import os
import pty
import re
import threading
import time
from types import SimpleNamespace

from nabi.callbacks import CallbackList


class Window:
    """A pseudo-terminal whose output is collected by a thread."""

    def __init__(self, columns, encoding="utf-8"):
        import fcntl
        import struct
        import termios

        self.columns, self.raw = columns, b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        self.stream = os.fdopen(slave, "w", encoding=encoding)
        self.reader = threading.Thread(target=self._collect, daemon=True)
        self.reader.start()

    def _collect(self):
        with contextlib.suppress(OSError):  # Linux ends a pseudo-terminal with EIO
            while part := os.read(self.master, 4096):
                self.raw += part

    def read(self):
        """Closes the window and returns all that was written."""
        with contextlib.suppress(OSError):
            self.stream.close()
        self.reader.join(5)
        os.close(self.master)
        return self.raw.decode("utf-8")

    def rows(self):
        """What a person sees: carriage return, newline, wrapping at the last column; nothing else may come."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.read())
        assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f]", text)
        rows, column = [[]], 0
        for char in text:
            if char == "\r":
                column = 0
            elif char == "\n":
                rows.append([])
            else:
                if column == self.columns:
                    rows.append([])
                    column = 0
                row = rows[-1]
                row[column : column + 1] = [char] if column < len(row) else [" "] * (column - len(row)) + [char]
                column += 1
        return ["".join(row).rstrip() for row in rows if "".join(row).strip()]


def fit(progress, epochs=2, steps=5, pause=0.0, announced=True, callbacks=(), batch_size=None, logs=None, validation=0):
    """A training loop."""
    params = {"epochs": epochs, "steps": steps if announced else None, "batch_size": batch_size}
    calls = CallbackList([*callbacks, progress], model=SimpleNamespace(stop_training=False), **params)
    logs = {"accuracy": 0.97123, "loss": 0.0934} if logs is None else logs
    calls.on_train_begin()
    for epoch in range(epochs):
        calls.on_epoch_begin(epoch)
        for batch in range(steps):
            calls.on_train_batch_begin(batch)
            time.sleep(pause)
            calls.on_train_batch_end(batch, logs)
        for batch in range(validation):
            time.sleep(pause)
            calls.on_test_batch_end(batch, {})
        calls.on_epoch_end(epoch, {**logs, "val_accuracy": 0.974, "val_loss": 0.084})
    calls.on_train_end()
    calls.close()
