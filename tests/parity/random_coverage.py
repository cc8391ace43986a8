"""Random coverage: what a number of random networks have between them, and what there is to have.

    had(cases)["layer", "Conv2D", "padding"]     how many networks give Conv2D a padding that is not its default
    wanted(keras)                                what must occur: from the registry and from both libraries' signatures

A class that is registered is wanted until some network has it with each of its arguments, or until it stands in LEFT_OUT.
"""

import inspect
from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from random_graph import Graph
from random_models import Case
from random_pieces import Made, Name
from random_training import IN_KERAS, REDUCTIONS

import nabi
from nabi.core import pieces
from nabi.core.pieces import arguments
from nabi.core.registry import TABLE, lookup, names

PACKAGES = {"layer": "layers", "loss": "losses", "metric": "metrics", "optimizer": "optimizers", "activation": "activations",
            "schedule": "optimizers.schedules", "initializer": "initializers", "regularizer": "regularizers",
            "constraint": "constraints"}
KINDS = {package: kind for kind, package in PACKAGES.items()}
LEFT_OUT: dict[Any, str] = {  # classes, arguments of any class, arguments of one class: why no network has them
    "Layer": "a base", "Operation": "a base", "Metric": "a base", "MeanMetricWrapper": "a base", "LossMetric": "a base",
    "InputLayer": "how a Sequential begins, see `Graph.form`", "Input": "every network",
    **dict.fromkeys(("Model", "Functional", "Sequential"), "every network"),
    "Mean": "takes no labels", "Sum": "takes no labels",
    **dict.fromkeys(("L2Pooling2D", "LocalResponseNormalization", "LocallyConnected2D", "OneCycle", "StepDecay", "step"),
                    "not in Keras 3"),
    "older_hard_sigmoid": "not in Keras 3: tests/as_keras/test_as_keras_era",
    **dict.fromkeys(("CustomScaleLayer", "LayerScale"), "not in keras.layers: tests/applications"),
    "StackedRNNCells": "only inside RNN: tests/parity/test_parity_recurrent, with a stack of two kinds",
    **dict.fromkeys(("AugMix", "AutoContrast", "CutMix", "Equalization", "MixUp", "RandAugment", "RandomColorDegeneration",
                     "RandomColorJitter", "RandomErasing", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert",
                     "RandomPosterization", "RandomSaturation", "RandomSharpness", "RandomShear", "Solarization"),
                    "pictures at random, or pixels of a range: tests/layers/test_layers_colours, _mixing, _policies"),
    "sparsemax": "Keras 3.15's shares do not sum to 1: tests/activations",
    "name": "all have one", "trainable": "counted for layers together", "dtype": "counted for layers together",
    "data_format": "channels_last, the default, is all there is", "rate_factor": "not in Keras",
    ("Resizing", "fill_mode"): "constant, the default, is all there is",
    ("SimpleRNN", "activity_regularizer"): "Keras 3.15 forgets it: SimpleRNN.__init__ does not hand it on",
    ("Bidirectional", "weights"): "Keras 3.15 forgets them (bidirectional.py, line 148)",
    **dict.fromkeys(((f"{name}IoU", "axis") for name in ("", "Mean", "OneHot", "OneHotMean")),
                    "Keras 3.15 fails with a last axis that has a number"),
    ("metric", "SparseCategoricalCrossentropy", "ignore_class"): "Keras counts its samples as zeros unless there are weights",
    ("GRU", "implementation"): "the same number in two ways", ("LSTM", "implementation"): "the same number in two ways",
    **dict.fromkeys((("AUC", "multi_label"), ("AUC", "num_labels"), ("AUC", "label_weights"), ("IoU", "sparse_y_true"),
                     ("MeanIoU", "sparse_y_true"), ("OneHotIoU", "sparse_y_pred"), ("OneHotMeanIoU", "sparse_y_pred"),
                     ("SparseTopKCategoricalAccuracy", "from_sorted_ids")), "predictions of another form: tests/metrics"),
}
WAYS = {  # what is drawn besides classes and their arguments
    *(("form", one) for one in ("functional", "Input", "InputLayer", "input_shape", "late", "nested", "shared", "initial state")),
    *(("weighted", one) for one in ("samples", "places", "classes")), *(("reduction", one) for one in REDUCTIONS),
    *(("input", *one) for one in (("normal", 1), ("normal", 2), ("normal", 3), ("normal", 4), ("padded", 2), ("tokens", 1),
                                  ("bytes", 1), ("bytes", 3))),
    *(("window", padding, stride) for padding in ("valid", "same") for stride in ("1", "2", "3", "unequal")),
    ("window", "causal", "1"), ("window", "causal", "2"),
    ("eager", True), ("trained", False), ("dtype", "float32"), ("outputs", 2), ("inputs", 2),
    ("any layer", "trainable"), ("any layer", "dtype"), ("frozen", "model"), ("undecayed", True), ("compile", "loss_weights"),
}


def wanted(keras) -> set:
    """What must occur."""
    found: set = set(WAYS)
    for kind, package in PACKAGES.items():
        theirs = attrgetter(package)(keras)
        for name in names(kind):
            thing: Any = TABLE[kind][name]
            if name in LEFT_OUT or thing.__name__ in LEFT_OUT or not thing.__module__.startswith("nabi."):
                continue
            found.add((kind, thing.__name__))
            if kind == "layer" and hasattr(theirs, name):
                found.add((kind, name))  # other names of the class too
            if inspect.isclass(thing):
                known = getattr(theirs, IN_KERAS.get(thing.__name__, (thing.__name__,))[0], None)
                found |= {(kind, thing.__name__, key) for key in arguments(thing) if shared(kind, thing.__name__, key, known)}
            if kind == "initializer":
                found |= {(name, "of rank", rank) for name in [thing.__name__] for rank in (1, 2, 3, 4)
                          if not (name == "Orthogonal" and rank == 1 or name == "Identity" and rank != 2)}
    return found


def shared(kind: str, name: str, key: str, theirs: Any) -> bool:
    """Whether both libraries' classes take an argument that can be drawn."""
    left = key in LEFT_OUT or (name, key) in LEFT_OUT or (kind, name, key) in LEFT_OUT
    return not left and (theirs is None or key in inspect.signature(theirs).parameters)


def had(cases: Iterable[Case]) -> Counter:
    """How often each thing occurs."""
    count: Counter = Counter()
    for case in cases:
        count.update(parts(case))
    return count


def parts(case: Case) -> set:
    """What one network has."""
    found: set = {("eager", case.eager), ("trained", case.trained), ("dtype", case.dtype), ("weighted", case.weighted),
                  ("undecayed", bool(case.undecayed)), ("outputs", len(case.losses)), ("inputs", len(case.graph.given))}
    found |= {("compile", key) for key in case.compiled} | {("input", g.kind, len(g.shape)) for g in case.graph.given}
    look_into(case.graph, found)
    for loss in case.losses:
        made = written_out("loss", loss)
        look_at(made, found)
        found.add(("reduction", made.args.get("reduction", "sum_over_batch_size")))
    look_at(written_out("optimizer", case.optimizer), found)
    for metric in [*case.compiled.get("metrics", []), *case.compiled.get("weighted_metrics", [])]:
        look_at(written_out("metric", metric), found)
    return found | initialized(case)


def look_into(graph: Graph, found: set) -> None:
    """A network's layers, and how they hang together."""
    calls = [step.layer for step in graph.steps]
    found.add(("form", graph.form))
    found |= {("form", "shared")} if len(set(calls)) < len(calls) else set()
    found |= {("form", "initial state")} if any(step.state for step in graph.steps) else set()
    found |= set() if graph.trainable else {("frozen", "model")}
    for layer in graph.layers:
        if isinstance(layer, Graph):
            found.add(("form", "nested"))
            look_into(layer, found)
        else:
            found |= {("any layer", key) for key in ("trainable", "dtype") if key in layer.args}
            look_at(layer, found)


def look_at(made: Made, found: set) -> None:
    """A class, its arguments, and what is in them."""
    kind = KINDS[made.package]
    cls: Any = lookup(kind, made.name)
    name, defaults = cls.__name__, arguments(cls)
    found |= {(kind, name), (kind, made.name)}
    found |= {(kind, which, key) for key, value in made.args.items() if key in defaults and not same(value, defaults[key])
              for which in (name, f"{name}Cell")}  # a GRU gives its arguments to its GRUCell
    for key, value in made.args.items():
        word = key.rpartition("_")[2]
        if word == "activation":
            found.add(("activation", value.name if isinstance(value, Name) else lookup("activation", value).__name__))
        elif word in PACKAGES and value is not None:
            look_at(written_out(word, value), found)
        elif isinstance(value, Made):
            look_at(value, found)
    if "kernel_size" in made.args or "pool_size" in made.args:
        found.add(("window", made.args.get("padding", "valid"), stride(made.args.get("strides", 1))))


def written_out(kind: str, value: Any) -> Made:
    """What a name or a configuration stands for."""
    if isinstance(value, dict):
        return Made(PACKAGES[kind], value["class_name"], value["config"])
    return value if isinstance(value, Made) else Made(PACKAGES[kind], type(pieces.get(kind, value)).__name__)


def same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default


def stride(value: Any) -> str:
    """1, 2, 3, or "unequal"."""
    several = set(value) if isinstance(value, tuple) else {value}
    return str(*several) if len(several) == 1 else "unequal"


def initialized(case: Case) -> set:
    """Which initializer makes weights of how many axes."""
    found = set()
    for w in case.graph.of(nabi).weights:
        for word in (w.name, w.name.removesuffix("_kernel")):  # recurrent_kernel: recurrent_initializer
            if made := getattr(w.owner, f"{word}_initializer", None):
                found.add((type(made).__name__, "of rank", len(w.shape)))
                break
    return found
