"""Remedies: what a person who knows older Keras, or mistypes, is told to write instead."""

import pytest

import nabi
from nabi.core.errors import ArgumentError, did_you_mean
from nabi.layers import Dense


@pytest.mark.parametrize(
    "name, instead",
    [("predict_classes", "predict(x).argmax(-1)"), ("predict_proba", "Write predict(x)."), ("fit_generator", "fit(generator")],
)
def test_methods_of_older_keras(name, instead):
    with pytest.raises(AttributeError) as caught:
        getattr(nabi.Sequential([Dense(2)]), name)
    assert instead in str(caught.value) and not hasattr(nabi.Sequential(), name)
    with pytest.raises(AttributeError, match="has no attribute 'predict_class'$"):
        getattr(nabi.Sequential([Dense(2)]), "predict_" + "class")


@pytest.mark.parametrize(
    "thing, remedy",
    [("relu", 'Write Activation("relu")'), ("dense", "such as Dense(10)"), (Dense, "Dense(...)"), (10, "such as Dense(10)")],
)
def test_what_is_no_layer(thing, remedy):
    with pytest.raises(ArgumentError) as caught:
        nabi.Sequential([thing])
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    "typed, meant",
    [("adma", "adam"), ("adm", "adam"), ("adamx", "adamax"), ("sdg", "sgd")],
)
def test_the_nearest_optimizer(typed, meant):
    from nabi.core.registry import names

    assert did_you_mean(typed, names("optimizer")).startswith(f"Did you mean '{meant}'?")


def test_the_nearest_loss():
    from nabi.core.registry import names

    for typed in ("sparse_crossentropy", "sparse_categorical_crossentrpy", "sparse_categorical_cross_entropy"):
        assert did_you_mean(typed, names("loss")).startswith("Did you mean 'sparse_categorical_crossentropy'?")
