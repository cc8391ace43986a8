"""Models for the tests of traces: one of every kind of layer, with weights that are drawn."""

import numpy as np

import nabi
from nabi import layers as L


def drawn(model, seed: int = 0):
    """The model with normal weights, and variances between a half and two."""
    rng = np.random.default_rng(seed)
    for w in model.weights:
        w.assign(rng.uniform(0.5, 2, w.shape) if "variance" in w.name else 0.5 * rng.normal(size=w.shape))
    return model


def chain(*layers, shape=(7, 6, 4)):
    """A Sequential of these layers."""
    return drawn(nabi.Sequential([nabi.Input(shape), *layers]))


def branched():
    """Merges of all kinds, a slice, arithmetic by operators, two outputs."""
    a = nabi.Input((5, 4, 2))
    b, g = L.Conv2D(2, 1)(a), L.GlobalAveragePooling2D()(a)
    d = L.Multiply()([L.Add()([a, b]), g])
    h = L.Minimum()([L.Subtract()([L.Average()([L.Maximum()([a, b, d]), a]), b]), a])
    ends = [L.Concatenate(axis=1)([h, L.Concatenate()([a, b])[..., 1:3]]), h * 2 + 1]
    return drawn(nabi.Model(a, ends))


CHAINS = {
    "convolutions": lambda: chain(L.Conv2D(4, 3, activation="relu"), L.Conv2D(6, 2, strides=2, padding="same", groups=2),
                                  L.Conv2D(3, 2, dilation_rate=2, padding=2, activation="softmax")),
    "separable": lambda: chain(L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="tanh"),
                               L.SeparableConv2D(5, 3, strides=2, depth_multiplier=2, activation="sigmoid")),
    "transposed": lambda: chain(L.Conv2DTranspose(3, 3, strides=2, padding="same", activation="elu"),
                                L.LocallyConnected2D(2, 3, strides=3, activation="relu"), L.Conv2DTranspose(2, 2, strides=3)),
    "pooling": lambda: chain(L.MaxPooling2D(2, 1), L.AveragePooling2D(3, 1, "same"), L.L2Pooling2D(2, 1, "same"),
                             L.GlobalAveragePooling2D(), L.Dense(4, activation="softmax")),
    "functions": lambda: chain(L.MaxPooling2D(3, 2, "same"), L.GlobalMaxPooling2D(), L.Dense(4), L.Softmax(), L.PReLU(), L.ELU(),
                               L.LeakyReLU(), L.ReLU(0.3, 0.1, 0.2), L.Activation("gelu"), L.Activation("log_softmax")),
    "norms": lambda: chain(L.BatchNormalization(), L.LayerNormalization(axis=[1, 3]), L.GroupNormalization(2),
                           L.UnitNormalization(), L.LocalResponseNormalization(4, alpha=0.3), L.Rescaling(0.5, [1, 2, 3, 4]),
                           L.Normalization()),
    "chance": lambda: chain(L.BatchNormalization(), L.Dropout(0.4), L.SpatialDropout2D(0.3), L.GaussianNoise(0.3),
                            L.GaussianDropout(0.3)),
    "moving": lambda: chain(L.ZeroPadding2D(((1, 0), (2, 1))), L.Cropping2D(1), L.UpSampling2D(2),
                            L.UpSampling2D(2, interpolation="bilinear"), L.Permute((2, 3, 1)), L.Reshape((-1, 8)), L.Flatten(),
                            L.RepeatVector(2)),
    "recurrent": lambda: chain(L.LSTM(3, return_sequences=True, dropout=0.3), L.GRU(3, return_sequences=True, go_backwards=True),
                               L.GRU(3, reset_after=False, return_sequences=True, recurrent_dropout=0.2), L.SimpleRNN(2),
                               shape=(4, 3)),
    "sequence": lambda: chain(L.Conv1D(4, 3, padding="causal", activation="relu"), L.MaxPooling1D(2, padding="same"),
                              L.SeparableConv1D(3, 2), L.Conv1DTranspose(2, 3, strides=2), L.GlobalAveragePooling1D(),
                              shape=(9, 3)),
    "wrapped": lambda: chain(L.Bidirectional(L.LSTM(2, return_sequences=True)), L.Bidirectional(L.GRU(2), merge_mode="ave"),
                             L.Dense(2), shape=(4, 3)),
    "each step": lambda: chain(L.TimeDistributed(L.Conv2D(2, 2, activation="softmax")), L.TimeDistributed(L.Flatten()),
                               L.TimeDistributed(L.Dense(2)), shape=(2, 3, 3, 1)),
    "branches": branched,
}
