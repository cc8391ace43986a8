"""Compiled: what `compile` was given, as plain data for a file: optimizer, losses, metrics, precision, what learns and how fast.

The optimizer's memory (velocities, moments) is not part of it: a loaded model's optimizer starts afresh, a checkpoint's goes on.
"""

import inspect
import re
from typing import Any

from nabi import losses, metrics, optimizers
from nabi.layers.inside import opened


def compile_config(model: Any) -> dict[str, Any] | None:
    """The compile settings of a model, None if it is not compiled, or by a `compile` of the user's own.

    Raises:
        ArgumentError: a loss, metric or schedule that is not registered, so a file could not name it.
    """
    trainer = model.trainer
    if trainer is None or not type(model).compile.__module__.startswith("nabi."):
        return None
    given, optimizer = trainer.settings, trainer.optimizer
    decaying = {} if optimizer is None or not optimizer.weight_decay else {
        w.path: optimizer.decays(w.path, w) for layer in model.leaves for w in layer.weights}
    return {
        "optimizer": None if optimizer is None else optimizers.serialize(optimizer),
        "without_decay": [name for name, decays in decaying.items() if not decays],
        "loss": written(given["loss"], losses),
        "loss_weights": written(given["loss_weights"], losses),
        "metrics": written(given["metrics"], metrics),
        "weighted_metrics": written(given["weighted_metrics"], metrics),
        "precision": given["precision"] if trainer.precision is None else trainer.precision.name,
        "run_eagerly": not trainer.fused,
        "rates": [trainer.rates.get(id(layer)) for leaf in model.leaves for layer in opened(leaf)],
    }


def written(given: Any, package: Any) -> Any:
    """Names, numbers, and lists and dicts of them as they are; what else `package` (losses, metrics) knows, as configuration."""
    if isinstance(given, dict) and "class_name" not in given:
        return {name: written(part, package) for name, part in given.items()}
    if isinstance(given, (list, tuple)):
        return [written(part, package) for part in given]
    if given is None or isinstance(given, (str, int, float, dict)):
        return given
    name = getattr(given, "__name__", "")
    if inspect.isroutine(given) and any(getattr(home, name, None) is given for home in (package, losses)):
        return name
    return package.serialize(package.get(given))


def compile_from_config(model: Any, config: dict[str, Any]) -> None:
    """Compiles a model as `compile_config` found it."""
    optimizer = optimizers.get(config["optimizer"])
    if config["without_decay"]:
        optimizer.exclude_from_weight_decay(var_names=[f"^{re.escape(name)}$" for name in config["without_decay"]])
    given = {name: config[name] for name in ("loss", "loss_weights", "metrics", "weighted_metrics", "precision", "run_eagerly")}
    model.compile(optimizer, **given)
    pairs = list(zip((layer for leaf in model.leaves for layer in opened(leaf)), config["rates"], strict=True))
    model.trainer.rates = {id(layer): float(rate) for layer, rate in pairs if rate is not None}
    model.trainer.frozen = {id(layer) for layer, rate in pairs if rate is None}
