"""Old estimators: what scikit-learn's constructors took, what its objects were asked, before version 1.

    KFold(5, True, 42)      AdaBoostClassifier(base_estimator=tree)      RandomForestRegressor(criterion="mse")
    OneHotEncoder(categorical_features=[1])      grid.grid_scores_      vectorizer.get_feature_names()
"""

import inspect
import linecache
import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from nabi.as_keras.libraries.old_words import in_order, renamed
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches

DRESSED = tuple(f"sklearn.{name}" for name in (
    "model_selection", "linear_model", "ensemble", "svm", "preprocessing", "decomposition", "cluster", "neighbors", "impute",
    "feature_selection", "manifold", "tree", "calibration", "feature_extraction.text", "neural_network", "pipeline", "compose",
    "discriminant_analysis"))  # fmt: skip
NOW = {"base_estimator": "estimator", "sparse": "sparse_output", "n_iter": "max_iter", "affinity": "metric",
       "n_folds": "n_splits"}  # fmt: skip
GONE = ("n_jobs", "presort", "iid", "normalize", "multi_class", "algorithm", "min_impurity_split", "precompute_distances",
        "warn_on_dtype", "fit_params", "n_values", "return_train_score")  # fmt: skip
VALUES = {("criterion", "mse"): "squared_error", ("criterion", "mae"): "absolute_error", ("loss", "ls"): "squared_error",
          ("loss", "lad"): "absolute_error", ("loss", "deviance"): "log_loss", ("loss", "log"): "log_loss",
          ("loss", "squared_loss"): "squared_error", ("penalty", "none"): None}  # fmt: skip
COLUMNS = "_nabi_columns"


def dress_estimators(module: ModuleType, patches: Patches) -> None:
    """Puts these on the classes of one of scikit-learn's packages."""
    for kind in {thing for thing in vars(module).values() if isinstance(thing, type)}:
        if kind.__module__.startswith("sklearn.") and "__init__" in vars(kind):
            patches.around(kind, "__init__", constructor)
        if hasattr(kind, "get_feature_names_out") and not hasattr(kind, "get_feature_names"):
            patches.put(kind, "get_feature_names", feature_names)
    if hasattr(module, "OneHotEncoder"):
        patches.around(module.OneHotEncoder, "__init__", with_columns)
        for name in ("fit", "transform"):
            patches.around(module.OneHotEncoder, name, on_columns)
    if hasattr(module, "GridSearchCV"):
        dress_searches(module, patches)


def dress_searches(module: Any, patches: Patches) -> None:
    """Folds, searches and cross-validation."""
    for kind in (module.KFold, module.StratifiedKFold):
        patches.around(kind, "__init__", without_idle_seed)
    for kind in (module.GridSearchCV, module.RandomizedSearchCV):
        patches.put(kind, "grid_scores_", property(grid_scores))
        patches.around(kind, "__init__", with_train_scores)
    for name in ("cross_val_score", "cross_val_predict", "cross_validate", "learning_curve"):
        patches.around(module, name, renamed({"fit_params": "params"}))


def constructor(init: Callable) -> Callable:
    """A constructor that knows the order, the names and the values of earlier years."""
    names = inspect.signature(init).parameters
    ordered = in_order(init)

    @wraps(init)
    def call(self: Any, *args: Any, **options: Any) -> None:
        kind = type(self).__name__
        for word in [word for word in options if word not in names]:
            now = NOW.get(word, "")
            if now in names:
                options[now] = options.pop(word)
            elif word in GONE and not any(one.kind is one.VAR_KEYWORD for one in names.values()):
                del options[word]
                note(f"gone {kind}.{word}", f"{kind}: {word} is gone from today's scikit-learn, and left out.")
        ordered(self, *args, **{word: of_today(kind, word, value) for word, value in options.items()})

    return call


def of_today(kind: str, word: str, value: Any) -> Any:
    """An argument's value as it is named today.

    Example:
        >>> of_today("RandomForestRegressor", "criterion", "mse"), of_today("RandomForestClassifier", "max_features", "auto")
        ('squared_error', 'sqrt')
    """
    if not isinstance(value, str):
        return value
    if (word, value) == ("max_features", "auto"):
        return "sqrt" if kind.endswith("Classifier") else 1.0 if kind.endswith("Regressor") else value
    return VALUES.get((word, value), value)


def feature_names(self: Any, *names: Any) -> list[str]:
    """The names of what comes out, as a list."""
    return list(self.get_feature_names_out(*names))


def without_idle_seed(init: Callable) -> Callable:
    """A random_state that nothing is drawn with is left out."""

    @wraps(init)
    def call(self: Any, *args: Any, **options: Any) -> None:
        try:
            init(self, *args, **options)
        except ValueError as error:
            if "random_state" not in str(error):
                raise
            note("idle seed", f"{type(self).__name__}: random_state changes nothing without shuffle=True; it is left out.")
            init(self, *args[:1], **{word: value for word, value in options.items() if word != "random_state"})

    return call


def with_train_scores(init: Callable) -> Callable:
    """Searches score the training parts, too, where the script reads such scores and does not say."""

    @wraps(init)
    def call(self: Any, *args: Any, **options: Any) -> None:
        if "return_train_score" not in options and script_says("mean_train_score"):
            options["return_train_score"] = True
        init(self, *args, **options)

    return call


def script_says(word: str) -> bool:
    """Whether a word stands in the script's text."""
    return any(word in line for line in linecache.getlines(getattr(sys.modules.get("__main__"), "__file__", None) or ""))


class GridScore(NamedTuple):
    """What one choice of parameters scored."""

    parameters: dict[str, Any]
    mean_validation_score: float
    cv_validation_scores: np.ndarray


def grid_scores(self: Any) -> list[GridScore]:
    """For each choice: parameters, the mean score, the scores of the splits."""
    found = self.cv_results_
    splits = [found[f"split{n}_test_score"] for n in range(self.n_splits_)]
    return [GridScore(*row) for row in zip(found["params"], found["mean_test_score"], np.stack(splits, 1), strict=True)]


def with_columns(init: Callable) -> Callable:
    """OneHotEncoder(categorical_features=[1])."""

    @wraps(init)
    def call(self: Any, *args: Any, categorical_features: Any = "all", **options: Any) -> None:
        init(self, *args, **options)
        if not isinstance(categorical_features, str):
            chosen = np.asarray(categorical_features)
            setattr(self, COLUMNS, np.flatnonzero(chosen) if chosen.dtype == bool else chosen)

    return call


def on_columns(method: Callable) -> Callable:
    """A method of OneHotEncoder: the chosen columns first, as zeros and ones, the others behind them as they are."""

    @wraps(method)
    def call(self: Any, X: Any, *args: Any, **options: Any) -> Any:  # noqa: N803
        columns = vars(self).get(COLUMNS)
        if columns is None:
            return method(self, X, *args, **options)
        table = np.asarray(X)
        made = method(self, table[:, columns], *args, **options)
        if made is self:
            return made
        from scipy import sparse

        others = np.delete(table, columns, axis=1).astype(float)
        return sparse.hstack([made, others]).tocsr() if sparse.issparse(made) else np.hstack([made, others])

    return call
