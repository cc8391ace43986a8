"""Volumes and convolutional LSTMs against Keras on torch, on the same weights."""

import keras
import numpy as np
import pytest
import torch

from nabi.as_keras.layers import conv_lstm, volumes

CASES = [
    ("Conv3D", (3, 2), {}), ("Conv3D", (3, 2), {"padding": "same", "strides": 2}), ("Conv3D", (3, 2), {"dilation_rate": 2}),
    ("Conv3DTranspose", (3, 3), {"strides": 2}), ("Conv3DTranspose", (3, 2), {"strides": (1, 2, 3), "padding": "same"}),
    ("MaxPooling3D", (2,), {}), ("MaxPooling3D", (2,), {"padding": "same"}), ("AveragePooling3D", (2,), {}),
    ("GlobalAveragePooling3D", (), {}), ("GlobalMaxPooling3D", (), {"keepdims": True}), ("UpSampling3D", (2,), {}),
    ("ZeroPadding3D", ((1, 2, 0),), {}), ("Cropping3D", (1,), {}),
    ("ConvLSTM2D", (3, 3), {}), ("ConvLSTM2D", (3, 2), {"padding": "same", "return_sequences": True}),
    ("ConvLSTM2D", (3, 3), {"return_state": True, "strides": 2}), ("ConvLSTM1D", (3, 3), {"padding": "same"}),
    ("ConvLSTM2D", (2, 3), {"go_backwards": True, "return_sequences": True, "dilation_rate": 2}),
]


def results(name, args, options):
    """What nabi's layer and Keras' make of the same volume, with Keras' weights."""
    x = torch.tensor(np.random.default_rng(3).normal(size=(2, 4, 5, 6, 3)).astype("float32"))
    x = x[..., 0] if name == "ConvLSTM1D" else x
    ours = getattr(volumes if hasattr(volumes, name) else conv_lstm, name)(*args, **options)
    theirs = getattr(keras.layers, name)(*args, **options)
    made, wanted = ours(x), theirs(x)
    if ours.weights:
        ours.set_weights(theirs.get_weights())
        made = ours(x)
    shapes = ours.compute_output_shape((None, *x.shape[1:]))
    listed = [list(one) if isinstance(one, (list, tuple)) else [one] for one in (made, wanted)]
    return *listed, shapes if isinstance(shapes, list) else [shapes]


@pytest.mark.parametrize("name, args, options", CASES)
def test_as_keras(name, args, options):
    made, wanted, shapes = results(name, args, options)
    for ours, theirs, shape in zip(made, wanted, shapes, strict=True):
        assert tuple(ours.shape) == tuple(theirs.shape) and tuple(shape[1:]) == tuple(ours.shape[1:])
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().cpu().numpy(), atol=2e-6)


def test_gates_in_another_order_are_seen(monkeypatch):
    plain = torch.Tensor.chunk
    monkeypatch.setattr(torch.Tensor, "chunk", lambda self, n, axis=0: plain(self, n, axis)[::-1])
    made, wanted, _ = results("ConvLSTM2D", (3, 3), {})
    assert not np.allclose(made[0].detach().numpy(), wanted[0].detach().cpu().numpy(), atol=1e-3)


def test_stateful_film_goes_on():
    layer = conv_lstm.ConvLSTM2D(2, 3, padding="same", stateful=True)
    whole = conv_lstm.ConvLSTM2D(2, 3, padding="same")
    x = torch.randn(1, 4, 5, 5, 1, generator=torch.Generator().manual_seed(0))
    whole(x), layer(x[:, :2])
    layer.reset_states()
    whole.set_weights(layer.get_weights())
    layer(x[:, :2])
    torch.testing.assert_close(layer(x[:, 2:]), whole(x))


def test_films_with_masks_and_states():
    x, mask = torch.randn(2, 4, 5, 5, 3, generator=torch.Generator().manual_seed(0)), torch.ones(2, 4, dtype=torch.bool)
    mask[0, 0] = mask[1, 2:] = False
    made = []
    for kind in (conv_lstm.ConvLSTM2D, keras.layers.ConvLSTM2D):
        layer = kind(2, 3, padding="same", return_sequences=True, return_state=True)
        y, h, c = layer(x)
        layer.set_weights(made[0] if made else layer.get_weights())
        made = made or [layer.get_weights()]
        made.append([*layer(x, mask=mask), *layer(x, initial_state=[h * 0 + 0.5, c * 0 - 0.5])])
    for ours, theirs in zip(*made[1:], strict=True):
        torch.testing.assert_close(ours, theirs, atol=2e-6, rtol=1e-5)


def test_films_are_dropped_in_training_alone():
    """A mask for each gate and sample, the same at all steps; of x, and of h."""
    options = {"activation": "linear", "recurrent_activation": "linear", "use_bias": False, "seed": 1, "return_sequences": True}
    x = torch.ones(300, 2, 3, 3, 1)
    for which, gates, of_h, one_step, two_steps in (("dropout", (1, 0, 1, 1), (0, 0, 0, 0), {0.0, 8.0}, {0.0, 8.0}),
                                                    ("recurrent_dropout", (1, 0, 1, 1), (0, 0, 0, 1), {1.0}, {1.0, 3.0})):
        layer = conv_lstm.ConvLSTM2D(1, 1, **options, **{which: 0.5})
        layer.build((None, *x.shape[1:]))
        layer.set_weights([np.reshape(g, (1, 1, 1, 4)) for g in (gates, of_h)])  # h = o i g; then o = 1 + h
        still, moved = layer(x), layer(x, training=True)
        assert still[:, 0].unique().tolist() == [1.0] and not torch.equal(moved, layer(x, training=True))
        assert set(moved[:, 0].unique().tolist()) == one_step and set(moved[:, 1].unique().tolist()) == two_steps
        on = (moved[:, 1] == max(two_steps)).float().mean()
        assert abs(on - (1 / 8 if which == "dropout" else 1 / 2)) < 0.03
        assert which != "dropout" or torch.equal(moved[:, 0], moved[:, 1]), "one mask for all steps"
