"""Old frames: what frames, series and dates took and were called before pandas 2 and 3.

    df.drop("Name", 1)      df.isnull().any(1)      df.sort("a")      df.set_axis(names, axis=1, inplace=True)
    sales.resample("M").mean()      df["date"].dt.week      pd.get_dummies(df["sex"])      0 and 1, not False and True
"""

import re
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

from nabi.as_keras.libraries.old_words import in_order, renamed
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches

IN_ORDER = ("drop", "any", "all", "sort_values", "reset_index", "set_index", "dropna", "drop_duplicates", "rename_axis")
TODAY = {"M": "ME", "Q": "QE", "A": "YE", "Y": "YE", "BM": "BME", "BQ": "BQE", "SM": "SME", "AS": "YS", "H": "h", "T": "min",
         "S": "s", "L": "ms", "U": "us", "N": "ns", "BH": "bh"}  # fmt: skip
PATTERN = re.compile(r"\[\^|\[.*-.*\]|\[.+\][+*]|\\[sdwSDWb]|\.[*+]|^\^.|^ \+$")  # nobody writes these as plain text
SPANS = re.compile(r"(-?\d*\.?\d*)([A-Z]+)(-[A-Z]{3})?")


def dress_frames(pandas: ModuleType, patches: Patches) -> None:
    """Puts these on pandas."""
    frame, series = pandas.DataFrame, pandas.Series
    for kind in (frame, series):
        for name in IN_ORDER:
            if hasattr(kind, name):
                patches.around(kind, name, in_order)
        patches.around(kind, "to_csv", renamed({"line_terminator": "lineterminator"}))
        patches.around(kind, "set_axis", in_its_place)
        for name in ("resample", "asfreq"):
            patches.around(kind, name, spanned(1))
    for name, method in GONE.items():
        for kind in (frame, series) if name in BOTH else (series,) if name in OF_SERIES else (frame,):
            if not hasattr(kind, name):
                patches.put(kind, name, method(pandas) if name == "from_csv" else method)
    patches.around(frame, "select_dtypes", of_texts)
    dress_dates(pandas, patches)
    dress_groups(pandas, patches)
    patches.around(pandas, "concat", in_order)
    patches.around(pandas, "get_dummies", of_ones)
    patches.around(pandas.core.strings.accessor.StringMethods, "replace", by_pattern)
    for name, function in (("value_counts", lambda values, **options: series(values).value_counts(**options)),
                           ("rolling_mean", lambda values, window, **options: values.rolling(window, **options).mean()),
                           ("rolling_std", lambda values, window, **options: values.rolling(window, **options).std())):
        if not hasattr(pandas, name):
            patches.put(pandas, name, function)


def dress_dates(pandas: Any, patches: Patches) -> None:
    """Dates: letters of spans, weeks, dates written in several ways."""
    patches.around(pandas, "date_range", lambda make: renamed({"closed": "inclusive"})(spanned(3)(make)))
    patches.around(pandas, "to_datetime", read_as_before)
    for kind in (pandas.DatetimeIndex, pandas.core.indexes.accessors.DatetimeProperties):
        for name in ("week", "weekofyear"):
            if not hasattr(kind, name):
                patches.put(kind, name, property(lambda self: self.isocalendar().week.astype("int64")))
        for name in ("floor", "ceil", "round"):
            patches.around(kind, name, spanned(1))


def dress_groups(pandas: Any, patches: Patches) -> None:
    """Statistics of groups, of the columns of numbers where there are texts beside them."""
    for kind in (pandas.core.groupby.DataFrameGroupBy, pandas.core.resample.Resampler):
        for name in ("mean", "median", "std", "var", "quantile"):
            patches.around(kind, name, of_numbers)


def today(span: Any) -> Any:
    """Letters of a span of time as they are today.

    Example:
        >>> today("M"), today("15T"), today("Q-DEC"), today("D"), today("MS")
        ('ME', '15min', 'QE-DEC', 'D', 'MS')
    """
    found = SPANS.fullmatch(span) if isinstance(span, str) else None
    if found is None or found[2] not in TODAY:
        return span
    return f"{found[1]}{TODAY[found[2]]}{found[3] or ''}"


def spanned(place: int) -> Callable[[Callable], Callable]:
    """Makes a function read old letters of spans, in this place or by the words freq and rule; those of periods are still so."""

    def make(function: Callable) -> Callable:
        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            if place == 1 and type(getattr(args[0], "index", None)).__name__ == "PeriodIndex":
                return function(*args, **options)
            options = {word: today(value) if word in ("freq", "rule") else value for word, value in options.items()}
            return function(*args[:place], *map(today, args[place : place + 1]), *args[place + 1 :], **options)

        return call

    return make


def read_as_before(to_datetime: Callable) -> Callable:
    """to_datetime: each text by its own form where no form is given and the first one's does not fit all."""
    known = renamed({"infer_datetime_format": None})(to_datetime)

    @wraps(to_datetime)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return known(*args, **options)
        except ValueError:
            if options.get("format") is not None or options.get("unit") is not None:
                raise
            made = known(*args, **options | {"format": "mixed"})
            note("mixed dates", "to_datetime: dates of several forms are read one by one, as before pandas 2.")
            return made

    return call


def of_numbers(method: Callable) -> Callable:
    """A statistic of groups without columns of text, as before pandas 2."""

    @wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except TypeError:
            if "numeric_only" in options:
                raise
            note(f"groups {method.__name__}", f"{method.__name__}() of groups leaves columns of text out, as before pandas 2.")
            return method(self, *args, numeric_only=True, **options)

    return call


def of_ones(get_dummies: Callable) -> Callable:
    """get_dummies in bytes of 0 and 1, so that `values` beside numbers are numbers."""

    @wraps(get_dummies)
    def call(*args: Any, **options: Any) -> Any:
        if len(args) < 8 and options.get("dtype") is None:
            note("dummies", "get_dummies gives 0 and 1, as before pandas 2; dtype=bool gives False and True.")
            options["dtype"] = np.uint8
        return get_dummies(*args, **options)

    return call


def of_texts(select: Callable) -> Callable:
    """select_dtypes("str"): columns of texts, which are objects during a run."""

    def known(kinds: Any) -> Any:
        listed = kinds if isinstance(kinds, (list, tuple)) else [kinds]
        texts = [one in ("str", str) if isinstance(one, (str, type)) else False for one in listed]
        return [object if text else one for text, one in zip(texts, listed, strict=True)] if any(texts) else kinds

    @wraps(select)
    def call(self: Any, include: Any = None, exclude: Any = None) -> Any:
        return select(self, known(include), known(exclude))

    return call


def by_pattern(replace: Callable) -> Callable:
    """`column.str.replace("[^a-z ]", "")`: what can only be a regular expression is one, as before pandas 2.

    A compiled expression is one, and a function takes matches.
    """

    @wraps(replace)
    def call(self: Any, pat: Any, *args: Any, regex: bool | None = None, **options: Any) -> Any:
        if len(args) > 3:  # regex by its place
            return replace(self, pat, *args, **options)
        if regex is None and (isinstance(pat, re.Pattern) or callable(options.get("repl", args[0] if args else None))):
            regex = True
        if regex is None and isinstance(pat, str) and PATTERN.search(pat):
            note(f"pattern {pat}", f"str.replace({pat!r}) reads a regular expression, as before pandas 2.")
            regex = True
        return replace(self, pat, *args, regex=bool(regex), **options)

    return call


def in_its_place(set_axis: Callable) -> Callable:
    """set_axis(..., inplace=True)."""

    @wraps(set_axis)
    def call(self: Any, labels: Any, *args: Any, inplace: bool = False, **options: Any) -> Any:
        made = set_axis(self, labels, *args, **options)
        if not inplace:
            return made
        axis = args[0] if args else options.get("axis", 0)
        setattr(self, "columns" if axis in (1, "columns") else "index", labels)
        return None

    return call


def sort(self: Any, columns: Any = None, axis: int = 0, ascending: Any = True, inplace: bool = False) -> Any:
    """A frame by columns, or by its index."""
    if columns is None:
        return self.sort_index(axis=axis, ascending=ascending, inplace=inplace)
    return self.sort_values(columns, axis=axis, ascending=ascending, inplace=inplace)


def mad(self: Any, axis: int = 0) -> Any:
    """The mean of |x - mean|."""
    if self.ndim == 1:
        return (self - self.mean()).abs().mean()
    numbers = self.select_dtypes("number")
    return numbers.sub(numbers.mean(axis=axis), axis=1 - axis).abs().mean(axis=axis)


def lookup(self: Any, rows: Any, columns: Any) -> Any:
    """One value for each pair of labels."""
    found = np.empty(len(rows), object)
    found[:] = [self.at[row, column] for row, column in zip(rows, columns, strict=True)]
    return type(self)({"found": found}).infer_objects()["found"].to_numpy()


def from_csv(pandas: Any) -> Any:
    """A frame or series with dates as index; a series' file has no header unless one is asked for."""

    def read(kind: type, path: Any, sep: str = ",", parse_dates: bool = True, header: Any = "own", index_col: Any = 0,
             **options: Any) -> Any:
        alone = kind is pandas.Series
        header = (None if alone else 0) if header == "own" else header
        made = pandas.read_csv(path, sep=sep, header=header, index_col=index_col, parse_dates=parse_dates, **options)
        return made.iloc[:, 0] if alone else made

    return classmethod(read)


BOTH, OF_SERIES = ("mad", "swapaxes", "from_csv"), ("ravel", "nonzero")
GONE: dict[str, Any] = {
    "applymap": lambda self, function, **options: self.map(function, **options), "sort": sort, "mad": mad, "lookup": lookup,
    "swapaxes": lambda self, one, other: self.T if one != other else self.copy(),
    "ravel": lambda self, order="C": self.to_numpy().ravel(order), "nonzero": lambda self: self.to_numpy().nonzero(),
    "from_csv": from_csv,
}  # fmt: skip
