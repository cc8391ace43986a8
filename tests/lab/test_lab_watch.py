"""Watch: its numbers against torch's autograd on the same arithmetic; resumed and watched trainings change nothing."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import nabi
from lab.lab_runs import RECIPE, Press
from nabi import lab
from nabi.core.errors import ArgumentError
from nabi.core.random import set_seed
from nabi.lab.looking import EDGES, POWERS, look
from nabi.lab.watch import Watch, some
from nabi.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.random((6, 6, 6, 1), np.float32), np.array([0, 1, 2, 0, 1, 2])


def network():
    set_seed(0)
    model = nabi.Sequential([Input((6, 6, 1)), Conv2D(4, 3, activation="relu", name="conv"), BatchNormalization(name="bn"),
                             Flatten(), Dropout(0.5), Dense(3, activation="softmax", name="dense")])
    model.compile("sgd", "sparse_categorical_crossentropy", precision="float64")
    kernel, bias = model.get_layer("conv").get_weights()
    bias[:] = [-100, 0.1, 0.1, -1]  # the first filter is dead
    model.get_layer("conv").set_weights([kernel, bias])
    return model


def by_torch(model, scale=1.0):
    """The same network written in torch: activations, dL/da and dL/dw, by layer."""
    w = [torch.tensor(np.asarray(v), dtype=torch.float64, requires_grad=True) for v in model.get_weights()]
    kernel, bias, gamma, beta, mean, variance, dense, offset = w
    x = torch.tensor(X, dtype=torch.float64).permute(0, 3, 1, 2)
    a = F.relu(F.conv2d(x, kernel.permute(3, 2, 0, 1), bias)).permute(0, 2, 3, 1)
    b = gamma * (a - mean) / torch.sqrt(variance + 1e-3) + beta
    z = b.flatten(1) @ dense + offset
    p = F.softmax(z, -1)
    loss = -torch.log(p[range(6), Y]).mean() * scale
    grads = torch.autograd.grad(loss, [a, b, kernel, bias, gamma, beta, dense, offset])
    pairs = {"conv": grads[2:4], "bn": grads[4:6], "dense": grads[6:8]}
    norms = {name: float(torch.cat([g.flatten() for g in some]).norm()) for name, some in pairs.items()}
    return [a.detach(), b.detach(), p.detach()], grads[:2], norms


def check(model, scale=1.0):
    activations, slopes, norms = by_torch(model, scale)
    seen = look(model, X, Y)
    assert [row["layer"] for row in seen] == ["conv", "bn", "dense"]
    for row, a in zip(seen, activations, strict=True):
        seen_a = row["activations"]
        np.testing.assert_allclose([seen_a["mean"], seen_a["std"]], [a.mean(), a.std(correction=0)], rtol=1e-9)
        np.testing.assert_allclose(seen_a["quantiles"][3], np.median(a.numpy()), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(row["gradient_norm"], norms[row["layer"]], rtol=1e-9)
        assert row["zeros"] == pytest.approx(float((a == 0).double().mean()))
    for row, g in zip(seen, slopes, strict=False):
        np.testing.assert_allclose(row["gradients"]["std"], 6 * scale * g.std(correction=0), rtol=1e-9)


def test_a_look_is_torch_s():
    model = network()
    check(model)
    with pytest.raises(AssertionError):
        check(model, scale=1.01)
    conv = look(model, X, Y)[0]
    dead = (by_torch(model)[0][0].numpy() == 0).all((0, 1, 2)).mean()
    assert conv["dead"] == dead and 0.25 <= dead < 1
    assert look(model, X, Y)[1]["dead"] is None and look(model, X, Y)[2]["dead"] is None


def test_histograms_are_shares_of_their_bins():
    row = look(network(), X, Y)[1]
    counts, a = row["activations"]["counts"], by_torch(network())[0][1].numpy().ravel()
    np.testing.assert_allclose(counts, np.histogram(a, EDGES)[0] / a.size, atol=1e-6)
    g = 6 * by_torch(network())[1][1].numpy().ravel()
    np.testing.assert_allclose(row["gradients"]["counts"], np.histogram(np.log10(abs(g[g != 0])), POWERS)[0] / g.size, atol=1e-6)


def test_a_watched_training_is_the_same_and_its_ratios_are_the_first_step_s():
    plain = network()
    plain.fit(X, Y, epochs=2, batch_size=2, verbose=0)
    watched = network()
    before = [w.astype("float64") for w in watched.get_layer("dense").get_weights()]
    steps = []
    dense = watched.get_layer("dense")
    keep = nabi.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(dense.get_weights()))
    watch = Watch(X, Y)
    watched.fit(X, Y, epochs=2, batch_size=2, verbose=0, callbacks=[watch, keep])
    for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    size = np.sqrt(sum((w**2).sum() for w in before))
    moved = np.sqrt(sum(((b - a) ** 2).sum() for a, b in zip(before, steps[0], strict=True)))
    table = watch.table("update_ratio")
    assert table["dense"][0] is None and table["dense"][1] == pytest.approx(moved / size, rel=1e-9)
    assert [row["epoch"] for row in watch.rows] == [0, 1, 2] and list(watch.table("dead")) == ["conv"]
    with pytest.raises(ArgumentError, match="gradient_norm"):
        watch.table("gradient_norms")
    with pytest.raises(ArgumentError, match="as many targets"):
        Watch(X, Y[:3])


@pytest.mark.learn
def test_a_resumed_run_has_the_rows_of_one_that_never_stopped(run, tmp_path):
    whole = run.watched
    assert [row["epoch"] for row in whole] == [0, 1, 2] and whole[0]["layers"][0]["layer"] == "dense"
    from nabi.lab.experiment import learn

    learn(RECIPE, tmp_path, verbose=0, callbacks=[Press(21)], watch=True)  # in the middle of the second epoch
    assert [row["epoch"] for row in lab.Run(tmp_path).watched] == [0, 1, 2]
    assert lab.resume(tmp_path, verbose=0).watched == whole
    assert json.loads((tmp_path / "watch.jsonl").read_text().splitlines()[0])["epoch"] == 0


def test_a_fit_with_a_run_keeps_its_watch_there(tmp_path):
    network().fit(X, Y, epochs=1, batch_size=2, verbose=0, callbacks=[Watch(X, Y)], run=tmp_path / "run")
    done = lab.Run(tmp_path / "run")
    assert [row["epoch"] for row in done.watched] == [0, 1] and "Inside the training" in done.report.read_text(encoding="utf-8")


def test_some_samples_reach_every_class_of_sorted_data():
    x, y = some(np.arange(100), np.repeat(np.arange(10), 10), 20)
    assert len(x) == 20 and set(y) == set(range(10)) and len(some(np.arange(3), np.arange(3))[0]) == 3
