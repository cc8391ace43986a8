"""Receptive fields: a unit sees a place if it is NaN where the place is, and where a gradient shows it with weights above 0."""

import numpy as np
import pytest
import torch
from trace_models import chain

import nabi
from nabi import layers as L
from nabi import trace
from nabi.kernels import jit


def infected(model, layer: str, place: tuple) -> np.ndarray:
    """The places (H, W, C) whose NaN reaches the unit: one picture for each."""
    shape = model.inputs[0].shape[1:]
    part = nabi.Model(model.inputs, model.get_layer(layer).output)
    size = int(np.prod(shape))
    x = torch.full((size, size), 0.5)
    x.fill_diagonal_(float("nan"))
    with torch.no_grad(), jit.using("plain"):
        y = part(x.reshape(size, *shape), training=False)
    return y[(slice(None), *place)].isnan().reshape(shape).numpy()


def dense_block():
    x = a = nabi.Input((9, 8, 2))
    for number in range(2):
        b = L.Conv2D(2, 3, padding="same", dilation_rate=number + 1)(L.ReLU()(L.BatchNormalization()(a)))
        a = L.Concatenate()([a, b])
    return nabi.Model(x, L.Conv2D(2, 1, name="end")(L.AveragePooling2D(2)(a)))


def branches():
    x = nabi.Input((9, 8, 2))
    a = L.Conv2D(4, (3, 1), strides=2, padding="same", groups=2)(x)
    b = L.MaxPooling2D(3, 2, padding="same")(L.Conv2D(4, 1)(x))
    c = L.UpSampling2D(2, interpolation="bilinear")(L.Conv2D(4, 2, strides=2, padding=1)(a))[:, :5, :4]
    return nabi.Model(x, L.Conv2D(3, 2, name="end", dilation_rate=2)(L.Concatenate()([L.Add()([a, c]), b])))


NETS = {
    "dilated": lambda: chain(L.Conv2D(2, 3, dilation_rate=2, padding="same"), L.Conv2D(2, 2, strides=2, name="end"),
                             shape=(9, 8, 2)),
    "dense block": dense_block, "branches": branches,
    "up and down": lambda: chain(L.Conv2D(2, 3, strides=2), L.Conv2DTranspose(2, 3, strides=2, padding="same"),
                                 L.ZeroPadding2D(((1, 0), (0, 2))), L.Cropping2D(1), L.LocalResponseNormalization(2),
                                 L.DepthwiseConv2D(2, depth_multiplier=2), L.SeparableConv2D(2, 2, name="end"), shape=(9, 8, 2)),
    "behind augmentation": lambda: chain(L.Rescaling(0.5), L.RandomFlip(), L.RandomTranslation(0.1, 0.1), L.RandomCrop(9, 8),
                                         L.Conv2D(2, 3, name="end"), shape=(9, 8, 2)),
    "to the end": lambda: chain(L.Conv2D(2, 3), L.GlobalMaxPooling2D(), L.Dense(3, activation="softmax", name="end"),
                                shape=(6, 5, 1)),
    "sequence": lambda: chain(L.Conv1D(3, 2, padding="causal", dilation_rate=2), L.LSTM(2, return_sequences=True),
                              L.LayerNormalization(name="end"), shape=(7, 2)),
}


@pytest.mark.parametrize("name", NETS)
def test_a_unit_sees_what_reaches_it(name):
    model, rng = NETS[name](), np.random.default_rng(4)
    found = trace(model, np.zeros((1, *model.inputs[0].shape[1:])))
    shape = model.get_layer("end").output.shape[1:]
    for place in [tuple(0 for _ in shape), tuple(n - 1 for n in shape), tuple(int(rng.integers(n)) for n in shape)]:
        field = found.field("end", *place)
        assert field.exact
        assert (field.places[0] == infected(model, "end", place)).all(), place


def test_gradients_show_the_same_where_no_maximum_chooses():
    model = dense_block()
    for w in model.weights:
        w.assign(np.abs(w.numpy()) + 0.1)
    x = torch.full((1, 9, 8, 2), 1.0, requires_grad=True)
    with jit.using("plain"):
        model(x)[0, 2, 1, 0].backward()
    field = trace(model, np.zeros((1, 9, 8, 2))).field("end", 2, 1, 0)
    assert ((x.grad[0] != 0).numpy() == field.places[0]).all()
    assert field.size == (8, 7) and field.box() == ((1, 8), (0, 6)), "2x2 places, then 3 + 4 more, cut at the border"


def test_it_agrees_with_the_summary():
    from nabi.models.rows import rows

    model = nabi.zoo.build("lecture-cnn", width=0.1)
    found = trace(model, np.zeros((28, 28, 1)))
    row = next(row for row in rows(model) if isinstance(row.layer, L.MaxPooling2D))
    assert found.field(row.layer.name, 5, 5, 0).size == tuple(axis.size for axis in row.sees.largest) == (6, 6)


def test_a_field_in_words():
    field = trace(chain(L.Conv2D(1, 3, padding="same", name="conv")), np.zeros((7, 6, 4))).field("conv", 0, 5, 0)
    assert str(field) == "conv (0, 5, 0) sees 4 of 42 places of the input: 2x2, from (0, 4) to (1, 5)"
    padded = chain(L.ZeroPadding2D(2, name="pad"))
    assert str(trace(padded, np.zeros((7, 6, 4))).field("pad", 0, 0, 0)) == "pad (0, 0, 0) sees nothing of the input."
