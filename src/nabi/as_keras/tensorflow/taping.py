"""Taping: `tf.GradientTape` on torch's autograd.

    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(gradients, model.trainable_weights))

While a tape runs, weights that learn stand as leaves that autograd follows; outside they are plain tensors. What a slope needs of
a weight is copied when the weight is about to change, and a tape is still to be asked: most scripts ask first, and copy nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakSet, ref

import torch

from nabi.as_keras.patches import Patches
from nabi.core.errors import StateError
from nabi.layers.node import flatten
from nabi.layers.weight import Weight
from nabi.optimizers import Optimizer


class Running:
    """The tapes that run, and the leaf that stands for each weight in the meantime.

    `always`: a script calls `loss.backward()` itself, as with torch: weights are leaves at all times.
    """

    always = False

    tapes: list["GradientTape"] = []
    leaves: dict[int, tuple[Weight, torch.Tensor]] = {}


def taped_tensor(self: Weight) -> torch.Tensor:
    """`Weight.tensor` while nabi plays Keras: the leaf of the running tape, if there is one."""
    if self.bound is not None or not self.trainable or not self.stored.is_floating_point():
        return self.stored if self.bound is None else self.bound
    if not Running.tapes:
        return handed(self, lasting_leaf(self) if Running.always else self.stored)
    found = Running.leaves.get(id(self))
    if found is None:
        found = Running.leaves[id(self)] = self, handed(self, self.stored.detach().requires_grad_())
    return found[1]


def lasting_leaf(weight: Weight) -> torch.Tensor:
    """The leaf of a weight where scripts call `loss.backward()`: `weight.value.grad` has the gradient then."""
    if weight.leaf is None or weight.leaf.data_ptr() != weight.stored.data_ptr():
        weight.leaf = weight.stored.detach().requires_grad_()
    return weight.leaf


def handed(weight: Weight, tensor: torch.Tensor) -> torch.Tensor:
    """The tensor that stands for a weight where a script reads it, which knows of which one it is."""
    known: Any = tensor
    if "of_weight" not in known.__dict__:
        known.of_weight = ref(weight)
    return tensor


def weight_of(thing: Any) -> Any:
    """The weight that a script read as a tensor, `tape.gradient(loss, [layer.w, layer.b])`; all else as it is."""
    known = getattr(thing, "of_weight", None)
    weight = known() if known is not None else None
    return thing if weight is None else weight


class Kept:
    """The numbers of a weight that a slope needs: the weight's own until they change, then a copy, or none if nobody may ask.

    Args:
        tensor: the numbers.
        tapes: that run.
    """

    shared: "WeakSet[Kept]" = WeakSet()  # those that are the weight's own

    def __init__(self, tensor: torch.Tensor, tapes: list["GradientTape"]):
        self.tensor, self.tapes, self.version = tensor, tuple(tapes), tensor._version
        Kept.shared.add(self)

    def numbers(self) -> torch.Tensor:
        """Those of then. Raises: StateError."""
        if self.version != self.tensor._version:
            raise StateError("GradientTape.gradient", "weights as they were in its block", "weights that have changed since",
                             "Ask for all gradients before the step, or of a GradientTape(persistent=True).")
        return self.tensor

    @classmethod
    def part(cls) -> None:
        """Weights are about to change: their numbers are copied for tapes that are still to be asked."""
        copies: dict[tuple, torch.Tensor] = {}
        for one in cls.shared:
            tensor = one.tensor
            if not any(tape.persistent or not tape.asked for tape in one.tapes):
                one.version = -1
                continue
            key = tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype
            one.tensor = copies[key] if key in copies else copies.setdefault(key, tensor.clone())
            one.version = one.tensor._version
        cls.shared.clear()


def numbers(kept: Any) -> torch.Tensor:
    """What was kept for a slope."""
    return kept.numbers() if type(kept) is Kept else kept


def parting(change: Callable) -> Callable:
    """A method that changes weights, after what slopes need of them is copied."""

    @wraps(change)
    def call(*args: Any, **options: Any) -> Any:
        if Kept.shared:
            Kept.part()
        return change(*args, **options)

    return call


def dress_taping(patches: Patches) -> None:
    """Lets weights stand as leaves while a tape runs, and part from what slopes need of them before they change."""
    patches.put(Weight, "tensor", property(taped_tensor))
    patches.around(Weight, "assign", parting)
    patches.around(Optimizer, "apply_spans", parting)


class GradientTape:
    """Watches what is computed in its block.

    Args:
        persistent: gradients may be asked for after the weights have changed, too; before, as often as one likes, anyway.
        watch_accessed_variables: False follows only what `watch` is told.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self.persistent, self.watch_accessed_variables = persistent, watch_accessed_variables
        self.leaves: dict[int, tuple[Weight, torch.Tensor]] = {}
        self.told: set[int] = set()
        self.asked = False  # for gradients, since its block
        self.stores: set[int] = set()  # where the leaves' numbers lie
        self.counted = 0

    def __enter__(self):
        if not Running.tapes:
            Running.leaves = {}
        Running.tapes.append(self)
        self.leaves, self.asked = Running.leaves, False
        self.grad = torch.enable_grad()
        self.grad.__enter__()
        self.keeping = torch.autograd.graph.saved_tensors_hooks(self.kept, numbers)
        self.keeping.__enter__()
        return self

    def kept(self, tensor: torch.Tensor) -> Any:
        """What a slope needs of a tensor."""
        if len(self.leaves) != self.counted:
            self.stores = {leaf.untyped_storage().data_ptr() for _, leaf in self.leaves.values()}
            self.counted = len(self.leaves)
        return Kept(tensor, Running.tapes) if tensor.untyped_storage().data_ptr() in self.stores else tensor

    def __exit__(self, *failure):
        self.keeping.__exit__(*failure)
        self.grad.__exit__(*failure)
        Running.tapes.remove(self)

    def watch(self, tensor: Any) -> None:
        """Follows tensors that are no variables, from here on."""
        for one in flatten(tensor):
            self.told.add(id(weight_of(one)))
            if isinstance(one, torch.Tensor) and one.is_floating_point() and not one.requires_grad:
                one.requires_grad_()

    def watched_variables(self) -> tuple:
        """The weights that were read in the block; those it was told to watch with watch_accessed_variables=False."""
        return tuple(weight for weight, _ in self.leaves.values() if self.follows(weight))

    def follows(self, source: Any) -> bool:
        """Whether gradients of a source are asked of this tape."""
        return self.watch_accessed_variables or id(weight_of(source)) in self.told

    def value(self, target: Any) -> Any:
        """The tensor of a target; a weight that is one itself is its own leaf."""
        if not isinstance(target, Weight) or target.bound is not None:
            return target.tensor if isinstance(target, Weight) else target
        if self.leaf(target) is None and target.trainable:
            self.leaves[id(target)] = target, target.stored.detach().requires_grad_()
        return self.leaf(target)

    def leaf(self, source: Any) -> torch.Tensor | None:
        """What autograd knows a source as; None for what was not followed."""
        source = weight_of(source)
        if isinstance(source, Weight):
            if not self.follows(source):
                return None
            if source.leaf is not None:
                return source.leaf
            found = self.leaves.get(id(source))
            return None if found is None else found[1]
        return source if isinstance(source, torch.Tensor) and source.requires_grad else None

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: Any = None) -> Any:
        """d target / d source for each source, in the same structure; None where target does not depend on it.

        output_gradients: of the targets, in their structure: the gradient is sum_i g_i d target_i / d source; ones unless given.
        """
        self.asked = True
        pairs = weighed([self.value(one) for one in flatten(target)], output_gradients)
        listed = flatten(sources)
        leaves = [self.leaf(one) for one in listed]
        known = [one for one in leaves if one is not None]
        targets = [one for one in pairs if isinstance(one, torch.Tensor) and one.requires_grad]
        if not targets or not known:
            found: list = [None] * len(listed)
        else:
            total: Any = sum(one.sum() for one in targets)
            given = iter(torch.autograd.grad(total, known, retain_graph=True, allow_unused=True,
                                             create_graph=bool(Running.tapes)))
            found = [None if one is None else next(given) for one in leaves]
        if str(unconnected_gradients).lower().endswith("zero"):
            found = [torch.zeros(tuple(s.shape)) if g is None else g for g, s in zip(found, listed, strict=True)]
        if isinstance(sources, (list, tuple)):  # lists of lists of weights, too, as of several models
            rest = iter(found)
            return [arranged(one, rest) for one in sources]
        return arranged(sources, iter(found))

    def jacobian(self, target: Any, sources: Any, **options: Any) -> Any:
        """d target_i / d source for each number of the target: its shape, then the source's."""
        of = target.tensor if isinstance(target, Weight) else target
        rows = [self.gradient(one, sources) for one in of.reshape(-1)]
        if isinstance(sources, (list, tuple)):
            return [joined([row[n] for row in rows], of) for n in range(len(sources))]
        return joined(rows, of)

    def batch_jacobian(self, target: Any, source: Any, **options: Any) -> Any:
        """The jacobian of each sample by its own source."""
        rows = target.reshape(len(target), -1)
        found = [self.gradient(rows[:, n], source) for n in range(rows.shape[1])]
        return None if found[0] is None else torch.stack(found, 1).reshape(*target.shape, *found[0].shape[1:])

    def stop_recording(self) -> Any:
        """A block that is not followed."""
        return torch.no_grad()

    def reset(self) -> None:
        """Forgets what was watched."""
        self.leaves.clear()


def weighed(targets: list, output_gradients: Any) -> list:
    """Targets times the slopes behind them, whose gradient is that of their sum."""
    if output_gradients is None:
        return targets
    given = flatten(output_gradients) if len(targets) > 1 else [output_gradients]
    return [one if slope is None else one * torch.as_tensor(slope, dtype=one.dtype)
            for one, slope in zip(targets, given, strict=True)]


def joined(rows: list, of: torch.Tensor) -> torch.Tensor | None:
    """Gradients of single numbers as the jacobian of them all."""
    return None if rows[0] is None else torch.stack(rows).reshape(*of.shape, *rows[0].shape)


def arranged(form: Any, rest: Any) -> Any:
    """The next leaves in the form of lists and dicts."""
    if isinstance(form, dict):
        return {name: arranged(one, rest) for name, one in form.items()}
    return [arranged(one, rest) for one in form] if isinstance(form, (list, tuple)) else next(rest)
