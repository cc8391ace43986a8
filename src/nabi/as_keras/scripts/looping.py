"""Looping: loops that train by hand, in a trial: as many steps as `--fast-data` has batches, as many epochs as `--max-epochs`.

    for epoch in range(50):                        --max-epochs 1: one round
        for x, y in train_data:                    --fast-data 256: 8 rounds, of 32 samples each, as it were
            with tf.GradientTape() as tape: ...
            optimizer.apply_gradients(...)

`nabi run` writes each `for` of a script as `for x in rounds(...)`. A loop is left whole unless its rounds train; one whose
rounds hold loops that train is a loop of epochs. Loops of `train_on_batch` end when it learns no more (`repeating`). Loops over
lists, tuples and dicts go on: what is tried one after the other is wanted in full.
What a script draws afterwards, `plt.plot(range(50), losses)`, is drawn as far as both reach.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts import lone, ragged, spoken
from nabi.as_keras.scripts.repeating import Steps
from nabi.as_keras.scripts.shortening import Limits, steps
from nabi.models import Model
from nabi.optimizers import Optimizer

NAME = "__nabi_rounds__"
LISTED = (list, tuple, dict, set, str)
VIEWS = {}.keys(), {}.values(), {}.items(), iter({}.values()), iter({}.items()), reversed([])
ITERATORS = tuple(type(view) for view in (*(iter(kind()) for kind in LISTED), *VIEWS))


DRAWN = Patches()


class Trained:
    """What has been trained by hand so far.

    Attributes:
        steps: calls of `apply_gradients`. loops: loops whose rounds trained, and that are over.
    """

    steps = 0
    loops = 0


def limited() -> bool:
    """Whether a trial is shortened."""
    return Limits.epochs is not None or Limits.samples is not None


def listed(source: Any) -> bool:
    """Whether a loop goes over a list or the like, also by `enumerate`, `zip` or `reversed`."""
    if isinstance(source, LISTED + ITERATORS):
        return True
    if isinstance(source, (enumerate, reversed)):
        return listed(source.__reduce__()[1][0])
    if isinstance(source, zip):
        return any(listed(one) for one in source.__reduce__()[1])
    return False


def rounds(source: Iterable) -> Iterable:
    """What a loop goes over, ended early where its rounds train."""
    return source if not limited() or listed(source) else watched(source)


def watched(source: Iterable) -> Iterator:
    """The rounds of a loop until it has trained enough."""
    first, done, epochs = Trained.steps, 0, 0
    try:
        for one in source:
            before, inner = Trained.steps, Trained.loops
            learned, spent = Steps.learned, Steps.spent
            yield one
            if Trained.steps == before:
                if Steps.spent > spent and Steps.learned == learned:
                    return
                continue
            if Trained.loops > inner:
                epochs += 1
            else:
                done += 1
            if Limits.epochs is not None and epochs >= Limits.epochs or Limits.samples is not None and done >= (steps(None) or 1):
                note("loops", "A loop that trains by hand was shortened, as fit is: --max-epochs and --fast-data.")
                return
    finally:
        Trained.loops += Trained.steps > first


class Loops(ast.NodeTransformer):
    """Writes `for x in y` as `for x in rounds(y)`."""

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        name = ast.copy_location(ast.Name(NAME, ast.Load()), node.iter)
        node.iter = ast.copy_location(ast.Call(name, [node.iter], []), node.iter)
        return node


def counting(step: Callable) -> Callable:
    """`apply_gradients`, counted."""

    @wraps(step)
    def call(self, *args, **options):
        Trained.steps += 1
        return step(self, *args, **options)

    return call


def uncounted(fit: Callable) -> Callable:
    """`fit`, whose own steps do not count: it is shortened by itself."""

    @wraps(fit)
    def call(self, *args, **options):
        before = Trained.steps
        try:
            return fit(self, *args, **options)
        finally:
            Trained.steps = before

    return call


def as_far_as_both(method: Callable) -> Callable:
    """`plot` or `scatter`, with pairs of different lengths cut to the shorter one in a trial."""

    @wraps(method)
    def call(self, *args, **options):
        if limited() and len(args) > 1:
            x, y = args[0], args[1]
            lengths = [len(one) if hasattr(one, "__len__") and not isinstance(one, str) else None for one in (x, y)]
            if None not in lengths and lengths[0] != lengths[1]:
                args = (x[: lengths[1]], y[: lengths[0]], *args[2:])
        return method(self, *args, **options)

    return call


def called_names() -> dict[str, Any]:
    """The names that rewritten scripts call, and what they call by them."""
    return {NAME: rounds, ragged.NAME: ragged.rows, spoken.NAME: spoken.spoken, **lone.NAMES}


def dress_loops(patches: Patches) -> None:
    """Puts the names that rewritten scripts call into Python's own, and counts what trains."""
    patches.into(sys.modules["builtins"].__dict__, called_names())
    patches.around(Optimizer, "apply_gradients", counting)
    patches.around(Model, "fit", uncounted)


def begin() -> None:
    """Lets matplotlib draw what a shortened script has of a longer one."""
    if limited():
        from matplotlib.axes import Axes

        for name in ("plot", "scatter", "bar"):
            DRAWN.around(Axes, name, as_far_as_both)


def end() -> None:
    """Gives matplotlib back as it was, and forgets what was trained; the run's last lines say that loops were cut short."""
    DRAWN.undo()
    if Steps.spent:
        note("spent", f"--max-epochs: train_on_batch learned {Steps.learned:,} batches in all; {Steps.spent:,} calls after them "
                      "learned nothing and gave their last losses again, and loops of them ended early.")
    Steps.learned = Steps.spent = 0
    Trained.steps = Trained.loops = 0


def stretched(history: Any, asked: Any) -> Any:
    """A History as long as `fit` was asked for, its last values over and over.

    Args:
        history: what `fit` gave. asked: the epochs of the script, where fit was shortened.
    """
    missing = int(asked or 0) - (history.epoch[-1] + 1) if getattr(history, "epoch", None) else 0
    if Limits.epochs is None or missing <= 0 or len(history.epoch) < Limits.epochs:
        return history
    note("history", "The History of a shortened fit repeats its last values for the epochs that were left out.")
    history.epoch.extend(range(history.epoch[-1] + 1, int(asked)))
    for values in {id(values): values for values in history.history.values()}.values():  # two names may share a list
        if values:
            values.extend([values[-1]] * missing)
    return history
