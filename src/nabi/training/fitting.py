"""Fitting: do the last layer and the labels fit the loss?

    categorical_crossentropy    probabilities of classes: softmax          or linear with from_logits=True
    binary_crossentropy         independent probabilities: sigmoid         or linear with from_logits=True
    mse, mae, huber             real values: linear; targets must lie where the last activation can reach

A Dense that reads a map works on its last axis alone, as in Keras; if Flatten() was forgotten the labels no longer fit, and the
error says where it belongs.
"""

from collections.abc import Iterator

import torch

from nabi.core.errors import DataError
from nabi.core.language import language
from nabi.core.shapes import as_text
from nabi.layers import Dense, Layer
from nabi.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    KLDivergence,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from nabi.models.graph import Graph
from nabi.training.korean import finding

CLASSES = (CategoricalCrossentropy, SparseCategoricalCrossentropy)
REAL = (MeanSquaredError, MeanAbsoluteError, Huber)
NOT_PROBABILITIES = {"linear", "relu", "leaky_relu", "tanh", "elu", "selu", "gelu", "silu", "softplus"}
REACH = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, float("inf")),
         "softplus": (0.0, float("inf"))}


def say(where: str, expected: str, got: str, remedy: str) -> str:
    """One finding: one sentence, in the user's language."""
    if language() == "ko":
        return finding(where, expected, got, remedy)
    return f"{where}: expected {expected}, got {got}; {remedy}."


def output_layer(graph: Graph, number: int) -> Layer:
    """The layer that makes an output, found inside nested models too."""
    slot = graph.output_slots[number]
    return next((call.layer for call in graph.calls if slot in call.outputs), graph.outputs[number].node.layer)


def trained_outputs(trainer) -> Iterator[tuple[int, Loss, Layer, tuple]]:
    """(number, loss, last layer, shape of one sample) of each output that has a loss."""
    graph = trainer.model.require_graph()
    for number, (loss, symbol) in enumerate(zip(trainer.objective.losses, graph.outputs, strict=True)):
        if loss is not None:
            yield number, loss, output_layer(graph, number), tuple(symbol.shape[1:])


def check_labels(trainer, targets: list[torch.Tensor]) -> None:
    """Raises DataError where labels do not fit the loss; a forgotten Flatten is named with the Dense it belongs before."""
    for number, loss, layer, shape in trained_outputs(trainer):
        if number >= len(targets):
            continue
        target = targets[number]
        try:
            loss.check_labels(target.numpy(), shape, layer.name)
        except DataError:
            on_maps = dense_on_maps(trainer.model.graph, number)
            if not on_maps or target.ndim - 1 >= len(shape):
                raise
            first, last = on_maps[0].name, on_maps[-1].name
            better = f" (better before {first}, the first Dense)" if first != last else ""
            remedy = f"Add Flatten() before {last}{better}: without it Dense works on the last axis alone and leaves a picture."
            raise DataError(loss.name, "one vector a sample, as the labels have it", as_text((None, *shape)), remedy) from None


def dense_on_maps(graph: Graph, number: int) -> list[Layer]:
    """The Dense layers on the way to an output that read a map, not a vector, in the order in which they run."""
    maker = {slot: call for call in graph.calls for slot in call.outputs}
    todo, seen = [graph.output_slots[number]], set()
    while todo:
        call = maker.get(todo.pop())
        if call is not None and id(call) not in seen:
            seen.add(id(call))
            todo.extend(call.inputs)
    return [call.layer for call in graph.calls
            if id(call) in seen and isinstance(call.layer, Dense) and len(call.layer.built_shape or ()) > 2]


def last_activations(trainer, hints: bool) -> list[str]:
    """Findings about last activations that do not fit their losses; `hints` adds what works but is seldom meant."""
    found = []
    for number, loss, layer, shape in trained_outputs(trainer):
        last = trainer.last_activation(number)
        if last is not None:
            found += unfit(loss, layer.name, last, shape[-1] if shape else 1, hints)
    return found


def unfit(loss: Loss, layer: str, last: str, units: int | None, hints: bool) -> list[str]:
    """What is wrong with the activation `last` of `layer` under a loss; at most one finding."""
    if last == "softmax" and units == 1:
        return [say(layer, "a sigmoid for one unit", "a softmax, which over one unit is always 1", "use activation='sigmoid'")]
    cross = isinstance(loss, (*CLASSES, BinaryCrossentropy, KLDivergence))
    if cross and loss.from_logits and last in ("softmax", "sigmoid"):
        return [say(layer, f"no activation, since {loss.name} has from_logits=True", last,
                    f"{last} would be applied twice: leave it out, or from_logits")]
    if not cross or loss.from_logits:
        if hints and isinstance(loss, REAL) and last == "softmax":
            return [say(layer, f"real values for {loss.name}", "probabilities of a softmax",
                        "for classes categorical_crossentropy learns faster")]
        return []
    wanted = "sigmoid" if isinstance(loss, BinaryCrossentropy) else "softmax"
    if last in NOT_PROBABILITIES:
        logits = ", or compile with from_logits=True" if last == "linear" and not isinstance(loss, KLDivergence) else ""
        return [say(layer, f"probabilities for {loss.name}", f"activation '{last}'", f"use activation='{wanted}'{logits}")]
    if isinstance(loss, BinaryCrossentropy) and last == "softmax":
        return [say(layer, "a sigmoid for binary_crossentropy", f"a softmax over {units} units",
                    "for one class of several use categorical_crossentropy, for independent answers a sigmoid")]
    if isinstance(loss, CLASSES) and last == "sigmoid":
        return [say(layer, f"a softmax for {loss.name}", "a sigmoid, whose outputs do not sum to 1",
                    "use activation='softmax', or binary_crossentropy for independent answers")]
    return []


def out_of_reach(trainer, targets: list[torch.Tensor]) -> list[str]:
    """Real-valued targets that the last activation can never give."""
    found = []
    for number, loss, layer, _ in trained_outputs(trainer):
        last = trainer.last_activation(number)
        if number >= len(targets) or not isinstance(loss, REAL) or last not in REACH or not targets[number].numel():
            continue
        (low, high), target = REACH[last], targets[number].double()
        least, most = float(target.min()), float(target.max())
        if least < low or most > high:
            found.append(say("y", f"values from {low:g} to {high:g}, which '{last}' in {layer.name} can give",
                             f"{least:g} to {most:g}", "leave the last activation out, or scale y"))
    return found
