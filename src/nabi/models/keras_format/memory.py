"""Memory: what an optimizer remembers (moments, velocities), in Keras' order of arrays.

    Keras 3       iteration, learning rate, then weight by weight: Adam's m and v, SGD's momentum, RMSprop's mean square ...
    Keras 1, 2    iterations, then all m, then all v; told apart by the names of the arrays

What does not fit leaves the optimizer fresh, with a warning, as in Keras. The product that Nadam keeps follows from the steps.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.warning import warn
from nabi.models.keras_format.hdf5 import Tree, write_arrays
from nabi.optimizers import Nadam

ADAM = [{"m": "momentum", "v": "velocity"}, {"v_max": "velocity_hat"}]
MOMENTUM = [{"v": "momentum"}]
GROUPS: dict[str, list[dict[str, str]]] = {  # nabi's slots and Keras' words; what stands in one dict stands side by side in files
    "SGD": MOMENTUM, "Momentum": MOMENTUM, "NAG": MOMENTUM, "Adam": ADAM, "AdamW": ADAM, "AMSGrad": ADAM, "Nadam": ADAM,
    "Adamax": [{"m": "momentum", "u": "norm"}], "Adagrad": [{"G": "accumulator"}], "Lion": [{"m": "momentum"}],
    "Lamb": ADAM, "Ftrl": [{"a": "accumulator", "z": "linear"}], "ScheduleFreeAdamW": [{"z": "momentum", "v": "velocity"}],
    "Adadelta": [{"G": "accumulated_grad", "D": "accumulated_delta_var"}],
    "RMSprop": [{"v": "velocity"}, {"b": "momentum"}, {"a": "average_gradient"}],
}  # fmt: skip
FRESH = "The optimizer of {} begins anew: {}."


def order(optimizer: Any) -> list[list[str]] | None:
    """The optimizer's slots in Keras' order, those that alternate from weight to weight together; None if it is not known."""
    groups = GROUPS.get(type(optimizer).__name__)
    if groups is None or set(optimizer.slots) - {slot for group in groups for slot in group} or optimizer.use_ema:
        return None
    return [slots for group in groups if (slots := [slot for slot in group if slot in optimizer.slots])]


def arrays_of(model: Any) -> dict[str, np.ndarray]:
    """The arrays of a model's optimizer by Keras' names, in Keras' order; none of one that has made no step."""
    optimizer = None if model.trainer is None else model.trainer.optimizer
    own = getattr(optimizer, "own_memory", None)  # of a class of the user's own
    if optimizer is not None and own and optimizer.calls:
        made = beginning(optimizer)
        return made | {f"{optimizer.name}/variable_{n}": np.array(one.detach().cpu().numpy()) for n, one in enumerate(own)}
    groups = None if optimizer is None else order(optimizer)
    if optimizer is None or not optimizer.calls:
        return {}
    if groups is None or optimizer.gradient_accumulation_steps:
        warn(f"The file of {model.label} has nothing of what {type(optimizer).__name__} remembers: it begins anew when it is "
             "loaded. BackupAndRestore and save_checkpoint keep all of it.")
        return {}
    known = optimizer.remembered
    weights = model.trainable_weights
    if any(weight not in known for weight in weights):
        return {}
    name, words = optimizer.name, {slot: word for group in GROUPS[type(optimizer).__name__] for slot, word in group.items()}
    made = beginning(optimizer)
    for group in groups:
        for weight in weights:
            for slot in group:
                path, number = f"{name}/{weight.path.replace('/', '_')}_{words[slot]}", 2
                while path in made:
                    path, number = f"{path}_{number}", number + 1
                made[path] = np.array(weight.view(known[weight][slot]).detach().cpu().numpy(), order="C")
    if isinstance(optimizer, Nadam):
        made[f"{name}/variable"] = np.asarray(optimizer.state["M"], "float32")
    return made


def beginning(optimizer: Any) -> dict[str, np.ndarray]:
    """What every optimizer's memory begins with: steps, and the rate if it is a number."""
    made = {f"{optimizer.name}/iteration": np.asarray(optimizer.iterations, "int64")}
    if isinstance(optimizer._learning_rate, float):
        made[f"{optimizer.name}/learning_rate"] = np.asarray(optimizer.learning_rate, "float32")
    return made


def write_old(root: Any, model: Any) -> None:
    """The group `optimizer_weights` of an older file."""
    arrays = arrays_of(model)
    if arrays:
        write_arrays(root.create_group("optimizer_weights"), arrays)


def write_new(root: Any, model: Any) -> None:
    """The group `optimizer/vars` of a file of Keras 3."""
    arrays = arrays_of(model)
    if arrays:
        group = root.create_group("optimizer/vars")
        group.attrs["name"] = model.trainer.optimizer.name
        for number, array in enumerate(arrays.values()):
            group.create_dataset(str(number), data=array)


def read_old(root: Tree, model: Any) -> None:
    """Takes up what an older file remembers."""
    group = root.tree("optimizer_weights")
    names = (group.texts("weight_names") or []) if group is not None else []
    if group is not None and names:
        turns = not any(name.endswith(("/m:0", "/v:0")) or "Variable" in name for name in names)
        taken_up(model, [group.array(name) for name in names], turns)


def read_new(root: Tree, model: Any) -> None:
    """Takes up what a file of Keras 3 remembers."""
    group = root.tree("optimizer/vars")
    if group is not None and group.names():
        names = sorted(group.names(), key=lambda name: int(name) if name.isdecimal() else 2**31)
        taken_up(model, [group.array(name) for name in names], True)


def taken_up(model: Any, arrays: list[np.ndarray], turns: bool) -> None:
    """Gives an optimizer its memory; `turns`: whether the slots alternate from weight to weight."""
    optimizer = model.trainer.optimizer
    if hasattr(optimizer, "take_memory") and optimizer.take_memory(arrays):
        return
    groups = order(optimizer)
    single = [array for array in arrays if array.ndim == 0]
    several = [array for array in arrays if array.ndim > 0]
    scalars = [w for w in model.trainable_weights if not w.shape]
    if groups is None or not single or scalars:
        warn(FRESH.format(model.label, f"what {type(optimizer).__name__} remembers in Keras' files is not read"))
        return
    if not turns:
        groups = [[slot] for group in groups for slot in group]
    weights = model.trainable_weights
    wanted = [(weight, slot) for group in groups for weight in weights for slot in group]
    if [weight.shape for weight, _ in wanted] != [array.shape for array in several]:
        if several or int(single[0]):
            warn(FRESH.format(model.label, "what the file remembers is of other weights"))
        return
    made: dict[Any, dict[str, torch.Tensor]] = {weight: {} for weight in weights}
    for (weight, slot), array in zip(wanted, several, strict=True):
        vector = torch.zeros(weight.size, dtype=weight.value.dtype)
        weight.view(vector).copy_(torch.from_numpy(np.ascontiguousarray(array)))
        made[weight][slot] = vector
    optimizer.remembered.update(made)
    optimizer.calls = max(int(single[0]), 0)
    if isinstance(optimizer, Nadam):
        optimizer.state["M"] = optimizer.product(optimizer.calls)
