"""Old columns: what is done to a column in place reaches its frame, as before pandas 3.

    df["Age"].fillna(df["Age"].median(), inplace=True)
    df["Fare"][df["Fare"] > 100] = 100
    df["Fare"].iloc[3] = 7.5          a column of whole numbers takes a fraction, one of numbers a text
"""

import warnings
import weakref
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches

IN_PLACE = ("fillna", "replace", "clip", "ffill", "bfill", "interpolate", "mask", "where")
FRAME = "_nabi_frame"


def dress_columns(pandas: ModuleType, patches: Patches) -> None:
    """Puts these on frames and series."""
    patches.around(pandas.DataFrame, "__getitem__", known(pandas.Series))
    patches.around(pandas.Series, "__setitem__", reaching)
    patches.around(pandas.core.indexing._LocationIndexer, "__setitem__", widening)
    for kind in (pandas.Series, pandas.DataFrame):
        patches.around(kind, "replace", as_numbers)
    for name in IN_PLACE:
        patches.around(pandas.Series, name, when_in_place)


def known(series: type) -> Callable:
    """`df[name]`, whose column knows its frame."""

    def make(getitem: Callable) -> Callable:
        @wraps(getitem)
        def call(self: Any, key: Any) -> Any:
            found = getitem(self, key)
            if type(found) is series and isinstance(key, (str, int)):
                object.__setattr__(found, FRAME, (weakref.ref(self), key))
            return found

        return call

    return make


def frame_of(column: Any) -> Callable[[Any], None]:
    """What writes a changed column into the frame it was read from; nothing where that frame says otherwise by now."""
    read, key = vars(column).get(FRAME, (None, None))
    frame = read() if read is not None else None
    if frame is None or key not in frame.columns or not same(frame[key], column):
        return lambda changed: None

    def hand_on(changed: Any) -> None:
        note("columns", "a column changed in place changes its frame, as before pandas 3.")
        frame[key] = changed.copy()

    return hand_on


def same(one: Any, other: Any) -> bool:
    """Whether two columns have the same values in the same rows."""
    return getattr(one, "ndim", 0) == 1 and one.index.equals(other.index) and one.equals(other)


def when_in_place(method: Callable) -> Callable:
    """A method with inplace=True that reaches the frame."""

    @wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        if not options.get("inplace"):
            return method(self, *args, **options)
        hand_on = frame_of(self)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that such a change never reaches the frame
            made = method(self, *args, **options)
        hand_on(self)
        return made

    return call


def reaching(setitem: Callable) -> Callable:
    """`column[rows] = values` that reaches the frame."""

    @wraps(setitem)
    def call(self: Any, key: Any, value: Any) -> None:
        put(setitem, self, self, key, value)

    return call


def widening(setitem: Callable) -> Callable:
    """`frame.loc[rows, columns] = values` and `frame["a"].iloc[3] = value`: columns widen, and frames follow their columns."""

    @wraps(setitem)
    def call(self: Any, key: Any, value: Any) -> None:
        put(setitem, self, self.obj, key, value)

    return call


def put(setitem: Callable, self: Any, table: Any, key: Any, value: Any) -> None:
    """Sets values of a column or frame, which widens where it cannot hold them; the frame of a column follows."""
    hand_on = frame_of(table)
    with warnings.catch_warnings():
        if FRAME in vars(table):
            warnings.simplefilter("ignore")
        try:
            setitem(self, key, value)
        except TypeError as error:
            if not does_not_fit(error):
                raise
            if table.ndim == 1:
                widen(table, value)
            for name in chosen(self, key) if table.ndim == 2 else ():
                table[name] = widen(table[name], value)
            setitem(self, key, value)
    hand_on(table)


def does_not_fit(error: TypeError) -> bool:
    """Whether pandas says that a column's kind does not hold a value."""
    return str(error).startswith("Invalid value")


def widen(column: Any, value: Any) -> Any:
    """Makes a series hold a value of another kind: a fraction among whole numbers, a text among numbers."""
    kinds = (column.dtype, np.asarray(value).dtype)
    numbers = all(isinstance(kind, np.dtype) and kind.kind in "iuf" for kind in kinds)
    column._update_inplace(column.astype(np.result_type(*kinds) if numbers else object))
    return column


def chosen(indexer: Any, key: Any) -> list[Any]:
    """The names of the columns that an index of a frame chooses."""
    columns = indexer.obj.columns
    if not isinstance(key, tuple) or len(key) < 2:
        return list(columns)
    of = columns.to_series()
    if type(indexer).__name__ == "_iLocIndexer":
        of = of.reset_index(drop=True)
    found = of.loc[key[1]]
    return list(found) if hasattr(found, "__len__") and not isinstance(found, str) else [found]


def as_numbers(replace: Callable) -> Callable:
    """`replace({"male": 0, "female": 1})`: a column of numbers, as before pandas 3."""

    @wraps(replace)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        made = replace(self, *args, **options)
        if not options.get("inplace"):
            return made.infer_objects()
        self._update_inplace(self.infer_objects())
        return made

    return call
