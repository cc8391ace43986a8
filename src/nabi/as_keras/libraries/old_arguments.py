"""Old arguments: what functions of other libraries once took, and who sees to it in which module.

    mean_squared_error(y, p, squared=False), make_scorer(f, needs_proba=True), compute_class_weight("balanced", classes, y)
"""

import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from nabi.as_keras.libraries.old_estimators import DRESSED, dress_estimators
from nabi.as_keras.libraries.old_pandas import dress_pandas
from nabi.as_keras.libraries.old_plots import (
    dress_axes,
    dress_canvases,
    dress_figures,
    dress_files,
    dress_pictures,
    dress_pyplot,
    dress_styles,
    dress_texts,
)
from nabi.as_keras.libraries.old_words import in_order, renamed
from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts.families import dress_families
from nabi.as_keras.scripts.picture_windows import dress_windows

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


def dress_arrays(module: Any, patches: Patches) -> None:
    """NumPy: set_printoptions(threshold=nan), histogram(normed=True), fromstring of bytes, save(fix_imports=True)."""

    def whole(set_options: Callable) -> Callable:
        @wraps(set_options)
        def call(precision: Any = None, threshold: Any = None, *args: Any, **options: Any) -> None:
            unlimited = threshold is not None and not isinstance(threshold, int) and not np.isfinite(threshold)
            set_options(precision, sys.maxsize if unlimited else threshold, *args, **options)

        return call

    def of_bytes(fromstring: Callable) -> Callable:
        @wraps(fromstring)
        def call(string: Any, dtype: Any = float, count: int = -1, *, sep: str = "", **options: Any) -> np.ndarray:
            if sep:
                return fromstring(string, dtype, count, sep=sep, **options)
            data = string.encode("latin-1") if isinstance(string, str) else string
            return np.frombuffer(data, dtype, count).copy()

        return call

    def of_python_3(save: Callable) -> Callable:
        @wraps(save)
        def call(file: Any, arr: Any, allow_pickle: bool = True, fix_imports: bool = True) -> None:
            save(file, arr, allow_pickle)

        return call

    patches.around(module, "save", of_python_3)
    patches.around(module, "set_printoptions", whole)
    patches.around(module, "fromstring", of_bytes)
    patches.around(module, "histogram", renamed({"normed": "density"}))


def dress_houses(module: ModuleType, patches: Patches) -> None:
    """scikit-learn's fetch_california_housing, and MNIST of fetch_openml, without a network."""
    from nabi.as_keras.libraries.old_functions import california_housing, openml

    patches.around(module, "fetch_california_housing", california_housing)
    patches.around(module, "fetch_openml", openml)


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
                return ModeResult(values[found : found + 1], counts[found : found + 1])
            made = mode(a, axis, *args, **options)
            alone = np.ndim(made[0]) == 0 and made[0] is not None
            return ModeResult(*(sole(value) for value in made)) if alone else made

        return call

    patches.around(module, "mode", of_old)


class ModeResult(NamedTuple):
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
    if kind not in (np.int64, np.float64):
        return value
    shown = {"__repr__": lambda self: repr(kind(self)), "__module__": "numpy"}
    return type(kind.__name__, (kind,), {"__getitem__": at, **shown})(value)


def dress_yaml(module: Any, patches: Patches) -> None:
    """PyYAML: load(text), which took a loader of its own before 6.0; today the safe one."""

    def safely(load: Callable) -> Callable:
        @wraps(load)
        def call(stream: Any, Loader: Any = None) -> Any:
            return load(stream, Loader or module.SafeLoader)

        return call

    patches.around(module, "load", safely)


WATCHED: dict[str, Callable[[Any, Patches], None]] = {
    "numpy": dress_arrays, "pandas": dress_pandas, "sklearn.metrics": dress_scorers,
    "sklearn.utils.class_weight": dress_functions,
    **dict.fromkeys(DRESSED, dress_estimators), "sklearn.datasets": dress_houses, "matplotlib.style": dress_styles,
    "matplotlib.figure": dress_figures, "matplotlib.axes": dress_axes, "matplotlib.pyplot": dress_pyplot,
    "matplotlib.backend_bases": dress_canvases, "PIL.ImageDraw": dress_texts, "PIL.ImageFont": dress_texts, "h5py": dress_files,
    **dict.fromkeys(("skimage.metrics", "skimage.filters", "skimage.transform", "skimage.restoration"), dress_pictures),
    "cv2": dress_windows, "matplotlib.font_manager": dress_families, "scipy.stats": dress_statistics,
    "yaml": dress_yaml, **dict.fromkeys(("tqdm.notebook", "tqdm.auto", "tqdm.autonotebook"), dress_bars),
}  # fmt: skip
