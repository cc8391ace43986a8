"""Layers without a rule: flips, crops, resizes, a user's own; recurrent layers with all their options: the value is right."""

import itertools

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.trace import trace

X = np.random.default_rng(0).random((2, 8, 8, 1))
S = np.random.default_rng(1).random((2, 5, 3))
MOVING = [L.RandomFlip(), L.RandomRotation(0.1), L.RandomTranslation(0.1, 0.1), L.RandomZoom(0.2), L.RandomContrast(0.2),
          L.RandomCrop(6, 6), L.Resizing(5, 5), L.Resizing(5, 5, interpolation="bicubic"), L.CenterCrop(4, 4)]


def traced(layer, place, x=X, training=None, y=None, more=()):
    model = nabi.Sequential([nabi.Input(x.shape[1:]), layer, *more])
    if y is not None:
        model.compile("sgd", loss="mse")
    return trace(model, x, y, training=training).at(layer.name, *place)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("layer", MOVING, ids=lambda layer: layer.name)
def test_augmentation_in_training_is_a_sum(layer, training):
    step = traced(layer, (2, 3, 0), training=training)
    assert step.value == pytest.approx(step.computed, abs=1e-12)
    if step.note == "by slopes":
        table = step.tables[0].columns
        again = sum(w * X[0][tuple(at)] for at, w in zip(table["place"], table["w"], strict=True))
        assert float(np.squeeze(again)) + float(step.arrays["c"]) == pytest.approx(step.computed, abs=1e-9)
        assert "is not traced" in str(step) and step.figure().texts


def test_what_moves_reads_one_place_and_what_resizes_a_mean():
    crop = traced(L.CenterCrop(4, 4), (1, 2, 0))
    assert crop.reads[0].places.tolist() == [[3, 4, 0]] and crop.tables[0].columns["w"].tolist() == [1.0]
    assert crop.value == X[0, 3, 4, 0]
    small = traced(L.Resizing(4, 4), (1, 1, 0))
    assert small.tables[0].columns["w"].sum() == pytest.approx(1) and len(small.tables[0]) in (1, 4)
    flip = traced(L.RandomFlip("horizontal"), (2, 3, 0), training=True)
    assert flip.reads[0].places.tolist() in ([[2, 3, 0]], [[2, 4, 0]])


def test_own_layers_and_lambdas():
    line = traced(L.Lambda(lambda t: 2 * t + 1), (1, 1, 0), y=np.zeros((2, 1)), more=[L.Flatten(), L.Dense(1)])
    assert line.lines[-1].formula == "sum + c" and float(line.arrays["c"]) == 1.0
    assert line.value == pytest.approx(2 * X[0, 1, 1, 0] + 1, abs=1e-12)
    bent = traced(L.Lambda(lambda t: t * t), (1, 1, 0))
    assert bent.note == "not traced" and bent.value == pytest.approx(X[0, 1, 1, 0] ** 2, abs=1e-12), "a square is no sum"
    cut = traced(L.Lambda(lambda t: torch.clamp(t - 5, min=0)), (1, 1, 0))
    assert cut.note == "not traced" and cut.value == 0
    plain = traced(L.Lambda(lambda t: torch.from_numpy(np.sort(t.detach().numpy(), axis=1))), (1, 1, 0))
    assert plain.note == "not traced" and plain.value == np.sort(X[0], axis=0)[1, 1, 0]
    mean = traced(L.Lambda(lambda t: t - t.sum(0, keepdim=True)), (1, 1, 0))
    assert mean.note == "not traced" and mean.value == pytest.approx(mean.computed), "other samples take part"


OPTIONS = [{}, {"go_backwards": True}, {"unroll": True}, {"dropout": 0.3, "recurrent_dropout": 0.3}, {"use_bias": False},
           {"activation": "relu"}, {"return_state": True}]
OWN = {L.LSTM: {"unit_forget_bias": False, "recurrent_activation": "hard_sigmoid"}, L.GRU: {"reset_after": False},
       L.SimpleRNN: {}}


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_recurrent_layers_with_unusual_options(kind):
    for options, sequences, training in itertools.product([*OPTIONS, OWN[kind]], (False, True), (False, True)):
        inputs = nabi.Input((5, 3))
        model = nabi.Model(inputs, kind(2, name="r", return_sequences=sequences, **options)(inputs))
        step = trace(model, S, training=training).at("r", *((3, 1) if sequences else (1,)))
        assert step.value == pytest.approx(step.computed, abs=1e-12), (options, sequences, training)


@pytest.mark.parametrize("make, place", [(lambda: L.Bidirectional(L.LSTM(2, return_sequences=True), name="r"), (3, 1)),
                                         (lambda: L.Bidirectional(L.GRU(2), merge_mode="sum", name="r"), (1,)),
                                         (lambda: L.TimeDistributed(L.Dense(2), name="r"), (3, 1)),
                                         (lambda: L.RNN(L.LSTMCell(2), name="r"), (1,))])
def test_wrapped_ones(make, place):
    step = traced(make(), place, S, training=True)
    assert step.value == pytest.approx(step.computed, abs=1e-12)
