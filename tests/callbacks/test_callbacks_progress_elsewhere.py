"""The progress display where there is no terminal: plain lines, a notebook's place, closed and broken streams."""

import contextlib
import io
import os
import re
import sys
import time
from types import SimpleNamespace

import pytest
from callbacks_window import Window, fit

from nabi.callbacks import LambdaCallback, Progress
from nabi.callbacks.progress_screens import screen
from nabi.core.errors import ArgumentError


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
