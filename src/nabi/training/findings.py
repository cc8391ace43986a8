"""Findings: what is wrong with the data, the labels or the last layer, said before training: one sentence each.

    model.check(x, y)     looks at all of the data (of pictures on the disk at a sample), gives hints too
    model.fit(x, y)       looks at a few thousand numbers: wrong labels are an error, the rest are warnings;
                          at layers that were frozen or let loose since compile;
                          and at the loss of its first epoch, which should be below log(number of classes), what guessing gives

A sentence says where, what was expected, what came, and what to do. Nothing is changed.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, NabiError
from nabi.core.numbers import is_number
from nabi.core.rows import Rows
from nabi.data import ArrayFeed, Batch, Feed, as_list, class_labels, is_iterable_source, opened
from nabi.data.batch import same_length
from nabi.layers import (
    CenterCrop,
    Dropout,
    Flatten,
    InputLayer,
    Layer,
    Rescaling,
    Resizing,
)
from nabi.layers.inside import opened as inside
from nabi.layers.varied import Augmenting, Ranged
from nabi.models.graph import Graph
from nabi.models.rates import rates
from nabi.training.fitting import CLASSES, BinaryCrossentropy, check_labels, last_activations, out_of_reach, say, trained_outputs
from nabi.training.nonfinite import first_bad, not_finite

GLANCE = 4096  # numbers that `fit` looks at in each input
SAMPLE = 512  # pictures on the disk that `check` looks at
LISTED = 8  # classes named in one sentence
FEW = 10  # steps; what fewer of them cost says little of the learning rate
NORMALISED = 4.0  # what pixels reach at most that have mean 0 and deviation 1
GUESSES = 1.5  # times the loss of a guess
PASSED = (Augmenting, CenterCrop, Dropout, Flatten, InputLayer, Resizing)  # layers that leave the range of the numbers as it is


def findings(trainer, x, y=None) -> list[str]:
    """Everything that looks wrong, see `Model.check`; an empty list if nothing does.

    Raises:
        ArgumentError: x is a generator, whose batches would be lost.
    """
    if is_iterable_source(x):
        raise ArgumentError("model.check(x)", "arrays", "a generator", "Give it one batch: model.check(*next(generator)).")
    model, (x, y) = trainer.model, opened(x, y)
    try:
        inputs, targets = as_list(some(x), model.input_names, "x"), as_list(y, model.output_names, "y", 1)
        same_length({"x": [x] if isinstance(x, Rows) else inputs, "y": targets})
    except NabiError as error:
        return [str(error)]
    found = []
    for where, tensors in (("x", inputs), ("y", targets)):
        for tensor, name in zip(tensors, places(where, tensors, model), strict=True):
            said = not_finite(tensor, name)
            found += [said] if said else []
    turned = [text for tensor in inputs for text in channels_first(tensor, "x")]
    if turned and model.graph is None:
        return found + turned  # the model is not built for data that are probably wrong
    try:
        trainer.build_for(inputs)
        trainer.check_batch(Batch(inputs, [], []))
    except NabiError as error:
        return [*found, str(error)]
    found += turned
    for number, (tensor, name) in enumerate(zip(inputs, places("x", inputs, model), strict=True)):
        found += values_of(tensor, name, first_layers(model.graph, number), None) + lighting(tensor, model.graph, number, None)
    found += last_activations(trainer, hints=True) + since_compile(trainer)
    if targets and not any(first_bad(target) for target in targets):
        try:
            check_labels(trainer, targets)
        except NabiError as error:
            return [*found, str(error)]
        found += out_of_reach(trainer, targets)
        for number, loss, layer, shape in trained_outputs(trainer):
            name = places("y", targets, model)[number]
            found += classes(targets[number], name, loss, layer, shape) + in_order(targets[number], name)
    return found


def some(x: Any) -> Any:
    """Of pictures on the disk a sample, spread over all, so that no more comes into memory; everything else as it is."""
    return x[np.linspace(0, len(x) - 1, SAMPLE).astype(int)] if isinstance(x, Rows) and len(x) > SAMPLE else x


def first_look(trainer, inputs: list[torch.Tensor]) -> list[str]:
    """What `fit` warns of before its first epoch, from a few thousand numbers; `inputs` may be empty for a generator."""
    graph = trainer.model.require_graph()
    found = [text for number, (tensor, name) in enumerate(zip(inputs, places("x", inputs, trainer.model), strict=True))
             for text in values_of(tensor, name, first_layers(graph, number), GLANCE) + lighting(tensor, graph, number, GLANCE)]
    return found + last_activations(trainer, hints=False) + since_compile(trainer)


def since_compile(trainer) -> list[str]:
    """Layers whose `trainable` or `rate_factor` was changed after `compile` had fixed what learns: the change has no effect yet.

    Keras 3 follows a layer that is frozen, and refuses one that is let loose, whose weights its optimizer does not know.
    """
    model = trainer.model
    layers = {id(layer): layer for leaf in model.leaves for layer in inside(leaf) if any(w.trainable for w in layer.own_weights)}
    now, then = rates(model), trainer.rates
    changed = (("trainable=True", "frozen", [layer for key, layer in layers.items() if key in now and key in trainer.frozen]),
               ("trainable=False", "learning", [layer for key, layer in layers.items() if key in then and key not in now]),
               ("another rate_factor", "as fast as before",
                [layer for key, layer in layers.items() if key in then and now.get(key, then[key]) != then[key]]))
    return [say(named(found), "what compile found", f"{got} since, which has no effect yet",
                f"call model.compile(...) again, with a new optimizer: till then {'they stay' if found[1:] else 'it stays'} {so}")
            for got, so, found in changed if found]


def named(layers: list[Layer]) -> str:
    """One layer by name, or the first of several."""
    return f"layer '{layers[0].name}'" + (f" and {len(layers) - 1} more" if len(layers) > 1 else "")


def above_guessing(trainer, feed: Feed, loss: float, first: float | None, steps: int) -> list[str]:
    """A remark if the first epoch's loss is far above what a guess among the classes gives, log(their number); at most one.

    Penalties are taken off, and the loss must be far above that of the `first` step, too: weights that begin badly are another
    thing. Nothing is said about few steps, a resumed epoch, weighted samples, or losses whose guess nobody knows.
    """
    model, objective = trainer.model, trainer.objective
    if first is None or steps < FEW or not isinstance(feed, ArrayFeed) or any(w is not None for w in feed.w):
        return []
    guess, counts = 0.0, []
    for number, one, _, shape in trained_outputs(trainer):
        if not isinstance(one, (*CLASSES, BinaryCrossentropy)) or one.reduction == "sum" or not shape or not shape[-1]:
            return []
        counts.append(2 if isinstance(one, BinaryCrossentropy) else shape[-1])
        guess += objective.factors[number] * math.log(max(counts[-1], 2))
    with torch.no_grad():
        penalties = sum(float(penalty) for penalty in model.losses)
    loss, first = loss - penalties, first - penalties
    if not loss > GUESSES * max(guess, first):
        return []
    known = f" = log({counts[0]})" if counts and guess == math.log(counts[0]) else ""
    rate = trainer.optimizer.current_learning_rate()
    return [say("loss", f"less than a guess gives, {guess:.3g}{known}", f"{loss:.3g} over the first epoch",
                f"the learning rate {rate:g} is probably too high: try {rate / 10:g}")]


def places(where: str, tensors: list, model) -> list[str]:
    """`x`, or `x['left']` where there are several."""
    names = model.input_names if where == "x" else model.output_names
    return [where if len(tensors) == 1 else f"{where}['{name}']" for name in names[:len(tensors)]]


# The inputs -------------------------------------------------------------------------------------------------------------------


@dataclass
class Values:
    """What a tensor's numbers are like: least, largest, all whole."""

    low: float
    high: float
    whole: bool


def look(tensor: torch.Tensor, most: int | None) -> Values | None:
    """The values of a tensor, or of samples spread over it with about `most` numbers together; None if none is finite."""
    if most is not None and tensor.numel() > most:
        count = min(len(tensor), max(4, most * len(tensor) // tensor.numel()))
        tensor = tensor[torch.linspace(0, len(tensor) - 1, count).long()].reshape(-1)
        tensor = tensor[::tensor.numel() // most | 1]
    if tensor.is_floating_point():
        tensor = tensor[torch.isfinite(tensor)]
    if not tensor.numel():
        return None
    whole = not tensor.is_floating_point() or bool((tensor == tensor.round()).all())
    return Values(float(tensor.min()), float(tensor.max()), whole)


def channels_first(tensor: torch.Tensor, where: str) -> list[str]:
    """Pictures whose second axis looks like channels."""
    if tensor.ndim == 4 and tensor.shape[1] in (1, 3) and tensor.shape[2] == tensor.shape[3] > 4:
        return [say(where, "pictures (height, width, channels)", f"{tuple(tensor.shape[1:])} a sample",
                    "if its channels come first, move them: x.transpose(0, 2, 3, 1)")]
    return []


def first_layers(graph: Graph, number: int) -> list[Layer]:
    """The layers that first compute with an input; those that only move its numbers about are passed."""
    todo, found = [graph.input_slots[number]], []
    while todo:
        slot = todo.pop()
        for call in graph.calls:
            if slot in call.inputs and isinstance(call.layer, PASSED):
                todo.extend(call.outputs)
            elif slot in call.inputs:
                found.append(call.layer)
    return found


def values_of(tensor: torch.Tensor, where: str, readers: list[Layer], most: int | None) -> list[str]:
    """Pixels 0 to 255 where 0 to 1 is meant, pixels scaled twice or to nothing, and data that are all alike."""
    values = look(tensor, most)
    if values is None or any(layer.takes_integers for layer in readers):
        return []
    low, high = values.low, values.high
    got = f"{low:g} to {high:g}"
    if low == high:
        divided = low == 0 and tensor.ndim > 2
        remedy = "integer division leaves nothing of pixels: x / 255, not x // 255" if divided else "look at how x was read"
        return [say(where, "values that differ", f"{low:g} everywhere", remedy)]
    pictures = tensor.ndim >= 3 or (tensor.ndim == 2 and tensor.shape[1] >= 64 and values.whole)
    scaled = scaled_twice(values, where, readers, got) if pictures else []
    if scaled or not pictures or low < 0:
        return scaled
    if readers and all(isinstance(layer, Rescaling) or type(layer).__name__.endswith("Normalization") for layer in readers):
        return []
    if high > 16 or (values.whole and high > 2):
        largest = 255 if 16 < high <= 255 else 65535 if values.whole and 255 < high <= 65535 else f"{high:g}"
        return [say(where, "values of about 0 to 1", got,
                    f"divide by {largest} (x / {largest}), or begin the model with Rescaling(1/{largest})")]
    if high <= 1 / 128 and not values.whole:
        return [say(where, "values of about 0 to 1", got, "they look divided by 255 twice")]
    if values.whole and high == 1 and tensor.dtype not in (torch.bool, torch.float32, torch.float64):
        return [say(where, "shares between 0 and 1", "whole numbers 0 and 1 only",
                    "if they come from x // 255 the greys are lost: use x / 255")]
    return []


def scaled_twice(values: Values, where: str, readers: list[Layer], got: str) -> list[str]:
    """Pixels of 0 to 1, or brought around 0, for a model whose first layer scales those of 0 to 255, such as a pretrained one."""
    layer = next((layer for layer in readers if isinstance(layer, Rescaling)), None)
    if layer is None or not is_number(layer.scale) or not is_number(layer.offset) or not 0 < layer.scale < 0.01:
        return []
    if values.low == values.high or values.high > (1 if values.whole else NORMALISED):
        return []
    return [say(where, f"pixels 0 to 255, which '{layer.name}' scales to {layer.offset:.2g} to "
                f"{255 * layer.scale + layer.offset:.2g}", got,
                "give the pixels as they are, without x / 255 or preprocess_input, or leave Rescaling out")]


def scaled_before(model, batch: list[torch.Tensor]) -> list[str]:
    """What `predict` and `evaluate` warn of: `scaled_twice`, from the first batch; the same words for every batch."""
    found = []
    for number, (tensor, where) in enumerate(zip(batch, places("x", batch, model), strict=False)):
        readers = first_layers(model.graph, number) if tensor.ndim >= 3 else []
        if any(isinstance(layer, Rescaling) for layer in readers):
            values = look(tensor, GLANCE)
            around = "0" if values is not None and values.low < 0 else "0 to 1"
            found += scaled_twice(values, where, readers, f"values of about {around}") if values is not None else []
    return found


def lighting(tensor: torch.Tensor, graph: Graph, number: int, most: int | None) -> list[str]:
    """RandomBrightness and the like for bytes where pixels come that lie in 0 to 1, also behind Rescaling."""
    if tensor.ndim != 4 or not any(isinstance(call.layer, Ranged) for call in graph.calls):
        return []
    values, found = look(tensor, most), []
    todo = [] if values is None else [(graph.input_slots[number], values.high)]
    while todo:
        slot, high = todo.pop()
        for call in (call for call in graph.calls if slot in call.inputs):
            layer: Any = call.layer
            if isinstance(layer, Ranged) and 0 < high <= 1 and layer.value_range[1] > 16:
                low, most_light = layer.value_range
                found.append(say(layer.label, f"pixels {low:g} to {most_light:g}, its value_range", f"pixels up to {high:g}",
                                 "give it value_range=(0, 1), or put it in front of Rescaling"))
            if isinstance(layer, PASSED):
                todo += [(output, high) for output in call.outputs]
            elif isinstance(layer, Rescaling) and is_number(layer.scale) and is_number(layer.offset):
                todo += [(output, high * layer.scale + layer.offset) for output in call.outputs]
    return found


# The labels -------------------------------------------------------------------------------------------------------------------


def classes(target: torch.Tensor, where: str, loss, layer: Layer, shape: tuple) -> list[str]:
    """Classes that no sample has."""
    labels = class_labels(target) if isinstance(loss, (*CLASSES, BinaryCrossentropy)) and len(shape) == 1 else None
    if labels is None or not shape[-1] or (isinstance(loss, BinaryCrossentropy) and shape[-1] > 1):
        return []
    units = max(shape[-1], 2)
    present = set(np.unique(labels).tolist())
    missing = [number for number in range(units) if number not in present]
    if not missing:
        return []
    if len(present) == 1:
        return [say(where, "at least two classes", f"class {labels[0]} in all {len(labels):,} samples",
                    "look at how the labels were read, or at how the samples were picked")]
    listed = ", ".join(map(str, missing[:LISTED])) + (", ..." if len(missing) > LISTED else "")
    return [say(where, f"samples of every class from 0 to {units - 1}", f"none of class {listed}",
                f"add some, or give '{layer.name}' fewer units and number the classes from 0")]


def in_order(target: torch.Tensor, where: str) -> list[str]:
    """Labels that are sorted by class: a hint, since `validation_split` takes the last samples."""
    labels = class_labels(target)
    if labels is None or len(labels) < 8:
        return []
    number = len(np.unique(labels))
    if number < 2 or number * 2 > len(labels) or np.count_nonzero(labels[1:] != labels[:-1]) != number - 1:
        return []
    return [say(where, "classes in mixed order", "labels sorted by class",
                "validation_split holds out the last samples, so whole classes: shuffle x and y together, or use "
                "validation_split_mode='stratified'")]
