"""Labels that do not fit the loss: each case names what came and what to do, in a batch and before fit."""

import numpy as np
import pytest
import torch

from nabi import losses
from nabi.core.errors import ArgumentError, DataError, StateError, UnknownName
from nabi.core.registry import register

CE, SPARSE, BCE, MSE = "categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy", "mse"
FLATTEN = r"Add Flatten\(\) before the last Dense"

SHAPES = [  # loss, labels, predictions, message
    (CE, (8,), (8, 10), r"one-hot labels in the predictions' shape \(batch,10\), got \(batch\).*to_categorical\(y, 10\)"),
    (CE, (8, 1), (8, 10), 'For class numbers 0 to 9 use "sparse_categorical_crossentropy", or to_categorical'),
    (CE, (8, 10), (8, 12, 12, 10), r"shape \(batch,12,12,10\), got \(batch,10\). " + FLATTEN),
    (CE, (8,), (8, 12, 12, 10), FLATTEN),
    (CE, (8, 10), (8, 12), "The labels have 10 values a sample, the last Dense has 12 units: make it 10"),
    (CE, (8, 28, 28), (8, 28, 28, 3), "class numbers 0 to 2 use"),
    (CE, (8, 1), (8, 1), "A softmax over one class is always 1: use \"binary_crossentropy\" and a sigmoid"),
    (SPARSE, (8, 10), (8, 10), r"\(batch\) for predictions \(batch,10\), got \(batch,10\).*one-hot: use \"categorical"),
    (SPARSE, (8, 7), (8, 10), "look one-hot.*Then the last Dense needs 7 units, it has 10"),
    (SPARSE, (8,), (8, 12, 12, 10), FLATTEN),
    (SPARSE, (8, 1), (8, 10, 10), FLATTEN),
    (SPARSE, (8, 10), (8, 12, 12, 10), FLATTEN),
    (SPARSE, (8,), (8, 1), 'the last Dense has one unit: use "binary_crossentropy" with a sigmoid'),
    (BCE, (8,), (8, 10), 'For class numbers 0 to 9 use "sparse_categorical_crossentropy"'),
    (BCE, (8, 2), (8, 1), "The labels have 2 values a sample, the last Dense has 1 units: make it 2"),
    (BCE, (8,), (8, 12, 12, 1), FLATTEN),
    (MSE, (8, 10), (8, 12, 12, 10), FLATTEN),
    (MSE, (8, 4, 4), (8, 16), "Compare model.output_shape with y.shape"),
    ("huber", (8, 3), (8, 1), "make it 3"),
    ("kld", (8, 3), (8, 4), "make it 3"),
    ("categorical_hinge", (8,), (8, 4), "expected one-hot labels"),
]  # fmt: skip

FINE = [
    (CE, (8, 10), (8, 10)), (CE, (8, 5, 5, 3), (8, 5, 5, 3)), (SPARSE, (8,), (8, 10)), (SPARSE, (8, 1), (8, 10)),
    (SPARSE, (8, 5, 5), (8, 5, 5, 3)), (SPARSE, (8, 5, 5, 1), (8, 5, 5, 3)), (BCE, (8,), (8, 1)), (BCE, (8, 1), (8,)),
    (BCE, (8, 28, 28), (8, 28, 28, 1)), (MSE, (8, 1), (8, 1)), (MSE, (8,), (8, 1)), (MSE, (8, 28, 28, 1), (8, 28, 28)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "y_shape", "p_shape", "message"), SHAPES)
def test_shapes_that_do_not_fit(name, y_shape, p_shape, message):
    loss, y, p = losses.get(name), torch.zeros(y_shape, dtype=torch.int64), torch.full(p_shape, 0.5)
    calls = [
        lambda: loss(y, p),
        lambda: loss.explain_mismatch(y, p),
        lambda: loss.check_labels(y.numpy(), p_shape[1:]),
    ]
    for call in calls:
        with pytest.raises(DataError, match=f"^{loss.name}: .*{message}"):
            call()


@pytest.mark.parametrize(("name", "y_shape", "p_shape"), FINE)
def test_shapes_that_fit(name, y_shape, p_shape):
    loss, y, p = losses.get(name), torch.zeros(y_shape, dtype=torch.uint8), torch.full(p_shape, 0.5)
    assert torch.isfinite(loss(y, p))
    loss.check_labels(y.numpy(), p_shape[1:])
    loss.check_labels(y.numpy(), (None,) * (len(p_shape) - 2) + p_shape[1:][-1:])


def test_the_layer_is_named():
    with pytest.raises(DataError, match=r"Add Flatten\(\) before dense_1: without it dense_1 works on the last axis alone"):
        losses.get(CE).explain_mismatch(torch.zeros(8, 10), torch.zeros(8, 12, 12, 10), layer="dense_1")
    with pytest.raises(DataError, match="dense_1 has 12 units"):
        losses.get(MSE).check_labels(np.zeros((8, 10)), (12,), layer="dense_1")
    with pytest.raises(DataError, match="mean_squared_error: expected as many labels as predictions, 8, got 7"):
        losses.get(MSE)(torch.zeros(7, 1), torch.zeros(8, 1))


VALUES = [
    (SPARSE, [0, 3, 10], (10,), r"labels from 0 to 9 \(10 classes\), got the label 10. Classes are "
     r"numbered 0, 1, 2, \.\.\.: names, y = np.unique\(y, return_inverse=True\) does so; .* needs 11 units"),
    (SPARSE, [1, 3, 10], (10,), "The labels count from 1: use y - 1"),
    (SPARSE, [-1, 3], (10,), "got the label -1. To leave out the label -1 use ignore_class=-1"),
    (SPARSE, [0, 1.5], (10,), "expected class numbers 0, 1, 2, ..., got the label 1.5"),
    (SPARSE, [0, np.nan], (10,), "got the label nan"),
    (SPARSE, ["cat", "dog"], (2,), r"labels of type <U3. Number the classes: names, y = np.unique"),
    (BCE, [-1, 1], (1,), r"labels between 0 and 1, got -1 to 1. For labels -1 and 1 use y = \(y \+ 1\) / 2"),
    (BCE, [0, 7], (1,), 'For class numbers use "sparse_categorical_crossentropy" with 8 units'),
    (BCE, [[[0, 255]]], (1, 2), "Pixels 0 to 255 become shares by y / 255"),
    (BCE, [0.2, -0.3], (1,), 'For real values use "mse"'),
    (BCE, [0.2, np.nan], (1,), "got nan to nan"),
    (BCE, ["yes", "no"], (1,), "labels of type <U3"),
    (CE, [[0, 2], [1, 0]], (2,), "labels between 0 and 1, got 0 to 2"),
]


@pytest.mark.parametrize(("name", "y", "output", "message"), VALUES)
def test_labels_that_do_not_fit(name, y, output, message):
    with pytest.raises(DataError, match=f"^{losses.get(name).name}: .*{message}"):
        losses.get(name).check_labels(np.array(y), output)


def test_labels_that_fit():
    losses.get(SPARSE).check_labels(np.array([0, 9], np.uint8), (10,))
    losses.get(SPARSE).check_labels(np.array([0.0, 9.0]), (10,))
    losses.get(SPARSE).check_labels(np.array([], np.int64), (10,))
    losses.SparseCategoricalCrossentropy(ignore_class=255).check_labels(np.array([0, 255], np.uint8), (10,))
    losses.get(BCE).check_labels(np.array([True, False]), (1,))
    losses.get(CE).check_labels(np.array([[0.1, 0.9]]), (2,))
    losses.get(MSE).check_labels(np.array([[-1e9, 300.0]]), (2,))


@pytest.mark.parametrize("label", [10, -1, -100, 255])
@pytest.mark.parametrize("from_logits", [False, True])
def test_a_batch_with_a_label_out_of_range(label, from_logits):
    """Not torch's "index out of bounds", and not torch's silence at -100."""
    loss = losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    with pytest.raises(DataError, match=rf"labels from 0 to 9 \(10 classes\), got the label {label}"):
        loss(torch.tensor([0, label]), torch.full((2, 10), 0.1))


def test_loss_of_your_own():
    class Worst(losses.Loss):
        def __init__(self, power=2.0, **kwargs):
            super().__init__(**kwargs)
            self.power = power

        def call(self, y_true, y_pred):
            return (y_true - y_pred).abs().pow(self.power).amax(-1)

    loss = losses.get(Worst(3.0, name="worst"))
    assert loss([[0, 0]], [[1.0, 2.0]]).item() == 8 and loss.explain_mismatch(torch.zeros(2, 9), torch.zeros(2, 4)) is None
    assert loss.get_config() == {"power": 3.0, "reduction": "sum_over_batch_size", "name": "worst"}
    assert Worst.from_config(loss.get_config())([[0, 0]], [[1.0, 2.0]]).item() == 8 and Worst().name == "worst"
    with pytest.raises(ArgumentError, match=r'expected a registered loss.*Put @register\("loss"\)'):
        losses.serialize(loss)
    registered = register("loss")(Worst)
    assert losses.get(losses.serialize(registered(4.0))).power == 4.0


SMOOTHING = {"label_smoothing": (-0.1, 1.1, "0.1", None, float("nan")), "from_logits": ("yes", 2, None), "axis": (0.5, None, "1"),
             "reduction": ("average", 3), "name": (3, ["a"])}
BAD = {  # bad values of every argument
    "BinaryCrossentropy": SMOOTHING, "CategoricalCrossentropy": SMOOTHING,
    "SparseCategoricalCrossentropy": {"from_logits": ("no",), "ignore_class": (0.5, "0"), "axis": ((1,),)},
    "BinaryFocalCrossentropy": {**SMOOTHING, "apply_class_balancing": (2,), "alpha": (-0.1, 1.5, [0.5]), "gamma": (-1, None)},
    "CategoricalFocalCrossentropy": {**SMOOTHING, "alpha": (-1, [], [0.5, -1], "a", None), "gamma": (-1, float("inf"), True)},
    "Dice": {"axis": (1.5, "1", [1, 1], [])}, "CategoricalGeneralizedCrossEntropy": {"q": (0, 1, 1.5, "0.5", None, True)},
    "Tversky": {"alpha": (-1, "a", None), "beta": (-1, "a", None), "axis": (0.5,)},
    "Huber": {"delta": (0, -1, "1", None, float("inf"))}, "CosineSimilarity": {"axis": (None, 1.5)},
}  # fmt: skip


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in BAD.items() for word in words])
def test_bad_values_of_arguments(name, word):
    for value in BAD[name][word]:
        with pytest.raises(ArgumentError, match=rf"^{name}\({word}\): expected .*, got "):
            getattr(losses, name)(**{word: value})


def test_errors():
    for call, error, words in [
        (lambda: losses.get("categorical_crossentrpy"), UnknownName, "Did you mean 'categorical_crossentropy'"),
        (lambda: losses.get(3), ArgumentError, "loss: expected a name, .* got 3"),
        (lambda: losses.MeanSquaredError("average"), ArgumentError, r"MeanSquaredError\(reduction\): .*got 'average'"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=2), ArgumentError, r"smoothing\): expected a number in \[0, 1\]"),
        (lambda: losses.CategoricalFocalCrossentropy([0.2, 0.3])(torch.eye(3), torch.eye(3)), ArgumentError,
         r"CategoricalFocalCrossentropy\(alpha\): expected one number, or 3 for the last Dense's classes, got 2"),
        (lambda: losses.MeanSquaredError().on_logits(), StateError, "mean_squared_error: expected a loss on probabilities"),
        (
            lambda: losses.get(MSE)([[0.0]], [[1.0]], [1.0, 2.0]),
            DataError,
            r"sample_weight: expected one weight a sample, \(1,\)",
        ),
        (lambda: losses.Loss()([0.0], [0.0]), NotImplementedError, r"Loss\.call: .* Write call\(self, y_true, y_pred\) in Loss"),
    ]:
        with pytest.raises(error, match=words):
            call()
