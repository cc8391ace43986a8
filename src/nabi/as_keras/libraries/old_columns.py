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
    for name in IN_PLACE:
        patches.around(pandas.Series, name, when_in_place)
    for kind in (pandas.Series, pandas.DataFrame):
        patches.around(kind, "replace", as_numbers)


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


def hand_on(column: Any) -> None:
    """Writes a column into the frame that it was read from."""
    frame, key = vars(column).get(FRAME, (None, None))
    frame = frame() if frame is not None else None
    if frame is not None and key in frame.columns and len(frame) == len(column):
        note("columns", "a column changed in place changes its frame, as before pandas 3.")
        frame[key] = column.copy()


def when_in_place(method: Callable) -> Callable:
    """A method with inplace=True that reaches the frame."""

    @wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        with warnings.catch_warnings():
            if options.get("inplace"):
                warnings.simplefilter("ignore")  # that such a change never reaches the frame
            made = method(self, *args, **options)
        if options.get("inplace"):
            hand_on(self)
        return made

    return call


def reaching(setitem: Callable) -> Callable:
    """`column[rows] = values` that reaches the frame."""

    @wraps(setitem)
    def call(self: Any, key: Any, value: Any) -> None:
        known_frame = FRAME in vars(self)
        with warnings.catch_warnings():
            if known_frame:
                warnings.simplefilter("ignore")
            try:
                setitem(self, key, value)
            except TypeError as error:
                if not does_not_fit(error):
                    raise
                widen(self, value)
                setitem(self, key, value)
        if known_frame:
            hand_on(self)

    return call


def does_not_fit(error: TypeError) -> bool:
    """Whether pandas says that a column's kind does not hold a value."""
    return str(error).startswith("Invalid value")


def widen(column: Any, value: Any) -> Any:
    """Makes a series hold a value of another kind: a fraction among whole numbers, a text among numbers."""
    kinds = (column.dtype, np.asarray(value).dtype)
    numbers = all(isinstance(kind, np.dtype) and kind.kind in "iuf" for kind in kinds)
    column._update_inplace(column.astype(np.result_type(*kinds) if numbers else object))
    return column


def widening(setitem: Callable) -> Callable:
    """`frame.loc[rows, columns] = values` and `frame["a"].iloc[3] = value`: columns widen, and frames follow their columns."""

    @wraps(setitem)
    def call(self: Any, key: Any, value: Any) -> None:
        table = self.obj
        with warnings.catch_warnings():
            if FRAME in vars(table):
                warnings.simplefilter("ignore")
            try:
                setitem(self, key, value)
            except TypeError as error:
                if not does_not_fit(error):
                    raise
                for one in [table] if table.ndim == 1 else [table[name] for name in chosen(self, key)]:
                    widen(one, value)
                    if table.ndim == 2:
                        hand_on(one)
                setitem(self, key, value)
        if FRAME in vars(table):
            hand_on(table)

    return call


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
        if self.ndim == 1:
            hand_on(self)
        return made

    return call
