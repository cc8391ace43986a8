"""Settings: what `compile` was given, in Keras' words, and back.

    .keras    compile_config   {"optimizer": entry, "loss", "loss_weights", "metrics", "weighted_metrics", ...}
    .h5       training_config  the same, with optimizer_config {"class_name", "config"}

What a file names and nabi does not know (a loss of one's own) leaves the model uncompiled, with a warning, as in Keras.
"""

import inspect
import json
from typing import Any

from nabi import losses, metrics, optimizers
from nabi.core.errors import NabiError
from nabi.core.registry import TABLE, full_name
from nabi.core.warning import warn
from nabi.models.compiled import written as plain
from nabi.models.keras_format.describing import described, entry_of, held_in
from nabi.models.keras_format.pieces import revived, value_of

PARTS = ("loss", "loss_weights", "metrics", "weighted_metrics")
WITHOUT = ("lr", "decay", "without_decay", "schedule_decay")
SAME = {"Momentum": ("SGD", {}), "NAG": ("SGD", {"nesterov": True}), "AMSGrad": ("Adam", {"amsgrad": True})}  # of the lectures


def written(model: Any) -> dict[str, Any] | None:
    """The compile settings in Keras' words; None if there are none that a file can name."""
    trainer = model.trainer
    if trainer is not None and says_itself(model):
        return own_words(model)
    if trainer is None or trainer.optimizer is None or not type(model).compile.__module__.startswith("nabi."):
        return None
    try:
        own = TABLE["optimizer"].get(type(trainer.optimizer).__name__) is None  # of the user's own, passed in when it is read
        optimizer: Any = spoken(trainer.optimizer, optimizers) if own else optimizers.serialize(trainer.optimizer)
        given = {part: spoken(trainer.settings[part], metrics if "metric" in part else losses) for part in PARTS}
    except NabiError as error:
        warn(f"The file of {model.label} has no compile settings: {error} Call compile again after loading.")
        return None
    name, config = optimizer["class_name"], dict(optimizer["config"])
    name, more = SAME.get(name, (name, {}))
    if config.pop("decay", None):
        warn(f"Keras 3 has no decay=...; the file of {model.label} leaves it out.")
    if config.get("schedule_decay", 1.0) != 1.0:
        warn(f"Keras 3 fixes Nadam's schedule_decay at 1; the file of {model.label} leaves {config['schedule_decay']} out.")
    config = {key: value for key, value in {**config, **more}.items() if key not in WITHOUT}
    return {
        "optimizer": described({"class_name": name, "config": config}),
        **{part: described(given[part]) for part in PARTS},
        "run_eagerly": not trainer.fused,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def spoken(given: Any, package: Any) -> Any:
    """Losses or metrics as names and configurations; those of the user's own by name, for custom_objects to say what they are.

    Example:
        >>> spoken({"a": ["mae", "acc"]}, metrics)
        {'a': ['mae', 'acc']}
    """
    if isinstance(given, dict) and "class_name" not in given:
        return {name: spoken(part, package) for name, part in given.items()}
    if isinstance(given, (list, tuple)):
        return [spoken(part, package) for part in given]
    kind: Any = given if isinstance(given, type) else type(given)
    own: Any = given
    what = "metric" if package is metrics else "loss"
    if inspect.isroutine(given) and not given.__module__.startswith("nabi."):
        return given.__name__ if TABLE[what].get(given.__name__) in (None, given) else full_name(what, given) or given.__name__
    if hasattr(kind, "get_config") and not kind.__module__.startswith("nabi."):
        return entry_of(what, kind.__name__, {} if isinstance(given, type) else own.get_config(), kind)
    return plain(given, package)


def compiled(model: Any, config: Any, optimizer: Any) -> bool:
    """Compiles a model as a file says; whether it could."""
    if not isinstance(config, dict) or not (optimizer or says_itself(model)):
        return False
    try:
        if says_itself(model):
            model.compile_from_config(config)
            return model.trainer is not None
        made = optimizers.get(revived("optimizer", optimizer))
        given = {part: revived("metric" if "metric" in part else "loss", config.get(part)) for part in PARTS}
        given["loss_weights"] = value_of(config.get("loss_weights"))
        given["metrics"] = named_metrics(given["metrics"], model)
        model.compile(made, **given)
    except (NabiError, KeyError, TypeError, ValueError, AttributeError) as error:
        warn(f"{model.label} was loaded without its compile settings: {str(error)[:300]} Call compile again.")
        return False
    return True


def says_itself(model: Any) -> bool:
    """Whether its class, of the user's own, writes `get_compile_config` and `compile_from_config`."""
    methods = type(model).get_compile_config, type(model).compile_from_config
    return not any(method.__module__.startswith("nabi.") for method in methods)


def own_words(model: Any) -> dict[str, Any] | None:
    """What such a class says of its compile settings; None, and a warning, for what JSON cannot hold."""
    try:
        return json.loads(json.dumps(held_in(model.get_compile_config())))
    except (TypeError, ValueError) as error:
        warn(f"The file of {model.label} has no compile settings: get_compile_config: {error}. Call compile again after loading.")
        return None


def named_metrics(given: Any, model: Any) -> Any:
    """Metrics as `compile` takes them.

    Keras 2 wrote those of one output as a list in a list; those of several with the output's name before theirs, p_mae, which
    nabi puts there itself.
    """
    if not isinstance(given, list) or not all(isinstance(part, list) for part in given):
        return given
    if len(given) == 1:
        return given[0]
    for output, part in zip(getattr(model, "output_names", ()), given, strict=False):
        for metric in part:
            if isinstance(metric, metrics.Metric):
                metric.name = metric.name.removeprefix(f"{output}_")
    return given
