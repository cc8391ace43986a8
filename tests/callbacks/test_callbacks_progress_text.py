"""The words of the progress display: Keras' own numbers and paces, and rows that always fit."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi.callbacks.progress_text import Look, View, bar_line, closing_lines, columns, number, pace, plain_line, shown

VIEWS = st.builds(
    View,
    title=st.sampled_from(["", "Epoch 3/12"]),
    step=st.integers(0, 20_000),
    steps=st.one_of(st.none(), st.integers(20_000, 100_000)),
    elapsed=st.floats(0, 1e6),
    left=st.one_of(st.none(), st.floats(0, 1e6)),
    step_seconds=st.floats(0, 100),
    images_per_second=st.one_of(st.none(), st.floats(0, 1e7)),
    values=st.lists(st.tuples(st.sampled_from(["loss", "val_accuracy", "정확도"]), st.sampled_from(["0.5", "1e-4"])), max_size=6),
    note=st.sampled_from(["", "validation 12"]),
)
LOOKS = st.builds(Look, width=st.integers(16, 200), ascii=st.booleans(), color=st.booleans())


@settings(max_examples=150, deadline=None)
@given(view=VIEWS, look=LOOKS)
def test_a_running_row_never_exceeds_the_window(view, look):
    row = bar_line(view, look)
    assert shown(row) <= look.width
    assert "\n" not in row
    assert columns(re.sub(r"\x1b\[\d+m", "", row)) == shown(row)
    assert ("\x1b" in row) == look.color
    if look.ascii and not any(not name.isascii() for name, _ in view.values):
        assert row.isascii()


@settings(max_examples=150, deadline=None)
@given(view=VIEWS, look=LOOKS)
def test_the_last_state_shows_every_metric(view, look):
    text = "\n".join(closing_lines(view, look))
    assert [tuple(part) for part in re.findall(r" - (\S+): (\S+)", text)] == view.values
    if look.width >= 60:
        assert all(shown(row) <= look.width for row in text.split("\n"))


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width, rows", [(140, 1), (100, 2), (79, 2), (59, 2), (39, 4)])
def test_training_and_validation_have_a_row_each(width, rows, ascii):
    """At 80 and 60 columns a classifier's epoch takes two rows, broken where validation begins."""
    values = [("loss", "1.0765"), ("accuracy", "0.6533"), ("val_loss", "0.3928"), ("val_accuracy", "0.8925")]
    view = View("Epoch 1/2", 36, 36, 4.0, None, 0.104, 960.0, values)
    lines = closing_lines(view, Look(width, ascii=ascii))
    assert len(lines) == rows and all(shown(line) <= width for line in lines)
    if rows == 2:
        assert lines[0].endswith(" - loss: 1.0765 - accuracy: 0.6533")
        assert lines[1] == "      - val_loss: 0.3928 - val_accuracy: 0.8925"
    assert not ascii or "\n".join(lines).isascii()


@settings(max_examples=100, deadline=None)
@given(view=VIEWS)
def test_a_plain_line_is_printable(view):
    assert plain_line(view).isprintable()


@settings(max_examples=100, deadline=None)
@given(value=st.floats(-1e6, 1e6).filter(lambda x: x != 0), seconds=st.floats(0, 1000))
def test_numbers_and_paces_are_those_of_keras(value, seconds):
    import contextlib
    import io

    from keras.utils import Progbar

    with contextlib.redirect_stdout(io.StringIO()) as out:
        bar = Progbar(1, verbose=1)
        bar.update(1, [("loss", value)], finalize=True)
    assert out.getvalue().rstrip().endswith(f" - loss: {number(value)}")
    assert bar._format_time(seconds, "step") == f" {pace(seconds)}"


def test_keras_writes_an_exponent_where_a_broken_number_does_not():
    """Broken on purpose: four decimals whatever the size."""
    assert number(0.00042) == "4.2000e-04" != f"{0.00042:.4f}"
