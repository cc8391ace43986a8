"""Random coverage: what a number of random networks have between them, and what there is to have.

    counted(cases)[("Conv2D", "padding", "same")]     how often
    wanted(keras)     what must occur, from both libraries' signatures
"""

import inspect
from collections import Counter
from collections.abc import Iterable
from typing import Any

from random_graph import Graph
from random_layers import KINDS
from random_models import FORMS, Case
from random_pieces import ACTIVATIONS, Made, Name
from random_sequences import CELLS
from random_training import IN_KERAS, LOSSES, OPTIMIZERS, REDUCTIONS, SCHEDULES

import nabi
from nabi.core.pieces import arguments
from nabi.core.registry import TABLE, names

PIECES = {"initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints"}
NOT_DRAWN = {  # arguments that no network has, and why
    "name": "drawn for all", "kwargs": "", "data_format": "channels_last is all there is; given now and then",
    "lora_rank": "nabi has none", "lora_alpha": "nabi has none", "quantization_config": "nabi has none",
    "rate_factor": "Keras has none",
    "renorm": "nabi has none", "renorm_clipping": "nabi has none", "renorm_momentum": "nabi has none",
    "synchronized": "one machine",
    ("SimpleRNN", "activity_regularizer"): "Keras forgets it", ("Bidirectional", "weights"): "drawn for SimpleRNN alone",
    ("LeakyReLU", "alpha"): "Keras 2's name", ("RandomFlip", "mode"): "", "implementation": "the same number in three ways",
    ("Dropout", "seed"): "", "loss_scale_factor": "",
    ("Resizing", "fill_mode"): "one value", ("LayerNormalization", "rms_scaling"): "",
}
NOT_A_LAYER_HERE = {  # registered layers that are drawn in other ways, or that Keras has not
    "InputLayer": "the head of a Sequential", "Model": "every network", "Sequential": "chains", "Functional": "every network",
    "Layer": "a base", "L2Pooling2D": "not in Keras", "LocalResponseNormalization": "not in Keras",
    "LocallyConnected2D": "not in Keras since 3", **{f"{name}Cell": "inside RNN" for name in CELLS},
}


def counted(cases: Iterable[Case]) -> Counter:
    """How often each thing occurs."""
    count: Counter = Counter()
    for case in cases:
        visit_graph(case.graph, count)
        for loss in case.losses:
            piece = loss if isinstance(loss, Made) else Made("losses", type(nabi.losses.get(loss)).__name__)
            visit(piece, count)
            count["reduction", piece.args.get("reduction", "sum_over_batch_size")] += 1
        optimizer = case.optimizer
        if not isinstance(optimizer, Made):
            optimizer = Made("optimizers", type(nabi.optimizers.get(optimizer)).__name__)
        visit(optimizer, count)
        count["trained", case.trained] += 1
        count["eager", case.eager] += 1
        count["weighted", case.weighted] += 1
        count["outputs", len(case.losses)] += 1
        for given in case.graph.given:
            count["input", given.kind, len(given.shape)] += 1
        for key in case.compiled:
            count["compile", key] += 1
        visit_initializers(case, count)
    return count


def visit_graph(graph: Graph, count: Counter) -> None:
    count["form", graph.form] += 1
    count["frozen model", not graph.trainable] += 1
    calls = Counter(step.layer for step in graph.steps)
    count["shared layer", any(n > 1 for n in calls.values())] += 1
    count["initial state", any(step.state for step in graph.steps)] += 1
    for layer in graph.layers:
        if isinstance(layer, Graph):
            count["nested model"] += 1
            visit_graph(layer, count)
        else:
            visit(layer, count)


def visit(made: Made, count: Counter) -> None:
    """A class, its arguments, and what is in them."""
    kind = getattr(getattr(nabi, made.package.split(".")[0]), made.name, None) or getattr(nabi.optimizers.schedules, made.name)
    name, defaults = kind.__name__, arguments(kind)
    count[name] += 1
    if name != made.name:
        count["alias", made.name] += 1
    for key, value in made.args.items():
        if key in defaults and not same(value, defaults[key]):
            count[name, key] += 1
        if isinstance(value, (str, bool)) or value is None:
            count[name, key, value] += 1
        if isinstance(value, Made):
            visit(value, count)
        stem, _, end = key.rpartition("_")
        if end in PIECES and stem:
            count[end, type(getattr(nabi, PIECES[end]).get(value.of(nabi) if isinstance(value, Made) else value)).__name__] += 1
            if isinstance(value, dict):
                count["configuration", end] += 1
        if key in ("activation", "recurrent_activation"):
            count[key, value.name if isinstance(value, Name) else value] += 1
            if name == "Activation":
                count["Activation", "of", value.name if isinstance(value, Name) else value] += 1
    if "kernel_size" in made.args or "pool_size" in made.args:
        count["stride", made.args.get("padding", "valid"), stride(made.args.get("strides", 1))] += 1


def same(value: Any, default: Any) -> bool:
    return default is not inspect.Parameter.empty and type(value) is type(default) and value == default


def stride(value: Any) -> str:
    """1, 2, 3, or "unequal"."""
    several = set(value) if isinstance(value, tuple) else {value}
    return str(*several) if len(several) == 1 else "unequal"


def visit_initializers(case: Case, count: Counter) -> None:
    """Which initializer makes weights of how many axes."""
    nabi.config.floatx, before = "float64", nabi.config.floatx
    try:
        model = case.graph.of(nabi)
    finally:
        nabi.config.floatx = before
    for w in model.weights:
        for word in (w.name, w.name.removesuffix("_kernel")):
            found = getattr(w.owner, f"{word}_initializer", None)
            if found is not None:
                count["initializer", type(found).__name__, len(w.shape)] += 1
                break


def wanted(keras) -> set:
    """What must occur: from the registry and from what both libraries' classes take."""
    found: set = {*KINDS, *LOSSES, *(n for n in OPTIMIZERS), *SCHEDULES, "nested model"}
    for package, kind in (("layers", "layer"), ("losses", "loss"), ("optimizers", "optimizer"),
                          ("optimizers.schedules", "schedule")):
        for cls in {TABLE[kind][name] for name in names(kind)}:
            theirs = getattr(keras.optimizers.schedules if "." in package else getattr(keras, package), cls.__name__, None)
            if theirs is not None and inspect.isclass(cls) and cls.__name__ not in NOT_A_LAYER_HERE:
                found |= {(cls.__name__, key) for key in shared_arguments(cls, theirs)}
    found |= {("alias", name) for kind in KINDS.values() for name in kind.names}
    found |= {("activation", name) for name in ACTIVATIONS} | {("Activation", "of", name) for name in ACTIVATIONS}
    found |= {("reduction", one) for one in REDUCTIONS} | {("trained", False), ("eager", True), ("outputs", 2),
               ("shared layer", True)}
    found |= {("form", one) for one in ("functional", "Input", "InputLayer", "input_shape", "late")}
    found |= {("weighted", one) for one in ("", "samples", "places", "classes")}
    found |= {("initial state", True), ("frozen model", True)}
    found |= {("input", kind, rank) for kind, rank in (("normal", 1), ("normal", 2), ("normal", 3), ("normal", 4), ("padded", 2),
                                                       ("tokens", 1), ("bytes", 1), ("bytes", 3))}
    found |= {("stride", word, n) for word in ("valid", "same") for n in ("1", "2", "3", "unequal")} | {("stride", "causal", "1"),
                                                                                                  ("stride", "causal", "2")}
    for end, package in PIECES.items():
        classes = {cls.__name__ for cls in map(TABLE[end].get, names(end)) if inspect.isclass(cls)}
        found |= {(end, name) for name in classes if hasattr(getattr(keras, package), name)} | {("configuration", end)}
    drawn_ones = {name for kind, name, *_ in (key for key in found if isinstance(key, tuple)) if kind == "initializer"}
    found |= {("initializer", name, rank) for name in drawn_ones for rank in (1, 2, 3, 4)
              if not (name == "Orthogonal" and rank == 1 or name == "Identity" and rank != 2)}
    modes = ("concat", "sum", "mul", "ave", None)
    found |= {("Bidirectional", "merge_mode", mode) for mode in modes} | {(f"{name}Cell",) for name in ()}
    return found


def shared_arguments(ours: type, theirs: type) -> set[str]:
    """Arguments that both take, leaving out what is not drawn."""
    known = set(inspect.signature(theirs).parameters)
    return {key for key in arguments(ours) if key in known and key not in NOT_DRAWN and (ours.__name__, key) not in NOT_DRAWN}


def unknown(keras) -> set[str]:
    """Layers, losses, optimizers, activations that both libraries have and no table of this harness."""
    tables = {"layer": (keras.layers, {*KINDS, *NOT_A_LAYER_HERE}), "loss": (keras.losses, set(LOSSES)),
              "optimizer": (keras.optimizers, set(OPTIMIZERS)), "schedule": (keras.optimizers.schedules, set(SCHEDULES)),
              "activation": (keras.activations, set(ACTIVATIONS))}
    return {thing.__name__ for kind, (theirs, known) in tables.items() for thing in map(TABLE[kind].get, names(kind))
            if thing.__module__.startswith("nabi.") and hasattr(theirs, thing.__name__) and thing.__name__ not in known}


__all__ = ["FORMS", "IN_KERAS", "counted", "unknown", "wanted"]
