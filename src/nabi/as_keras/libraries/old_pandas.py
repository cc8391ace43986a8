"""Old pandas: methods and arguments of frames that pandas 1 had.

    df.append(row, ignore_index=True)     df.fillna(method="ffill")      df.ix[3, "price"]      df.corr() beside columns of text
    df.values[:, 0] = ...                 an array of one's own, as before pandas 3
"""

from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

from nabi.as_keras.libraries.old_columns import dress_columns
from nabi.as_keras.libraries.old_dates import asks_for_dates, with_dates
from nabi.as_keras.libraries.old_frames import dress_frames
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches

OPTIONS = {"precision": "display.precision"}
NO_LONGER = ("display.height", "mode.use_inf_as_na", "mode.use_inf_as_null", "use_inf_as_na", "display.mpl_style")
OF_NUMBERS = ("corr", "cov", "sum", "mean", "median", "std", "var", "skew", "kurt", "quantile")


def dress_pandas(pandas: ModuleType, patches: Patches) -> None:
    """Puts these on frames and series."""
    for kind in (pandas.DataFrame, pandas.Series):
        for name, method in (("append", append(pandas)), ("as_matrix", as_matrix), ("iteritems", lambda self: self.items()),
                             ("set_value", set_value), ("get_value", get_value), ("ix", property(lambda self: Places(self)))):
            if not hasattr(kind, name):
                patches.put(kind, name, method)
        patches.around(kind, "fillna", filling)
        patches.put(kind, "values", property(owned(kind.values.fget)))
    dress_frames(pandas, patches)
    dress_columns(pandas, patches)
    for name in OF_NUMBERS:
        patches.around(pandas.DataFrame, name, on_numbers)
    patches.around(pandas, "read_csv", reading)
    patches.around(pandas, "set_option", setting)
    settings = getattr(getattr(pandas, "_config", None), "config", None)
    future = getattr(settings, "_global_config", {}).get("future", {})
    if "infer_string" in future:  # columns of text are objects, as scripts ask for them; set_option warns
        patches.into(future, {"infer_string": False})


def append(pandas: Any) -> Callable:
    """Rows below a frame or series."""

    def call(self: Any, other: Any, ignore_index: bool = False, **options: Any) -> Any:
        note("append", "append of frames is gone since pandas 2; pandas.concat stands for it.")
        others = list(other) if isinstance(other, (list, tuple)) else [other]
        if isinstance(self, pandas.DataFrame):
            others = [pandas.DataFrame([one]) if isinstance(one, (dict, pandas.Series)) else one for one in others]
        return pandas.concat([self, *others], ignore_index=ignore_index)

    return call


def as_matrix(self: Any, columns: Any = None) -> Any:
    """The numbers of a frame."""
    return (self if columns is None else self[list(columns)]).to_numpy()


def set_value(self: Any, *args: Any, takeable: bool = False, **named: Any) -> Any:
    """frame.set_value(index, col, value), series.set_value(label, value); gives the table. `takeable`: by place."""
    *labels, value = (*args, *named.values())
    (self.iloc if takeable else self.loc)[tuple(labels) if len(labels) > 1 else labels[0]] = value
    return self


def get_value(self: Any, index: Any, col: Any = None, takeable: bool = False) -> Any:
    """frame.get_value(row, column), series.get_value(row)."""
    return (self.iloc if takeable else self.loc)[index if col is None else (index, col)]


class Places:
    """`df.ix[rows, columns]`: by label, or by place where the index has whole numbers for rows and labels for columns.

    Args:
        table: the frame or series.
    """

    def __init__(self, table: Any):
        self.table = table

    def labels(self, key: Any) -> Any:
        """The key by labels: whole numbers are places in an index that has none."""
        keys = key if isinstance(key, tuple) else (key,)
        made = [by_label(index, one) for index, one in zip(self.table.axes, keys, strict=False)]
        return tuple(made) if isinstance(key, tuple) else made[0]

    def __getitem__(self, key: Any) -> Any:
        return self.table.loc[self.labels(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.table.loc[self.labels(key)] = value


def by_label(index: Any, key: Any) -> Any:
    """A label for a whole number, labels for a slice of them, where the index itself has no whole numbers."""
    ends = (key.start, key.stop) if isinstance(key, slice) else (key,)
    places = any(one is not None for one in ends) and all(one is None or isinstance(one, int) for one in ends)
    return index[key] if places and index.dtype.kind not in "iu" else key


def filling(fillna: Callable) -> Callable:
    """fillna(method="ffill")."""

    @wraps(fillna)
    def call(self: Any, *args: Any, method: str | None = None, **options: Any) -> Any:
        if method is None:
            return fillna(self, *args, **options)
        options.pop("value", None)
        return (self.ffill if method in ("ffill", "pad") else self.bfill)(**options)

    return call


def owned(read: Any) -> Callable:
    """`values` that may be written to."""

    def call(self: Any) -> Any:
        made = read(self)
        flags = getattr(made, "flags", None)
        return made if flags is None or flags.writeable else made.copy()

    return call


def on_numbers(method: Callable) -> Callable:
    """A statistic of the columns of numbers, where there are columns of text beside them."""

    @wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except (TypeError, ValueError):
            if "numeric_only" in options or not len(self.select_dtypes("number").columns) < len(self.columns):
                raise
            note(f"text {method.__name__}", f"{method.__name__}() of a frame leaves columns of text out, as before pandas 2.")
            return method(self.select_dtypes(["number", "bool"]), *args, **options)

    return call


def reading(read_csv: Callable) -> Callable:
    """read_csv with arguments that are gone."""

    @wraps(read_csv)
    def call(*args: Any, **options: Any) -> Any:
        if options.pop("delim_whitespace", False):
            options["sep"] = r"\s+"
        if options.pop("error_bad_lines", True) is False or options.pop("warn_bad_lines", None) is False:
            options.setdefault("on_bad_lines", "skip")
        options.pop("warn_bad_lines", None)
        options.pop("infer_datetime_format", None)
        options.pop("mangle_dupe_cols", None)
        prefix = options.pop("prefix", None)
        squeeze = options.pop("squeeze", False)
        made = with_dates(read_csv, *args, **options) if asks_for_dates(options) else read_csv(*args, **options)
        if prefix is not None:
            made.columns = [f"{prefix}{name}" for name in made.columns]
        return made.squeeze("columns") if squeeze else made

    return call


def setting(set_option: Callable) -> Callable:
    """set_option("max_colwidth", -1): no limit; options that are gone change nothing."""

    @wraps(set_option)
    def call(*args: Any, **options: Any) -> Any:
        args = tuple(OPTIONS.get(one, one) if isinstance(one, str) else one for one in args)
        if args and args[0] in NO_LONGER:
            return note(f"option {args[0]}", f"pandas no longer has the option {args[0]}.")
        names = [None if str(name).endswith("max_colwidth") and value == -1 else value
                 for name, value in zip(args[::2], args[1::2], strict=False)]
        return set_option(*[one for pair in zip(args[::2], names, strict=False) for one in pair], **options)

    return call
