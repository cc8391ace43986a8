"""What every registered loss must do: configuration round trip, determinism, dtypes, names; and the functions' way to classes."""

import json

import keras
import numpy as np
import pytest
import torch

from nabi import losses
from nabi.core import registry
from nabi.core.errors import ArgumentError

NAMES = registry.names("loss")
GENERALIZED = keras.losses.CategoricalGeneralizedCrossEntropy  # which keras.losses.get does not know by name
IN_KERAS = {"kullback_leibler_divergence": "kld", "logcosh": "log_cosh", "CategoricalGeneralizedCrossEntropy": GENERALIZED,
            "categorical_generalized_cross_entropy": GENERALIZED}


def sample(loss):
    rng = np.random.default_rng(0)
    p = torch.tensor(rng.dirichlet(np.ones(4), size=6))
    return torch.tensor(rng.integers(4, size=6) if loss.integer_labels else np.eye(4)[rng.integers(4, size=6)]), p


@pytest.mark.parametrize("name", NAMES)
def test_round_trip_and_determinism(name):
    loss = losses.get(name)
    again = losses.get(json.loads(json.dumps(losses.serialize(loss))))
    assert type(again) is type(loss) and again.get_config() == loss.get_config()
    y, p = sample(loss)
    assert torch.equal(loss(y, p), again(y, p)) and loss(y, p).shape == ()
    assert torch.equal(loss(y.numpy(), p.numpy()), loss(y, p)) and torch.equal(loss(y.tolist(), p), loss(y, p))
    assert loss(y.to(torch.uint8), p.float()).dtype == torch.float32


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_attributes(name):
    loss = losses.get(name)
    assert loss.get_config().keys() >= {"name", "reduction"}
    assert all(getattr(loss, key) == value for key, value in loss.get_config().items())
    assert repr(loss) == f"{type(loss).__name__}()"


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_keras(name):
    theirs = keras.losses.get(IN_KERAS.get(name, name))
    y, p = sample(losses.get(name))
    expected = theirs(y.float(), p.float())
    assert losses.get(name)(y, p).item() == pytest.approx(float(expected.mean()), rel=1e-5)
    if isinstance(theirs, keras.losses.Loss):
        assert theirs.name == losses.get(name).name
        assert {k: v for k, v in theirs.get_config().items()} == {
            k: losses.get(name).get_config()[k] for k in theirs.get_config()
        }


def test_functions_lead_to_their_classes():
    functions = [name for name in losses.__all__ if name in NAMES and name.islower()]
    assert len(functions) == 20
    for name in functions:
        assert type(losses.get(getattr(losses, name))) is type(losses.get(name))
    assert losses.get(losses.mse).name == "mean_squared_error" and losses.get(None) is None
    mine = losses.get(lambda y, p: (y - p).abs().sum())
    assert mine([[1.0]], [[3.0]]).item() == 2


def test_a_registered_function_is_written_by_name():
    @registry.register("loss")
    def worst_error(y_true, y_pred):
        return (y_true - y_pred).abs().amax(-1)

    try:
        loss = losses.get("worst_error")
        assert loss.name == "worst_error" == losses.serialize(loss) and loss([[0.0, 0.0]], [[1.0, 3.0]]).item() == 3
    finally:
        del registry.TABLE["loss"]["worst_error"]


@pytest.mark.parametrize("word, remedy", [("dtype", "the dtype of the predictions"), ("weight", r"fit\(sample_weight=\.\.\.\)")])
def test_arguments_of_others_are_refused_with_what_to_do(word, remedy):
    with pytest.raises(ArgumentError, match=rf"Huber\({word}=\.\.\.\): expected a known argument, .*{remedy}"):
        losses.Huber(**{word: "float32"})
