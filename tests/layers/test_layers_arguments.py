"""Initializers, regularizers and constraints of every registered layer reach the weights that the arguments are named after."""

import pytest
import torch

import nabi
from layers.test_layers_gradients import CASES
from nabi import constraints, initializers, regularizers
from nabi import layers as L

KERNELS = {"depthwise": ("kernel", "depthwise_kernel"), "pointwise": ("pointwise_kernel",), "recurrent": ("recurrent_kernel",)}
KINDS = {"initializer": initializers.Constant(0.375), "regularizer": regularizers.L1(0.375), "constraint": constraints.NonNeg()}


def named(layer) -> list[str]:
    """Its arguments that are an initializer, a regularizer or a constraint of a weight."""
    return [word for word in layer.get_config() if word.rpartition("_")[2] in KINDS and not word.startswith("activity")]


CALLS = [(name, word) for name, cases in CASES.items() for layer, _ in cases[:1] for word in named(layer)]


def test_they_are_found():
    assert {("Dense", "kernel_constraint"), ("Conv2D", "bias_initializer"), ("BatchNormalization", "gamma_regularizer"),
            ("LSTM", "recurrent_constraint"), ("Embedding", "embeddings_constraint")} <= set(CALLS)


@pytest.mark.parametrize(("name", "word"), CALLS)
def test_an_argument_reaches_its_weight(name, word):
    layer, shape = CASES[name][0]
    about, _, kind = word.rpartition("_")
    config = {**layer.get_config(), word: KINDS[kind]}
    twin = type(layer).from_config({**config, **{use: True for use in ("use_bias", "center", "scale") if use in config}})
    twin.prepare([(None, *s[1:]) for s in (shape if isinstance(shape, list) else [shape])])
    if kind == "initializer":
        reached = {w.name for w in twin.weights if torch.any(w.value == 0.375)}  # a forget gate's bias may be 1
    else:
        reached = {w.name for w in twin.weights if getattr(w, kind) is KINDS[kind]}
    assert len(reached) == 1 and reached <= set(KERNELS.get(about, (about,)))


def test_a_layer_may_be_called_like_an_initializer(tmp_path):
    """Identity is both; a configuration says by the argument's name which one is meant."""
    model = nabi.Sequential([nabi.Input((3,)), L.Dense(3, kernel_initializer=initializers.Identity(2.0)), L.Identity()])
    twin = nabi.Sequential.from_config(model.get_config())
    assert isinstance(twin.layers[0].kernel_initializer, initializers.Identity) and isinstance(twin.layers[1], L.Identity)
    model.save(tmp_path / "m.safetensors")
    loaded = nabi.load_model(tmp_path / "m.safetensors")
    x = torch.tensor([[1.0, -2.0, 3.0]])
    assert loaded(x).equal(2 * x) and loaded.layers[0].kernel_initializer.gain == 2.0
    inner = L.TimeDistributed(L.Identity())
    assert isinstance(L.TimeDistributed.from_config(inner.get_config()).layer, L.Identity)
