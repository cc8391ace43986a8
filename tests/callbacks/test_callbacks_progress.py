"""The progress display in a terminal: a pseudo-terminal, read by a small emulator."""

import io
import re
import time
from collections.abc import Mapping

import pytest
from callbacks_window import Window, fit

from nabi.callbacks import CallbackList, LambdaCallback, Progress

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


def test_a_run_resumed_within_an_epoch_times_its_own_steps():
    stream = io.StringIO()
    calls = CallbackList([Progress(2, stream)], epochs=1, steps=1002)
    calls.on_train_begin()
    calls.on_epoch_begin(0)
    for batch in (999, 1000, 1001):
        time.sleep(0.05)
        calls.on_train_batch_end(batch, {})
    calls.on_epoch_end(0, {})
    assert int(re.match(r"1002/1002 - 0s - (\d+)ms/step", stream.getvalue()).group(1)) >= 50


def test_fewer_samples_than_a_batch_are_not_overrated():
    stream = io.StringIO()
    calls = CallbackList([Progress(2, stream)], steps=1, batch_size=256, samples=100)
    calls.on_predict_begin()
    time.sleep(0.1)
    calls.on_predict_batch_end(0, {})
    calls.on_predict_end()
    assert 100 < int(re.search(r"(\d+) images/s", stream.getvalue()).group(1)) <= 1000


def test_a_short_last_batch_counts_as_what_it_holds(monkeypatch):
    """36 pictures in batches of 32: 36 in two steps; 68: the last 36 in two; a run that begins them anew: full batches."""
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    for samples, steps, wanted in ((36, 2, 36 / 0.28), (68, 3, 36 / 0.28), (36, 3, 64 / 0.28), (64, 2, 32 / 0.14)):
        stream = io.StringIO()
        calls = CallbackList([Progress(2, stream)], epochs=1, steps=steps, batch_size=32, samples=samples)
        calls.on_test_begin()
        for batch in range(steps):
            now[0] += 0.14
            calls.on_test_batch_end(batch, {})
        calls.on_test_end({})
        assert f" - 140ms/step - {wanted:.0f} images/s" in stream.getvalue()


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


def test_a_line_without_steps_is_not_written():
    import nabi
    from nabi.core.errors import ShapeError

    stream = io.StringIO()
    model = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(1)])
    model.compile("sgd", "mse")
    progress = Progress(2, stream)
    with pytest.raises(ShapeError):
        model.predict([1.0, 2.0], verbose=0, callbacks=[progress])
    assert stream.getvalue() == ""
    model.predict([[1.0, 2.0]], verbose=0, callbacks=[progress])
    assert stream.getvalue().startswith("1/1 - ")
