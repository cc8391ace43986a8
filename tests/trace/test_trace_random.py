"""Traces of random networks, and of the zoo: numbers against the network's own, fields against what NaN reaches.

A unit does not notice NaN outside of its field, and becomes NaN from NaN at any place of it.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

import nabi
from nabi import trace
from nabi.kernels import jit

sys.path.append(str(Path(__file__).parents[1] / "parity"))
from random_models import drawn  # noqa: E402

PARTS, EACH = 8, 26  # 208 networks
LOSE_NAN = ("UnitNormalization", "Masking", "Embedding", "Lambda", "UpSampling2D")  # NaN is lost, or read with weight 0
NARROW = {"width": 0.1, "units": 8}
NETS = {
    "lecture-cnn": {"width": 0.25}, "lenet5": {}, "lenet5-1998": {}, "nin": {"width": 0.1}, "resnet20": {}, "densenet-bc40": {},
    "alexnet": {"input_shape": (67, 67, 3), **NARROW}, "vgg-cnn-m": {"input_shape": (96, 96, 3), **NARROW},
    "vgg11-bn": {"input_shape": (32, 32, 3), "include_top": False}, "googlenet": {"input_shape": (64, 64, 3)},
    "resnet18-v2": {"input_shape": (33, 33, 3)}, "resnet50": {"input_shape": (32, 32, 3)},
    "densenet121": {"input_shape": (32, 32, 3)}, "efficientnet-lite0": {"input_shape": (32, 32, 3)},
    "fast-cifar": {"widths": (8, 8, 8)}, "mlp": {"units": (8, 8)}}


@pytest.fixture(autouse=True)
def float64(monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")


def seeded(model, rng):
    """The model with drawn weights; variances above 0."""
    for w in model.weights:
        scale = 1 / np.sqrt(max(1, w.size // max(w.shape[-1:] or (1,))))
        w.assign(rng.uniform(0.5, 2, w.shape) if "variance" in w.name else scale * rng.normal(size=w.shape))
    return model


def numbers_agree(found, rng, share: float = 1.0) -> int:
    """Holds a number of each call, or of a share of them, against the network's; how many were held."""
    held = 0
    for name, calls in found.calls.items():
        for use, number in enumerate(calls):
            call = found.run.graph.calls[number]
            for output, slot in enumerate(call.outputs if call.inputs and rng.random() < share else ()):
                sample, *at = (int(rng.integers(n)) for n in found.run.values[slot].shape)
                step = found.at(name, *at, sample=sample, use=use, output=output)
                assert abs(step.value - step.computed) <= 1e-11 * max(1.0, abs(step.computed)), str(step)
                held += step.note != "not traced"
    return held


def fields_agree(model, found, rng, count: int) -> int:
    """Holds the fields of some units against what NaN reaches; how many were held."""
    held, graph = 0, found.run.graph
    shape, calls = model.inputs[0].shape[1:], [number for number, call in enumerate(graph.calls) if call.inputs]
    own = {layer.name for layer in model.layers if len(found.calls.get(layer.name, ())) == 1}
    for _ in range(count):
        number = int(rng.choice(calls))
        call = graph.calls[number]
        if len(model.inputs) > 1 or call.layer.name not in own:
            continue
        at = tuple(int(rng.integers(n)) for n in found.run.values[call.outputs[0]].shape[1:])
        field = found.field(call.layer, *at)
        names = {type(one.layer).__name__ for one in graph.calls[:number + 1]}
        if not field.exact or names & set(LOSE_NAN):
            continue
        part, places = nabi.Model(model.inputs, call.layer.output), field.places[0]
        inside = np.argwhere(places)
        x = torch.rand((1 + min(4, len(inside)), *shape), dtype=torch.float64)
        x[0][torch.from_numpy(~places)] = float("nan")
        for row, chosen in enumerate(rng.permutation(inside)[:len(x) - 1], start=1):
            x[(row, *chosen)] = float("nan")
        with torch.no_grad(), jit.using("plain"):
            y = part(x, training=False)
        y = (y[0] if isinstance(y, (list, tuple)) else y)[(slice(None), *at)].isnan().tolist()
        assert y == [False, *[True] * (len(x) - 1)], (call.layer.name, at)
        held += 1
    return held


def random_net(seed: int) -> tuple[int, int]:
    """One random network: how many numbers and fields were held."""
    rng, case = np.random.default_rng(seed), drawn(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = seeded(case.graph.of(nabi), rng)
        xs = [rng.normal(size=(case.graph.batch or 2, *g.shape)) if g.kind == "normal" else
              rng.integers(0, 2, size=(case.graph.batch or 2, *g.shape)) for g in case.graph.given]
        found = trace(model, xs if len(xs) > 1 else xs[0], training=bool(seed % 2))
        return numbers_agree(found, rng), 0 if case.graph.batch else fields_agree(model, found, rng, 3)


def test_some_random_networks():
    assert [sum(part) for part in zip(*map(random_net, range(4)), strict=True)] >= [15, 0]


@pytest.mark.learn
@pytest.mark.parametrize("part", range(PARTS))
def test_random_networks(part):
    numbers, fields = (sum(one) for one in zip(*(random_net(PARTS * n + part) for n in range(EACH)), strict=True))
    assert numbers > 80 and fields > 10


@pytest.mark.learn
@pytest.mark.parametrize("name", NETS)
def test_the_zoo(name):
    rng = np.random.default_rng(1)
    model = seeded(nabi.zoo.build(name, **NETS[name]), rng)
    found = trace(model, rng.normal(size=(1, *model.inputs[0].shape[1:])))
    assert numbers_agree(found, rng, share=min(1.0, 40 / len(found.calls))) >= 3
    assert fields_agree(model, found, rng, 4) >= (name != "fast-cifar")  # which begins with a crop that is not followed
