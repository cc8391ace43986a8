"""Mutations: broken formulas, one for each layer, optimizer, loss, ..., are noticed by random networks or by their tests."""

from functools import cache
from itertools import islice

import pytest
from mutation_drawing import targets
from mutations import Mutation, holding, noticed_by_tests, read
from random_coverage import parts
from random_models import Case, drawn
from random_twins import wrong
from test_parity_random import NETWORKS

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
MUTATIONS = {mutation.target: mutation for mutation in read()}
QUICK = ("optimizer Adam", "layer Conv2D", "layer LSTM")
MOST = 40  # networks that may be tried
IN_TESTS = {  # what Keras has not, or what is random in training: the tests that hold its formula
    **{f"layer {name}": f"tests/layers/test_layers_{file}.py" for file, layers in {
        "loops": ("L2Pooling2D",), "norms": ("LocalResponseNormalization",), "convolutions": ("LocallyConnected2D",),
        "residual": ("LayerScale", "CustomScaleLayer"), "recurrent": ("StackedRNNCells",),
        "flip": ("RandomFlip",), "translation": ("RandomTranslation",), "crop": ("RandomCrop",),
        "affine": ("RandomRotation", "RandomZoom"), "lighting": ("RandomContrast", "RandomBrightness"),
        "colours": ("RandomHue", "RandomSaturation", "RandomGrayscale", "RandomColorDegeneration", "RandomColorJitter",
                    "RandomInvert", "Solarization", "RandomPosterization", "RandomSharpness", "RandomGaussianBlur",
                    "AutoContrast", "Equalization"),
        "mixing": ("MixUp", "CutMix", "RandomErasing", "RandomShear"), "policies": ("RandAugment", "AugMix"),
        "noise": ("GaussianNoise", "GaussianDropout", "Dropout", "SpatialDropout1D", "SpatialDropout2D"),
    }.items() for name in layers},
    "schedule OneCycle": "tests/schedules", "schedule StepDecay": "tests/schedules", "activation step": "tests/activations",
    "activation older_hard_sigmoid": "tests/activations",
    "activation sparsemax": "tests/activations",  # Keras' own does not sum to 1
}
IN_NETWORKS = [target for target in MUTATIONS if target not in IN_TESTS]


@cache
def drawn_parts(seed: int) -> set:
    return parts(drawn(seed))


def has(seed: int, target: str) -> bool:
    """Whether a network has what a mutated formula is for."""
    kind, name = target.split()
    if kind == "option":
        return any(key[0] == "optimizer" and key[-1] == name for key in drawn_parts(seed))
    return (kind, name) in drawn_parts(seed)


def noticed(mutation: Mutation, keras) -> bool:
    """Whether one of the first networks that have the formula is not as in Keras."""
    seeds = islice((seed for seed in NETWORKS if has(seed, mutation.target)), MOST)
    return any(differs(mutation, drawn(seed), keras) for seed in seeds)


def differs(mutation: Mutation, case: Case, keras) -> bool:
    """Whether a network comes out otherwise, or not at all, under a mutation."""
    with holding(mutation):
        try:
            return bool(wrong(case, keras))
        except Exception:  # whatever it is: the harness would fail
            return True


def test_there_is_one_for_everything():
    """To draw them anew: python tests/parity/mutation_drawing.py"""
    assert set(MUTATIONS) == set(targets())


def test_nothing_is_noticed_where_nothing_is_wrong(keras64):
    same = MUTATIONS["optimizer Adam"]
    unbroken = Mutation(same.target, same.function, same.before, same.before, same.place)
    assert not differs(unbroken, drawn(next(seed for seed in NETWORKS if has(seed, same.target))), keras64)


@pytest.mark.parametrize("target", QUICK)
def test_a_mutation_is_noticed(keras64, target):
    assert noticed(MUTATIONS[target], keras64)


@pytest.mark.full
@pytest.mark.parametrize("target", [target for target in IN_NETWORKS if target not in QUICK])
def test_every_mutation_is_noticed(keras64, target):
    assert noticed(MUTATIONS[target], keras64)


@pytest.mark.full
@pytest.mark.parametrize("target", IN_TESTS)
def test_every_mutation_beyond_keras_is_noticed_by_its_tests(target):
    assert noticed_by_tests(MUTATIONS[target], IN_TESTS[target])
