"""Old functions: small things that NumPy, SciPy, scikit-learn and six had, in today's terms.

    scipy.misc.imresize(picture, (28, 28))     bytes in, bytes out, by Pillow
    sklearn.datasets.load_boston()             from `nabi.datasets.boston_housing`, all 506 rows
"""

import builtins
import importlib
import urllib  # noqa: F401
from functools import reduce, wraps  # noqa: F401
from itertools import zip_longest  # noqa: F401
from typing import Any

import numpy as np
from PIL import Image
from sklearn.impute import SimpleImputer

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


def as_bytes(a: Any) -> np.ndarray:
    """Pixels as bytes: bytes as they are, others stretched over 0 to 255, as SciPy did.

    Example:
        >>> as_bytes([[0.0, 0.5, 1.0]]).tolist()
        [[0, 128, 255]]
    """
    a = np.asarray(a)
    if a.dtype == np.uint8:
        return a
    low, high = float(a.min()), float(a.max())
    return ((a - low) * (255.0 / ((high - low) or 1.0)) + 0.5).clip(0, 255).astype(np.uint8)


def toimage(a: Any, *limits: Any, **options: Any) -> Image.Image:
    """A picture of Pillow's from an array."""
    a = as_bytes(a)
    return Image.fromarray(a[..., 0] if a.ndim == 3 and a.shape[-1] == 1 else a)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """The pixels of a file; `flatten` makes them grey, as numbers with a fraction."""
    with Image.open(name) as picture:
        if flatten:
            return np.asarray(picture.convert("F"))
        return np.array(picture.convert(mode) if mode else picture.convert("RGB") if picture.mode == "P" else picture)


def imsave(name: Any, a: Any, format: str | None = None) -> None:  # noqa: A002
    """Writes an array as a picture file."""
    toimage(a).save(name, format)


def imresize(a: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> np.ndarray:
    """An array of bytes in another size: (rows, columns), a share (0.5), or per cent (50)."""
    picture = toimage(a)
    if isinstance(size, (int, np.integer)):
        size = size / 100.0
    if isinstance(size, float):
        size = (int(picture.size[1] * size), int(picture.size[0] * size))
    filters = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC,
               "cubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}
    return np.array(picture.resize((size[1], size[0]), filters[interp]))


def imrotate(a: Any, angle: float, interp: str = "bilinear") -> np.ndarray:
    """An array of bytes, turned by an angle in degrees."""
    return np.array(toimage(a).rotate(angle, resample=Image.Resampling.BILINEAR))


def load_boston(return_X_y: bool = False) -> Any:  # noqa: N803
    """Boston's house prices, which scikit-learn no longer has."""
    from sklearn.utils import Bunch

    from nabi.datasets import boston_housing

    (x, y), (x_test, y_test) = boston_housing.load_data()
    data, target = np.concatenate([x, x_test]), np.concatenate([y, y_test])
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

            (x, y), (x_test, y_test) = california_housing.load_data()
        x, target = np.concatenate([x, x_test]).astype(float), np.concatenate([y, y_test]).astype(float) / 100_000
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
    """scikit-learn's Imputer: missing values by column."""

    def __init__(self, missing_values: Any = np.nan, strategy: str = "mean", axis: int = 0, **options: Any):
        self.axis = axis
        missing_values = np.nan if missing_values == "NaN" else missing_values
        super().__init__(missing_values=missing_values, strategy=strategy)


THEIRS = ("importlib", "wraps", "california_housing", "openml", "Any", "np", "builtins", "Image", "SimpleImputer", "THEIRS")
__all__ = [name for name in vars() if not name.startswith("_") and name not in THEIRS]
