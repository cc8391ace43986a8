"""What every registered metric must do: configuration round trip, state round trip, determinism; names, functions, errors."""

import json

import numpy as np
import pytest
import torch

from nabi import losses, metrics
from nabi.core import registry
from nabi.core.errors import ArgumentError, DataError, UnknownName

CLASSES = {thing.__name__: thing for thing in (registry.lookup("metric", name) for name in registry.names("metric"))}
MADE = {name: metrics.LossMetric("huber") for name in ("LossMetric",)}
MADE["MeanMetricWrapper"] = metrics.MeanMetricWrapper(losses.mean_squared_error)
NEEDED = {"SensitivityAtSpecificity": {"specificity": 0.7}, "SpecificityAtSensitivity": {"sensitivity": 0.4},
          "PrecisionAtRecall": {"recall": 0.3}, "RecallAtPrecision": {"precision": 0.2}, "MeanIoU": {"num_classes": 4},
          "IoU": {"num_classes": 4, "target_class_ids": [0, 1, 2]}, "OneHotMeanIoU": {"num_classes": 4},
          "OneHotIoU": {"num_classes": 4, "target_class_ids": [3]}}


def made(name):
    cls = CLASSES[name]
    return MADE[name] if name in MADE else cls(**NEEDED[cls.__name__]) if cls.__name__ in NEEDED else metrics.get(name)


def batch(metric, seed=0):
    """Labels and predictions that a metric can take."""
    rng = np.random.default_rng(seed)
    p, numbers = torch.tensor(rng.dirichlet(np.ones(4), size=6)), torch.tensor(rng.integers(4, size=6))
    if isinstance(metric, metrics.IoU) and type(metric).__name__ in ("IoU", "MeanIoU"):
        return numbers, p.argmax(-1)
    if isinstance(metric, metrics.BinaryIoU):
        return torch.eye(4)[numbers][:, 0], p[:, 0]
    return (numbers if type(metric).__name__.startswith("Sparse") else torch.eye(4, dtype=torch.float64)[numbers]), p


def feed(metric, seed=0):
    y, p = batch(metric, seed)
    w = torch.rand(6, dtype=torch.float64)
    metric.update_state(p, w) if isinstance(metric, metrics.Mean | metrics.Sum) else metric.update_state(y, p, w)


def plain(state):
    """A state as JSON can hold it."""
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in state.items()}


@pytest.mark.parametrize("name", CLASSES)
def test_state_goes_on_exactly(name):
    """Half the batches, state through JSON, the other half: the number of a metric that never stopped."""
    whole, first, second = made(name), made(name), made(name)
    for metric, seeds in ((whole, (0, 1)), (first, (0,))):
        torch.manual_seed(3)
        metric.reset_state()
        for seed in seeds:
            feed(metric, seed)
    state = json.loads(json.dumps(plain(first.state())))
    second.reset_state()
    second.load_state(state)
    feed(second, 1)
    np.testing.assert_array_equal(second.result(), whole.result())
    assert isinstance(whole.result(), float | np.ndarray) and (name == "Accuracy" or np.any(whole.result() != 0))
    whole.reset_state()
    assert whole.result() == 0.0


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "MeanMetricWrapper"])
def test_config_round_trip(name):
    metric = made(name)
    metric.name = "watched"
    written = json.loads(json.dumps(metrics.serialize(metric)))
    again = metrics.get(written)
    assert type(again) is type(metric) and again.get_config() == metric.get_config() and again.name == "watched"
    assert again.direction == metric.direction


@pytest.mark.parametrize("name", CLASSES)
def test_no_value_is_read_back_while_collecting(name, monkeypatch):
    def stop(self, *args):
        raise AssertionError("a value is read back in update_state")

    metric = made(name)
    y, p = batch(metric)
    for reader in ("item", "tolist", "__float__", "__bool__", "__int__", "numpy"):
        monkeypatch.setattr(torch.Tensor, reader, stop)
    metric.update_state(p) if isinstance(metric, metrics.Mean | metrics.Sum) else metric.update_state(y, p)


def test_sums_are_float64():
    """A float32 sum would lose the last of 2^24 + 1 right answers."""
    mean = metrics.Mean()
    mean.load_state({"total": 2.0**24, "count": 2.0**24})
    mean.update_state(torch.ones(1, dtype=torch.float32))
    assert mean.state() == {"total": 2.0**24 + 1, "count": 2.0**24 + 1} and mean.total.dtype == torch.float64


def test_gradients_do_not_reach_a_metric():
    p = torch.rand(5, 3, requires_grad=True)
    metric = metrics.get("mse")
    metric.update_state(torch.rand(5, 3), p)
    assert not metric.total.requires_grad


def test_functions_classes_and_losses():
    assert isinstance(metrics.get(metrics.CategoricalAccuracy), metrics.CategoricalAccuracy)
    assert isinstance(metrics.get(metrics.sparse_categorical_accuracy), metrics.SparseCategoricalAccuracy)
    assert metrics.get(None) is None

    def largest_error(y_true, y_pred):
        return (y_true - y_pred).abs().amax(-1)

    mine = metrics.get(largest_error)
    assert mine.name == "largest_error" and mine.direction is None
    assert mine(torch.zeros(2, 2), torch.tensor([[1.0, 3.0], [1.0, 0.0]])) == 2.0
    assert metrics.get(losses.mean_squared_error).direction == "min"
    with pytest.raises(ArgumentError, match="metric 'largest_error': expected a registered metric"):
        metrics.serialize(mine)


def test_a_registered_function_is_written_by_name():
    @registry.register("metric")
    def half_error(y_true, y_pred):
        return (y_true - y_pred).abs().mean(-1) / 2

    try:
        written = metrics.serialize(metrics.get("half_error"))
        assert written == "half_error" and metrics.get(written)([[0.0]], [[3.0]]) == 1.5
    finally:
        del registry.TABLE["metric"]["half_error"]


def test_ignored_places_do_not_count():
    y, p = torch.tensor([[0, 9], [1, 0]]), torch.tensor([[[0.5, 0.5], [0.1, 0.9]], [[0.75, 0.25], [1.0, 0.0]]])
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=9)
    by_hand = [np.log(2) * 1.0, (np.log(4) + -np.log(1 - 1e-7)) / 2]  # a picture's mean runs over what counts in it ...
    weights = [0.5, 1.0]  # ... and a picture weighs as much as its share that counts
    assert metric(y, p) == pytest.approx(np.dot(by_hand, weights) / sum(weights), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: metrics.get("acuracy"), UnknownName, r"metric 'acuracy'.*Did you mean 'accuracy'\?"),
        (lambda: metrics.get("mean_squared_eror"), UnknownName, "Did you mean 'mean_squared_error'"),
        (lambda: metrics.get(3), ArgumentError, "expected a name, .* got 3"),
        (lambda: metrics.CategoricalAccuracy()(torch.zeros(8, 10), torch.zeros(8, 12, 12, 10)), DataError,
         r"accuracy: expected labels for answers of shape \(8, 12, 12\), got labels of shape \(8,\)"),
        (lambda: metrics.get("mse")(torch.zeros(8), torch.zeros(8, 10)), DataError, "mean_squared_error: .*sparse_categorical"),
        (lambda: metrics.get("mse")(torch.zeros(8, 1), torch.zeros(8, 1), torch.ones(7)), DataError, "expected one weight"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_dtype_stands_where_keras_has_it_and_is_a_float():
    assert metrics.BinaryAccuracy("share", "float32", 0.7).get_config() == {"name": "share", "dtype": "float32", "threshold": 0.7}
    assert metrics.Mean(dtype=torch.float16).dtype == metrics.Mean("m", np.float16).dtype == "float16"
    assert metrics.MeanSquaredError("m", np.dtype("float64")).dtype == "float64" and metrics.Mean().dtype is None
    with pytest.raises(ArgumentError, match=r"Mean\(dtype\): expected one of float64, .*, or None, got 'int32'"):
        metrics.Mean("m", "int32")


def test_the_loss_of_a_metric_is_made_once(monkeypatch):
    made = []
    monkeypatch.setattr("nabi.metrics.from_losses.lookup", lambda *where: made.append(where) or registry.lookup(*where))
    metric = metrics.LossMetric("huber", arguments={"delta": 2.0})
    for _ in range(3):
        metric.update_state([[0.0, 0.0]], [[1.0, 3.0]])
    assert metric.result() == 2.25 and len(made) == 1


def test_a_loss_among_the_metrics_keeps_its_name():
    """As in Keras."""
    assert metrics.get(losses.Huber()).name == "huber_loss" and metrics.get(losses.Huber(name="mine")).name == "mine"
    assert metrics.get(losses.huber).name == "huber"


class Share(metrics.Metric):
    """Accuracy as Keras' guide writes a metric, with a reset_state of its own."""

    def __init__(self, name="share", **options):
        super().__init__(name=name, **options)
        self.right = self.add_weight(shape=(), initializer="zeros", name="right")
        self.n = self.add_variable(shape=(), initializer="zeros", name="n")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.right.assign_add((y_pred.argmax(-1) == y_true).sum())
        self.n.assign_add(len(y_true))

    def result(self):
        return self.right / self.n

    def reset_state(self):
        self.right.assign(0.0)
        self.n.assign(0.0)


def test_a_metric_with_weights_as_keras_writes_it():
    metric, p = Share(), torch.eye(3)[[0, 1, 1, 2]]
    for labels, wanted in (([0, 1, 2, 2], 0.75), ([0, 0, 0, 0], 0.5)):
        metric.update_state(torch.tensor(labels), p)
        assert float(metric.result()) == wanted
    again = Share()
    again.load_state(metric.state())
    assert float(again.result()) == 0.5 and metric.state() == {"right": 4.0, "n": 8.0}
    metric.reset_state()
    assert metric.state() == {"right": 0.0, "n": 0.0}
    with pytest.raises(ArgumentError, match=r"Share.add_weight\(name\)"):
        metric.add_weight(name="n")
