"""Every layer in a network trained for 20 steps, against Keras 3 in float64: losses, weights and predictions to 1e-9."""

import numpy as np
import pytest
from twins import Twins, chain, labels, one_hot, pictures

HEAD = (("Flatten", {}), ("Dense", {"units": 3, "activation": "softmax"}))

ACTIVATIONS = ("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "sigmoid", "log_sigmoid", "tanh", "softsign", "softplus",
               "exponential", "silu", "swish", "gelu", "mish", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "softmax",
               "log_softmax", "celu", "hard_shrink", "soft_shrink", "tanh_shrink", "squareplus", "sparse_plus", "sparse_sigmoid")

CHAINS = {
    "dense": [("Flatten", {}), ("Dense", {"units": 7, "activation": "tanh"}), *HEAD[1:]],
    "dense without bias": [("Flatten", {}), ("Dense", {"units": 7, "use_bias": False, "activation": "sigmoid"}), *HEAD[1:]],
    "dense on the last axis": [("Dense", {"units": 4, "activation": "relu"}), *HEAD],
    "conv": [("Conv2D", {"filters": 4, "kernel_size": 3, "activation": "relu"}), *HEAD],
    "conv same": [("Conv2D", {"filters": 4, "kernel_size": (3, 2), "padding": "same"}), *HEAD],
    "conv same, stride 2": [("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}),
                            *HEAD],
    "conv stride (2, 1)": [("Conv2D", {"filters": 4, "kernel_size": 2, "strides": (2, 1), "activation": "tanh"}), *HEAD],
    "conv dilation": [("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "activation": "relu"}), *HEAD],
    "conv dilation same": [("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": (1, 2), "padding": "same"}), *HEAD],
    "conv groups": [("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2, "use_bias": False, "activation": "relu"}), *HEAD],
    "max pool": [("Conv2D", {"filters": 4, "kernel_size": 3, "activation": "relu"}), ("MaxPooling2D", {"pool_size": 2}), *HEAD],
    "max pool 3/2": [("MaxPooling2D", {"pool_size": 3, "strides": 2}), *HEAD],
    "max pool same": [("MaxPooling2D", {"pool_size": (3, 2), "strides": 3, "padding": "same"}), *HEAD],
    "average pool": [("Conv2D", {"filters": 4, "kernel_size": 3}), ("AveragePooling2D", {"pool_size": 2}), *HEAD],
    # where "same" pads one side only, Keras on torch repeats the edge; its TensorFlow form, as nabi's, leaves such places out
    "average pool same": [("AveragePooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}), *HEAD],
    "global average pool": [("Conv2D", {"filters": 4, "kernel_size": 3}), ("GlobalAveragePooling2D", {}), *HEAD[1:]],
    "global average pool, keepdims": [("GlobalAveragePooling2D", {"keepdims": True}), *HEAD],
    "dropout 0": [("Dropout", {"rate": 0.0}), *HEAD],
    "batch norm": [("BatchNormalization", {}), *HEAD],
    "batch norm after conv": [("Conv2D", {"filters": 4, "kernel_size": 3, "use_bias": False}),
                              ("BatchNormalization", {"momentum": 0.8, "epsilon": 1e-5}),
                              ("Activation", {"activation": "relu"}), *HEAD],
    "batch norm plain": [("BatchNormalization", {"center": False, "scale": False, "momentum": 0.9}), *HEAD],
    "batch norm axis 1": [("BatchNormalization", {"axis": 1, "momentum": 0.9}), *HEAD],
    "batch norm of features": [("Flatten", {}), ("BatchNormalization", {"momentum": 0.5}), *HEAD[1:]],
    "layer and group norm": [("Conv2D", {"filters": 6, "kernel_size": 3}), ("LayerNormalization", {"epsilon": 0.01}),
                             ("GroupNormalization", {"groups": 3, "gamma_regularizer": "l2"}), ("ReLU", {}),
                             ("LayerNormalization", {"axis": [1, 3], "center": False}), ("UnitNormalization", {}), *HEAD],
    "instance norm, one group": [("GroupNormalization", {"groups": -1, "scale": False}),
                                 ("GroupNormalization", {"groups": 1, "axis": 1, "center": False}),
                                 ("LayerNormalization", {"axis": [1, 2, 3], "scale": False}), *HEAD],
    "learned slopes": [("PReLU", {"shared_axes": [1, 2]}), ("Conv2D", {"filters": 3, "kernel_size": 3}), ("ELU", {"alpha": 0.7}),
                       ("PReLU", {"alpha_regularizer": "l2"}), ("Softmax", {"axis": [1, 2]}), *HEAD],
    "leaky relu": [("LeakyReLU", {"negative_slope": 0.2}), *HEAD],
    "relu layer": [("ReLU", {"max_value": 1.5, "negative_slope": 0.1, "threshold": 0.2}), *HEAD],
    "softmax layer": [("Flatten", {}), ("Dense", {"units": 3}), ("Softmax", {})],
    "softmax activation": [("Flatten", {}), ("Dense", {"units": 3}), ("Activation", {"activation": "softmax"})],
    "normalization": [("Normalization", {"mean": [0.3, -0.2], "variance": [2.0, 0.7]}), *HEAD],
    "depthwise and separable": [
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2, "activation": "relu"}),
        ("SeparableConv2D", {"filters": 4, "kernel_size": (2, 3), "strides": 2, "padding": "same", "activation": "tanh"}),
        ("GlobalMaxPooling2D", {}), *HEAD[1:]],
    "down and up": [
        ("ZeroPadding2D", {"padding": ((1, 0), (0, 2))}), ("Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2}),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"}),
        ("UpSampling2D", {"size": (1, 2), "interpolation": "bilinear"}), ("Cropping2D", {"cropping": (2, 1)}), *HEAD],
    "sequences": [
        ("Reshape", {"target_shape": (-1, 4)}), ("Permute", {"dims": (2, 1)}), ("UpSampling1D", {"size": 3}),
        ("Conv1D", {"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2, "activation": "relu"}),
        ("MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}),
        ("SeparableConv1D", {"filters": 3, "kernel_size": 2}),
        ("Conv1DTranspose", {"filters": 3, "kernel_size": 4, "strides": 2}), ("AveragePooling1D", {"pool_size": 2}),
        ("DepthwiseConv1D", {"kernel_size": 2}), ("GlobalAveragePooling1D", {}), ("RepeatVector", {"n": 2}), *HEAD],
    "rescaling": [("Rescaling", {"scale": 0.3, "offset": 0.5}), *HEAD],
}


MORE = {  # whose layers and options stand in other chains and in tests/layers too
    "dense without bias", "dense on the last axis", "conv same", "conv dilation", "max pool 3/2", "average pool",
    "global average pool, keepdims", "dropout 0", "batch norm", "batch norm plain", "batch norm of features", "leaky relu",
    "softmax layer", "softmax activation", "rescaling",
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.learn) if name in MORE else name for name in CHAINS])
def test_chain(keras64, name):
    twins = Twins(keras64, chain(*CHAINS[name]), "adam", "categorical_crossentropy", ["accuracy"])
    twins.assert_equal(pictures(), one_hot(labels()))


def residual(lib):
    """A skip connection, a concatenation, a layer used twice."""
    L = lib.layers
    x = lib.Input((8, 8, 2))
    shared = L.Conv2D(4, 3, padding="same", activation="relu")
    h = L.Conv2D(4, 1)(x)
    h = L.Add()([h, shared(shared(h))])
    h = L.Concatenate()([h, L.MaxPooling2D(3, 1, "same")(h), x])
    return lib.Model(x, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(h)))


def nested(lib):
    """A model used as a layer, twice."""
    L = lib.layers
    inner = lib.Sequential([lib.Input((8, 8, 2)), L.Conv2D(3, 3, activation="relu"), L.GlobalAveragePooling2D()])
    x = lib.Input((8, 8, 2))
    h = L.Add()([inner(x), inner(L.Rescaling(0.5)(x))])
    return lib.Model(x, L.Dense(3, activation="softmax")(h))


def merged(lib):
    """Every merging layer, with inputs of different ranks, some of them twice."""
    L = lib.layers
    x = lib.Input((8, 8, 2))
    a, b = L.Conv2D(4, 3, activation="relu")(x), L.Conv2D(4, 3, activation="tanh")(x)
    gate = L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D()(a))
    h = L.Subtract()([L.Multiply()([a, gate]), L.Average()([b, a, gate])])
    h = L.Add()([L.Maximum()([h, gate, a]), L.Minimum()([b, gate])])
    cosine = L.Dot((3, 3), normalize=True)([h, L.Conv2D(4, 3)(b)])
    return lib.Model(x, L.Dense(3, activation="softmax")(L.Concatenate()([L.Flatten()(h), L.Flatten()(cosine)])))


def every_activation(lib):
    """All activations side by side, each behind a Dense layer of its own."""
    L = lib.layers
    x = lib.Input((8, 8, 2))
    flat = L.Flatten()(x)
    parts = [L.Dense(4, activation=name)(flat) for name in ACTIVATIONS]
    return lib.Model(x, L.Dense(3, activation="softmax")(L.Concatenate()(parts)))


@pytest.mark.parametrize("recipe", [residual, nested, merged, every_activation])
def test_graph(keras64, recipe):
    twins = Twins(keras64, recipe, "adam", "sparse_categorical_crossentropy", ["accuracy"])
    twins.assert_equal(pictures(), labels())


def test_several_inputs_and_outputs(keras64):
    def recipe(lib):
        L = lib.layers
        a, b = lib.Input((4,), name="a"), lib.Input((3,), name="b")
        h = L.Dense(5, activation="tanh")(L.Concatenate()([a, b]))
        return lib.Model([a, b], [L.Dense(3, activation="softmax", name="kind")(h), L.Dense(1, name="size")(h)])

    rng = np.random.default_rng(3)
    x = [rng.normal(size=(40, 4)), rng.normal(size=(40, 3))]
    y = [one_hot(labels()), rng.normal(size=(40, 1))]
    twins = Twins(keras64, recipe, "adam", ["categorical_crossentropy", "mse"], [["accuracy"], ["mae"]], loss_weights=[1.0, 0.3])
    twins.assert_equal(x, y)


@pytest.mark.parametrize("where", ["kernel_regularizer", "bias_regularizer", "activity_regularizer"])
@pytest.mark.parametrize("penalty", [*(pytest.param(name, marks=pytest.mark.learn) for name in ("l1", "l2")), "both"])
def test_regularizers(keras64, where, penalty):
    def recipe(lib):
        penalty_ = lib.regularizers.L1L2(0.01, 0.02) if penalty == "both" else penalty
        return lib.Sequential([lib.Input((8, 8, 2)), lib.layers.Conv2D(3, 3, activation="relu", **{where: penalty_}),
                               lib.layers.Flatten(), lib.layers.Dense(3, activation="softmax", **{where: penalty_})])

    Twins(keras64, recipe, "sgd", "categorical_crossentropy").assert_equal(pictures(), one_hot(labels()))


def test_a_frozen_batch_norm_is_in_inference_mode(keras64):
    def recipe(lib):
        model = chain(("Conv2D", {"filters": 4, "kernel_size": 3}), ("BatchNormalization", {}), *HEAD)(lib)
        model.layers[1].trainable = False
        return model

    Twins(keras64, recipe, "adam", "categorical_crossentropy").assert_equal(pictures(), one_hot(labels()))


def test_a_wrong_formula_is_noticed(keras64):
    """Broken on purpose: another epsilon in batch normalisation, one part in a thousand."""

    def recipe(lib):
        epsilon = 1e-3 if lib.layers.__name__.startswith("keras") else 1.001e-3
        return chain(("BatchNormalization", {"epsilon": epsilon}), *HEAD)(lib)

    with pytest.raises(AssertionError):
        Twins(keras64, recipe, "adam", "categorical_crossentropy").assert_equal(pictures(), one_hot(labels()))
