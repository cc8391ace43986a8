"""Random data: samples, labels and weights for a random network; see `random_models`."""

import numpy as np
from random_graph import Given
from random_models import Case
from random_pieces import CATEGORIES, OTHER
from random_training import labels


def inputs(case: Case) -> list[np.ndarray]:
    """The samples of each input."""
    rng, n = np.random.default_rng(case.seed), case.samples
    return [samples(given, n, rng) for given in case.graph.given]


def samples(given: Given, n: int, rng: np.random.Generator) -> np.ndarray:
    shape = (n, *given.shape)
    if given.kind == "tokens":
        return rng.integers(0, CATEGORIES, shape).astype("int32")
    if given.kind == "bytes":
        return rng.integers(0, 3, shape).astype("uint8")
    x = rng.normal(size=shape)
    if given.kind == "padded":
        steps = rng.random(shape[:2]) < 0.3
        steps[:, 0] &= rng.random(n) < 0.3
        x[steps] = given.fill
        x[rng.random(shape[:2]) < 0.1] = OTHER
    return x


def targets(case: Case, shapes: list[tuple]) -> list[np.ndarray]:
    """The labels of each output."""
    rng = np.random.default_rng(case.seed + 1)
    return [labels(kind, shape, case.samples, rng) for kind, shape in zip(case.labels, shapes, strict=True)]


def weights(case: Case, y: list[np.ndarray], shapes: list[tuple]) -> dict:
    """Arguments of fit: weights of samples, of places, of classes."""
    rng = np.random.default_rng(case.seed + 2)
    if case.weighted == "classes":
        return {"class_weight": {0: 0.3, 1: 1.0, 2: 2.5}}
    if not case.weighted:
        return {}
    drawn_weights = [rng.uniform(0.2, 2, (case.samples, *shape[:-1])) for shape in shapes]
    return {"sample_weight": drawn_weights if len(drawn_weights) > 1 else drawn_weights[0]}
