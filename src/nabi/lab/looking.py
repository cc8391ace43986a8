"""Looking: what happens inside a network on a few pictures: activations, gradients, dead units, layer by layer.

    a_l              what layer l makes of each picture
    n dL/da_l        how the loss of one picture hangs on it; L is the mean over n pictures
    ||dL/dw_l||      the gradient norm of the layer's weights, the square root of the sum of all squares
    zeros            share of a_l that is exactly 0
    dead             share of a ReLU layer's units (of a convolution: of its filters) that are 0 for all pictures, everywhere

Dropout is off and batch normalisation takes its moving means: the same weights give the same numbers, and nothing of the model
moves, neither its random keys nor its means. Source of the measure: Glorot & Bengio, "Understanding the difficulty of training
deep feedforward neural networks", AISTATS 2010, sections 3 and 4.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nabi.core.errors import ArgumentError, DataError
from nabi.data import Batch, cast
from nabi.explain.walk import Place, Z, places, walk
from nabi.training.binding import STEPPING
from nabi.training.plan import kind_of, name_of, splits

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
EDGES = np.round(0.05 * np.sinh(np.linspace(-10, 10, 81)), 9)  # of activations: fine near 0, up to 551 on both sides
POWERS = np.arange(-12, 3.01, 0.25)  # log10 of the sizes of gradients
MOST = 20_000  # numbers of a layer that are sorted and counted; means are of all


def look(model: Any, x: Any, y: Any) -> list[dict[str, Any]]:
    """One look inside, a dict for each layer that has weights or is an activation, from the input to the output.

    Args:
        model: compiled, with one input and one output.
        x, y: pictures and targets as `fit` takes them.

    Returns: plain data: "layer", "kind", "activations" and "gradients" ("mean", "std", "quantiles" at QUANTILES, "counts" as
        shares of bins with the edges EDGES, of gradients by log10 of their size with the edges POWERS), "zeros", "dead" (None
        where it is no ReLU), and of the weights that learn "gradient_norm" and "weight_norm" (None without any).

    Raises: ArgumentError for a model that is not compiled, or has several inputs or outputs. DataError for no pictures.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(3, activation="relu"), nabi.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> model.set_weights([np.array([[1.0, 0, 0], [0, 1, 0]]), [0, 0, -1.0], np.ones((3, 1)), [0.0]])
        >>> first, second = look(model, np.ones((4, 2), "float32"), np.zeros((4, 1), "float32"))
        >>> round(first["dead"], 3), round(first["gradient_norm"] ** 2, 6), second["activations"]["mean"]
        (0.333, 96.0, 2.0)
    """
    trainer, graph = model.trainer, model.require_graph()
    if trainer is None or len(graph.inputs) != 1 or len(graph.outputs) != 1:
        raise ArgumentError("look(model)", "a compiled model with one input and one output", f"model '{model.name}'")
    if not len(x):
        raise DataError("look(x)", "at least one picture", "none")
    binding, objective = trainer.ready(), trainer.objective
    batch = cast(Batch([torch.as_tensor(np.asarray(x))], [torch.as_tensor(np.asarray(y))], [None]), trainer.precision.dtype)
    seen = [place for place in places(graph) if shown(place)]
    with torch.enable_grad(), STEPPING:
        before = [w.bound for w in binding.learned]
        leaves = [w.stored.detach().requires_grad_() for w in binding.learned]
        try:
            for w, leaf in zip(binding.learned, leaves, strict=True):
                w.bound = leaf
            values = walk(model, batch.x[0], keep=True)
            answers = values[Z] if objective.absorbed else values[graph.output_slots[0]]
            loss = objective.loss(batch, [answers], [])
        finally:
            for w, outside in zip(binding.learned, before, strict=True):
                w.bound = outside
        outputs = [values[place.slot] for place in seen]
        followed = [a for a in outputs if a.requires_grad]
        made = torch.autograd.grad(loss, [*followed, *leaves], allow_unused=True)
    slopes = {id(a): g for a, g in zip(followed, made, strict=False)}
    by_weight: dict[int, Tensor | None] = {id(w): g for w, g in zip(binding.learned, made[len(followed):], strict=True)}
    n = len(batch.x[0])
    return [told(place, a.detach(), slopes.get(id(a)), n, by_weight) for place, a in zip(seen, outputs, strict=True)]


def shown(place: Place) -> bool:
    """Whether a place is looked at: it has weights, or is an activation, whose kinds are written in small letters."""
    layer = place.layer
    return not hasattr(layer, "graph") and (bool(layer.weights) or kind_of(layer)[:1].islower())


def told(place: Place, a: Tensor, g: Tensor | None, n: int, by_weight: dict[int, Tensor | None]) -> dict[str, Any]:
    """The numbers of one place."""
    learned = [w for w in place.layer.weights if id(w) in by_weight]
    norms = {"gradient_norm": norm([by_weight[id(w)] for w in learned]),
             "weight_norm": norm([w.stored for w in learned])} if learned else {"gradient_norm": None, "weight_norm": None}
    dead = float((a <= 0).flatten(0, -2).all(0).double().mean()) if rectified(place.layer) else None
    return {"layer": place.name, "kind": type(place.layer).__name__, "activations": distribution(a, EDGES),
            "gradients": None if g is None else distribution(g * n, POWERS, sizes=True),
            "zeros": float((a == 0).double().mean()), "dead": dead, **norms}


def rectified(layer: Any) -> bool:
    """Whether a layer ends in a ReLU."""
    return kind_of(layer) == "relu" or (splits(layer) and name_of(layer.activation) == "relu")


def norm(tensors: Sequence[Tensor | None]) -> float:
    """The Euclidean norm of several tensors as one vector, added up in float64; None counts as zeros."""
    return math.sqrt(sum(float(t.detach().double().pow(2).sum()) for t in tensors if t is not None))


def distribution(values: Tensor, edges: np.ndarray, sizes: bool = False) -> dict[str, Any]:
    """Mean, standard deviation, quantiles, and the share in each bin; what lies outside counts in the outermost bins.

    With `sizes` the bins are of log10 |value|; zeros are in none.
    """
    flat = values.detach().double().reshape(-1)
    some = np.sort(flat[::coprime(len(flat))].numpy())
    finite = some[np.isfinite(some)]
    if not len(finite):
        return {"mean": None, "std": None, "quantiles": None, "counts": [0.0] * (len(edges) - 1)}
    binned = np.log10(abs(finite[finite != 0])) if sizes else finite
    counts = np.histogram(binned.clip(edges[0], edges[-1]), edges)[0] / len(some)
    mean, std = float(flat.mean()), float(flat.std(correction=0))
    return {"mean": mean if math.isfinite(mean) else None, "std": std if math.isfinite(std) else None,
            "quantiles": [float(q) for q in np.quantile(finite, QUANTILES)], "counts": [round(float(c), 6) for c in counts]}


def coprime(numbers: int) -> int:
    """The step through so many numbers that takes at most MOST of them and meets all channels alike.

    Example:
        >>> coprime(19_000), coprime(64 * 26 * 26 * 32)
        (1, 71)
    """
    step = -(-numbers // MOST)
    while math.gcd(step, numbers) > 1:
        step += 1
    return step
