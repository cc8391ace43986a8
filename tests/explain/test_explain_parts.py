"""Batches, one output of several, one input of several: against one picture at a time, and autograd on the whole model."""

import numpy as np
import pytest
import torch

import nabi
from nabi import explain
from nabi.layers import Concatenate, Conv2D, Dense, Flatten

X = np.random.default_rng(0).random((3, 8, 8, 1)).astype("float32")
NUMBERS = np.array([[0.5, -1.0, 2.0]], "float32")


@pytest.fixture(scope="module")
def model():
    """A picture and three numbers in, a kind and a grade out."""
    image, numbers = nabi.Input((8, 8, 1), name="image"), nabi.Input((3,), name="numbers")
    flat = Flatten()(Conv2D(4, 3, activation="relu", name="conv")(image))
    both = Concatenate()([flat, numbers])
    made = nabi.Model([image, numbers], [Dense(3, activation="softmax", name="kind")(both), Dense(2, name="grade")(both)])
    draw = np.random.default_rng(1)
    made.set_weights([0.3 * draw.standard_normal(w.shape) for w in made.get_weights()])
    return made


def whole(model, image, numbers, number, k):
    """The score before a softmax, of one output, in plain torch; and its gradient by the picture and the numbers."""
    conv, bias, *rest = (torch.tensor(w) for w in model.get_weights())
    x, n = torch.tensor(image, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    maps = torch.relu(torch.nn.functional.conv2d(x.permute(0, 3, 1, 2), conv.permute(3, 2, 0, 1), bias)).permute(0, 2, 3, 1)
    both = torch.cat([maps.reshape(len(maps), -1), n], dim=1)
    score = (both @ rest[2 * number] + rest[2 * number + 1])[0, k]
    return score.detach().item(), torch.autograd.grad(score, [x, n])


def test_one_of_several_inputs_and_outputs(model):
    for output, number, k in (("kind", 0, 2), ("grade", 1, 1), (1, 1, 0)):
        found = explain.saliency(model, [X[:1], NUMBERS], k, input="image", output=output)
        score, (by_picture, _) = whole(model, X[:1], NUMBERS, number, k)
        assert found.score == pytest.approx(score, rel=1e-5)
        np.testing.assert_allclose(found.values, by_picture[0].numpy(), atol=1e-6)
    other = explain.saliency(model, {"image": X[:1], "numbers": 2 * NUMBERS}, 1, input=0, output="grade")
    assert abs(other.score - whole(model, X[:1], NUMBERS, 1, 1)[0]) > 1e-3, "other numbers, another score"


def test_checks_ask_the_same_part_again(model):
    found = explain.grad_cam(model, [X[:1], NUMBERS], input="image", output="kind")
    assert found.layer.endswith("conv") and set(found.options) == {"layer", "input", "others", "output"}
    curve = explain.deletion_curve(model, found, steps=4, orders=1)
    answer = model.predict([X[:1], NUMBERS], verbose=0)[0][0, found.class_index]
    assert curve.answer[0] == pytest.approx(answer, abs=1e-3) == pytest.approx(found.share, abs=1e-3)
    check = explain.sanity_check(model, found, seeds=1)
    assert check.maps.shape == (1, 8, 8) and not np.allclose(check.maps[0], found.map)


def test_a_batch_is_a_list_of_results():
    image = nabi.Input((8, 8, 1))
    small = nabi.Model(image, Dense(3, activation="softmax")(Flatten()(Conv2D(4, 3, activation="relu", name="conv")(image))))
    small.layers[1].set_weights([small.layers[1].get_weights()[0], [0.1] * 4])
    for method, options in ((explain.grad_cam, {}), (explain.saliency, {}), (explain.occlusion, {"patch": 4, "stride": 4})):
        several = method(small, X, [0, 2, 1], **options)
        assert [one.class_index for one in several] == [0, 2, 1]
        for one, x, k in zip(several, X, (0, 2, 1), strict=True):
            np.testing.assert_allclose(one.map, method(small, x, k, **options).map, atol=1e-7)
        assert not np.allclose(several[0].map, several[1].map)
    answers = explain.saliency(small, torch.from_numpy(X))
    assert [one.class_index for one in answers] == small.predict(X, verbose=0).argmax(1).tolist()


def test_what_is_missing_is_named(model):
    for call, says in ((lambda: explain.saliency(model, [X[:1], NUMBERS], input="image"), r"saliency\(output\).*output='kind'"),
                       (lambda: explain.saliency(model, [X[:1], NUMBERS], output=0), r"saliency\(input\).*input='image'"),
                       (lambda: explain.saliency(model, X[:1], input=0, output=0), "a list or dict of 2 inputs: image, numbers"),
                       (lambda: explain.saliency(model, [X[:1], X[:1]], input=0, output=0), r"one sample \(3,\) for input")):
        with pytest.raises(ValueError, match=says):
            call()
