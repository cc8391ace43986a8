"""The progress display: in a pseudo-terminal read by a small emulator, in lines, in a notebook's place, on broken streams."""

import contextlib
import io
import os
import pty
import re
import sys
import threading
import time
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from nabi.callbacks import CallbackList, LambdaCallback, Progress
from nabi.callbacks.progress_screens import screen
from nabi.core.errors import ArgumentError


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


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """A terminal without wishes of its own."""
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


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


TIMES = r"\d+s [0-9.]+(us|ms|s)/step"


def test_the_last_state_of_each_epoch_stays_in_a_wide_window():
    window = Window(140)
    fit(Progress(1, window.stream))
    rows = window.rows()
    assert [rows[0], rows[2]] == ["Epoch 1/2", "Epoch 2/2"]
    for row in (rows[1], rows[3]):
        assert re.fullmatch(
            rf"5/5 ━{{20}} {TIMES} - accuracy: 0\.9712 - loss: 0\.0934 - val_accuracy: 0\.9740 - val_loss: 0\.0840", row
        )
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("columns", "bar", "rest"),
    [(80, 20, [" - accuracy: 0.9712 - loss: 0.0934", "    - val_accuracy: 0.9740 - val_loss: 0.0840"]),
     (40, 10, ["", "    - accuracy: 0.9712 - loss: 0.0934", "    - val_accuracy: 0.9740", "    - val_loss: 0.0840"])],
)  # fmt: skip
def test_a_narrow_window_breaks_the_last_state_between_metrics(columns, bar, rest):
    window = Window(columns)
    fit(Progress(1, window.stream), epochs=1)
    first, *others = window.rows()
    assert re.fullmatch(rf"5/5 ━{{{bar}}} {TIMES}{re.escape(rest[0])}", first)
    assert others == [row.rstrip() for row in rest[1:]]


def test_at_most_ten_redraws_a_second_and_the_metrics_are_read_as_rarely():
    read = []

    class Lazy(Mapping):
        def __getitem__(self, name):
            read.append(name)
            return 0.5

        def __iter__(self):
            return iter(["loss"])

        def __len__(self):
            return 1

    window = Window(80)
    begin = time.perf_counter()
    fit(Progress(1, window.stream), epochs=1, steps=400, pause=0.001, logs=Lazy())
    seconds = time.perf_counter() - begin
    redraws = window.read().count("\r") - window.raw.count(b"\r\n")
    assert 3 <= redraws <= seconds / 0.1 + 2  # the first and the last beside one every 0.1 s
    assert len(read) <= redraws + 1  # the epoch's logs are made by the loop, which reads once more


def test_short_epochs_are_not_redrawn():
    window = Window(80)
    begin = time.perf_counter()
    fit(Progress(1, window.stream), epochs=30, steps=3)
    seconds = time.perf_counter() - begin
    text = window.read()
    assert text.count("\r") - text.count("\r\n") <= 30 + seconds / 0.1 + 1  # each epoch's last state, and one for each 0.1 s


def test_running_rows_fit_the_window_and_show_times_and_validation():
    window = Window(80)
    fit(Progress(1, window.stream), epochs=1, steps=4, pause=0.11, validation=2, batch_size=200)
    rows = [row.rstrip() for row in re.sub(r"\x1b\[[0-9;]*m", "", window.read()).split("\r") if row.strip()]
    assert all(len(row) < 80 for row in rows)
    assert rows[0] == "0/4 " + "─" * 20 + " 0s"
    half = r"2/4 ━{5}─{5} 0s, 0s left [1-9]\d\dms/step - accuracy: 0\.9712 - loss: 0\.0934"  # no room for images/s
    assert any(re.fullmatch(half, row) for row in rows)
    assert any(row.endswith("- validation 1") for row in rows)


def test_the_running_metrics_are_not_read_during_validation():
    """They are the validation's then: what was last read of the training stays."""
    now = {"loss": 0.5}
    tracker = LambdaCallback(on_test_begin=lambda logs: now.update(loss=99.0))
    window = Window(100)
    calls = CallbackList([tracker, Progress(1, window.stream)], epochs=1, steps=1)
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    time.sleep(0.11)
    calls.on_train_batch_end(0, now)
    calls.on_test_begin()
    time.sleep(0.11)
    calls.on_test_batch_end(0, {})
    calls.on_train_end()  # an error in the validation ends the run
    text = window.read()
    assert "- loss: 0.5000 - validation 1" in text
    assert "99" not in text


def test_images_a_second_are_the_batch_size_over_the_time_of_a_step():
    window = Window(140)
    fit(Progress(1, window.stream), epochs=1, steps=6, pause=0.02, batch_size=100)
    _, milliseconds, images = re.search(r"(\d+)s (\d+)ms/step (\d+) images/s", window.rows()[0]).groups()
    assert int(milliseconds) >= 20
    assert abs(int(images) - 100 / (int(milliseconds) / 1000)) <= 0.03 * int(images)


def test_fewer_samples_than_a_batch_are_not_overrated():
    stream = io.StringIO()
    calls = CallbackList([Progress(2, stream)], steps=1, batch_size=256, samples=100)
    calls.on_predict_begin()
    time.sleep(0.1)
    calls.on_predict_batch_end(0, {})
    calls.on_predict_end()
    assert 100 < int(re.search(r"(\d+) images/s", stream.getvalue()).group(1)) <= 1000


def test_a_line_from_elsewhere_makes_the_bar_step_aside():
    speaker = LambdaCallback(on_train_batch_end=lambda batch, logs: speaker.tell(f"batch {batch}") if batch == 2 else None)
    window = Window(100)
    fit(Progress(1, window.stream), epochs=1, steps=4, pause=0.05, callbacks=[speaker])
    rows = window.rows()
    assert rows[0] == "batch 2"
    assert rows[1].startswith("4/4 ━")


def test_an_interrupted_epoch_leaves_its_last_state_standing():
    window = Window(100)
    calls = CallbackList([Progress(1, window.stream)], epochs=2, steps=10)
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    calls.on_train_batch_end(2, {"loss": 0.25})
    calls.on_train_end()
    calls.close()
    rows = window.rows()
    assert re.fullmatch(rf" 3/10 ━{{6}}─{{14}} {TIMES} - loss: 0\.2500", rows[1])
    assert len(rows) == 2


def test_an_unknown_number_of_steps_is_known_after_the_first_epoch():
    window = Window(100)
    fit(Progress(1, window.stream), epochs=2, steps=3, pause=0.11, announced=False)
    text = window.read()
    assert re.search(r"\r(\x1b\[\d+m)*2/\?", text)
    first, second = text.split("Epoch 2/2")
    assert "3/3" in first
    assert "/?" not in second


def test_more_steps_than_announced_are_counted():
    window = Window(100)
    calls = CallbackList([Progress(1, window.stream)], epochs=1, steps=2)
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    for batch in range(4):
        calls.on_train_batch_end(batch, {})
    calls.on_epoch_end(0, {})
    assert window.rows()[0].startswith("4/4 ")


@pytest.mark.parametrize(
    ("setting", "encoding", "bar", "color"),
    [({}, "utf-8", "━", True), ({"NO_COLOR": "1"}, "utf-8", "━", False), ({"TERM": "dumb"}, "utf-8", "=", False),
     ({}, "ascii", "=", True), ({}, "cp949", "=", True), ({"NO_COLOR": ""}, "utf-8", "━", True)],
)  # fmt: skip
def test_signs_and_colors_follow_the_terminal(monkeypatch, setting, encoding, bar, color):
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    window = Window(80, encoding)
    fit(Progress(1, window.stream), epochs=1)
    text = window.read()
    assert bar * 20 in text
    assert ("\x1b[" in text) == color
    if bar == "=":
        assert text.isascii()


def test_names_that_the_stream_cannot_write_do_not_stop_the_run():
    window = Window(80, "ascii")
    fit(Progress(1, window.stream), epochs=1, logs={"정확도": 0.5})
    assert " - ???: 0.5000" in window.read()


def test_korean_names_are_counted_at_their_width():
    window = Window(40)
    fit(Progress(1, window.stream), epochs=1, steps=3, pause=0.11, logs={"정확도": 0.5, "손실": 0.1})
    pieces = re.sub(r"\x1b\[[0-9;]*m", "", window.read()).replace("\n", "\r").split("\r")
    assert max(sum(2 if ord(c) > 0x1100 and c.isalpha() else 1 for c in row) for row in pieces) < 40


def test_evaluate_and_predict_have_bars_of_their_own():
    window = Window(80)
    calls = CallbackList([Progress(1, window.stream)], steps=3)
    calls.on_test_begin()
    calls.on_test_batch_end(2, {"loss": 0.5})
    calls.on_test_end({"loss": 0.5, "accuracy": 0.75})
    calls.on_predict_begin()
    calls.on_predict_batch_end(2, {"outputs": "never read"})
    calls.on_predict_end()
    first, second = window.rows()
    assert re.fullmatch(rf"3/3 ━{{20}} {TIMES} - loss: 0\.5000 - accuracy: 0\.7500", first)
    assert re.fullmatch(rf"3/3 ━{{20}} {TIMES}", second)


@pytest.mark.parametrize("mode", ["auto", 1, 2])
def test_what_is_no_terminal_gets_one_plain_line_an_epoch(mode):
    stream = io.StringIO()
    fit(Progress(mode, stream), batch_size=100)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert re.fullmatch(
        r"Epoch 2/2 - 5/5 - 0s - \d+(us|ms)/step - \d+ images/s - accuracy: 0\.9712 - loss: 0\.0934"
        r" - val_accuracy: 0\.9740 - val_loss: 0\.0840", lines[1],
    )  # fmt: skip
    assert stream.getvalue().replace("\n", "").isprintable()


def test_mode_2_is_one_plain_line_in_a_terminal_too():
    window = Window(80)
    fit(Progress(2, window.stream), epochs=1)
    assert window.read().replace("\r\n", "").isprintable()


def test_standard_output_is_looked_up_when_the_run_begins(capsys):
    progress = Progress(2)
    with contextlib.redirect_stdout(elsewhere := io.StringIO()):
        fit(progress, epochs=1)
    assert elsewhere.getvalue().count("\n") == 1
    assert capsys.readouterr().out == ""


def test_silence(capsys):
    fit(Progress(0))
    assert capsys.readouterr().out == ""


def test_without_a_console_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    fit(Progress())


@pytest.mark.parametrize("mode", [3, "bar", None])
def test_other_modes_are_refused(mode):
    for make in (Progress, screen):
        with pytest.raises(ArgumentError, match=r"verbose: expected 'auto', 0, 1 or 2, got"):
            make(mode)


def test_a_closed_stream_does_not_stop_the_run():
    window = Window(80)
    closer = LambdaCallback(on_epoch_begin=lambda epoch, logs: window.stream.close() if epoch == 1 else None)
    fit(Progress(1, window.stream), epochs=3, callbacks=[closer])
    assert "Epoch 1/3" in window.read()
    stream = io.StringIO()
    stream.close()
    fit(Progress(1, stream))


def test_a_broken_pipe_does_not_stop_the_run():
    read, write = os.pipe()
    os.close(read)
    stream = os.fdopen(write, "w")
    fit(Progress(2, stream), epochs=3)
    with contextlib.suppress(BrokenPipeError):
        stream.close()


class FakeNotebook:
    """IPython's side of a notebook: what was displayed, and when."""

    def __init__(self, monkeypatch):
        self.shown, self.updated = [], []
        kernel = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
        monkeypatch.setitem(sys.modules, "IPython", kernel)
        monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=self.display))

    def display(self, data, raw, display_id):
        assert raw and display_id
        self.shown.append(data["text/plain"])
        return self

    def update(self, data, raw):
        assert raw
        self.updated.append(data["text/plain"])


def test_a_notebook_cell_gets_one_output_updated_at_most_ten_times_a_second(monkeypatch, capsys):
    notebook = FakeNotebook(monkeypatch)
    begin = time.perf_counter()
    fit(Progress(), epochs=40, steps=3, pause=0.002)
    seconds = time.perf_counter() - begin
    assert len(notebook.shown) == 1
    assert len(notebook.updated) <= seconds / 0.1 + 1
    assert all(text.count("\n") <= 22 for text in notebook.updated[:-1])  # the last 20 lines, the bar, a remark
    last = notebook.updated[-1].splitlines()
    assert [line for line in last if line.startswith("Epoch")] == [f"Epoch {n}/40" for n in range(1, 41)]
    assert last[-1].endswith("- val_loss: 0.0840")
    assert "\x1b" not in notebook.updated[-1]
    assert capsys.readouterr().out == ""


def test_a_notebooks_other_stream_is_not_the_cell(monkeypatch):
    notebook = FakeNotebook(monkeypatch)
    stream = io.StringIO()
    fit(Progress("auto", stream), epochs=1)
    assert notebook.shown == []
    assert stream.getvalue().startswith("5/5 - 0s")


def test_ipython_in_a_terminal_is_no_notebook(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace()))
    fit(Progress(), epochs=1)
    assert capsys.readouterr().out.startswith("5/5 - 0s")
