"""Figures that are tables: their numbers against what the network answers, and against torch."""

import numpy as np
import pytest
import torch

import nabi
from nabi import figures
from nabi.core.errors import ArgumentError, StateError
from nabi.figures.scene import digits
from nabi.layers import Activation, Dense, Flatten
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


@pytest.fixture(scope="module")
def many():
    """Fifty classes with long names, scores of some hundreds, and a softmax that is a layer of its own."""
    net = nabi.Sequential([nabi.Input((4, 4, 1)), Flatten(), Dense(50, name="scores"), Activation("softmax")])
    net.get_layer("scores").set_weights([np.random.default_rng(0).normal(0, 400, (16, 50)), np.zeros(50)])
    x = np.random.default_rng(1).random((50, 4, 4, 1)).astype("float32")
    return figures.Scene(net, x, np.arange(50), [f"아주 긴 이름의 클래스, 번호 {k}" for k in range(50)])


def test_softmax_of_many_classes_and_large_scores(many):
    drawn = figures.draw("softmax", many)
    np.testing.assert_allclose(drawn.numbers["share"], many.model.predict(many.images[:1], verbose=0)[0], atol=1e-4)
    assert np.isinf(drawn.numbers["exp"]).any(), "a share of e^z would be no number"
    assert drawn.picture.get_size_inches()[1] < 6, "12 of 50 rows"
    assert many.class_names[0] in [text.get_text() for text in drawn.picture.texts], "the right class is one of them"


def test_accuracies_of_many_classes(many):
    drawn = figures.draw("class_accuracy", many)
    assert len(drawn.numbers["recall"]) == 50 and len(drawn.picture.axes[0].patches) == 40


@pytest.mark.parametrize("labels", [[0.5, 1.5], [[1, 0], [0, 1]], [-1, 0]])
def test_labels_that_are_no_class_numbers(scene, labels):
    with pytest.raises(ArgumentError, match="class numbers"):
        figures.Scene(scene.model, scene.images[:2], labels)


def test_answers_of_several_outputs_are_told(scene):
    body = scene.model
    both = nabi.Model(body.inputs, [body.outputs[0], Dense(1)(body.outputs[0])])
    with pytest.raises(StateError, match="one output"):
        figures.draw("confusion_matrix", figures.Scene(both, scene.images[:2], scene.labels[:2]))
