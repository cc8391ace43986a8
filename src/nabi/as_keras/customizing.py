"""Customizing: what scripts that train by hand ask of models and optimizers, put on nabi's classes while it plays Keras.

    updates = Adam(lr=1e-3).get_updates(model.trainable_weights, [], loss)          Keras 1 and 2, with K.function(updates=...)
    optimizer.minimize(lambda: loss_of(w), [w])                                     TensorFlow 2
"""

from typing import Any

from nabi.as_keras.metrics_of_outputs import broadcast
from nabi.as_keras.patches import Patches
from nabi.as_keras.tensorflow.taping import GradientTape
from nabi.backend.functions import Update
from nabi.backend.gradient import gradients
from nabi.core.errors import ArgumentError
from nabi.models import Model
from nabi.optimizers import Optimizer
from nabi.training import objective


def dress_customs(patches: Patches) -> None:
    """Puts these in place."""
    patches.put(objective, "metrics_per_output", broadcast)
    for name in ("_make_predict_function", "make_predict_function", "_make_train_function", "make_train_function",
                 "_make_test_function", "make_test_function"):
        patches.put(Model, name, made_already)
    for method in (get_updates, get_gradients, minimize, compute_gradients):
        patches.put(Optimizer, method.__name__, method)


def made_already(self: Model, *options: Any) -> None:
    """Nothing: a model makes its steps when they are first needed."""


def get_updates(self: Optimizer, *args: Any, loss: Any = None, params: Any = None, constraints: Any = None) -> list[Update]:
    """The step that a `K.function(..., updates=...)` does: `get_updates(loss, params)`, or `(params, constraints, loss)` before.

    Raises ArgumentError without a loss or weights.
    """
    given = list(args)
    if loss is None and len(given) in (1, 2) and not isinstance(given[0], (list, tuple)):
        loss = given.pop(0)
    if params is None and given:
        params = given.pop(0)
    if loss is None and given:
        loss = given[-1]
    if loss is None or params is None:
        raise ArgumentError(f"{type(self).__name__}.get_updates", "a loss and weights", f"loss={loss!r}, params={params!r}")
    return [Update(self, loss[0] if isinstance(loss, list) else loss, params)]


def get_gradients(self: Optimizer, loss: Any, params: Any) -> Any:
    """`K.gradients`."""
    return gradients(loss, params)


def minimize(self: Optimizer, loss: Any, var_list: Any = None, grad_loss: Any = None, name: str | None = None,
             tape: Any = None, **options: Any) -> None:
    """One step downhill on what a function gives, by the variables of a list, or of a function that gives one.

    Raises ArgumentError for what is no function and was not computed under `tape`.
    """
    variables: Any = var_list() if callable(var_list) else var_list
    if tape is None and not callable(loss):
        raise ArgumentError(f"{type(self).__name__}.minimize(loss)", "a function, or the tape beside it", repr(loss),
                            "Write optimizer.minimize(lambda: loss_of(...), variables): nabi has no graph of operations.")
    watched: Any = tape
    if callable(loss):
        with GradientTape() as watched:
            loss = loss()
    if variables is None:
        variables = watched.watched_variables()
    variables = [variables] if hasattr(variables, "assign") else list(variables)
    self.apply_gradients(zip(watched.gradient(loss, variables, grad_loss), variables, strict=True))


def compute_gradients(self: Optimizer, loss: Any, var_list: Any = None, **options: Any) -> list[tuple[Any, Any]]:
    """Pairs (gradient, variable) of what a function gives."""
    with GradientTape() as tape:
        value = loss()
    variables = list(tape.watched_variables() if var_list is None else var_list)
    return list(zip(tape.gradient(value, variables), variables, strict=True))
