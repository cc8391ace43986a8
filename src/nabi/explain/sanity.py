"""Sanity check: the same map from the same network with random weights; what stays was no explanation of what it learned.

    all          every layer's weights are drawn anew, as before training; several draws
    cascading    the last layer, then the last two, ... down to the first: after how many does the map fall apart?

A map that explains what the network learned differs then: rank correlation near 0. Edge detectors, such as guided
backpropagation, stay alike. Source: Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim, "Sanity checks for saliency maps", NeurIPS
2018, section 3.
"""

import copy
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import whole
from nabi.core.random import Key, generator, seeded
from nabi.core.words import one_of
from nabi.explain.methods import METHODS
from nabi.explain.result import Explanation
from nabi.explain.similarity import spearman, ssim
from nabi.layers.weight import Weight
from nabi.models.cloning import clone_model


@dataclass(frozen=True)
class SanityCheck:
    """How alike the maps of random networks are to the map that was asked about.

    Attributes:
        method: of the map.
        kind: "all" or "cascading".
        steps: what was random in each map: "seed 0", or the layer that was drawn anew last.
        correlation: Spearman's rank correlation of each map with the original's, of sizes (without signs).
        similarity: SSIM likewise.
        maps: the maps (n, H, W).
    """

    method: str
    kind: str
    steps: tuple[str, ...]
    correlation: np.ndarray
    similarity: np.ndarray
    maps: np.ndarray

    @property
    def mean(self) -> float:
        """Mean rank correlation; with "cascading", the last one, where everything is random."""
        return float(self.correlation[-1] if self.kind == "cascading" else self.correlation.mean())

    def data(self) -> dict[str, Any]:
        """All of it as a plain dict."""
        return {**vars(self), "mean": self.mean}

    def __str__(self):
        return f"{self.method}, {self.kind} random: rank correlation {self.mean:.2f}, SSIM {float(self.similarity.mean()):.2f}"


@checked
def sanity_check(model: Any, explanation: Explanation, kind: str = "all", seeds: int = 3, seed: int = 0) -> SanityCheck:
    """Makes a map again with random weights, and compares.

    Args:
        model: the model that was explained; it stays as it is.
        explanation: what a function of this package gave for it.
        kind: "all" (several draws of everything) or "cascading" (from the last layer down, one draw).
        seeds: how many draws, for "all".
        seed: of the first draw.

    Example:
        >>> import nabi
        >>> from nabi.explain import saliency
        >>> net = nabi.Sequential([nabi.Input((4, 4, 1)), nabi.layers.Flatten(), nabi.layers.Dense(3)])
        >>> net.set_weights([np.arange(48.0).reshape(16, 3) - 20, [0.1, 0.0, 0.0]])
        >>> check = sanity_check(net, saliency(net, np.ones((4, 4, 1)), class_index=1))
        >>> check.steps, check.maps.shape, abs(check.mean) < 0.5
        (('seed 0', 'seed 1', 'seed 2'), (3, 4, 4), True)

    Raises ArgumentError for what is no explanation of this package.
    """
    where = "sanity_check"
    one_of(f"{where}(kind)", kind, ("all", "cascading"))
    count, first = int(whole(f"{where}(seeds)", seeds, least=1)), int(whole(f"{where}(seed)", seed, least=0))
    if not isinstance(explanation, Explanation) or explanation.method not in METHODS:
        raise ArgumentError(f"{where}(explanation)", "what a method of nabi.explain gave", type(explanation).__name__)
    found: dict[str, np.ndarray] = {}
    if kind == "all":
        for number in range(first, first + count):
            found[f"seed {number}"] = again(redrawn(model, number), explanation)
    else:
        twin, fresh = copy.deepcopy(model), redrawn(model, first)
        drawn = [(mine, new) for mine, new in zip(twin.leaves, fresh.leaves, strict=True) if mine.weights]
        for mine, new in reversed(drawn):
            for w, other in zip(mine.weights, new.weights, strict=True):
                w.assign(other.stored)
            found[mine.name] = again(twin, explanation)
    size = abs(explanation.map)
    return SanityCheck(explanation.method, kind, tuple(found), np.array([spearman(size, abs(m)) for m in found.values()]),
                       np.array([ssim(size, abs(m)) for m in found.values()]), np.stack(list(found.values())))


def again(model: Any, explanation: Explanation) -> np.ndarray:
    """The map of the same method, picture and class from another model; that this one is untrained goes without saying."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return METHODS[explanation.method](model, explanation.picture, explanation.class_index, **explanation.options).map


def redrawn(model: Any, seed: int) -> Any:
    """The model with all weights drawn anew as before training; a class of one's own gets each array in a random order."""
    if not model.written:
        with seeded(seed):
            made = clone_model(model)
        made.card = dict(model.card)
        return made
    made = copy.deepcopy(model)
    for number, w in enumerate(made.weights):
        shuffled(w, Key(seed, number, 0))
    return made


def shuffled(w: Weight, key: Key) -> None:
    """Puts the numbers of a weight into a random order."""
    w.assign(generator(key).permutation(w.numpy().ravel()).reshape(w.shape))
