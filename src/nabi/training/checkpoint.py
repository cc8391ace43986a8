"""Checkpoint: everything that the next step depends on, in one `.safetensors` file: a resumed run is the uninterrupted one.

    arrays      conv2d/kernel, ...     all weights, named as in model files
                @optimizer/0/m, ...    the optimizer's vectors, span by span
                @callbacks/...         arrays and long lists inside the callbacks' states: best weights, History
    metadata    optimizer              class, learning rate, calls, numbers it carries, the spans' segments
                training               epoch, step, stop_training, counters (seed, epochs, calls), facts about the data,
                                       states of stateful recurrent layers
                objective              running sums of loss and metrics inside the epoch
                callbacks, feed        their states: patience, best values, size of a CSV file, place in a stream of batches
                own                    of a model whose steps are its own: see `nabi.training.own_state`
                environment            what last bits depend on: torch, threads, instruction set, kernels, precision

Masks and the order of samples are functions of seed and counters (`core.random`), so no generator's state need be kept.
"""

import platform
from typing import Any

import numpy as np
import torch

from nabi.core.device import cpu_flags
from nabi.core.errors import FileError, NabiError, ShapeError, StateError
from nabi.core.warning import warn
from nabi.kernels.jit import fused
from nabi.models import safefile
from nabi.models.naming import named_weights, paired, unused
from nabi.models.saving import blame, check_heading, heading, weight_arrays
from nabi.models.states import set_states, stateful_layers, states_of
from nabi.training.own_state import load_own, own_state

HOLE = "@array"  # in plain data, {HOLE: name, "as": "array", "number" or "list"} stands for an array of the file
LONG = 32  # lists of so many numbers become arrays
PARTS = {"optimizer": ("class_name", "segments", "state"), "training": ("epoch", "step", "stop_training", "counters", "data"),
         "objective": (), "callbacks": (), "feed": (), "environment": ()}


def save_checkpoint(trainer, path) -> None:
    """Writes the state of a trainer, whole or not at all; during `fit` with that of its callbacks, History included.

    Raises:
        FileError: the file cannot be written.
        StateError: a callback's state holds something else than plain data and arrays.
    """
    spans, optimizer, model = trainer.spans, trainer.optimizer, trainer.model
    position, running = trainer.position, trainer.callbacks is not None
    arrays = weight_arrays(model)
    for number, span in enumerate(spans):
        arrays.update((f"@optimizer/{number}/{name}", vector.detach().cpu().numpy()) for name, vector in span.state().items())
    parts = {
        "optimizer": {"class_name": type(optimizer).__name__, "segments": segments(spans),
                      "state": {} if optimizer is None else optimizer.state_dict()},
        "training": {"epoch": position.epoch, "step": position.step, "stop_training": bool(model.stop_training),
                     "counters": model.counters.state(), "data": trainer.data, "states": states_of(stateful_layers(model))},
        "objective": trainer.objective.state(),
        "callbacks": trainer.callbacks.state() if running else None,
        "feed": trainer.feed.state() if running else None,
        "environment": environment(trainer),
        **({"own": own_state(trainer, arrays)} if trainer.own.trains else {}),
    }
    metadata = {key: without_arrays(part, f"@{key}", arrays) for key, part in parts.items()}
    safefile.write(path, arrays, {"nabi": heading("checkpoint"), **metadata})


def load_checkpoint(trainer, path) -> None:
    """Takes up where `save_checkpoint` was called; whatever does not fit is found before anything is changed.

    Warns once where the run may differ from the uninterrupted one in its last bits: other threads, processor, versions, data.
    Outside `fit` the callbacks' part is left aside.

    Raises:
        FileError: the file is missing, damaged or no checkpoint.
        StateError: it belongs to another model, optimizer, metrics, callbacks or data.
    """
    if not trainer.own.trains:
        trainer.ready()
    with safefile.opened(path) as file:
        check_heading(file, "checkpoint")
        arrays = file.arrays()
        with blame(file, "the parts of a checkpoint"):
            parts = {key: with_arrays(file.json(key), arrays) for key in PARTS}
            missing = [f"{key}/{name}" for key, names in PARTS.items() for name in names if name not in parts[key]]
            if missing:
                raise FileError(file.where, "the parts of a checkpoint", f"one without {', '.join(missing)}", safefile.DAMAGED)
            parts["own"] = with_arrays(file.json("own"), arrays) if "own" in file.metadata else None
            doubts = differences(parts["environment"], environment(trainer))
    if parts["optimizer"]["segments"]:
        trainer.ready()  # a train_step of the user's own calls nabi's
    pairs = checked(trainer, parts, {name: array.shape for name, array in arrays.items()}, file.where)
    running, before = trainer.callbacks is not None, kept(trainer)
    try:
        taken_up(trainer, parts, {name: arrays[pairs[name]] for name in pairs}, arrays)
    except Exception as error:
        taken_up(trainer, *before)
        if isinstance(error, NabiError):
            raise
        raise FileError(str(path), "the parts of a checkpoint", f"one that {type(error).__name__} ends: {error}",
                        safefile.DAMAGED) from error
    if running:
        doubts += go_on(trainer, parts["training"]["data"], parts["feed"])
    if doubts:
        warn(f"{path}: the resumed run may differ from the uninterrupted one (not bit-exact): {'; '.join(doubts)}.")


def taken_up(trainer, parts: dict[str, Any], weights: dict[str, np.ndarray], vectors: dict[str, np.ndarray]) -> None:
    """Sets a trainer, its model and its callbacks to a state; `weights` by name, `vectors` as they lie in the file."""
    training, model = parts["training"], trainer.model
    if trainer.callbacks is not None and parts["callbacks"] is not None:
        trainer.callbacks.load_state(parts["callbacks"])
        model.stop_training = training["stop_training"]
    if trainer.optimizer is not None:
        trainer.optimizer.load_state_dict(parts["optimizer"]["state"])
    trainer.objective.load_state(parts["objective"])
    model.counters.load_state(training["counters"])
    set_states(stateful_layers(model), training.get("states", []), "checkpoint")
    trainer.position.epoch, trainer.position.step = training["epoch"], training["step"]
    for number, span in enumerate(trainer.spans):
        span.load_state({name: torch.from_numpy(vectors[f"@optimizer/{number}/{name}"]) for name in span.state()})
    for name, weight in named_weights(model).items():
        weight.assign(weights[name])
    if parts.get("own") is not None:
        load_own(trainer, parts["own"], vectors)


def kept(trainer) -> tuple[dict[str, Any], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The present state in `taken_up`'s form, so that a checkpoint that turns out damaged halfway changes nothing."""
    model, position = trainer.model, trainer.position
    parts = {"training": {"epoch": position.epoch, "step": position.step, "stop_training": model.stop_training,
                          "counters": model.counters.state(), "states": states_of(stateful_layers(model))},
             "optimizer": {"state": trainer.optimizer and trainer.optimizer.state_dict()}, "objective": trainer.objective.state(),
             "callbacks": trainer.callbacks.state() if trainer.callbacks is not None else None}
    vectors = {f"@optimizer/{number}/{name}": vector.cpu().numpy().copy()
               for number, span in enumerate(trainer.spans) for name, vector in span.state().items()}
    return parts, {name: weight.numpy() for name, weight in named_weights(model).items()}, vectors


def checked(trainer, parts: dict[str, Any], shapes: dict[str, tuple[int, ...]], where: str) -> dict[str, str]:
    """The file's name of each weight, if the checkpoint belongs to this trainer."""
    spans = trainer.spans
    try:
        pairs = paired(named_weights(trainer.model), {n: shape for n, shape in shapes.items() if n[:1] != "@"}, where)
    except (FileError, ShapeError) as error:
        raise StateError(f"{error}") from None
    kind, remedy = type(trainer.optimizer).__name__, "Compile as the interrupted run did: same optimizer, metrics, frozen layers."
    saved = parts["optimizer"]
    if saved["class_name"] != kind:
        raise StateError(where, f"the memory of {kind}", f"that of {saved['class_name']}", remedy)
    wanted = {f"@optimizer/{number}/{name}": tuple(vector.shape)
              for number, span in enumerate(spans) for name, vector in span.state().items()}
    found = {name: shape for name, shape in shapes.items() if name.startswith("@optimizer/")}
    if saved["segments"] != segments(spans) or wanted != found:
        raise StateError(where, f"the optimizer's vectors {wanted}", f"{found}", remedy)
    if set(parts["objective"]) != set(trainer.objective.state()):
        raise StateError(where, f"sums of {sorted(trainer.objective.state())}", f"{sorted(parts['objective'])}", remedy)
    place = {name: parts["training"][name] for name in ("epoch", "step")}
    if any(not isinstance(n, int) or isinstance(n, bool) or n < 0 for n in place.values()):
        raise FileError(where, "an epoch and a step, whole numbers from 0", place, safefile.DAMAGED)
    data = parts["training"]["data"]
    if isinstance(data, dict):
        for later in ("mix", "sampling"):
            data.setdefault(later, None)  # files of fits before it was written down
    other = differences(data, trainer.data)
    if trainer.callbacks is not None and parts["training"]["step"] and other:
        raise StateError(where, f"the data of the interrupted run, {data}", f"{trainer.data}",
                         "It stopped in the middle of an epoch, which can go on with the same data and batches only.")
    return pairs


def go_on(trainer, data: dict[str, Any], feed: Any) -> list[str]:
    """Lets the data go on where they stood; what stands against an exact resume."""
    if feed is not None:
        trainer.feed.load_state(feed)
    if trainer.feed.exact:
        return differences(data, trainer.data)
    trainer.position.step = 0
    return [f"batches come from a generator without state(), so epoch {trainer.position.epoch + 1} starts with its next batches"]


def segments(spans: list) -> list[list[list[int]]]:
    """Where each weight lies in each span."""
    return [[list(segment) for segment in span.segments] for span in spans]


def environment(trainer) -> dict[str, Any]:
    """What the last bits of a step depend on, besides the state."""
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), "machine": platform.machine(),
            "instructions": [torch.backends.cpu.get_cpu_capability(), *sorted({"amx_bf16", "avx512_bf16"} & cpu_flags())],
            "kernels": "fused" if fused(torch.empty(0)) else "plain", "plan": "fused" if trainer.fused else "unfused",
            "precision": trainer.precision.text}


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What was otherwise, in words."""
    return [f"{name}: was {before.get(name)}, is {now[name]}" for name in now if name in before and before[name] != now[name]]


def without_arrays(value: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """Plain data for JSON; arrays, NumPy's numbers and long lists of numbers are moved to `arrays`.

    Example:
        >>> without_arrays({"best": np.zeros(2), "wait": 1}, "@state", arrays := {}), list(arrays)
        ({'best': {'@array': '@state/best', 'as': 'array'}, 'wait': 1}, ['@state/best'])
    """
    if isinstance(value, np.ndarray | np.generic):
        return move(np.asarray(value), "array" if isinstance(value, np.ndarray) else "number", path, arrays)
    if isinstance(value, dict) and HOLE not in value and all(isinstance(name, str) for name in value):
        return {name: without_arrays(part, f"{path}/{name}", arrays) for name, part in value.items()}
    if isinstance(value, list | tuple):
        kinds = {type(part) for part in value}
        if len(value) >= LONG and (kinds == {float} or (kinds == {int} and all(abs(part) < 2**63 for part in value))):
            return move(np.array(value), "list", path, arrays)
        return [without_arrays(part, f"{path}/{number}", arrays) for number, part in enumerate(value)]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise StateError(f"checkpoint, {path[1:]}", "numbers, texts, lists, dicts by text, NumPy arrays", repr(value)[:200],
                     "Let state() give these only.")


def move(array: np.ndarray, kind: str, path: str, arrays: dict[str, np.ndarray]) -> dict[str, str]:
    """Puts an array among the others and gives what stands in its place."""
    if array.dtype.newbyteorder("<") not in safefile.CODES:
        raise StateError(f"checkpoint, {path[1:]}", "an array of numbers", f"one of {array.dtype}", "Let state() give numbers.")
    name = unused(path, arrays)
    arrays[name] = array
    return {HOLE: name, "as": kind}


def with_arrays(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The way back from `without_arrays`."""
    if isinstance(value, dict) and HOLE in value:
        array, kind = arrays[value[HOLE]], value["as"]
        return array[()] if kind == "number" else array.tolist() if kind == "list" else array
    if isinstance(value, dict):
        return {name: with_arrays(part, arrays) for name, part in value.items()}
    return [with_arrays(part, arrays) for part in value] if isinstance(value, list) else value
