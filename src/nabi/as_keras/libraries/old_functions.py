"""Old functions: small things that NumPy, SciPy, scikit-learn and six had, in today's terms.

    inspect.getargspec(f)                      four parts
    sklearn.datasets.load_boston()             from `nabi.datasets.boston_housing`, all 506 rows
"""

import builtins
import importlib
import inspect
import urllib  # noqa: F401
from functools import reduce, wraps  # noqa: F401
from itertools import zip_longest  # noqa: F401
from typing import Any, NamedTuple

import numpy as np
from sklearn.impute import SimpleImputer

from nabi.as_keras.notes import note

globals().update({name: getattr(builtins, name) for name in ("range", "zip", "map", "filter", "input")})  # of six.moves
xrange, raw_input, basestring, unicode, long, old_div = range, input, str, str, int, lambda a, b: a / b
string_types, integer_types, text_type, binary_type = (str,), (int,), str, bytes
PY2, PY3 = False, True
BOSTON = ["CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"]
CALIFORNIA = ("MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup", "Latitude", "Longitude")


def iteritems(table: dict) -> Any:
    """Pairs of a dict."""
    return iter(table.items())


def itervalues(table: dict) -> Any:
    """Values of a dict."""
    return iter(table.values())


def asscalar(a: Any) -> Any:
    """The one number of an array."""
    return np.asarray(a).item()


def asfarray(a: Any, dtype: Any = float) -> np.ndarray:
    """An array of numbers with a fraction."""
    return np.asarray(a, dtype)


def msort(a: Any) -> np.ndarray:
    """Sorted along the first axis."""
    return np.sort(a, axis=0)


class ArgSpec(NamedTuple):
    """What a function takes."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple | None


def getargspec(func: Any) -> ArgSpec:
    """A function's arguments, in four parts.

    Example:
        >>> getargspec(lambda x, y=2: x)
        ArgSpec(args=['x', 'y'], varargs=None, keywords=None, defaults=(2,))
    """
    return ArgSpec(*inspect.getfullargspec(func)[:4])


def in_their_order(parts: Any) -> tuple[np.ndarray, np.ndarray]:
    """(x, y) of both parts of a set of Keras', in the order of its file, which Keras shuffles with the seed 113."""
    (x, y), (x_test, y_test) = parts
    order = np.arange(len(x) + len(x_test))
    np.random.RandomState(113).shuffle(order)
    back = np.argsort(order)
    return np.concatenate([x, x_test])[back], np.concatenate([y, y_test])[back]


def load_boston(return_X_y: bool = False) -> Any:  # noqa: N803
    """Boston's house prices, which scikit-learn no longer has, in its order."""
    from sklearn.utils import Bunch

    from nabi.datasets import boston_housing

    data, target = in_their_order(boston_housing.load_data())
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, feature_names=np.array(BOSTON), filename="boston_house_prices.csv",
                 DESCR="Boston house prices: 506 districts, 13 features, the median price in $1000 (MEDV).")


def california_housing(fetch: Any) -> Any:
    """scikit-learn's `fetch_california_housing`; where its file cannot be fetched, Keras' of the same districts stands for it."""

    @wraps(fetch)
    def call(*args: Any, return_X_y: bool = False, as_frame: bool = False, **options: Any) -> Any:  # noqa: N803
        try:
            return fetch(*args, return_X_y=return_X_y, as_frame=as_frame, **options)
        except OSError:
            from sklearn.utils import Bunch

            from nabi.datasets import california_housing

            note("california", "fetch_california_housing: no file is found; Keras' own, of the same districts, stands for it.")
            x, target = (part.astype(float) for part in in_their_order(california_housing.load_data()))
        target = target / 100_000
        east, north, age, rooms, bedrooms, people, homes, income = x.T
        data = np.stack([income, age, rooms / homes, bedrooms / homes, people, people / homes, north, east], axis=1)
        frame = None
        if as_frame:
            pandas = importlib.import_module("pandas")

            frame = pandas.DataFrame(data, columns=list(CALIFORNIA)).assign(MedHouseVal=target)
            data, target = frame[list(CALIFORNIA)], frame["MedHouseVal"]
        if return_X_y:
            return data, target
        return Bunch(data=data, target=target, frame=frame, feature_names=list(CALIFORNIA), target_names=["MedHouseVal"],
                     DESCR="California's districts in 1990: 8 features, the median value of houses in $100,000.")

    return call


def fetch_mldata(name: str, *places: Any, **options: Any) -> Any:
    """mldata.org's data sets, which is gone: MNIST alone, 70,000 rows of 784 bytes, training and test one after the other."""
    from sklearn.utils import Bunch

    from nabi.core.errors import DataError
    from nabi.datasets import mnist

    if "mnist" not in name.lower():
        raise DataError("fetch_mldata(name)", "'MNIST original'; mldata.org is gone", repr(name))
    (x, y), (x_test, y_test) = mnist.load_data()
    data = np.concatenate([x, x_test]).reshape(-1, 784)
    return Bunch(data=data, target=np.concatenate([y, y_test]).astype(float), DESCR="MNIST", COL_NAMES=["label", "data"])


def openml(fetch: Any) -> Any:
    """scikit-learn's `fetch_openml`; where MNIST cannot be fetched, Keras' file of the same digits stands for it."""

    @wraps(fetch)
    def call(name: Any = None, *args: Any, return_X_y: bool = False, as_frame: Any = "auto", **options: Any) -> Any:  # noqa: N803
        try:
            return fetch(name, *args, return_X_y=return_X_y, as_frame=as_frame, **options)
        except OSError:
            if "mnist" not in str(name).lower():
                raise
        note("openml", "fetch_openml: MNIST cannot be fetched; Keras' file of the same digits stands for it.")
        found = fetch_mldata("mnist")
        data, target = found.data, found.target.astype(int).astype(str).astype(object)
        if as_frame:
            pandas = importlib.import_module("pandas")

            data = pandas.DataFrame(data, columns=[f"pixel{n}" for n in range(1, 785)])
            target = pandas.Series(target, name="class", dtype="category")
        found.data, found.target = data, target
        return (data, target) if return_X_y else found

    return call


def linear_assignment(costs: Any) -> np.ndarray:
    """The cheapest pairs of rows and columns, a pair a row: scikit-learn's function of the Hungarian method."""
    from scipy.optimize import linear_sum_assignment

    return np.stack(linear_sum_assignment(costs), axis=1)


class Imputer(SimpleImputer):
    """scikit-learn's Imputer: missing values by column, or by row with axis=1."""

    def __init__(self, missing_values: Any = np.nan, strategy: str = "mean", axis: int = 0, **options: Any):
        self.axis = axis
        missing_values = np.nan if missing_values == "NaN" else missing_values
        super().__init__(missing_values=missing_values, strategy=strategy)

    def fit(self, X: Any, y: Any = None) -> Any:  # noqa: N803
        return super().fit(np.asarray(X).T if self.axis else X)

    def transform(self, X: Any) -> Any:  # noqa: N803
        if not self.axis:
            return super().transform(X)
        return SimpleImputer(missing_values=self.missing_values, strategy=self.strategy).fit_transform(np.asarray(X).T).T


THEIRS = ("importlib", "wraps", "california_housing", "openml", "Any", "np", "NamedTuple", "inspect", "builtins", "SimpleImputer",
          "note", "THEIRS")
__all__ = [name for name in vars() if not name.startswith("_") and name not in THEIRS]
