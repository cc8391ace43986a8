"""Confusion matrix: every count in its cell, shares of the rows, colours that follow them, against scikit-learn's numbers."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, recall_score
from sklearn.metrics import confusion_matrix as sklearn_confusion

from nabi.core.errors import ArgumentError, ShapeError
from nabi.viz import confusion_matrix, style


@pytest.fixture(scope="module")
def answers():
    random = np.random.default_rng(0)
    truth = random.integers(0, 5, 400)
    answer = np.where(random.random(400) < 0.8, truth, random.integers(0, 5, 400))
    answer[truth == 3] = 3
    return truth, answer


def cells(figure) -> dict[tuple[int, int], list[str]]:
    """(row, column) -> the texts that stand in it."""
    found: dict[tuple[int, int], list[str]] = {}
    for text in figure.axes[0].texts:
        column, row = text.xy
        found.setdefault((int(row), int(column)), []).append(text.get_text())
    return found


def test_cells_hold_counts_and_row_shares(answers):
    counts = sklearn_confusion(*answers)
    shares = sklearn_confusion(*answers, normalize="true")
    shown = cells(confusion_matrix(counts))
    assert set(shown) == {(i, j) for i, j in np.argwhere(counts)}
    for (i, j), words in shown.items():
        assert words == [f"{counts[i, j]:,}", f"{100 * shares[i, j]:.1f} %"]
    columns = counts / counts.sum(axis=0, keepdims=True)
    assert any(f"{100 * columns[i, j]:.1f} %" != words[1] for (i, j), words in shown.items()), "shares of columns would differ"


def test_headline_and_recall_of_each_class(answers):
    figure = confusion_matrix(sklearn_confusion(*answers), ["a", "b", "c", "d", "e"])
    words = [text.get_text() for text in figure.texts]
    right = 100 * accuracy_score(*answers)
    assert words[0] == f"{int((answers[0] == answers[1]).sum())} of 400 right: {right:.2f} %"
    recalls = [f"{100 * r:.1f} %" for r in recall_score(*answers, average=None)]
    assert words[-5:] == recalls
    heights = [text.get_position()[1] for text in figure.texts[-5:]]
    assert heights == sorted(heights, reverse=True), "from the first class at the top"


def test_names_rows_down_columns_across():
    figure = confusion_matrix([[3, 2, 0], [0, 9, 0], [1, 0, 7]], ["smile", "neutral", "frown"])
    ax = figure.axes[0]
    figure.canvas.draw()
    assert (
        [t.get_text() for t in ax.get_yticklabels()]
        == [t.get_text() for t in ax.get_xticklabels()]
        == ["smile", "neutral", "frown"]
    )
    top, bottom = (ax.transData.transform((0, row))[1] for row in (0, 2))
    assert top > bottom, "row 0 is at the top"
    assert cells(figure)[0, 1] == ["2", "40.0 %"]


def test_colours_follow_the_shares():
    image = confusion_matrix([[90, 10, 0], [1, 99, 0], [25, 0, 75]]).axes[0].images[0].get_array()
    assert image.shape == (3, 3, 4)
    luminance = image[..., :3] @ [0.2126, 0.7152, 0.0722]
    assert luminance[1, 1] < luminance[0, 0] < luminance[2, 2], "the fuller the row, the darker"
    assert luminance[2, 0] < luminance[0, 1] < luminance[1, 0] < 1, "errors on their own scale"
    assert (image[0, 2] == 1).all() and (image[1, 2] == 1).all(), "empty cells are paper"
    assert image[0, 0, 2] > image[0, 0, 0] and image[2, 0, 0] > image[2, 0, 2], "blue for right, orange for wrong"


def test_letters_in_cells_are_legible():
    random = np.random.default_rng(1)
    figure = confusion_matrix(random.integers(0, 100, (10, 10)))
    image = figure.axes[0].images[0].get_array()
    for text in figure.axes[0].texts:
        column, row = (int(v) for v in text.xy)
        assert style.contrast(text.get_color(), tuple(image[row, column, :3])) >= 3.9


@pytest.mark.parametrize("k", [2, *(pytest.param(k, marks=pytest.mark.learn) for k in (3, 10, 30, 100)), 12, 13, 31])
def test_readable_from_2_to_100_classes(k):
    random = np.random.default_rng(k)
    counts = np.diag(random.integers(50, 99, k)) + random.integers(0, 3, (k, k))
    names = [f"class {i}" for i in range(k)]
    figure = confusion_matrix(counts, names)
    figure.canvas.draw()
    ax = figure.axes[0]
    labels = ax.get_yticklabels()
    assert [t.get_text() for t in labels] == names
    boxes = [t.get_window_extent() for t in labels]
    assert all(upper.y0 >= lower.y1 - 1 for upper, lower in zip(boxes, boxes[1:], strict=False)), "row names do not touch"
    across = [t.get_window_extent() for t in ax.get_xticklabels()]
    assert all(left.x1 <= right.x0 + 1 for left, right in zip(across, across[1:], strict=False)), "column names do not touch"
    for text in [*labels, *ax.get_xticklabels(), *figure.texts]:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text.get_text()
        assert text.get_fontsize() >= 5.5
    wide = ax.bbox.width / k
    assert all(text.get_window_extent().width <= wide for text in ax.texts)
    assert len(ax.texts) == {True: 2, False: 1}[k <= 12] * int((counts > 0).sum()) if k <= 30 else not ax.texts


def test_many_classes_list_the_most_frequent_errors():
    counts = np.diag(np.full(40, 90))
    counts[7, 9], counts[3, 1], counts[20, 21] = 10, 30, 5
    words = [text.get_text() for text in confusion_matrix(counts, [f"c{i}" for i in range(40)]).texts]
    start = words.index("Most frequent errors")
    assert words[start + 1 : start + 7] == [
        "c3 taken for c1", "30 times, 25.0 % of c3", "c7 taken for c9", "10 times, 10.0 % of c7",
        "c20 taken for c21", "5 times, 5.3 % of c20",
    ]  # fmt: skip
    assert len(words) == start + 7, "pairs that were never mixed up are not listed"


def test_a_class_without_samples_and_no_samples():
    figure = confusion_matrix([[5, 0, 0], [0, 0, 0], [1, 0, 4]])
    assert [text.get_text() for text in figure.texts[-3:]] == ["100.0 %", "none", "80.0 %"]
    figure = confusion_matrix(np.zeros((2, 2)))
    assert figure.axes == [] and figure.texts[1].get_text() == "No samples were counted."


def test_all_right_names_no_error():
    words = [text.get_text() for text in confusion_matrix(np.eye(3)).texts]
    assert "Blue: right, by share of the row." in words


@pytest.mark.parametrize("counts, error, message", [
    (np.zeros((2, 3)), ShapeError, "a square table of 2 to 200 classes, got \\(2, 3\\)"),
    (np.zeros((1, 1)), ShapeError, "got \\(1, 1\\)"),
    (np.zeros(4), ShapeError, "got \\(4,\\)"),
    ([[1, -1], [0, 1]], ArgumentError, "whole numbers from 0"),
    ([[0.5, 0.5], [0, 1]], ArgumentError, "whole numbers from 0, got others"),
    ([[np.nan, 1], [0, 1]], ArgumentError, "whole numbers from 0"),
    ([["a", "b"], ["c", "d"]], ArgumentError, "whole numbers from 0, got <U1"),
])  # fmt: skip
def test_wrong_tables(counts, error, message):
    with pytest.raises(error, match=message):
        confusion_matrix(counts)


def test_wrong_number_of_names():
    with pytest.raises(ShapeError, match="2 names for a table 2 x 2, got 3"):
        confusion_matrix(np.eye(2), ["a", "b", "c"])
