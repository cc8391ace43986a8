"""Old arguments: what functions of scikit-learn and matplotlib once took.

    mean_squared_error(y, p, squared=False), make_scorer(f, needs_proba=True), compute_class_weight("balanced", classes, y)
    plt.style.use("seaborn"), fig.gca(projection="3d")
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from nabi.as_keras.families import dress_families
from nabi.as_keras.notes import note
from nabi.as_keras.old_estimators import DRESSED, dress_estimators
from nabi.as_keras.old_pandas import dress_pandas
from nabi.as_keras.old_words import in_order
from nabi.as_keras.patches import Patches

IN_ORDER = ("confusion_matrix", "classification_report", "f1_score", "precision_score", "recall_score", "roc_auc_score",
            "log_loss", "accuracy_score", "compute_class_weight", "mean_squared_error", "r2_score")  # fmt: skip


def rooted(function: Callable) -> Callable:
    """mean_squared_error with squared=False: the root."""

    @wraps(function)
    def call(*args: Any, squared: bool = True, **options: Any) -> Any:
        made = function(*args, **options)
        return made if squared else made**0.5

    return call


def dress_functions(module: ModuleType, patches: Patches) -> None:
    """Functions of scikit-learn."""
    for name in ("mean_squared_error", "mean_squared_log_error"):
        if hasattr(module, name):
            patches.around(module, name, rooted)
    for name in IN_ORDER:
        if hasattr(module, name):
            patches.around(module, name, in_order)


def dress_scorers(module: Any, patches: Patches) -> None:
    """scikit-learn's metrics, and make_scorer(needs_proba=True)."""
    dress_functions(module, patches)

    def with_needs(make: Callable) -> Callable:
        @wraps(make)
        def call(*args: Any, needs_proba: bool = False, needs_threshold: bool = False, **options: Any) -> Any:
            asked = "predict_proba" if needs_proba else ("decision_function", "predict_proba") if needs_threshold else None
            return make(*args, **options | ({"response_method": asked} if asked else {}))

        return call

    patches.around(module, "make_scorer", with_needs)


def dress_houses(module: ModuleType, patches: Patches) -> None:
    """scikit-learn's fetch_california_housing, and MNIST of fetch_openml, without a network."""
    from nabi.as_keras.old_functions import california_housing, openml

    patches.around(module, "fetch_california_housing", california_housing)
    patches.around(module, "fetch_openml", openml)


def dress_styles(module: ModuleType, patches: Patches) -> None:
    """matplotlib's styles "seaborn...", by the names that they have there now."""

    def with_names(use: Callable) -> Callable:
        def known(style: Any) -> Any:
            if isinstance(style, (list, tuple)):
                return [known(one) for one in style]
            old = isinstance(style, str) and style.startswith("seaborn") and not style.startswith("seaborn-v")
            return style.replace("seaborn", "seaborn-v0_8", 1) if old else style

        return wraps(use)(lambda style: use(known(style)))

    for name in ("use", "context"):
        patches.around(module, name, with_names)


def dress_figures(module: ModuleType, patches: Patches) -> None:
    """matplotlib's Figure.gca(projection="3d")."""

    def with_projection(gca: Callable) -> Callable:
        return wraps(gca)(lambda self, **options: self.add_subplot(**options) if options else gca(self))

    patches.around(module.Figure, "gca", with_projection)
    patches.around(module.Figure, "savefig", in_folder)


def in_folder(save: Callable) -> Callable:
    """A method that writes a file; a folder below the working one is made if it is not there: repositories bring theirs."""

    @wraps(save)
    def call(self: Any, file: Any, *args: Any, **options: Any) -> Any:
        folder = os.path.dirname(os.path.normpath(file)) if isinstance(file, str | os.PathLike) else ""
        if folder and not os.path.isabs(folder) and not folder.startswith(os.pardir) and not os.path.exists(folder):
            note(f"folder {folder}", f"The folder {folder} was not there; it is made for the pictures.")
            os.makedirs(folder)
        return save(self, file, *args, **options)

    return call


def dress_bars(module: ModuleType, patches: Patches) -> None:
    """tqdm's bars for notebooks, tqdm.notebook and tqdm.auto: the plain ones, outside Jupyter."""
    std: Any = sys.modules["tqdm.std"]  # which tqdm's other modules import

    if "ipykernel" not in sys.modules:
        for name, thing in (("tqdm", std.tqdm), ("tqdm_notebook", std.tqdm), ("trange", std.trange), ("tnrange", std.trange)):
            if hasattr(module, name):
                patches.put(module, name, thing)


def dress_statistics(module: ModuleType, patches: Patches) -> None:
    """SciPy's mode: of texts, too, and `mode(a)[0][0]` of one row as well as today's `mode(a)[0]`."""

    def of_old(mode: Callable) -> Callable:
        @wraps(mode)
        def call(a: Any, axis: int | None = 0, *args: Any, **options: Any) -> Any:
            array = np.asarray(a)
            if array.dtype.kind in "OUS" and array.ndim == 1:
                values, counts = np.unique(array, return_counts=True)
                found = counts.argmax()
                return Mode(values[found : found + 1], counts[found : found + 1])
            made = mode(a, axis, *args, **options)
            alone = np.ndim(made[0]) == 0 and made[0] is not None
            return Mode(*(sole(value) for value in made)) if alone else made

        return call

    patches.around(module, "mode", of_old)


class Mode(NamedTuple):
    """What occurs most often, and how often."""

    mode: Any
    count: Any


def sole(value: Any) -> Any:
    """A number that is also a row of one: `value[0]` is the number.

    Example:
        >>> sole(np.int64(3)) + 1, sole(np.float64(0.5))[0]
        (np.int64(4), 0.5)
    """

    def at(self: Any, place: Any) -> Any:
        if place not in (0, -1):
            raise IndexError(f"index {place} of one number")
        return self.item()

    kind: Any = type(value)
    return type(kind.__name__, (kind,), {"__getitem__": at})(value) if kind in (np.int64, np.float64) else value


WATCHED: dict[str, Callable[[Any, Patches], None]] = {
    "pandas": dress_pandas, "sklearn.metrics": dress_scorers, "sklearn.utils.class_weight": dress_functions,
    **dict.fromkeys(DRESSED, dress_estimators), "sklearn.datasets": dress_houses, "matplotlib.style": dress_styles,
    "matplotlib.figure": dress_figures, "matplotlib.font_manager": dress_families, "scipy.stats": dress_statistics,
    **dict.fromkeys(("tqdm.notebook", "tqdm.auto", "tqdm.autonotebook"), dress_bars),
}  # fmt: skip
