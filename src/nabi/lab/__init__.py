"""Lab: where data, networks, training and figures meet: recipe -> run folder -> report.

    from nabi import lab

    run = lab.train(lab.Recipe(data="digits", model="lecture-cnn", epochs=3))
    print(run.result["accuracy"], run.report)

Names are resolved when they are first used, so reading run folders (`Run`, `compare`) loads no torch.
"""

import importlib
from typing import Any

_HOMES = {
    "Data": "data",
    "Evaluation": "evaluation",
    "Recipe": "recipe",
    "Run": "run",
    "RunRecorder": "recorder",
    "compare": "compare",
    "list_runs": "run",
    "load_data": "data",
    "new_folder": "run",
    "resume": "experiment",
    "train": "experiment",
    "two_proportions": "statistics",
    "wilson": "statistics",
    "write_report": "report",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """The public thing `name`, imported from its module at first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nabi.lab' has no attribute {name!r}", name=name, obj=None)
    return getattr(importlib.import_module(f"nabi.lab.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
