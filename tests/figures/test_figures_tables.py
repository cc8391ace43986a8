"""Figures that are tables: their numbers against what the network answers, and against torch."""

import numpy as np
import pytest
import torch

from nabi import figures
from nabi.figures.scene import digits
from nabi.zoo.lecture import lecture_cnn


@pytest.fixture(scope="module")
def scene():
    _, (x, y) = digits()
    return figures.Scene(lecture_cnn(width=0.25), x, y)


def test_softmax_is_the_network_s_answer(scene):
    numbers = figures.draw("softmax", scene).numbers
    answer = scene.model.predict(scene.images[:1], verbose=0)[0]
    np.testing.assert_allclose(numbers["share"], answer, atol=1e-5)
    np.testing.assert_allclose(numbers["share"], torch.softmax(torch.tensor(numbers["logit"]), 0).numpy(), rtol=1e-12)
    assert numbers["one-hot"].argmax() == scene.labels[0]
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(np.exp(numbers["logit"]), answer, atol=1e-5)


def test_an_unknown_figure_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="softmax"):
        figures.draw("softmx")
