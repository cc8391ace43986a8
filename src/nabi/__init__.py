"""nabi: convolutional networks with the Keras API on PyTorch, fast on an ordinary CPU, every number explained.

    import nabi

    (x, y), (x_test, y_test) = nabi.datasets.digits.load_data()
    model = nabi.Sequential([nabi.layers.Flatten(), nabi.layers.Dense(10, activation="softmax")])

Names are resolved when they are first used (PEP 562), so `import nabi` and `nabi --help` load neither torch nor numba.
"""

import importlib
from typing import TYPE_CHECKING, Any

from nabi.core.version import __version__

if TYPE_CHECKING:  # for editors and type checkers: the names below, without importing them
    from nabi import (
        activations,
        applications,
        backend,
        callbacks,
        constraints,
        datasets,
        explain,
        faces,
        figures,
        handwriting,
        initializers,
        lab,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        preprocessing,
        random,
        regularizers,
        saving,
        schedules,
        sklearn,
        utils,
        viz,
        zoo,
    )
    from nabi.as_keras import install_as_keras, load_ipython_extension, uninstall_as_keras
    from nabi.core.config import config
    from nabi.faces import SmileDetector
    from nabi.handwriting import read_digits
    from nabi.lab.comparing import compare
    from nabi.lab.tuning import tune
    from nabi.layers import Input, Layer
    from nabi.models import Model, Sequential, load_model
    from nabi.race import race
    from nabi.trace import trace
    from nabi.zoo.transferring import transfer, unfreeze

# name -> where it lives: "module" for a module, "module:attribute" for what a module holds
_HOMES = {
    "Input": "nabi.layers:Input",
    "Layer": "nabi.layers:Layer",
    "Model": "nabi.models:Model",
    "Sequential": "nabi.models:Sequential",
    "SmileDetector": "nabi.faces:SmileDetector",
    "activations": "nabi.activations",
    "applications": "nabi.applications",
    "backend": "nabi.backend",
    "callbacks": "nabi.callbacks",
    "compare": "nabi.lab.comparing:compare",
    "config": "nabi.core.config:config",
    "constraints": "nabi.constraints",
    "datasets": "nabi.datasets",
    "explain": "nabi.explain",
    "faces": "nabi.faces",
    "figures": "nabi.figures",
    "handwriting": "nabi.handwriting",
    "initializers": "nabi.initializers",
    "install_as_keras": "nabi.as_keras:install_as_keras",
    "lab": "nabi.lab",
    "layers": "nabi.layers",
    "load_ipython_extension": "nabi.as_keras:load_ipython_extension",
    "load_model": "nabi.models:load_model",
    "losses": "nabi.losses",
    "metrics": "nabi.metrics",
    "models": "nabi.models",
    "ops": "nabi.ops",
    "optimizers": "nabi.optimizers",
    "preprocessing": "nabi.preprocessing",
    "race": "nabi.race",
    "random": "nabi.random",
    "read_digits": "nabi.handwriting:read_digits",
    "regularizers": "nabi.regularizers",
    "saving": "nabi.saving",
    "schedules": "nabi.schedules",
    "sklearn": "nabi.sklearn",
    "trace": "nabi.trace",
    "transfer": "nabi.zoo.transferring:transfer",
    "tune": "nabi.lab.tuning:tune",
    "unfreeze": "nabi.zoo.transferring:unfreeze",
    "uninstall_as_keras": "nabi.as_keras:uninstall_as_keras",
    "utils": "nabi.utils",
    "viz": "nabi.viz",
    "zoo": "nabi.zoo",
}

__all__ = [
    "Input", "Layer", "Model", "Sequential", "SmileDetector", "__version__", "activations", "applications", "backend",
    "callbacks", "compare", "config", "constraints", "datasets", "explain", "faces", "figures", "handwriting", "initializers",
    "install_as_keras", "lab", "layers", "load_ipython_extension", "load_model", "losses", "metrics", "models", "ops",
    "optimizers", "preprocessing", "race", "random", "read_digits", "regularizers", "saving", "schedules", "sklearn", "trace",
    "transfer", "tune", "unfreeze", "uninstall_as_keras", "utils", "viz", "zoo",
]


def __getattr__(name: str) -> Any:
    """Imports the module behind a public name on first use; an unknown name is an AttributeError with the nearest known one."""
    if name not in _HOMES:
        from nabi.core.attributes import missing

        missing("nabi", _HOMES, name)
    module, _, attribute = _HOMES[name].partition(":")
    value = importlib.import_module(module)
    if attribute:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """All public names, loaded or not: what tab completion offers."""
    return sorted({*globals(), *__all__})
