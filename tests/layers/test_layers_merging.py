"""Merging layers against Keras in float64: numbers, gradients, shapes, masks; in plans; files; what they refuse."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError

EXACT = {"rtol": 0, "atol": 1e-13}
KINDS = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")
SHAPES = {  # of the samples
    "one shape": [(4, 3), (4, 3)], "three": [(4, 3), (4, 3), (4, 3)], "ones stretched": [(4, 1), (1, 3), (4, 3)],
    "a gate": [(4, 5, 3), (3,)], "ranks": [(3,), (4, 5, 3), (5, 1)], "as many steps as samples": [(2, 2), (2,)],
    "alone": [(4, 3)],
}  # fmt: skip


def inputs(shapes, seed=0) -> list[np.ndarray]:
    """Whole numbers, so that some are equal."""
    rng = np.random.default_rng(seed)
    return [rng.integers(-3, 4, (2, *shape)).astype(float) for shape in shapes]


def with_gradients(layer, arrays):
    tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
    y = layer(tensors)
    (y * torch.arange(1.0, y.numel() + 1, dtype=y.dtype).view(y.shape)).sum().backward()
    return [y.detach().numpy(), *(t.grad.numpy() for t in tensors)]


@pytest.mark.parametrize("case", SHAPES)
def test_keras(keras64, case):
    arrays = inputs(SHAPES[case])
    for kind in KINDS:
        if (kind == "Subtract" and len(arrays) != 2) or (kind == "Concatenate" and len(set(SHAPES[case])) > 1):
            continue
        layer = getattr(L, kind)()
        ours, theirs = (with_gradients(one, arrays) for one in (layer, getattr(keras64.layers, kind)()))
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, **EXACT, err_msg=kind)
        assert layer.compute_output_shape([(None, *a.shape[1:]) for a in arrays]) == (None, *ours[0].shape[1:])


@pytest.mark.parametrize("shapes, axes", [
    ([(4,), (4,)], 1), ([(4,), (4,)], -1), ([(5, 4), (4,)], -1), ([(4,), (5, 4)], (1, 2)), ([(5, 3), (3, 7)], (2, 1)),
    ([(5, 3), (5, 7)], 1), ([(2, 5, 3), (3, 7)], (3, 1)), ([(2, 5, 3), (7, 5, 4)], 2), ([(2, 5, 3), (7, 2, 4)], (-3, -2)),
])  # fmt: skip
@pytest.mark.parametrize("normalize", [False, True])
def test_dot_is_keras_and_the_sum(keras64, shapes, axes, normalize):
    arrays = [a + 0.5 for a in inputs(shapes)]
    layer = L.Dot(axes, normalize=normalize)
    ours, theirs = (with_gradients(one, arrays) for one in (layer, keras64.layers.Dot(axes, normalize=normalize)))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    i, j = layer.placed([a.shape for a in arrays])
    if normalize:
        arrays = [a / np.sqrt((a**2).sum(axis, keepdims=True)) for a, axis in zip(arrays, (i, j), strict=True)]
    slides = [np.tensordot(a, b, (i - 1, j - 1)) for a, b in zip(*arrays, strict=True)]
    np.testing.assert_allclose(ours[0], np.reshape(slides, ours[0].shape), rtol=0, atol=1e-12)
    assert layer.compute_output_shape([(None, *shape) for shape in shapes]) == (None, *ours[0].shape[1:])
    assert layer.macs([(None, *shape) for shape in shapes], ours[0].shape) == ours[0][0].size * arrays[0].shape[i]


def test_broken_on_purpose():
    """Stretching towards the end, as NumPy does with the batch in it; a mean of the halves; a dot without its length."""
    a, b = inputs([(2, 2), (2,)])
    assert np.abs(L.Add()([a, b]).numpy() - (a + b)).max() > 0.5
    a, b, c = inputs(SHAPES["three"])
    assert np.abs(L.Average()([a, b, c]).numpy() - ((a + b) / 2 + c) / 2).max() > 0.1
    assert np.abs(L.Dot(1, normalize=True)([a, b]).numpy() - L.Dot(1)([a, b]).numpy()).max() > 0.1


def test_function_forms(keras64):
    arrays = inputs([(4, 3), (4, 3)])
    for kind in KINDS:
        form = getattr(L, kind.lower())
        assert form(arrays, name="joined").equal(getattr(L, kind)()(arrays))
        assert form([nabi.Input((4, 3)), nabi.Input((4, 3))], name=f"form_{kind}").node.layer.name == f"form_{kind}"
    assert L.dot(arrays, axes=(1, 1), normalize=True).equal(L.Dot(1, normalize=True)(arrays))
    assert L.concatenate(arrays, axis=1).shape == (2, 8, 3)


def test_unknown_sides():
    """An axis is unknown as long as no input settles it."""
    x = nabi.Input((None, 3))
    assert L.Add()([x, nabi.Input((7, 3))]).shape == (None, 7, 3)
    assert L.Add()([x, nabi.Input((1, 3))]).shape == L.Multiply()([x, nabi.Input((3,))]).shape == (None, None, 3)
    assert L.Dot(2)([x, nabi.Input((5, 3))]).shape == (None, None, 5) and L.Concatenate(1)([x, x]).shape == (None, None, 3)


def network(noise=0.0):
    """One Add used twice: first as batch normalisation's skip connection, then with a vector stretched over the map."""
    x = nabi.Input((4, 4, 3))
    add = L.Add()
    h = add([L.BatchNormalization()(L.Conv2D(4, 1)(x)), L.Conv2D(4, 1)(x)])
    gate = L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D()(h))
    h = L.Activation("relu")(add([L.BatchNormalization()(L.Conv2D(4, 1)(h)), gate]))
    h = L.Dropout(noise, noise_shape=(None, 1, 1, None))(L.Multiply()([h, gate]))
    pair = L.Dense(3)(L.Flatten()(h)), L.Dense(3)(gate)
    return nabi.Model(x, L.Activation("softmax")(L.Subtract()([L.Maximum()(pair), L.Dot(1, normalize=True)(pair)])))


def test_plans_leave_stretched_sums_alone():
    """Four samples of four rows: a sum that took the batch for rows would go unnoticed."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 4, 4, 3)).astype("float32"), rng.integers(0, 3, 4)
    losses = []
    for eager in (False, True):
        nabi.utils.set_random_seed(1)
        model = network(noise=0.5)
        model.compile("adam", "sparse_categorical_crossentropy", precision="float32", run_eagerly=eager)
        losses.append(model.fit(x, y, epochs=5, verbose=0, batch_size=4).history["loss"])
        np.testing.assert_allclose(model.predict(x, verbose=0), model(x).detach().numpy(), atol=1e-6)
    np.testing.assert_allclose(*losses, rtol=1e-5)


def test_configuration_and_file(tmp_path):
    model = network()
    model.save(tmp_path / "merges.safetensors")
    x = np.random.default_rng(1).normal(size=(4, 4, 4, 3)).astype("float32")
    for twin in (nabi.models.load_model(tmp_path / "merges.safetensors"), model.from_config(model.get_config())):
        twin.set_weights(model.get_weights())
        assert [layer.get_config() for layer in twin.layers] == [layer.get_config() for layer in model.layers]
        np.testing.assert_array_equal(twin.predict(x, verbose=0), model.predict(x, verbose=0))
    assert L.Dot.from_config(L.Dot((1, -1), normalize=True).get_config()).axes == [1, -1]


def test_masks(keras64):
    a, b = inputs([(3, 2), (3, 2)])
    first, second = torch.tensor([[1, 0, 0], [1, 1, 0]]).bool(), torch.tensor([[1, 1, 0], [0, 0, 0]]).bool()
    cases = [("Add", {}), ("Multiply", {}), ("Concatenate", {"axis": 1}), ("Concatenate", {"axis": -1}), ("Dot", {"axes": 2})]
    for name, options in cases:
        for masks in ([first, second], [first, None], [None, None]):
            layer, twin = getattr(L, name)(**options), getattr(keras64.layers, name)(**options)
            ours = layer.compute_mask([torch.tensor(a), torch.tensor(b)], masks)
            theirs = twin.compute_mask([torch.tensor(a), torch.tensor(b)], masks)
            assert (ours is None) == (theirs is None), (name, options)
            assert ours is None or ours.equal(theirs)


@pytest.mark.parametrize("make, said", [
    (lambda: L.Dot(0), r"Dot\(axes\): expected a whole number, or a pair of them, other than 0, the batch, got 0"),
    (lambda: L.Dot((1, 0)), r"got \(1, 0\)"), (lambda: L.Dot((1, 2, 3)), r"got \(1, 2, 3\)"),
    (lambda: L.Dot("last"), "got 'last'"), (lambda: L.Dot([1, 1.5]), r"got \[1, 1.5\]"),
    (lambda: L.Dot(1, normalize=2), r"Dot\(normalize\): expected True or False, got 2"),
    (lambda: L.Dot(), r"Dot\(axes\): expected a value, got none"),
    (lambda: L.Concatenate("last"), r"Concatenate\(axis\): expected a whole number, got 'last'"),
    (lambda: L.Add(axis=1), r"Add\(axis=...\): expected a known argument"),
])  # fmt: skip
def test_arguments_that_cannot_be_meant(make, said):
    with pytest.raises(ArgumentError, match=said):
        make()


@pytest.mark.parametrize("layer, shapes, said", [
    (L.Dot(1), [(4,), (5,)], r"two axes of one length, 4 as axis 1 of \(4\), got 5, axis 1 of \(5\)"),
    (L.Dot(3), [(4, 4), (4, 4)], r"an axis of \(4,4\), behind the batch, got axes=3"),
    (L.Dot(1), [(4,)], "a list of exactly 2 inputs, got 1"),
    (L.Subtract(), [(4,), (4,), (4,)], "a list of exactly 2 inputs, got 3"),
    (L.Multiply(), [(4, 5, 3), (4,)], r"inputs of one shape, \(4,5,3\), got \(4\)"),
    (L.Maximum(), [(4, 1), (1, 3), (5, 3)], r"inputs of one shape, \(4,3\), got \(5,3\)"),
    (L.Concatenate(), [(4, 3), (3,)], r"inputs like \(4,3\) in all axes but -1, got \(3\)"),
])  # fmt: skip
def test_inputs_that_do_not_fit(layer, shapes, said):
    with pytest.raises(ShapeError, match=said):
        layer([nabi.Input(shape) for shape in shapes])


@pytest.mark.parametrize("kind", [*KINDS, "Dot"])
def test_what_is_no_list_and_other_numbers_of_samples(kind):
    layer = getattr(L, kind)(**({"axes": 1} if kind == "Dot" else {}))
    with pytest.raises(ShapeError, match=rf"a list of inputs, got one input that is not in a list. Write {kind}"):
        layer(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match="as many samples in each input, got 2 and 1"):
        layer([np.zeros((2, 3)), np.zeros((1, 3))])


def test_samples_one_after_the_other():
    """Two halves of a batch through one net, joined again: what the net makes of the whole batch, also in training."""
    x, data = nabi.Input((6,)), np.random.default_rng(3).normal(size=(10, 6)).astype("float32")
    net = nabi.Sequential([nabi.Input((6,)), L.Dense(4, activation="tanh"), L.Dense(2)])
    twin = nabi.models.clone_model(net)
    twin.set_weights(net.get_weights())
    parts = [L.Lambda(lambda t, n=n: t.chunk(2)[n], output_shape=(6,))(x) for n in (0, 1)]
    joined = nabi.Model(x, L.Concatenate(axis=0)([net(part) for part in parts]))
    np.testing.assert_allclose(joined.predict(data, verbose=0), twin.predict(data, verbose=0), atol=1e-6)
    losses = []
    for model in (joined, twin):
        model.compile("sgd", "mse")
        losses.append(model.fit(data, data[:, :2], epochs=2, batch_size=10, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)
    assert L.Concatenate(axis=0)([torch.ones(2, 3), torch.ones(1, 3)]).shape == (3, 3)
