"""Weights shared and changing hands: encoders in two models, GANs, cut models, a store of three, copies, two precisions."""

import copy
import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import nabi
from nabi import layers
from nabi.core.errors import StateError
from parity.twins import close, labels, library, one_hot, pictures, randomize

X, Y = pictures(), one_hot(labels())
VECTORS = X.reshape(40, -1)[:, :12]


def in_turn(models, targets, steps=6):
    """Trains models on batches in turn: model 0, 1, 0, 1, ...; gives the losses."""
    found = []
    for step in range(steps):
        place = slice(step * 6, step * 6 + 6)
        for model, y in zip(models, targets, strict=True):
            result = model.train_on_batch(VECTORS[place], y[place], return_dict=True)
            found.append(float(result["loss"]))
            if hasattr(model, "reset_metrics"):
                model.reset_metrics()  # Keras gives running means, nabi the batch's own
    return found


def pair_with_an_encoder(lib, dtype):
    """An encoder with batch normalisation in two models: classes from one, two numbers from the other."""
    x = lib.Input((12,))
    h = lib.layers.Dense(5, activation="tanh", name="encoder")(x)
    code = lib.layers.BatchNormalization(name="norm")(h)
    classes = lib.Model(x, lib.layers.Dense(3, activation="softmax", name="classes")(code))
    numbers = lib.Model(x, lib.layers.Dense(2, name="numbers")(code))
    return classes, numbers


def compiled(models, lib, **options):
    for model, optimizer, loss in zip(models, (lib.optimizers.Adam(0.01), lib.optimizers.SGD(0.05, momentum=0.9)),
                                      ("categorical_crossentropy", "mse"), strict=True):
        model.compile(optimizer, loss, **options)
    return models


def test_an_encoder_in_two_models_is_keras(keras64):
    ours = pair_with_an_encoder(nabi, "float64")
    randomize(ours[0])
    randomize(ours[1])
    theirs = pair_with_an_encoder(library(keras64), "float64")
    for mine, other in zip(ours, theirs, strict=True):
        other.set_weights(mine.get_weights())
    compiled(ours, nabi, precision="float64")
    compiled(theirs, library(keras64))
    targets = [Y, np.random.default_rng(3).normal(size=(40, 2))]
    close(in_turn(ours, targets), in_turn(theirs, targets), 1e-9)
    for mine, other in zip(ours, theirs, strict=True):
        for weight, a, b in zip(mine.weights, mine.get_weights(), other.get_weights(), strict=True):
            close(a, b, 1e-9, weight.name)


def test_each_model_has_its_own_optimizer_state_and_one_set_of_weights():
    classes, numbers = compiled(pair_with_an_encoder(nabi, "float32"), nabi, precision="float32")
    in_turn((classes, numbers), (Y, Y[:, :2]), 2)
    mine, other = classes.trainer.binding, numbers.trainer.binding
    encoder = classes.get_layer("encoder").weights[0]
    assert encoder is numbers.get_layer("encoder").weights[0]
    assert encoder.store is mine.stores[0] and any(encoder.store is store for store in other.stores)
    assert {name for span in mine.spans for name in span.slots} == {"m", "v"}
    assert {name for span in other.spans for name in span.slots} == {"v"}
    grown = numbers.get_layer("numbers").weights[0]
    assert grown.store is not encoder.store, "the second model's own weights have a store of their own"
    assert any(torch.equal(span.w, encoder.store.vector[:len(span.w)]) for span in other.spans)


def gan():
    """Generator, discriminator with batch normalisation, and the two in a row with the discriminator frozen (Keras 1 and 2)."""
    generator = nabi.Sequential([nabi.Input((3,)), layers.Dense(6, activation="tanh", dtype="float64")])
    critic = nabi.Sequential([nabi.Input((6,)), layers.Dense(5, activation="relu", dtype="float64"),
                              layers.BatchNormalization(momentum=0.9, dtype="float64"),
                              layers.Dense(1, activation="sigmoid", dtype="float64")])
    randomize(generator, 1)
    randomize(critic, 2)
    critic.compile(nabi.optimizers.SGD(0.1), "binary_crossentropy", precision="float64")
    critic.trainable = False
    both = nabi.Sequential([nabi.Input((3,)), generator, critic])
    both.compile(nabi.optimizers.SGD(0.2), "binary_crossentropy", precision="float64")
    return generator, critic, both


def test_gan_steps_are_those_of_plain_torch():
    """The critic learns in training mode although it is frozen by now; the generator's step sees it frozen, in inference mode."""
    generator, critic, both = gan()
    g = [torch.tensor(w, requires_grad=True) for w in generator.get_weights()]
    k0, b0, gamma, beta, mean, variance, k1, b1 = (torch.tensor(w) for w in critic.get_weights())
    d = [t.requires_grad_() for t in (k0, b0, gamma, beta, k1, b1)]

    def judged(x, training):
        nonlocal mean, variance
        h = torch.relu(x @ d[0] + d[1])
        mu, s2 = (h.mean(0), h.var(0, unbiased=False)) if training else (mean, variance)
        if training:
            mean, variance = 0.9 * mean + 0.1 * mu.detach(), 0.9 * variance + 0.1 * s2.detach()
        h = (h - mu) / torch.sqrt(s2 + 1e-3) * d[2] + d[3]
        return (h @ d[4] + d[5]).squeeze(1)

    def stepped(parameters, loss, rate):
        with torch.no_grad():
            for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                p -= rate * gradient
        return loss.item()

    rng, ours, theirs = np.random.default_rng(4), [], []
    for _ in range(4):
        noise, real = rng.normal(size=(8, 3)), rng.normal(size=(8, 6))
        fake = generator.predict(noise, verbose=0)
        both_kinds, truth = np.concatenate([real, fake]), np.repeat([1.0, 0.0], 8)
        ours.append(critic.train_on_batch(both_kinds, truth))
        ours.append(both.train_on_batch(noise, np.ones(8)))
        x = torch.cat([torch.tensor(real), torch.tanh(torch.tensor(noise) @ g[0] + g[1]).detach()])
        theirs.append(stepped(d, F.binary_cross_entropy_with_logits(judged(x, True), torch.tensor(truth)), 0.1))
        made = torch.tanh(torch.tensor(noise) @ g[0] + g[1])
        theirs.append(stepped(g, F.binary_cross_entropy_with_logits(judged(made, False), torch.ones(8).double()), 0.2))
    close(ours, theirs, 1e-9)
    for a, b in zip(generator.get_weights() + critic.get_weights(), [*g, *d[:4], mean, variance, *d[4:]], strict=True):
        close(a, b.detach(), 1e-9)


def test_the_generator_step_moves_the_generator_only():
    generator, critic, both = gan()
    before, old = critic.get_weights(), generator.get_weights()
    both.train_on_batch(np.ones((4, 3)), np.ones(4))
    assert all(np.array_equal(a, b) for a, b in zip(before, critic.get_weights(), strict=True))
    assert all(not np.array_equal(a, b) for a, b in zip(old, generator.get_weights(), strict=True))
    assert not critic.trainable and critic.trainable_weights == [] and len(both.trainable_weights) == 2


def test_a_model_cut_out_of_another_shares_its_weights():
    base = nabi.Sequential([nabi.Input((12,)), layers.Dense(5, activation="relu", name="features"), layers.Dense(3)])
    cut = nabi.Model(base.input, base.get_layer("features").output)
    base.compile("sgd", "mse")
    before = cut.predict(VECTORS, verbose=0)
    base.fit(VECTORS, Y, epochs=1, verbose=0)
    kernel, bias = base.get_layer("features").get_weights()
    after = cut.predict(VECTORS, verbose=0)
    close(after, np.maximum(VECTORS @ kernel + bias, 0), 1e-6)
    assert not np.allclose(before, after)
    assert cut.weights == base.layers[0].weights


def test_a_store_serves_three_models_with_the_copy_of_each_up_to_date():
    """In bfloat16 each trainer computes with a copy of its own, which must follow what the others learn."""
    x = nabi.Input((6, 6, 2))
    h = layers.Flatten()(layers.Conv2D(4, 3, name="shared")(x))
    models = [nabi.Model(x, layers.Dense(3, name=f"head_{i}")(h)) for i in range(3)]
    for model in models:
        model.compile(nabi.optimizers.SGD(0.5), "mse", precision="bfloat16")
    images = np.random.default_rng(1).normal(size=(8, 6, 6, 2)).astype("float32")
    for _ in range(2):
        for model in models:
            model.train_on_batch(images, Y[:8])
    shared = models[0].get_layer("shared").weights[0]
    for model in models:
        model.evaluate(images, Y[:8], verbose=0)
        place = next(i for i, store in enumerate(model.trainer.binding.stores) if store is shared.store)
        assert torch.equal(model.trainer.binding.copies[place], shared.store.vector.bfloat16())
    assert len({id(store) for model in models for store in model.trainer.binding.stores}) == 3


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_weights_set_by_hand_count_from_the_next_step(precision):
    def made():
        model = nabi.Sequential([nabi.Input((6, 6, 2)), layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(3)])
        randomize(model, 7)
        model.compile(nabi.optimizers.SGD(0.1), "mse", precision=precision)
        return model

    images = np.random.default_rng(1).normal(size=(8, 6, 6, 2))
    model, fresh = made(), made()
    model.train_on_batch(images, Y[:8])
    randomize(model, 9)
    randomize(fresh, 9)
    assert model.train_on_batch(images, Y[:8]) == fresh.train_on_batch(images, Y[:8])
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), fresh.get_weights(), strict=True))


def test_models_that_share_weights_need_one_precision():
    first, second = pair_with_an_encoder(nabi, "float32")
    first.compile("sgd", "categorical_crossentropy", precision="float32")
    second.compile("sgd", "mse", precision="float64")
    first.train_on_batch(VECTORS, Y)
    exact = first.get_weights()
    second.train_on_batch(VECTORS, Y[:, :2])  # moves the shared weights to float64
    assert first.get_layer("encoder").weights[0].value.dtype == torch.float64
    with pytest.raises(StateError, match="moved to another precision.*models that share weights need one precision"):
        first.train_on_batch(VECTORS, Y)
    assert first.get_layer("classes").weights[0].bound is None
    first.compile("sgd", "categorical_crossentropy", precision="float64")
    first.train_on_batch(VECTORS, Y)
    assert all(a.dtype == np.float64 and a.shape == b.shape for a, b in zip(first.get_weights(), exact, strict=True))


def test_layers_used_again_in_a_second_chain():
    features = layers.Dense(5, activation="tanh")
    first = nabi.Sequential([nabi.Input((12,)), features, layers.Dense(3)])
    second = nabi.Sequential([nabi.Input((12,)), features, layers.Dense(2)])
    for model in (first, second):
        model.compile(nabi.optimizers.SGD(0.1), "mse", precision="float64")
    w, rng = [t.astype(np.float64) for t in first.get_weights() + second.get_weights()[2:]], np.random.default_rng(0)

    def by_hand(x, y, head):
        """One step of gradient descent on the mean squared error, w changed in place."""
        h = np.tanh(x @ w[0] + w[1])
        d = 2 * (h @ w[head] + w[head + 1] - y) / y.size
        dh = d @ w[head].T * (1 - h**2)
        for i, gradient in ((head, h.T @ d), (head + 1, d.sum(0)), (0, x.T @ dh), (1, dh.sum(0))):
            w[i] = w[i] - 0.1 * gradient

    for _ in range(3):
        x, y = rng.normal(size=(6, 12)), rng.normal(size=(6, 3))
        first.train_on_batch(x, y)
        by_hand(x, y, 2)
        second.train_on_batch(x, y[:, :2])
        by_hand(x, y[:, :2], 4)
    for a, b in zip(first.get_weights() + second.get_weights()[2:], w, strict=True):
        close(a, b, 1e-6)  # the first weights were drawn in float32; they move in float64


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deepcopy", "pickle"])
def test_a_copy_shares_nothing_and_learns_the_same(copied):
    model = nabi.Sequential([nabi.Input((12,)), layers.Dense(5, activation="relu"), layers.Dropout(0.4),
                             layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(VECTORS, Y, epochs=1, verbose=0)
    twin = copied(model)
    before = model.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, twin.get_weights(), strict=True))
    twin.compile("sgd", "categorical_crossentropy")
    losses = twin.fit(VECTORS, Y, epochs=2, verbose=0).history["loss"]
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert not {id(w.store) for w in model.weights} & {id(w.store) for w in twin.weights}
    model.compile("sgd", "categorical_crossentropy")
    assert model.fit(VECTORS, Y, epochs=2, verbose=0).history["loss"] == losses, "seed and counters were copied too"
