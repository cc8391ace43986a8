"""Learning curves: the lines carry the history, the marker stands at the epoch to keep, labels say the right numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes

from nabi.core.errors import ArgumentError
from nabi.viz import learning_curves

HISTORY = {
    "loss": [0.9, 0.5, 0.3, 0.2, 0.1],
    "val_loss": [0.8, 0.6, 0.45, 0.5, 0.7],
    "accuracy": [0.6, 0.8, 0.9, 0.95, 0.99],
    "val_accuracy": [0.65, 0.75, 0.81, 0.83, 0.82],
    "learning_rate": [0.1] * 5,
}


def line(ax: Axes, label: str):
    (found,) = [one for one in ax.lines if one.get_label() == label]
    return found


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_lines_are_the_history():
    figure = learning_curves(HISTORY)
    loss, accuracy = figure.axes
    assert (loss.get_title("left"), accuracy.get_title("left")) == ("Loss", "Accuracy")
    for ax, names in ((loss, ("loss", "val_loss")), (accuracy, ("accuracy", "val_accuracy"))):
        for name in names:
            x, y = line(ax, name).get_data()
            np.testing.assert_array_equal(x, [1, 2, 3, 4, 5])
            np.testing.assert_array_equal(y, HISTORY[name])
    assert "learning_rate" not in [one.get_label() for ax in figure.axes for one in ax.lines]


def test_the_best_epoch_is_marked_where_validation_is_lowest():
    figure = learning_curves(HISTORY)
    loss, accuracy = figure.axes
    for ax, value in ((loss, 0.45), (accuracy, 0.81)):
        assert line(ax, "best epoch").get_xdata() == [3, 3]
        assert [float(v[0]) for v in line(ax, "best point").get_data()] == [3, value]
    assert "epoch 3\n0.450" in texts(loss) and "epoch 3\n81.00 %" in texts(accuracy)
    assert figure.texts[0].get_text() == "Lowest validation loss after epoch 3: 0.450"
    assert figure.texts[1].get_text() == "5 epochs; the dashed line marks epoch 3."


@pytest.mark.parametrize("monitor, mode, epoch, headline", [
    ("val_accuracy", "auto", 4, "Highest validation accuracy after epoch 4: 83.00 %"),
    ("val_accuracy", "min", 1, "Lowest validation accuracy after epoch 1: 65.00 %"),
    ("loss", "auto", 5, "Lowest loss after epoch 5: 0.100"),
])  # fmt: skip
def test_other_monitors(monitor, mode, epoch, headline):
    figure = learning_curves(HISTORY, monitor=monitor, mode=mode)
    assert figure.texts[0].get_text() == headline
    assert all(line(ax, "best epoch").get_xdata() == [epoch, epoch] for ax in figure.axes)


def test_a_given_epoch_counts_from_0_as_early_stopping_does():
    figure = learning_curves(HISTORY, best_epoch=3)
    assert line(figure.axes[0], "best point").get_data() == ([4], [0.5])
    assert figure.texts[0].get_text() == "Validation loss after epoch 4: 0.500", "not the lowest, so it does not say so"
    assert learning_curves(HISTORY, best_epoch=2).texts[0].get_text().startswith("Lowest validation loss after epoch 3")


def test_no_mark():
    for figure in (learning_curves(HISTORY, monitor=None), learning_curves({"loss": [0.5, 0.4]})):
        assert "best epoch" not in [one.get_label() for ax in figure.axes for one in ax.lines]
        assert figure.texts[0].get_text() == "Learning curves"


def test_line_ends_are_named_with_their_values():
    loss, accuracy = learning_curves(HISTORY).axes
    assert {"training", "validation", "0.100", "0.700"} <= set(texts(loss))
    assert {"training", "validation", "99.00 %", "82.00 %"} <= set(texts(accuracy))
    assert loss.get_legend() is None
    by_name = {text.get_text(): text.get_color() for text in loss.texts}
    assert by_name["training"] == line(loss, "loss").get_color() != by_name["validation"] == line(loss, "val_loss").get_color()


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 12, 20, 57, 150, 999])
def test_epochs_are_whole_numbers_from_1(count):
    (ax,) = learning_curves({"loss": list(np.linspace(1, 0.5, count))}).axes
    ax.figure.canvas.draw()
    shown = [text.get_text() for text in ax.get_xticklabels()]
    numbers = [int(text.replace(",", "")) for text in shown]
    assert numbers[0] == 1 and numbers == sorted(set(numbers)) and 1 <= len(numbers) <= 10 and numbers[-1] <= count
    assert ax.get_xlabel() == "epoch"


def test_a_single_epoch_is_seen():
    (ax,) = learning_curves({"loss": [0.5]}).axes
    assert line(ax, "loss").get_marker() == "o" and ax.get_xlim() == (0.5, 1.5)


def test_validation_every_second_epoch():
    history = {"loss": [0.9, 0.7, 0.5, 0.4], "val_loss": [0.8, 0.6]}
    figure = learning_curves(history, epochs={"val_loss": [1, 3]})
    np.testing.assert_array_equal(line(figure.axes[0], "val_loss").get_xdata(), [2, 4])
    assert figure.texts[0].get_text() == "Lowest validation loss after epoch 4: 0.600"
    with pytest.raises(ArgumentError, match="epochs\\['val_loss'\\]\\): expected 2 epochs, got 1"):
        learning_curves(history, epochs={"val_loss": [1]})


def test_large_spans_are_logarithmic_and_shares_never():
    falling = list(np.geomspace(2.0, 0.01, 30))
    loss, accuracy = learning_curves({"loss": falling, "accuracy": list(np.linspace(0.001, 0.9, 30))}).axes
    assert loss.get_yscale() == "log" and loss.get_title("left") == "Loss, logarithmic" and accuracy.get_yscale() == "linear"
    assert learning_curves({"loss": list(np.geomspace(2.0, 0.03, 30))}).axes[0].get_yscale() == "linear"


def test_not_a_number_is_a_gap():
    nan, inf = float("nan"), float("inf")
    figure = learning_curves({"loss": [0.5, nan, 0.4], "val_loss": [nan, 0.7, inf]})
    np.testing.assert_array_equal(line(figure.axes[0], "loss").get_ydata(), [0.5, nan, 0.4])
    np.testing.assert_array_equal(line(figure.axes[0], "val_loss").get_ydata(), [nan, 0.7, nan])
    assert figure.texts[0].get_text() == "Lowest validation loss after epoch 2: 0.700"
    figure = learning_curves({"loss": [nan], "val_loss": [nan]})
    assert figure.texts[0].get_text() == "Learning curves" and len(figure.axes) == 1


def test_many_metrics_and_their_names():
    names = ["loss", "mae", "top_5_accuracy", "auc", "f1_score"]
    figure = learning_curves({name: [1.0, 0.5] for name in reversed(names)})
    assert [ax.get_title("left") for ax in figure.axes] == ["Loss", "F1 score", "AUC", "Top 5 accuracy", "MAE"]


def test_a_long_headline_has_room():
    history = {"loss": [0.5, 0.4], "val_sparse_categorical_accuracy": [0.5, 0.6]}
    for options in (
        {"monitor": "val_sparse_categorical_accuracy"},
        {"title": "A headline that is longer than any sensible one " * 3},
    ):
        figure = learning_curves({name: history[name] for name in list(history)[-1:]}, **{"monitor": None} | options)
        figure.canvas.draw()
        assert figure.texts[0].get_window_extent().x1 < figure.bbox.x1


def test_nothing_to_draw():
    for history in ({}, {"loss": []}, {"lr": [0.1]}):
        figure = learning_curves(history)
        assert figure.axes == [] and figure.texts[1].get_text() == "No epoch has ended yet."


def test_wrong_arguments():
    with pytest.raises(ArgumentError, match="expected a name in the history, got 'val_acc'. Did you mean 'val_accuracy'"):
        learning_curves(HISTORY, monitor="val_acc")
    with pytest.raises(ArgumentError, match="an epoch from 0 to 4 \\(counted from 0\\), got 5"):
        learning_curves(HISTORY, best_epoch=5)
    with pytest.raises(ArgumentError, match="'auto', 'min' or 'max', got 'best'"):
        learning_curves(HISTORY, mode="best")


def boxes_meet(one, other) -> bool:
    return min(one.x1, other.x1) - max(one.x0, other.x0) > 1 and min(one.y1, other.y1) - max(one.y0, other.y0) > 1


@pytest.mark.learn
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_labels_never_meet_and_stay_on_the_page(seed, count):
    random = np.random.default_rng(seed)
    curve = np.exp(-np.arange(count) / random.uniform(1, 20))
    noise = random.uniform(0, 0.05) * random.random((2, count))
    figure = learning_curves(
        {"loss": list(curve + noise[0]), "val_loss": list(random.uniform(0.8, 1.2) * curve + noise[1] + 0.01)}
    )
    figure.canvas.draw()
    (ax,) = figure.axes
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) in (4, 5), "the last epoch has its value at the end of the line"
    for k, box in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
        assert not any(boxes_meet(box, other) for other in boxes[k + 1 :])


SITUATIONS = {
    "a small range": ([0.0301, 0.0300, 0.0299, 0.02985], [0.0305, 0.0304, 0.03035, 0.0303]),
    "ends that touch": ([0.9, 0.5, 0.3001], [0.8, 0.4, 0.3]),
    "ends at the axis": ([1.5e3, 700, 30, 1.2, 0.3], [1.4e3, 600, 33, 1.6, 0.4]),
    "very large": ([3e6, 1e6, 2e3, 5.0, 0.4], [2e6, 1.2e6, 3e3, 9.0, 0.9]),
    "very small": ([5e-6, 3e-6, 2e-6], [6e-6, 5e-6, 4.5e-6]),
    "one epoch": ([1.3], [0.47]),
    "one epoch, alike": ([0.471], [0.47]),
    "flat": ([0.5] * 6, [0.5] * 6),
    "two epochs": ([1.3, 0.5], [0.47, 0.3]),
    "best first": ([0.5, 0.4, 0.3, 0.2], [0.1, 0.2, 0.3, 0.4]),
}


def boxes(ax: Axes):
    """(text, box in pixels) of all that is written at a panel."""
    ax.figure.canvas.draw()
    renderer = ax.figure.canvas.get_renderer()
    written = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in written if text.get_text()]


def overlaps(ax: Axes) -> list[tuple[str, str]]:
    """Pairs of texts of which one covers the other by more than two pixels each way."""
    found, shrunk = boxes(ax), 1.0
    return [
        (a, b) for i, (a, one) in enumerate(found) for b, two in found[i + 1 :]
        if one.x0 + shrunk < two.x1 - shrunk and two.x0 + shrunk < one.x1 - shrunk
        and one.y0 + shrunk < two.y1 - shrunk and two.y0 + shrunk < one.y1 - shrunk
    ]  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_label_covers_another(name):
    training, validation = SITUATIONS[name]
    figure = learning_curves({"loss": training, "val_loss": validation})
    (ax,) = figure.axes
    assert overlaps(ax) == []
    baseline = ax.bbox.y0
    for text, box in boxes(ax):
        assert 0 <= box.x0 and box.x1 <= figure.bbox.width and 0 <= box.y0 and box.y1 <= figure.bbox.height, text
        if text in ("training", "validation"):
            assert box.y0 > baseline, f"{text} lies on the axis"
    assert not any("e+" in text or "e-" in text for text, _ in boxes(ax)), "powers of ten are written as such"


def test_labels_that_cover_each_other_are_found():
    (ax,) = learning_curves({"loss": [1.0, 0.5]}).axes
    ax.text(1.5, 0.75, "one")
    ax.text(1.5, 0.75, "two")
    assert ("one", "two") in overlaps(ax)


def test_dots_hide_no_number_at_the_axis():
    """The ring of a first epoch lies beside the numbers of the axis, not on them."""
    (ax,) = learning_curves({"loss": [0.5] * 6, "val_loss": [0.5] * 6}).axes
    found = dict(boxes(ax))
    ring = ax.transData.transform((1, 0.5))[0] - 5 * ax.figure.dpi / 72
    assert max(box.x1 for text, box in found.items() if text.startswith("0.") and box.x1 < ax.bbox.x0) < ring


def test_one_epoch_is_dots_with_their_names_beside():
    figure = learning_curves({"loss": [1.3], "val_loss": [0.47]})
    (ax,) = figure.axes
    assert figure.texts[0].get_text() == "After one epoch: validation loss 0.470"
    dots = {one.get_label(): one for one in ax.lines}
    assert "best epoch" not in dots and dots["loss"].get_markersize() >= 6
    for name, label in (("loss", "training"), ("val_loss", "validation")):
        x, y = ax.transData.transform((1, dots[name].get_ydata()[0]))
        box = dict(boxes(ax))[label]
        assert 0 < box.x0 - x < 40 and abs((box.y0 + box.y1) / 2 - y) < 40
