"""The race on a network: equal starts and batches, SGD against NumPy loops, the slice against evaluate and scikit-learn's PCA."""

import dataclasses

import numpy as np
import pytest

from nabi import race
from nabi.core.errors import ArgumentError, UnknownName
from nabi.race import nets


@pytest.fixture(scope="module")
def found():
    return nets.network("softmax", "sgd,momentum,adam", steps=30, batch_size=32, cells=5, tolerance=0.8)


def test_all_begin_alike_and_sgd_is_that_of_the_formula(found):
    sgd = found["SGD"]
    assert all(np.array_equal(path.weights[0], sgd.weights[0]) and path.values[0] == sgd.values[0] for path in found.paths)
    (x, y), (x_test, y_test) = nets.digits()
    flat, one_hot = x.reshape(len(x), -1).astype(float), np.eye(10)[y]
    kernel, bias, seen = np.zeros((784, 10)), np.zeros(10), {}
    for step, some in enumerate([*nets.batches(len(x), 32, 30, 0), None]):
        if step in sgd.at:
            z = flat[:500] @ kernel + bias
            seen[step] = float(np.mean(np.log(np.exp(z).sum(1)) - (z * one_hot[:500]).sum(1)))
        if some is not None:
            z = flat[some] @ kernel + bias
            p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
            kernel -= sgd.learning_rate * flat[some].T @ (p - one_hot[some]) / len(some)
            bias -= sgd.learning_rate * (p - one_hot[some]).mean(0)
    np.testing.assert_allclose(sgd.values, list(seen.values()), rtol=1e-5)
    np.testing.assert_allclose(sgd.weights[-1], np.concatenate([kernel.ravel(), bias]), atol=1e-5)
    assert sgd.accuracy == pytest.approx(np.mean((x_test.reshape(1000, -1) @ kernel + bias).argmax(1) == y_test), abs=0.002)
    assert abs(found["Adam"].values[-1] - sgd.values[-1]) > 1e-3, "another rule goes elsewhere"


def test_the_slice_is_the_networks_loss(found):
    plane = found.plane
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-6)
    for i, j in ((0, 0), (1, 3), (4, 2)):
        nets.lay(found.model, plane.center + plane.x[j] * plane.directions[0] + plane.y[i] * plane.directions[1])
        shares = found.model.predict(found.x, verbose=0).astype(float)
        loss = -np.log(shares[np.arange(len(found.y)), found.y]).mean()
        assert plane.z[i, j] == pytest.approx(loss, rel=1e-4)
        assert plane.z[i, j] == pytest.approx(found.model.evaluate(found.x, found.y, verbose=0), rel=1e-6)
        assert abs(plane.z[j, i] / loss - 1) > 1e-3 or i == j, "the axes are not exchanged"
    best = min(found.paths, key=lambda path: path.final)
    np.testing.assert_allclose(plane.points[found.paths.index(best)][-1], 0, atol=1e-9)


def test_directions_are_principal_components(found):
    from sklearn.decomposition import PCA

    rows = np.concatenate([path.weights for path in found.paths]).astype(float)
    theirs = PCA(2).fit(rows)
    np.testing.assert_allclose(found.plane.explained, theirs.explained_variance_ratio_, rtol=1e-6)
    np.testing.assert_allclose(np.abs(np.sum(found.plane.directions * theirs.components_, axis=1)), 1, atol=1e-6)
    assert found.plane.spread.sum() == pytest.approx(1) and (np.diff(found.plane.spread) <= 1e-12).all()
    directions, spread = nets.principal(np.outer(np.arange(4.0), [3, 4, 0]))  # a straight path
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-9)
    assert spread[0] == pytest.approx(1) and np.allclose(directions[0], [0.6, 0.8, 0])


def test_tables_and_pictures(found):
    rows = found.rows()
    assert [row[0] for row in rows] == ["SGD", "Momentum", "Adam"] and len(rows[0]) == len(nets.COLUMNS)
    for path in found.paths:
        inside = path.values <= 0.8
        assert path.reached == (path.at[inside.argmax()] if inside.any() else None)
    assert f"{100 * sum(found.plane.explained):.1f} %" in str(found)
    data = found.data()
    assert data["z"].shape == (5, 5) and len(data["paths"][0]["at"]) == len(data["paths"][0]["points"])
    assert found.figure().axes and dataclasses.asdict(found["SGD"])["optimizer"] == "SGD"


def test_divergence_is_told():
    lost = nets.network("softmax", "sgd:1e8,sgd:0.1", steps=6, surface=False)
    assert [path.state for path in lost.paths] == ["diverged", "not reached"] and np.isfinite(lost.paths[0].values).all()
    assert f"diverged at step {lost.paths[0].diverged}" in str(lost)


@pytest.mark.learn
def test_dropout_masks_and_batches_are_the_same_for_all():
    one = nets.network("lecture-cnn", "sgd:0.1,sgd:0.2", steps=2, surface=False)
    again = nets.network("lecture-cnn", "sgd:0.2", steps=2, surface=False)
    np.testing.assert_array_equal(one["SGD 0.2"].weights, again["SGD"].weights)
    assert not np.array_equal(one["SGD 0.1"].weights[1], one["SGD 0.2"].weights[1])
    half = (one["SGD 0.2"].weights[1] - one["SGD 0.2"].weights[0]) / 2  # the first step is proportional to the rate
    np.testing.assert_allclose(one["SGD 0.1"].weights[1] - one["SGD 0.1"].weights[0], half, atol=1e-6)


BAD = [({"net": "mlpp"}, UnknownName, "Did you mean 'mlp'"), ({"steps": 2, "epochs": 1}, ArgumentError, "steps or epochs"),
       ({"steps": 10**6}, ArgumentError, "at most 20,000"), ({"steps": 0}, ArgumentError, "above 0|from 1"),
       ({"optimizers": "adm"}, UnknownName, "'adam'"), ({"batch_size": 0}, ArgumentError, "batch_size"),
       ({"tolerance": -1}, ArgumentError, "tolerance"), ({"cells": 1}, ArgumentError, "cells")]


@pytest.mark.parametrize("given, kind, said", BAD, ids=lambda v: str(v)[:30])
def test_bad_calls(given, kind, said):
    with pytest.raises(kind, match=said):
        race.network(**{"net": "softmax", **given})
