"""Points in a plane: names stay within their axis, however long, and Korean letters count as wide as they are."""

from nabi import viz
from nabi.viz.labels import short

LONG = ["a name that is long", "한국어로 된 긴 이름입니다", "x"]


def test_names_at_the_border_stay_within_the_axis():
    figure = viz.embedding([[0.0, 0], [0, 1], [5, 5], [5, 6], [10, 2]], [0, 0, 1, 1, 2], LONG)
    figure.canvas.draw()
    ax = figure.axes[0]
    box = ax.get_window_extent()
    for text in ax.texts:
        place = text.get_window_extent()
        assert box.x0 - 1 <= place.x0 and place.x1 <= box.x1 + 1, text.get_text()


def test_short_counts_korean_letters_twice():
    assert short("가" * 14, 28) == "가" * 14 and short("가" * 15, 28) == "가" * 13 + "…"
    assert short("a" * 28, 28) == "a" * 28 and short("a" * 29, 28) == "a" * 27 + "…" and short("") == ""
