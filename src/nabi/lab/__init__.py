"""Lab: where data, networks, training and figures meet: recipe -> run folder -> report.

    from nabi import lab

    run = lab.train(lab.Recipe(data="digits", model="lecture-cnn", epochs=3))
    print(run.result["accuracy"], run.report)

Names are resolved when they are first used, so reading run folders (`Run`, `compare`) loads no torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

from nabi.core.attributes import missing

if TYPE_CHECKING:
    from nabi.lab.compare_folder import Experiment
    from nabi.lab.comparison import compare
    from nabi.lab.data import Data, load_data
    from nabi.lab.data_curve import DataCurve, data_curve
    from nabi.lab.evaluation import Evaluation
    from nabi.lab.experiment import resume, train
    from nabi.lab.filming import Camera, Filmed, film
    from nabi.lab.label_check import suspicious_labels
    from nabi.lab.recipe import Recipe
    from nabi.lab.recorder import RunRecorder
    from nabi.lab.report import write_check, write_report
    from nabi.lab.run import Run, list_runs, new_folder
    from nabi.lab.statistics import two_proportions, wilson
    from nabi.lab.timing import time_by_layer
    from nabi.lab.trials import Tuning
    from nabi.lab.tuning import tune
    from nabi.lab.watch import Watch

_HOMES = {
    "Camera": "filming",
    "Data": "data",
    "DataCurve": "data_curve",
    "Evaluation": "evaluation",
    "Experiment": "compare_folder",
    "Filmed": "filming",
    "Recipe": "recipe",
    "Run": "run",
    "RunRecorder": "recorder",
    "Tuning": "trials",
    "Watch": "watch",
    "compare": "comparison",
    "data_curve": "data_curve",
    "film": "filming",
    "list_runs": "run",
    "load_data": "data",
    "new_folder": "run",
    "resume": "experiment",
    "suspicious_labels": "label_check",
    "time_by_layer": "timing",
    "train": "experiment",
    "tune": "tuning",
    "two_proportions": "statistics",
    "wilson": "statistics",
    "write_check": "report",
    "write_report": "report",
}

__all__ = ["Camera", "Data", "DataCurve", "Evaluation", "Experiment", "Filmed", "Recipe", "Run", "RunRecorder", "Tuning",
           "Watch", "compare", "data_curve", "film", "list_runs", "load_data", "new_folder", "resume", "suspicious_labels",
           "time_by_layer", "train", "tune", "two_proportions", "wilson", "write_check", "write_report"]


def __getattr__(name: str) -> Any:
    """The public thing `name`, imported from its module at first use."""
    if name not in _HOMES:
        missing(__name__, __all__, name)
    return getattr(importlib.import_module(f"nabi.lab.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
