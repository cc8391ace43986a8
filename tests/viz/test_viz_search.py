"""The figure of a search: the best so far is that of whole trials, dots lie over their values, names side by side."""

import numpy as np
import pytest

from nabi.core.errors import ArgumentError
from nabi.viz import search

VALUES = [0.5, 0.95, 0.7, np.nan, 0.6]
GIVEN_UP = [False, True, False, False, False]
ENTRIES = {"rate": [0.1, 0.01, 0.001, 1.0, 0.1], "optimizer": ["sgd", "adam", "sgd", "sgd", None], "size": [16, 8, 128, 8, 8]}


def dots(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def test_the_best_so_far_is_that_of_trials_that_were_trained_to_the_end():
    top, *_ = search(VALUES, ENTRIES, GIVEN_UP).axes
    np.testing.assert_array_equal(dots(top, "best").get_ydata(), [0.5, 0.5, 0.7, 0.7, 0.7])
    np.testing.assert_array_equal(dots(top, "given up").get_xdata(), [2])
    np.testing.assert_array_equal(dots(top, "finished").get_ydata(), [0.5, 0.7, np.nan, 0.6])
    assert dots(top, "given up").get_markerfacecolor() != dots(top, "finished").get_markerfacecolor()
    assert search(VALUES, {}, GIVEN_UP).texts[0].get_text() == "Best of 5 trials: 70.00 % validation accuracy"


def test_values_stand_over_their_entries():
    _, rate, optimizer, size = search(VALUES, ENTRIES, log=["rate"], apart=["size"]).axes
    assert rate.get_xscale() == "log" and optimizer.get_xscale() == "linear"
    np.testing.assert_array_equal(dots(rate, "finished").get_xdata(), ENTRIES["rate"])
    assert [text.get_text() for text in optimizer.get_xticklabels()] == ["adam", "sgd"]
    np.testing.assert_array_equal(dots(optimizer, "finished").get_xdata().round(), [1, 0, 1, 1])
    np.testing.assert_array_equal(dots(optimizer, "finished").get_ydata(), VALUES[:4])
    assert [text.get_text() for text in size.get_xticklabels()] == ["8", "16", "128"], "numbers in their order, not as texts"
    np.testing.assert_array_equal(dots(size, "finished").get_xdata().round(), [1, 0, 2, 0, 0])


def test_equal_trials_do_not_hide_each_other():
    _, ax = search([0.5, 0.5, 0.5], {"optimizer": ["sgd"] * 3}).axes
    assert len(set(dots(ax, "finished").get_xdata())) == 3


def test_what_does_not_fit_is_named_and_nothing_is_a_note():
    with pytest.raises(ArgumentError, match=r"entries\['rate'\]\): expected 2 values"):
        search([0.1, 0.2], {"rate": [1]})
    with pytest.raises(ArgumentError, match="given_up"):
        search([0.1, 0.2], {}, [True])
    assert not search([np.nan], {"rate": [1]}).axes
    assert search([0.9], {"rate": [0.1]}, [True], log=["rate"]).texts[0].get_text().startswith("Best of 1 trials: 90.00 %")
